"""Who would book, and where: what the plan looks up."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.members.tables import members
from lanhouse.cafe.pcs.tables import pcs, rooms
from lanhouse.cafe.sessions.queries import open_session_ids, open_sessions
from lanhouse.cafe.sessions.schemas import GUEST_GROUPS, PREPAID, Session
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say

_MEMBER = static(
    sa.select(members).where(
        members.c.center_id == sa.bindparam("center"), members.c.id == sa.bindparam("member")
    )
)
_ROOM = static(
    sa.select(rooms.c.allows_booking).where(
        rooms.c.center_id == sa.bindparam("center"), rooms.c.id == sa.bindparam("room")
    )
)


_PC_GROUP = static(
    sa.select(pcs.c.pc_group_id).where(
        pcs.c.center_id == sa.bindparam("center"), pcs.c.id == sa.bindparam("pc")
    )
)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Who books, with the group whose prices hold for him, and the group of the PC."""

    center_id: int
    member_id: int
    member_group_id: int
    pc_group_id: int | None = None

    def may_book(self, read: Read, pc: Row) -> bool:
        """Whether members may book the PCs of its room (area_allow_booking)."""
        if pc.room_id is None:
            return True
        return read.scalar(_ROOM, center=self.center_id, room=pc.room_id) is not False

    def at_pc(self, read: Read, pc_id: int) -> Place:
        """The same with the group of this PC."""
        group_id = read.scalar(_PC_GROUP, center=self.center_id, pc=pc_id)
        return msgspec.structs.replace(self, pc_group_id=group_id or 0)

    def session_on(self, read: Read, pc_id: int) -> Session | None:
        """Who plays there now."""
        found = open_session_ids(read, self.center_id, [pc_id])
        if not found:
            return None
        return next(iter(open_sessions(read, self.center_id, ids=list(found.values()))), None)


def place_of(read: Read, center_id: int, member_id: int) -> Place | None:
    """The booker (`member_id` 0: a guest, who pays as one who pays first); None: no such member.

    Raises Refused for one who is not active or expired.
    """
    if not member_id:
        return Place(center_id=center_id, member_id=0, member_group_id=GUEST_GROUPS[PREPAID])
    row = read.one(_MEMBER, center=center_id, member=member_id)
    if row is None or row.deleted_at is not None:
        return None
    if not row.is_active:
        raise Refused(say("the member is not active"))
    if row.expires_at is not None and row.expires_at <= clock.now():
        raise Refused(say("the member is expired"))
    return Place(center_id=center_id, member_id=member_id, member_group_id=row.group_id)
