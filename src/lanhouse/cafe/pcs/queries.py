"""Finding PCs and rooms."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.queries import member_groups_of
from lanhouse.cafe.groups.schemas import MemberGroup
from lanhouse.cafe.groups.tables import pc_groups
from lanhouse.cafe.pcs.tables import pcs, rooms
from lanhouse.cafe.sessions.queries import open_session_ids, session_states
from lanhouse.cafe.sessions.schemas import SessionState
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read

_CENTER = sa.bindparam("center")
_PC_ROWS = static(
    sa.select(
        *(column for column in pcs.c if column.name != "created_at"),
        rooms.c.name.label("room_name"),
        pc_groups.c.name.label("group_name"),
    )
    .select_from(
        pcs.outerjoin(rooms, rooms.c.id == pcs.c.room_id).outerjoin(
            pc_groups,
            (pc_groups.c.id == pcs.c.pc_group_id) & (pc_groups.c.center_id == pcs.c.center_id),
        )
    )
    .where(pcs.c.center_id == _CENTER)
    .order_by(pcs.c.id)
)
_ROOMS = static(
    sa.select(rooms).where(rooms.c.center_id == _CENTER).order_by(rooms.c.position, rooms.c.id)
)
_BY_NAME = static(
    sa.select(pcs).where(pcs.c.center_id == _CENTER, pcs.c.name_key == sa.bindparam("key"))
)


class Floor(msgspec.Struct, frozen=True):
    """All PCs of a centre as they are at one moment."""

    rows: list[Row]
    """Columns of pcs, room_name and group_name; group_name is None in the default group."""
    states: dict[int, SessionState]
    """PC id -> open session, for the PCs in use."""
    groups: dict[int, MemberGroup]
    """The member groups, by id."""


def pc_rows(read: Read, center_id: int) -> list[Row]:
    """Every PC of a centre with the names of its room and group, in the order of making."""
    return read.all(_PC_ROWS, center=center_id)


def rooms_of(read: Read, center_id: int) -> list[Row]:
    """Every room of a centre, in its order."""
    return read.all(_ROOMS, center=center_id)


def pc_by_name(read: Read, wanted: tuple[int, str]) -> Row | None:
    """The PC (centre id, name whatever its case), or None."""
    return read.one(_BY_NAME, center=wanted[0], key=wanted[1].casefold())


def floor_at(read: Read, wanted: tuple[Center, datetime]) -> Floor:
    """All PCs of the centre with who plays on them at a moment."""
    center, at = wanted
    return Floor(
        pc_rows(read, center.id),
        session_states(read, center.id, at, with_costs=False),
        {group.id: group for group in member_groups_of(read, center.id)},
    )


def pcs_in_use(read: Read, center_id: int) -> tuple[list[Row], set[int]]:
    """Every PC as in pc_rows, and the ids of those with an open session."""
    rows = pc_rows(read, center_id)
    return rows, set(open_session_ids(read, center_id, [row.id for row in rows]))
