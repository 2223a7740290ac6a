"""Which price holds when: rules, their choice, and the price of time as a line of pieces.

Pure: no clock, no store. Times are aware UTC; a rule is in force by the wall clock of the centre's
zone, while what is charged are seconds that really passed, so a night of 25 hours costs 25 hours.
Source: cafe-domain 0 (weekday sets, time windows) and 2 (selection order); decision 0021.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.said import say

DEFAULT_NAME = "Default"
"""The rule that every centre has: for everybody, at every hour, behind all other rules."""
DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
WEEKDAYS = (1, 2, 3, 4, 5, 6, 7)
PERCENT_PARTS = 10_000
"""A discount is whole hundredths of a percent: 12.50 % is 1250."""
RATE_PARTS = PERCENT_PARTS * 3600 * 1_000_000
"""A rate times microseconds, divided by this, is micros of money."""

_WINDOW = re.compile(r"(\d{2}):(\d{2})-(\d{2}):(\d{2})", re.ASCII)
_MINUTE_MICROS = 60 * 1_000_000
_WEEK_MICROS = WEEK_MINUTES * _MINUTE_MICROS
_MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


_NOW = say("for this PC and customer at this time")


class NoPrice(Refused):
    """No price rule holds for this PC group, member group and time."""

    def __init__(self, tariff: Tariff, when: str = _NOW) -> None:
        self.lacks_default_price = tariff.lacks_default_price
        if tariff.lacks_default_price:
            super().__init__(say('no price: set the price of "%(name)s"', name=DEFAULT_NAME))
        else:
            super().__init__(say("no price: no price rule holds %(when)s", when=when))


class Window(msgspec.Struct, frozen=True):
    """A time of day, every day of `weekdays` (1 = Monday ... 7 = Sunday), by the wall clock.

    `to_minute` is exclusive. When it is not after `from_minute` the window crosses midnight, and
    the part after midnight belongs to the weekday on which it began.
    """

    weekdays: tuple[int, ...] = WEEKDAYS
    from_minute: int = 0
    to_minute: int = DAY_MINUTES

    @property
    def length_minutes(self) -> int:
        """How long the window is open on one of its days."""
        return (self.to_minute - self.from_minute - 1) % DAY_MINUTES + 1

    def spans(self) -> list[tuple[int, int]]:
        """The window as (from, to) minutes of a week that begins on Monday 00:00.

        What crosses the end of Sunday comes back at the start of Monday, as a span of its own.
        """
        found: list[tuple[int, int]] = []
        for weekday in self.weekdays:
            begin = (weekday - 1) * DAY_MINUTES + self.from_minute
            end = begin + self.length_minutes
            found.append((begin, min(end, WEEK_MINUTES)))
            if end > WEEK_MINUTES:
                found.append((0, end - WEEK_MINUTES))
        return found

    def holds(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether the window is open at the instant `at` by the wall clock of `zone`."""
        minute = _week_micros(at.astimezone(zone)) // _MINUTE_MICROS
        return any(begin <= minute < end for begin, end in self.spans())


class PriceRule(msgspec.Struct, frozen=True):
    """One price: for whom, when, and how much an hour costs. None as a group means any group."""

    price_id: int
    name: str
    price_per_hour_micros: int
    pc_group_id: int | None = None
    member_group_id: int | None = None
    window: Window = Window()


class PriceList(msgspec.Struct, frozen=True):
    """What a centre charges: the rules that it made, and "Default" behind them (decision 0028)."""

    rules: tuple[PriceRule, ...] = ()
    """Without "Default"."""
    default: PriceRule | None = None
    """None while "Default" has no price."""
    default_fills_gaps: bool = True
    """True: "Default" holds wherever and whenever no other rule does. False: only for a PC group
    and member group that have no other rule at any hour."""


class Tariff(msgspec.Struct, frozen=True):
    """The rules that may hold for one PC group and one member group, the strongest first.

    A session's segment keeps it as it was, zone and discount included: editing a price, a group
    or the centre's zone never prices again what was played before.
    """

    zone: str
    discount: int = 0
    """The member group's PC-time discount in hundredths of a percent, 0 to 10 000."""
    rules: tuple[PriceRule, ...] = ()
    lacks_default_price: bool = False
    """Where no rule holds, "Default" would, if it had a price."""
    ahead_micros: int = 0
    """What its session's times were put forward (negative: back) when a step of the clock was
    accepted: rules hold by the wall clock of before, so that the session costs what it did."""

    @property
    def ahead(self) -> timedelta:
        """The same as a timedelta."""
        return timedelta(microseconds=self.ahead_micros)


class Piece(msgspec.Struct, frozen=True):
    """A stretch of time under one rule; `rule` is None where no price holds."""

    from_at: datetime
    to_at: datetime
    rule: PriceRule | None
    rate: int
    """Micros an hour after the discount, times 10 000, so that it is a whole number."""

    @property
    def price_per_hour(self) -> Fraction:
        """Exact micros an hour, the discount taken off."""
        return Fraction(self.rate, PERCENT_PARTS)

    @property
    def cost(self) -> Fraction:
        """Exact micros of the whole piece."""
        return exact_cost(self.rate, self.from_at, self.to_at)


def exact_cost(rate: int, from_at: datetime, to_at: datetime) -> Fraction:
    """Exact micros of the time between two instants at `rate` (see Piece.rate)."""
    return Fraction(rate * ((to_at - from_at) // _MICROSECOND), RATE_PARTS)


# --- weekday sets and windows as text ---------------------------------------------------------


def parse_weekdays(text: str, field: str = "weekdays") -> tuple[int, ...]:
    """Read `7|1|2|3|4|5|6|` (7 = Sunday; the last bar is optional). Raises InvalidInput."""
    parts = [part for part in text.strip().strip("|").split("|") if part != ""]
    if not parts or any(part not in {"1", "2", "3", "4", "5", "6", "7"} for part in parts):
        raise InvalidInput({field: say("must be weekdays like 7|1|2|3|4|5|6| (7 = Sunday)")})
    return tuple(sorted({int(part) for part in parts}))


def format_weekdays(weekdays: Iterable[int]) -> str:
    """Weekdays as the wire writes them, Sunday first: `7|1|2|3|4|5|6|`."""
    return "".join(f"{day}|" for day in sorted(weekdays, key=lambda day: day % 7))


def parse_window(text: str, field: str = "time") -> tuple[int, int]:
    """Read `HH:MM-HH:MM` into minutes of the day; `00:00-24:00` is always.

    An end of 00:00 means 24:00. Begin and end alike say nothing, and are refused (InvalidInput).
    """
    match = _WINDOW.fullmatch(text.strip())
    if match is None:
        raise InvalidInput({field: say("must be a time window like 08:00-22:00")})
    from_hour, from_minute, to_hour, to_minute = (int(part) for part in match.groups())
    begin, end = from_hour * 60 + from_minute, (to_hour * 60 + to_minute) or DAY_MINUTES
    if from_minute > 59 or to_minute > 59 or begin >= DAY_MINUTES or end > DAY_MINUTES:
        raise InvalidInput({field: say("must lie between 00:00 and 24:00")})
    if begin == end:
        raise InvalidInput({field: say("must not begin and end at the same time")})
    return begin, end


def format_window(from_minute: int, to_minute: int) -> str:
    """Minutes of the day as `HH:MM-HH:MM`."""
    begin, end = divmod(from_minute, 60), divmod(to_minute, 60)
    return f"{begin[0]:02d}:{begin[1]:02d}-{end[0]:02d}:{end[1]:02d}"


# --- the choice -------------------------------------------------------------------------------


def strength(rule: PriceRule) -> tuple[int, int, int, int]:
    """The order of a centre's own rules: groups named, fewer weekdays, narrower window, lower id.

    The smallest wins. Groups: both named > the PC group > the member group > none (cafe-domain 2).
    """
    named = 2 * (rule.pc_group_id is not None) + (rule.member_group_id is not None)
    return (3 - named, len(rule.window.weekdays), rule.window.length_minutes, rule.price_id)


def tariff_for(
    prices: PriceList,
    pc_group_id: int | None,
    member_group_id: int | None,
    *,
    zone: str,
    discount: int = 0,
) -> Tariff:
    """The tariff of a PC group and a member group: every rule that may hold, strongest first.

    "Default" stands last, and only where it may hold at all: so a stored tariff says by itself
    what it meant, whatever becomes of the setting default_price_fills_gaps. None as a group asks
    for what holds whoever plays, or wherever: only rules that name no such group.
    """
    fitting = [
        rule
        for rule in prices.rules
        if rule.pc_group_id in (None, pc_group_id)
        and rule.member_group_id in (None, member_group_id)
    ]
    fitting.sort(key=strength)
    is_wanted = prices.default_fills_gaps or not fitting
    if is_wanted and prices.default is not None:
        fitting.append(prices.default)
    return Tariff(
        zone=zone,
        discount=discount,
        rules=tuple(fitting),
        lacks_default_price=is_wanted and prices.default is None,
    )


@lru_cache(maxsize=4096)
def week_of(tariff: Tariff) -> tuple[tuple[int, PriceRule | None], ...]:
    """The tariff laid out over a local week: (first minute, rule from there on), without repeats.

    The first entry is minute 0 (Monday 00:00); None stands where no rule holds.
    """
    spans = [(begin, end, rule) for rule in tariff.rules for begin, end in rule.window.spans()]
    edges = sorted({0} | {edge for begin, end, _ in spans for edge in (begin, end % WEEK_MINUTES)})
    week: list[tuple[int, PriceRule | None]] = []
    for edge in edges:
        rule = next((rule for begin, end, rule in spans if begin <= edge < end), None)
        if not week or week[-1][1] is not rule:
            week.append((edge, rule))
    return tuple(week)


def rule_at(tariff: Tariff, at: datetime) -> PriceRule:
    """The rule in force at an instant. Raises NoPrice when there is none."""
    starts, rules = _edges_of(tariff)
    local = (at - tariff.ahead).astimezone(_zone(tariff.zone))
    rule = rules[bisect_right(starts, _week_micros(local)) - 1]
    if rule is None:
        raise NoPrice(tariff)
    return rule


def rate_of(tariff: Tariff, rule: PriceRule | None) -> int:
    """Micros an hour times 10 000 after the tariff's discount (the percentage comes last)."""
    if rule is None:
        return 0
    return rule.price_per_hour_micros * (PERCENT_PARTS - tariff.discount)


def costs_nothing(tariff: Tariff) -> bool:
    """Whether every minute of the week has a price and that price is zero: time without end."""
    return all(rule is not None and rate_of(tariff, rule) == 0 for _, rule in week_of(tariff))


# --- the line of time -------------------------------------------------------------------------


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
        held = Piece(begin, end, rule, rate_of(tariff, rule))
    if held is not None:
        yield held


def _changes(
    tariff: Tariff, from_at: datetime, to_at: datetime
) -> Iterator[tuple[datetime, datetime, PriceRule | None]]:
    """Stretches of one offset cut at the edges of the local week."""
    starts, rules = _edges_of(tariff)
    zone = _zone(tariff.zone)
    if len(rules) == 1:  # one rule all week: no edge to look for
        if from_at < to_at:
            yield from_at, to_at, rules[0]
        return
    for begin, end in _steady_stretches(zone, from_at, to_at):
        at, place = begin, _week_micros(begin.astimezone(zone))
        index = bisect_right(starts, place) - 1
        while at < end:
            following = starts[index + 1] if index + 1 < len(starts) else _WEEK_MICROS
            until = min(at + timedelta(microseconds=following - place), end)
            yield at, until, rules[index]
            at, place = until, following % _WEEK_MICROS
            index = (index + 1) % len(starts)


@lru_cache(maxsize=4096)
def _edges_of(tariff: Tariff) -> tuple[list[int], list[PriceRule | None]]:
    """week_of() in microseconds: where each stretch of the week starts, and its rule."""
    week = week_of(tariff)
    return [minute * _MINUTE_MICROS for minute, _ in week], [rule for _, rule in week]


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


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
