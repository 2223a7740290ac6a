"""Second factors of people who now work at another centre."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.cafe.staff.sign_in import FACTOR_PURPOSE, factor_context
from lanhouse.cafe.staff.tables import second_factors
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit.vault import Unreadable, Vault

_OF_CENTER = static(
    sa.select(second_factors).where(second_factors.c.center_id == sa.bindparam("center"))
)
_RESEAL = static(
    sa.update(second_factors)
    .where(
        second_factors.c.center_id == sa.bindparam("the_center"),
        second_factors.c.staff_id == sa.bindparam("the_person"),
    )
    .values(sealed=sa.bindparam("newly_sealed", type_=second_factors.c.sealed.type))
)


def reseal_second_factors(tx: Tx, vault: Vault, *, old: int, new: int) -> None:
    """Seal the secrets of centre `new`, sealed for centre `old`, for their new place.

    Raises Unreadable when the server secret is missing or another one.
    """
    for row in tx.all(_OF_CENTER, center=new):
        plain = vault.open(FACTOR_PURPOSE, factor_context(old, row.staff_id), row.sealed)
        sealed = vault.seal(FACTOR_PURPOSE, factor_context(new, row.staff_id), plain)
        if sealed is None:
            raise Unreadable
        tx.run(_RESEAL, the_center=new, the_person=row.staff_id, newly_sealed=sealed)
