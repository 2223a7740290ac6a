"""When members were here last."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.cafe.facts import SeatsChanged
from lanhouse.cafe.members.tables import members
from lanhouse.db.statements import static
from lanhouse.db.store import Tx

_VISIT = static(
    sa.update(members)
    .where(
        members.c.center_id == sa.bindparam("center"),
        members.c.id == sa.bindparam("member"),
        members.c.group_id >= 0,
    )
    .values(last_visit_at=sa.bindparam("at", type_=members.c.last_visit_at.type), leaves_at=None)
)


def note_visits(tx: Tx, changed: list[SeatsChanged]) -> None:
    """A member whose session begins or ends is here, and is not forgotten for being away."""
    for center_id, member_id in sorted({(fact.center_id, fact.member_id) for fact in changed}):
        tx.run(_VISIT, center=center_id, member=member_id, at=tx.now)
