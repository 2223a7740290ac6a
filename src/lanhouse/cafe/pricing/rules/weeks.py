"""A tariff laid out over the week, and the price of time as a line of pieces.

Times are aware UTC; a rule is in force by the wall clock of the centre's zone, while what is
charged are seconds that really passed, so a night of 25 hours costs 25 hours.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from lanhouse.cafe.pricing.rules.tariffs import (
    FACTOR_PARTS,
    Holiday,
    NoPrice,
    Piece,
    PriceRule,
    Tariff,
    rate_of,
)
from lanhouse.cafe.pricing.rules.windows import DAY_MINUTES, WEEK_MINUTES

_MINUTE_MICROS = 60 * 1_000_000
_WEEK_MICROS = WEEK_MINUTES * _MINUTE_MICROS
_DAY_MICROS = DAY_MINUTES * _MINUTE_MICROS
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)

Layout = tuple[tuple[int, PriceRule | None], ...]
"""(first minute, rule from there on) without repeats; the first entry is minute 0."""
Edges = tuple[list[int], list[PriceRule | None]]
"""The same in microseconds: where each stretch starts, and its rule."""


@lru_cache(maxsize=4096)
def week_of(tariff: Tariff) -> Layout:
    """The tariff laid out over a local week without holidays; minute 0 is Monday 00:00, None stands
    where no rule holds.
    """
    spans = [(begin, end, rule) for rule in tariff.rules for begin, end in rule.window.spans()]
    edges = sorted({0} | {edge for begin, end, _ in spans for edge in (begin, end % WEEK_MINUTES)})
    return _laid_out(edges, spans)


@lru_cache(maxsize=4096)
def _day_of(tariff: Tariff, weekday: int, weekday_before: int) -> Layout:
    """The tariff laid out over one local day that counts as `weekday` and follows one that counts
    as `weekday_before`: what began on that one before midnight goes on (decision 0117)."""
    spans: list[tuple[int, int, PriceRule]] = []
    for rule in tariff.rules:
        window = rule.window
        end = window.from_minute + window.length_minutes
        if weekday in window.weekdays:
            spans.append((window.from_minute, min(end, DAY_MINUTES), rule))
        if weekday_before in window.weekdays and end > DAY_MINUTES:
            spans.append((0, end - DAY_MINUTES, rule))
    edges = sorted(
        {0} | {edge for begin, end, _ in spans for edge in (begin, end) if edge < DAY_MINUTES}
    )
    return _laid_out(edges, spans)


def _laid_out(edges: list[int], spans: list[tuple[int, int, PriceRule]]) -> Layout:
    found: list[tuple[int, PriceRule | None]] = []
    for edge in edges:
        rule = next((rule for begin, end, rule in spans if begin <= edge < end), None)
        if not found or found[-1][1] is not rule:
            found.append((edge, rule))
    return tuple(found)


@lru_cache(maxsize=1024)
def _counted_as(holidays: tuple[Holiday, ...]) -> dict[date, int]:
    """Date -> the weekday that it counts as, of the holidays."""
    return {date.fromisoformat(one.date): one.weekday for one in holidays}


def _weekdays_of(tariff: Tariff, day: date) -> tuple[int, int] | None:
    """What a day and the one before count as, where one of them is a holiday; None elsewhere."""
    counted = _counted_as(tariff.holidays)
    before = day - _DAY
    if day not in counted and before not in counted:
        return None
    return counted.get(day, day.isoweekday()), counted.get(before, before.isoweekday())


def local_time(tariff: Tariff, at: datetime) -> datetime:
    """The wall clock by which the tariff holds at an instant."""
    return (at - tariff.ahead).astimezone(_zone(tariff.zone))


def holiday_at(tariff: Tariff, at: datetime) -> Holiday | None:
    """The holiday on whose date an instant lies, or None."""
    if not tariff.holidays:
        return None
    day = local_time(tariff, at).date().isoformat()
    return next((one for one in tariff.holidays if one.date == day), None)


def rule_at(tariff: Tariff, at: datetime) -> PriceRule:
    """The rule in force at an instant. Raises NoPrice when there is none."""
    local = local_time(tariff, at)
    counts_as = _weekdays_of(tariff, local.date()) if tariff.holidays else None
    if counts_as is None:
        starts, rules = _edges_of(tariff)
        place = _week_micros(local)
    else:
        starts, rules = _day_edges_of(tariff, counts_as)
        place = _day_micros(local)
    rule = rules[bisect_right(starts, place) - 1]
    if rule is None:
        raise NoPrice(tariff)
    return rule


def costs_nothing(tariff: Tariff) -> bool:
    """Whether there is a price at every time and that price is zero: time without end."""
    return all(rule is not None and rate_of(tariff, rule) == 0 for rule in _rules_of(tariff))


def always_has_price(tariff: Tariff) -> bool:
    """Whether some rule holds at every minute of every week."""
    return all(rule is not None for rule in _rules_of(tariff))


def _rules_of(tariff: Tariff) -> Iterator[PriceRule | None]:
    """The rule of every stretch of the week and of every day that a holiday makes another one."""
    yield from (rule for _, rule in week_of(tariff))
    for day in _counted_as(tariff.holidays):
        for its in (day, day + _DAY):
            counts_as = _weekdays_of(tariff, its)
            if counts_as is not None:
                yield from (rule for _, rule in _day_of(tariff, *counts_as))


def timeline(tariff: Tariff, from_at: datetime, to_at: datetime) -> Iterator[Piece]:
    """The interval as pieces that touch, cover it exactly, and each lie under one rule.

    Neighbours never share a rule. Where the zone's offset changes, the wall clock jumps: an hour
    that comes twice is charged twice by its rule, an hour that is skipped is not charged.
    """
    held: Piece | None = None
    ahead = tariff.ahead
    first, last = from_at.astimezone(UTC) - ahead, to_at.astimezone(UTC) - ahead
    for wall_begin, wall_end, rule in _changes(tariff, first, last):
        begin, end = wall_begin + ahead, wall_end + ahead
        if held is not None and held.rule is rule:
            held = Piece(held.from_at, end, rule, held.rate)
            continue
        if held is not None:
            yield held
        held = Piece(begin, end, rule, rate_of(tariff, rule) * FACTOR_PARTS)
    if held is not None:
        yield held


def _changes(
    tariff: Tariff, from_at: datetime, to_at: datetime
) -> Iterator[tuple[datetime, datetime, PriceRule | None]]:
    """Stretches of one offset cut at the edges of the local week, or of a day by a holiday."""
    rules = _edges_of(tariff)[1]
    zone = _zone(tariff.zone)
    if len(rules) == 1:  # one rule all week: no edge to look for, whatever a day counts as
        if from_at < to_at:
            yield from_at, to_at, rules[0]
        return
    for begin, end in _steady_stretches(zone, from_at, to_at):
        for at, until, counts_as in _days_within(tariff, begin.astimezone(zone), end - begin):
            first, last = begin + at, begin + until
            local = begin.astimezone(zone).replace(tzinfo=None) + at
            if counts_as is None:
                edges, place, length = _edges_of(tariff), _week_micros(local), _WEEK_MICROS
            else:
                edges = _day_edges_of(tariff, counts_as)
                place, length = _day_micros(local), _DAY_MICROS
            yield from _cut(edges, place, length, first, last)


def _cut(
    edges: Edges, place: int, length: int, at: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, PriceRule | None]]:
    """A stretch of one offset that begins at `place` of a layout of `length` (both microseconds),
    cut at its edges; the layout repeats."""
    starts, rules = edges
    index = bisect_right(starts, place) - 1
    while at < end:
        following = starts[index + 1] if index + 1 < len(starts) else length
        until = min(at + timedelta(microseconds=following - place), end)
        yield at, until, rules[index]
        at, place = until, following % length
        index = (index + 1) % len(starts)


def _days_within(
    tariff: Tariff, local: datetime, length: timedelta
) -> Iterator[tuple[timedelta, timedelta, tuple[int, int] | None]]:
    """A stretch of one offset from a wall clock on, cut where holidays begin and end: (from, to)
    since its begin, and what the day and the one before count as; None on days as they are."""
    done, wall = timedelta(), local.replace(tzinfo=None)
    special = {
        day: counts_as
        for holiday in _counted_as(tariff.holidays)
        for day in (holiday, holiday + _DAY)
        if (counts_as := _weekdays_of(tariff, day)) is not None
    }
    for day in sorted(special):
        begin = datetime.combine(day, time()) - wall
        first, last = max(begin, done), min(begin + _DAY, length)
        if first >= last:
            continue
        if first > done:
            yield done, first, None
        yield first, last, special[day]
        done = last
    if done < length:
        yield done, length, None


@lru_cache(maxsize=4096)
def _edges_of(tariff: Tariff) -> Edges:
    """week_of() in microseconds."""
    return _in_micros(week_of(tariff))


@lru_cache(maxsize=4096)
def _day_edges_of(tariff: Tariff, counts_as: tuple[int, int]) -> Edges:
    """The same of a day, by what it and the one before count as."""
    return _in_micros(_day_of(tariff, *counts_as))


def _in_micros(layout: Layout) -> Edges:
    return [minute * _MINUTE_MICROS for minute, _ in layout], [rule for _, rule in layout]


def _steady_stretches(
    zone: ZoneInfo, from_at: datetime, to_at: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """The interval cut where the zone's offset from UTC changes."""
    begin = from_at
    for year in range(from_at.year, to_at.year + 1):
        for change in _offset_changes(zone, year):
            if begin < change < to_at:
                yield begin, change
                begin = change
    if begin < to_at:
        yield begin, to_at


@lru_cache(maxsize=1024)
def _offset_changes(zone: ZoneInfo, year: int) -> tuple[datetime, ...]:
    """When the zone's offset changes in a year of UTC, its first instant left out and the next
    year's taken in; looked at day by day, once for each zone and year."""
    found: list[datetime] = []
    at, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    while at < end:
        following = at + _DAY
        if _offset(zone, at) != _offset(zone, following):
            found.append(_offset_change(zone, at, following))
        at = following
    return tuple(found)


def _offset_change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The whole second at which the offset changes, once within (before, after]."""
    low = before.replace(microsecond=0)
    high_seconds = -((low - after) // _SECOND)
    low_seconds = 0
    while high_seconds - low_seconds > 1:
        middle = (low_seconds + high_seconds) // 2
        if _offset(zone, low + timedelta(seconds=middle)) == _offset(zone, before):
            low_seconds = middle
        else:
            high_seconds = middle
    return low + timedelta(seconds=high_seconds)


def _offset(zone: ZoneInfo, at: datetime) -> timedelta | None:
    return at.astimezone(zone).utcoffset()


def _week_micros(local: datetime) -> int:
    """Microseconds since Monday 00:00 on the wall clock."""
    seconds = ((local.weekday() * 24 + local.hour) * 60 + local.minute) * 60 + local.second
    return seconds * 1_000_000 + local.microsecond


def _day_micros(local: datetime) -> int:
    """Microseconds since midnight on the wall clock."""
    return _week_micros(local) - local.weekday() * _DAY_MICROS


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
