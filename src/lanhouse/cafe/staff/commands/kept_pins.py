"""What other acts do to a PIN: a whole sign-in forgives its failures, a new password ends it."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.cafe.staff.tables import staff_pins
from lanhouse.db.statements import static
from lanhouse.db.store import Tx

_OWN = (
    staff_pins.c.center_id == sa.bindparam("the_center"),
    staff_pins.c.staff_id == sa.bindparam("the_person"),
)
_FORGIVE = static(sa.update(staff_pins).where(*_OWN, staff_pins.c.failures > 0).values(failures=0))
_DROP = static(sa.delete(staff_pins).where(*_OWN))


def forgive_pin(tx: Tx, center_id: int, staff_id: int) -> None:
    """The PIN, if there is one, counts again."""
    tx.run(_FORGIVE, the_center=center_id, the_person=staff_id)


def drop_pin(tx: Tx, center_id: int, staff_id: int) -> bool:
    """The PIN counts no longer; answers whether there was one."""
    return bool(tx.run(_DROP, the_center=center_id, the_person=staff_id))
