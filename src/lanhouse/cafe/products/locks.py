"""The lock under which a stock changes."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from lanhouse.cafe.products.tables import products
from lanhouse.db.statements import Row, among, static
from lanhouse.db.store import Tx

_LOCK = static(
    sa.select(products)
    .where(products.c.center_id == sa.bindparam("center"), among(products.c.id, "ids"))
    .order_by(products.c.id)
    .with_for_update(key_share=True)
)


def lock_products(tx: Tx, center_id: int, ids: Iterable[int]) -> dict[int, Row]:
    """The rows of these products by id, deleted ones too, locked by rising id.

    In the order of the house after centre, PCs, members and sessions, before ledger accounts; all
    of a command at once.
    """
    rows = tx.all(_LOCK, center=center_id, ids=sorted(set(ids)))
    return {row.id: row for row in rows}
