"""A day's bookings as the desk's timeline: rooms, a row for each PC, blocks in five minutes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.bookings.queries import booked_day
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.desk.rules import natural_key
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.pcs.queries import pc_rows, rooms_of
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read

UNIT = timedelta(minutes=5)
_HOUR = timedelta(hours=1)
_PLAYING = static(
    sa.select(
        *(pc_sessions.c[name] for name in ("pc_id", "kind", "started_at", "expires_at")),
        members.c.account,
    )
    .outerjoin(
        members,
        (members.c.center_id == pc_sessions.c.center_id)
        & (members.c.id == pc_sessions.c.member_id),
    )
    .where(pc_sessions.c.center_id == sa.bindparam("center"), pc_sessions.c.ended_at.is_(None))
)


class Playing(msgspec.Struct, frozen=True, kw_only=True):
    """A session that runs: until when, as it is planned now. None: nothing ends it, and it stands
    there until now."""

    kind: str
    account: str
    """"" of a guest who has none yet."""
    started_at: datetime
    expires_at: datetime | None


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a PC's day, in UNITs from the day's begin: of a booking, of who plays there now,
    or free (neither)."""

    from_unit: int
    units: int
    booking: Row | None = None
    playing: Playing | None = None


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
    bookings: list[Row]
    """Whatever became of them; those of a party beside each other."""
    waiting: list[Row]
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


def booking_day(
    read: Read, center: Center, day: date, is_only_booked: bool, now: datetime
) -> BookingDay:
    """The day of every PC, or of those that are booked then; who plays `now` stands on that day."""
    since, before = day_span(day, center.zone)
    playing = _playing(read, center.id) if since <= now < before else {}
    found = booked_day(read, center.id, since, before)
    shown: dict[int, list[Row]] = {}
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
        rooms[room_id].append(PcRow(pc.name, cells_of(its, since, before, now, playing.get(pc.id))))
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


def _playing(read: Read, center_id: int) -> dict[int, Playing]:
    """PC id -> who plays there."""
    return {
        row.pc_id: Playing(
            kind=row.kind,
            account=row.account or "",
            started_at=row.started_at,
            expires_at=row.expires_at,
        )
        for row in read.all(_PLAYING, center=center_id)
    }


def cells_of(
    found: Sequence[Row],
    since: datetime,
    before: datetime,
    now: datetime | None = None,
    playing: Playing | None = None,
) -> list[Cell]:
    """The day of one PC. A booking that nobody used gives way to what was booked after it, and
    `playing` (with `now`) to every booking: who plays in his booking stands there once."""
    last = (before - since) // UNIT
    order = sorted(found, key=lambda each: (each.state == "missed", each.starts_at))
    taken: list[Cell] = []
    for booking in order:
        first = max((booking.starts_at - since) // UNIT, 0)
        end = min(-((since - booking.ends_at) // UNIT), last)
        for other in taken:
            # Two that follow each other within five minutes would share a unit.
            if first < other.from_unit < end:
                end = other.from_unit
            elif other.from_unit <= first < other.from_unit + other.units:
                first = other.from_unit + other.units
        if first < end:
            taken.append(Cell(from_unit=first, units=end - first, booking=booking))
    cells = _filled(sorted(taken, key=lambda each: each.from_unit), last)
    if playing is None or now is None:
        return cells
    until = max(playing.expires_at or now, now)
    first = max((playing.started_at - since) // UNIT, 0)
    end = min(-((since - until) // UNIT), last)
    return _filled(_with_session(cells, playing, first, max(end, first + 1)), last)


def _with_session(cells: Sequence[Cell], playing: Playing, first: int, end: int) -> list[Cell]:
    """What is taken, with the session on each free stretch between its units."""
    taken: list[Cell] = []
    for cell in cells:
        begin, stop = max(cell.from_unit, first), min(cell.from_unit + cell.units, end)
        if cell.booking is not None:
            taken.append(cell)
        elif begin < stop:
            taken.append(Cell(from_unit=begin, units=stop - begin, playing=playing))
    return taken


def _filled(taken: Sequence[Cell], last: int) -> list[Cell]:
    """What is taken, in order, and the free stretches between."""
    cells: list[Cell] = []
    at = 0
    for cell in taken:
        if cell.from_unit > at:
            cells.append(Cell(from_unit=at, units=cell.from_unit - at))
        cells.append(cell)
        at = cell.from_unit + cell.units
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
