"""All PCs of a centre with who plays on them."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.queries import member_groups_of
from lanhouse.cafe.groups.schemas import MemberGroup
from lanhouse.cafe.pcs.queries import pc_rows
from lanhouse.cafe.sessions.queries import open_session_ids, session_states
from lanhouse.cafe.sessions.schemas import SessionState
from lanhouse.db.statements import Row
from lanhouse.db.store import Read


class Floor(msgspec.Struct, frozen=True):
    """All PCs of a centre as they are at one moment."""

    rows: list[Row]
    """Columns of pcs, room_name and group_name; group_name is None in the default group."""
    states: dict[int, SessionState]
    """PC id -> open session, for the PCs in use."""
    groups: dict[int, MemberGroup]
    """The member groups, by id."""


def floor_at(read: Read, center: Center, at: datetime) -> Floor:
    """All PCs of the centre with who plays on them at a moment."""
    return Floor(
        pc_rows(read, center.id),
        session_states(read, center.id, at, with_costs=False),
        {group.id: group for group in member_groups_of(read, center.id)},
    )


def pcs_in_use(read: Read, center_id: int) -> tuple[list[Row], set[int]]:
    """Every PC as in pc_rows, and the ids of those with an open session."""
    rows = pc_rows(read, center_id)
    return rows, set(open_session_ids(read, center_id, [row.id for row in rows]))
