"""What the wall screen reads: seats, bookings and events, and nobody's name."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.events.queries import next_events
from lanhouse.cafe.news.queries import center_page
from lanhouse.cafe.pcs.tables import pcs, rooms
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.cafe.wall.schemas import Wall, WallBooking, WallRoom
from lanhouse.db.statements import static
from lanhouse.db.store import Read
from lanhouse.db.tables import metadata

_EVENTS = 3
_BOOKINGS = 4
_AHEAD = timedelta(hours=3)
_ASSISTANT = 8
"""The console type of what is no seat (cafe-domain 0)."""

_CENTER = sa.bindparam("center")
_SEATS = static(
    sa.select(pcs.c.id, pcs.c.room_id, rooms.c.name.label("room_name"))
    .select_from(pcs.outerjoin(rooms, rooms.c.id == pcs.c.room_id))
    .where(
        pcs.c.center_id == _CENTER,
        pcs.c.is_out_of_order.is_(sa.false()),
        pcs.c.console_type != _ASSISTANT,
    )
    .order_by(sa.func.coalesce(rooms.c.position, 1_000_000), pcs.c.room_id, pcs.c.id)
)
_BUSY = static(
    sa.select(pc_sessions.c.pc_id, pc_sessions.c.expires_at, pc_sessions.c.paused_at).where(
        pc_sessions.c.center_id == _CENTER, pc_sessions.c.ended_at.is_(None)
    )
)


def wall_of(read: Read, center: Center, at: datetime) -> Wall:
    """What stands on the wall of a centre at a moment."""
    booked = _booked(read, center.id, at)
    return Wall(
        at=at,
        about=center_page(read, center, at),
        rooms=_rooms(read, center.id, at, {row.pc_id for row in booked if row.starts_at <= at}),
        bookings=None if _bookings() is None else _coming(booked, at),
        waiting=sum(row.behind_id is not None for row in booked),
        events=next_events(read, center.id, at, _EVENTS),
    )


def _rooms(read: Read, center_id: int, at: datetime, held: set[int]) -> list[WallRoom]:
    busy: dict[int, Any] = {row.pc_id: row for row in read.all(_BUSY, center=center_id)}
    by_room: dict[int | None, list[Any]] = {}
    for seat in read.all(_SEATS, center=center_id):
        by_room.setdefault(seat.room_id, []).append(seat)
    return [_room(seats, busy, at, held) for seats in by_room.values()]


def _room(seats: list[Any], busy: dict[int, Any], at: datetime, held: set[int]) -> WallRoom:
    free = sorted((seat.id not in busy and seat.id not in held for seat in seats), reverse=True)
    ends = [
        busy[seat.id].expires_at
        for seat in seats
        if seat.id in busy and busy[seat.id].expires_at and busy[seat.id].paused_at is None
    ]
    return WallRoom(
        name=seats[0].room_name or "",
        seats=tuple(free),
        next_free_at=None if any(free) else min((end for end in ends if end > at), default=None),
    )


def _bookings() -> sa.Table | None:
    """The table of bookings, where this release has them."""
    return metadata.tables.get("bookings")


def _booked(read: Read, center_id: int, at: datetime) -> list[Any]:
    """The bookings of the next hours that nobody has begun: PC, start, and what each waits for."""
    table = _bookings()
    if table is None:
        return []
    booked = table.c
    query = (
        sa.select(booked.pc_id, booked.starts_at, booked.behind_id)
        .where(
            booked.center_id == center_id,
            booked.state == "waiting",
            booked.ends_at > at,
            booked.starts_at < at + _AHEAD,
        )
        .order_by(booked.starts_at)
        .limit(1_000)
    )
    return list(read.all(query))


def _coming(booked: list[Any], at: datetime) -> list[WallBooking]:
    seats: dict[datetime, int] = {}
    for row in booked:
        if row.starts_at > at:
            seats[row.starts_at] = seats.get(row.starts_at, 0) + 1
    return [WallBooking(start, count) for start, count in list(seats.items())[:_BOOKINGS]]
