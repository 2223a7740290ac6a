"""The PCs as a member chooses one: now to play, or for some time to book."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from lanhouse.cafe.bookings.queries import live_between
from lanhouse.cafe.bookings.rules import overlapping
from lanhouse.cafe.bookings.schemas import Booking, State
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.pcs.queries import pc_rows, rooms_of
from lanhouse.cafe.sessions.queries import open_session_ids
from lanhouse.db.statements import Row
from lanhouse.db.store import Read

NO_ROOM = 0
SOON = timedelta(hours=6)
"""A booking that begins within this time is told of a free PC."""


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """A PC to choose."""

    name: str
    room_id: int
    state: str
    """free, yours (booked by the member), booked, in_use, broken, or closed (not booked here)."""
    until_at: datetime | None = None
    """When it is somebody else's, if that is soon."""

    @property
    def may_take(self) -> bool:
        """Whether the member may choose it."""
        return self.state in ("free", "yours")


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """A room and how many of its PCs are free; NO_ROOM has those of none."""

    id: int
    name: str
    total: int
    free: int


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """All PCs of a centre, in the order of its rooms."""

    rooms: list[Room]
    seats: list[Seat]

    def shown(self, room_id: int | None, text: str) -> tuple[int | None, list[Seat]]:
        """The room that is looked at and its seats; a text finds PCs by name in all rooms."""
        found = text.strip().casefold()
        if found:
            return None, [seat for seat in self.seats if found in seat.name.casefold()]
        ids = [room.id for room in self.rooms]
        chosen = room_id if room_id in ids else next(iter(ids), NO_ROOM)
        return chosen, [seat for seat in self.seats if seat.room_id == chosen]


def places_now(read: Read, center: Center, member_id: int, at: datetime) -> Places:
    """Every PC as a member finds it at an instant who wants to play."""
    rows = pc_rows(read, center.id)
    playing = open_session_ids(read, center.id, [row.id for row in rows])
    # The first second past SOON counts.
    soon = live_between(read, center.id, at, at + SOON + timedelta(seconds=1))
    kept = _by_pc([each for each in soon if each.keeps_seat(at)])

    def seat(row: Row) -> Seat:
        others = [each for each in kept[row.id] if each.player_id != member_id]
        his = [each for each in kept[row.id] if each.player_id == member_id]
        state, until_at = "free", None
        if row.is_out_of_order:
            state = "broken"
        elif row.id in playing:
            state = "in_use"
        elif any(each.has_begun(at) for each in others):
            state = "booked"
        elif any(each.has_begun(at) for each in his):
            state = "yours"
        else:
            until_at = next((b.starts_at for b in others if b.starts_at <= at + SOON), None)
        return Seat(name=row.name, room_id=row.room_id or 0, state=state, until_at=until_at)

    return _placed(read, center, rows, [seat(row) for row in rows])


def places_to_book(
    read: Read, center: Center, span: tuple[datetime, datetime], at: datetime
) -> Places:
    """Every PC as a member finds it at `at` who wants to book it for a span of time.

    What the settings say of PCs in use is asked when one is chosen (bookings.plans.plan_booking).
    """
    rows = pc_rows(read, center.id)
    playing = open_session_ids(read, center.id, [row.id for row in rows])
    then = live_between(read, center.id, max(span[0], at), span[1])
    kept = _by_pc([each for each in then if _is_in_way(each, at)])
    closed = {room.id for room in rooms_of(read, center.id) if not room.allows_booking}
    queues = center.settings.member.allow_booking_in_queue
    busy = at + timedelta(hours=center.settings.member.booking_busy_pc_hours)

    def seat(row: Row) -> Seat:
        state = "free"
        if row.is_out_of_order:
            state = "broken"
        elif row.room_id in closed:
            state = "closed"
        elif overlapping(kept[row.id], *span) and not queues:
            state = "booked"
        elif row.id in playing and span[0] < busy:
            state = "in_use"
        return Seat(name=row.name, room_id=row.room_id or 0, state=state)

    return _placed(read, center, rows, [seat(row) for row in rows])


def _is_in_way(booking: Booking, at: datetime) -> bool:
    return booking.state == State.BEGUN or at < booking.held_until_at


def _by_pc(found: Sequence[Booking]) -> dict[int, list[Booking]]:
    by_pc: dict[int, list[Booking]] = defaultdict(list)
    for each in found:
        by_pc[each.pc_id].append(each)
    return by_pc


def _placed(read: Read, center: Center, rows: Sequence[Row], seats: list[Seat]) -> Places:
    """Seats by room, each room with its numbers; rooms without PCs are left out."""
    by_room: dict[int, list[Seat]] = defaultdict(list)
    for row, seat in zip(rows, seats, strict=True):
        by_room[row.room_id or NO_ROOM].append(seat)
    named = [(room.id, room.name) for room in rooms_of(read, center.id)] + [(NO_ROOM, "")]
    rooms = [
        Room(
            id=room_id,
            name=name,
            total=len(by_room[room_id]),
            free=sum(seat.may_take for seat in by_room[room_id]),
        )
        for room_id, name in named
        if by_room[room_id]
    ]
    return Places(rooms=rooms, seats=[seat for room in rooms for seat in by_room[room.id]])
