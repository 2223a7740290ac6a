"""A day's bookings as the desk's timeline: rooms, a row for each PC, blocks in five minutes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from lanhouse.cafe.bookings.queries import bookings_between
from lanhouse.cafe.bookings.schemas import Booking
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.desk.rules import natural_key
from lanhouse.cafe.pcs.queries import pc_rows, rooms_of
from lanhouse.db.store import Read

UNIT = timedelta(minutes=5)
_HOUR = timedelta(hours=1)


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a PC's day, in UNITs from the day's begin: of a booking, or free (None)."""

    from_unit: int
    units: int
    booking: Booking | None = None


class Hour(msgspec.Struct, frozen=True):
    """A column of the head: the moment, and how many units it has."""

    at: datetime
    units: int


class PcRow(msgspec.Struct, frozen=True):
    """A PC and its day from the first hour to the last, without a gap."""

    name: str
    cells: list[Cell]


class RoomRows(msgspec.Struct, frozen=True):
    """A room with its PCs; PCs of no room have none."""

    name: str
    rows: list[PcRow]
    booked: int
    """How many of its PCs are booked on this day."""


class BookingDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day of the centre; of a day whose clocks change 23 or 25 hours."""

    day: date
    since: datetime
    before: datetime
    hours: list[Hour]
    rooms: list[RoomRows]
    bookings: list[Booking]
    """Whatever became of them; those of a party beside each other."""
    waiting: list[Booking]
    """Who waits behind another one, the first in line first."""
    parties: dict[int, int]
    """Party -> how many PCs it has booked, of those that have several."""

    @property
    def units(self) -> int:
        """How many units the day has."""
        return (self.before - self.since) // UNIT


def day_span(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Begin and end of a day of the centre."""
    return (
        datetime.combine(day, time(), zone).astimezone(ZoneInfo("UTC")),
        datetime.combine(day + timedelta(days=1), time(), zone).astimezone(ZoneInfo("UTC")),
    )


def booking_day(read: Read, center: Center, day: date, is_only_booked: bool) -> BookingDay:
    """The day of every PC, or of those that are booked then."""
    since, before = day_span(day, center.zone)
    found = bookings_between(read, center.id, since, before)
    shown: dict[int, list[Booking]] = {}
    for booking in found:
        if booking.behind_id is None and booking.state in ("waiting", "begun", "missed"):
            shown.setdefault(booking.pc_id, []).append(booking)
    names = {room.id: room.name for room in rooms_of(read, center.id)}
    rooms: dict[int, list[PcRow]] = {room_id: [] for room_id in names} | {0: []}
    booked: Counter[int] = Counter()
    for pc in sorted(pc_rows(read, center.id), key=lambda pc: natural_key(pc.name)):
        its = shown.get(pc.id, [])
        if is_only_booked and not its:
            continue
        room_id = pc.room_id if pc.room_id in names else 0
        booked[room_id] += bool(its)
        rooms[room_id].append(PcRow(pc.name, cells_of(its, since, before)))
    counts = Counter(each.party_id for each in found)
    return BookingDay(
        day=day,
        since=since,
        before=before,
        hours=_hours(since, before, center.zone),
        rooms=[
            RoomRows(names.get(room_id, ""), rows, booked[room_id])
            for room_id, rows in rooms.items()
            if rows
        ],
        bookings=sorted(found, key=lambda each: (each.starts_at, each.party_id, each.id)),
        waiting=[each for each in found if each.behind_id is not None and each.state == "waiting"],
        parties={party: count for party, count in counts.items() if count > 1},
    )


def cells_of(found: Sequence[Booking], since: datetime, before: datetime) -> list[Cell]:
    """The day of one PC. A booking that nobody used gives way to what was booked after it."""
    last = (before - since) // UNIT
    order = sorted(found, key=lambda each: (each.state == "missed", each.starts_at))
    taken: list[tuple[int, int, Booking]] = []
    for booking in order:
        first = max((booking.starts_at - since) // UNIT, 0)
        end = min(-((since - booking.ends_at) // UNIT), last)
        for other_first, other_end, _ in taken:
            # Two that follow each other within five minutes would share a unit.
            if first < other_first < end:
                end = other_first
            elif other_first <= first < other_end:
                first = other_end
        if first < end:
            taken.append((first, end, booking))
    cells: list[Cell] = []
    at = 0
    for first, end, booking in sorted(taken, key=lambda each: each[:2]):
        if first > at:
            cells.append(Cell(from_unit=at, units=first - at))
        cells.append(Cell(from_unit=first, units=end - first, booking=booking))
        at = end
    if at < last:
        cells.append(Cell(from_unit=at, units=last - at))
    return cells


def _hours(since: datetime, before: datetime, zone: ZoneInfo) -> list[Hour]:
    """A column for every hour that passes; one of a clock that goes by half hours is shorter."""
    hours: list[Hour] = []
    at = since
    while at < before:
        local = at.astimezone(zone)
        step = _HOUR - timedelta(minutes=local.minute, seconds=local.second)
        end = min(at + step, before)
        hours.append(Hour(at, (end - at) // UNIT))
        at = end
    return hours
