"""All PCs of a centre with who plays on them."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.queries import member_groups_of
from lanhouse.cafe.groups.schemas import MemberGroup
from lanhouse.cafe.pcs.queries import pc_rows
from lanhouse.cafe.sessions.queries import open_session_ids
from lanhouse.cafe.sessions.queries.playing import Playing, playing
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.local_time import whole_second


class Floor(msgspec.Struct, frozen=True):
    """All PCs of a centre as they are at one moment."""

    at_micros: int
    """The moment: microseconds of UTC, a whole second."""
    rows: list[Row]
    """Columns of pcs, room_name and group_name; group_name is None in the default group."""
    playing: dict[int, Playing]
    """PC id -> open session, for the PCs in use."""
    groups: dict[int, MemberGroup]
    """The member groups, by id."""


def floor_at(read: Read, center: Center, at: datetime) -> Floor:
    """All PCs of the centre with who plays on them at a moment.

    On the whole second, so that connect time, duration and time left add up to the end.
    """
    at = whole_second(at)
    return Floor(
        clock.to_micros(at),
        pc_rows(read, center.id),
        playing(read, center, at),
        {group.id: group for group in member_groups_of(read, center.id)},
    )


def pcs_in_use(read: Read, center_id: int) -> tuple[list[Row], set[int]]:
    """Every PC as in pc_rows, and the ids of those with an open session."""
    rows = pc_rows(read, center_id)
    return rows, set(open_session_ids(read, center_id, [row.id for row in rows]))
