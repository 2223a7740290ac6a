"""When members were here last."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from lanhouse.cafe.facts import SeatsChanged
from lanhouse.cafe.members.tables import members
from lanhouse.db.statements import among, static
from lanhouse.db.store import Tx

_SAME_VISIT = timedelta(minutes=1)
"""What follows so soon is not written again: a busy minute at a seat is one visit."""
_AT = members.c.last_visit_at.type
_VISIT = static(
    sa.update(members)
    .where(
        members.c.center_id == sa.bindparam("center"),
        among(members.c.id, "members"),
        members.c.group_id >= 0,
        members.c.last_visit_at.is_(None)
        | (members.c.last_visit_at <= sa.bindparam("before", type_=_AT))
        | members.c.leaves_at.is_not(None),
    )
    .values(last_visit_at=sa.bindparam("at", type_=_AT), leaves_at=None)
)


def note_visits(tx: Tx, changed: list[SeatsChanged]) -> None:
    """A member whose session begins or ends is here, and is not forgotten for being away.

    They are locked by whoever tells; one statement for all of a centre.
    """
    by_center: dict[int, set[int]] = {}
    for fact in changed:
        by_center.setdefault(fact.center_id, set()).add(fact.member_id)
    for center_id, ids in sorted(by_center.items()):
        before = tx.now - _SAME_VISIT
        tx.run(_VISIT, center=center_id, members=sorted(ids), at=tx.now, before=before)
