"""How full the house is and what it takes, by weekday and hour, over the last eight weeks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.pcs.tables import pcs
from lanhouse.cafe.reports.queries.kept import quarters_between, seats_between
from lanhouse.cafe.reports.rules.periods import Stretch, day_start
from lanhouse.cafe.reports.rules.play import QUARTER_MICROS, cells_of, quarter_of, seated
from lanhouse.cafe.reports.tables import report_quarters, report_seats
from lanhouse.cafe.sessions.tables import pc_session_segments, pc_sessions
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.money import half_up

WEEKS = 8
HOURS = 24
_DAY = timedelta(days=1)
_HOUR_SECONDS = 3_600


class Heat(msgspec.Struct, frozen=True):
    """By weekday (Monday first) and hour of the centre's zone, averages of the days there were.

    A weekday without a whole day in the house's life has None in all hours.
    """

    first_day: datetime
    last_day: datetime
    """Noon of the first and of the last day, both whole."""
    seats: int
    """PCs of now: seats in use are told in percent of them."""
    used_percent: list[list[int | None]]
    money_micros: list[list[int | None]]
    """Cash, card and QR less what went out."""


def heat_of(read: Read, center: Center, stretch: Stretch, at: datetime) -> Heat:
    """Of the eight weeks up to the last whole day of a stretch; `at` is now."""
    zone = center.zone
    last = stretch.last_day if stretch.cut_at is None else stretch.last_day - _DAY
    first = last - (7 * WEEKS - 1) * _DAY
    start_at, end_at = day_start(first, zone), day_start(last + _DAY, zone)
    begun = _begun(read, center.id)
    days = [0] * 7
    for number in range(7 * WEEKS):
        day = first + number * _DAY
        if begun is not None and begun.astimezone(zone).date() <= day <= at.astimezone(zone).date():
            days[day.weekday()] += 1
    cells = cells_of(quarter_of(start_at), quarter_of(end_at), zone)
    seconds, money = _grid(), _grid()
    for row in seats_between(read, center.id, start_at, end_at):
        weekday, hour = cells[row.quarter]
        seconds[weekday][hour] += row.seconds
    for quarter, length in _still_seated(read, center.id, start_at, end_at, at):
        weekday, hour = cells[quarter]
        seconds[weekday][hour] += length
    for row in quarters_between(read, center.id, start_at, end_at):
        weekday, hour = cells[row.quarter]
        money[weekday][hour] += row.cash_micros + row.card_micros + row.qr_micros
    count = sa.select(sa.func.count()).where(pcs.c.center_id == center.id)
    seats = read.scalar(count)
    return Heat(
        first_day=_noon(first, zone),
        last_day=_noon(last, zone),
        seats=seats,
        used_percent=_averages(seconds, days, per=seats * _HOUR_SECONDS, times=100),
        money_micros=_averages(money, days),
    )


def _begun(read: Read, center_id: int) -> datetime | None:
    """When money or play was first counted in the house."""
    found = [
        read.scalar(
            sa.select(table.c.quarter)
            .where(table.c.center_id == center_id)
            .order_by(table.c.quarter)
            .limit(1)
        )
        for table in (report_quarters, report_seats)
    ]
    known = [quarter for quarter in found if quarter is not None]
    return clock.from_micros(min(known) * QUARTER_MICROS) if known else None


def _still_seated(
    read: Read, center_id: int, start_at: datetime, end_at: datetime, at: datetime
) -> list[tuple[int, int]]:
    """(quarter, seconds) of what was played of sessions that run: they are kept when they end."""
    segment, running = pc_session_segments.c, pc_sessions.c
    # The outer join keeps SQLite from beginning with the segments of all history.
    played = (segment.session_id == running.id) & segment.is_paused.is_(False)
    rows = read.all(
        sa.select(segment.from_at, segment.to_at, running.expires_at)
        .select_from(pc_sessions.outerjoin(pc_session_segments, played))
        .where(running.center_id == center_id, running.ended_at.is_(None))
    )
    at = whole_second(at)
    return [
        part
        for row in rows
        if row.from_at is not None
        for part in seated(
            max(row.from_at, start_at), min(row.to_at or row.expires_at or at, at, end_at)
        )
    ]


def _grid() -> list[list[int]]:
    return [[0] * HOURS for _ in range(7)]


def _averages(
    grid: list[list[int]], days: list[int], per: int = 1, times: int = 1
) -> list[list[int | None]]:
    """Each sum by the days of its weekday, rounded half up."""
    return [
        [half_up(value * times, count * per) if count * per else None for value in hours]
        for hours, count in zip(grid, days, strict=True)
    ]


def _noon(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, datetime.min.time().replace(hour=12), zone).astimezone(UTC)
