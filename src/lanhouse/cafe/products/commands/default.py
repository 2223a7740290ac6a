"""What every centre's shop has from the beginning: the group "Default" and the print."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from lanhouse.cafe.facts import CenterOpened
from lanhouse.cafe.products.commands.columns import group_columns, product_columns
from lanhouse.cafe.products.schemas import DEFAULT_GROUP, PRINT_ID, GroupValues, ProductValues
from lanhouse.cafe.products.tables import product_groups, products
from lanhouse.db.statements import static
from lanhouse.db.store import Tx

_INSERT_GROUP = static(sa.insert(product_groups))
_INSERT_PRODUCT = static(sa.insert(products))
_GROUP = GroupValues(name="Default")
_PRINT = ProductValues(name="Black-and-white print", is_active=False, is_unlimited=True)
"""Not sold before it has a price."""


def create_defaults(tx: Tx, facts: Sequence[CenterOpened]) -> None:
    """Give new centres their group "Default" and the print; follows CenterOpened."""
    for fact in facts:
        tx.run(
            _INSERT_GROUP,
            center_id=fact.center_id,
            id=DEFAULT_GROUP,
            updated_at=tx.now,
            **group_columns(_GROUP),
        )
        tx.run(
            _INSERT_PRODUCT,
            center_id=fact.center_id,
            id=PRINT_ID,
            quantity=0,
            created_at=tx.now,
            updated_at=tx.now,
            deleted_at=None,
            **product_columns(_PRINT),
        )
