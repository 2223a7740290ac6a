"""In whose shift money moves: one place for every payment, refund and expense (decision 0097)."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.shifts.tables import shifts
from lanhouse.db.statements import static
from lanhouse.db.store import Tx

# Locked against a close, which would have summed the shift up already. Whoever closes meanwhile is
# waited for, and the shift is then found closed.
_OPEN = (
    sa.select(shifts.c.id)
    .where(shifts.c.center_id == sa.bindparam("center"), shifts.c.closed_at.is_(None))
    .order_by(shifts.c.id)
    .with_for_update(read=True)
)
_OF_PERSON = static(_OPEN.where(shifts.c.staff_id == sa.bindparam("person")))
_OF_CENTER = static(_OPEN.limit(2))


def hold_shift(tx: Tx, center: Center, actor: Actor) -> int | None:
    """The open shift in which this caller moves money, locked against its close; or None.

    A person has his own. What an API key does belongs to the one shift that is open; with two,
    nobody knows in which drawer it lies. Members, devices and the clock have none. Taken before
    any account is locked: a close holds its shift while it waits for accounts.
    """
    if actor.kind == "staff":
        return tx.scalar(_OF_PERSON, center=center.id, person=actor.staff_id)
    if actor.kind == "api_key":
        found = tx.all(_OF_CENTER, center=center.id)
        return found[0].id if len(found) == 1 else None
    return None


def must_have_shift(center: Center, actor: Actor) -> bool:
    """Whether this caller may not move money without an open shift (setting shift_required)."""
    return actor.kind == "staff" and center.settings.payment.shift_required
