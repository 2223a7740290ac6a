"""What a session costs, how long its money lasts, and the bill that explains it.

Pure: no clock, no store. A session is a row of segments; each keeps the tariff it was begun under.
Every second of a segment is exactly one of: free minutes, package, priced time (or the segment is
a free one). The exact sum is rounded half-up once, at the end (architecture 4; decision 0020).
Source: cafe-domain 1 (sessions and billing), 3 (offers).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Literal

import msgspec

from lanhouse.cafe.offers.schemas import Package
from lanhouse.cafe.pricing.rules import (
    RATE_PARTS,
    NoPrice,
    Piece,
    Tariff,
    costs_nothing,
    rate_of,
    rule_at,
    timeline,
    week_of,
)
from lanhouse.kit.money import format_fixed, format_plain, half_up
from lanhouse.kit.said import say

SESSION_DAYS_MAX = 366
"""No session is computed further ahead than this; money for more ends there."""
MINUTES_MAX = SESSION_DAYS_MAX * 24 * 60
_MICROSECOND = timedelta(microseconds=1)
_SECOND = timedelta(seconds=1)
_SECOND_MICROS = 1_000_000
_A_PART = say("for a part of this time")

Kind = Literal["free_session", "free_minutes", "package", "time", "minimum_charge"]


class Segment(msgspec.Struct, frozen=True):
    """A stretch of a session under one tariff; `to_at` is None while it runs."""

    from_at: datetime
    tariff: Tariff
    to_at: datetime | None = None
    packages: tuple[Package, ...] = ()
    """They pay its first seconds after the free minutes, one after the other."""
    is_free: bool = False
    """A free session: nobody pays, no price is needed."""


class Terms(msgspec.Struct, frozen=True):
    """What was agreed when the session began; later changes of the settings do not touch it."""

    free_seconds: int = 0
    """The first seconds of the session that are not billed (setting free_time_minutes)."""
    minimum_charge_micros: int = 0
    """The least that a session costs once a second with a price has been begun."""
    step_micros: int = 10_000
    """Bills are multiples of this: a cent."""


class Stretch(msgspec.Struct, frozen=True):
    """Part of a session of one kind; `piece` or `package` says what it falls under."""

    kind: Kind
    from_at: datetime
    to_at: datetime
    segment: Segment
    piece: Piece | None = None
    package: Package | None = None

    @property
    def exact(self) -> int:
        """Its cost as micros times RATE_PARTS: a whole number, so that sums stay exact."""
        if self.piece is None:
            return 0
        return self.piece.rate * _micros_between(self.from_at, self.to_at)


class BillLine(msgspec.Struct, frozen=True):
    """One line of the bill: what, from when to when, at which price, why, and how much."""

    kind: Kind
    what: str
    from_at: datetime
    to_at: datetime
    price_per_hour: Fraction
    """Exact micros an hour after the discount; zero where nothing is charged."""
    amount_micros: int
    why: str
    rounding_micros: int = 0
    """By how much the amount differs from seconds x price, rounded half-up; a cent, or nothing."""

    @property
    def seconds(self) -> int:
        """Its length; sessions, packages and prices change on whole seconds (decision 0020)."""
        return _micros_between(self.from_at, self.to_at) // _SECOND_MICROS


class Bill(msgspec.Struct, frozen=True):
    """A session's bill; the amounts of its lines add up to `total_micros`."""

    lines: list[BillLine]
    exact_micros: Fraction
    total_micros: int
    seconds: int
    """Whole seconds played."""


def stretches(segments: Sequence[Segment], terms: Terms, until: datetime) -> Iterator[Stretch]:
    """Walk the session up to `until`: its segments in order, each cut by kind and price rule."""
    free_left = timedelta(seconds=terms.free_seconds)
    for segment in segments:
        at, end = segment.from_at, min(segment.to_at or until, until)
        if end <= at:
            continue
        if segment.is_free:
            yield Stretch("free_session", at, end, segment)
            continue
        free_end = min(at + free_left, end)
        if free_end > at:
            yield Stretch("free_minutes", at, free_end, segment)
            free_left -= free_end - at
        at = free_end
        for package in segment.packages:
            package_end = min(_package_end(package, at), end)
            if package_end > at:
                yield Stretch("package", at, package_end, segment, package=package)
                at = package_end
        for piece in timeline(segment.tariff, at, end):
            yield Stretch("time", piece.from_at, piece.to_at, segment, piece)


def exact_cost(segments: Sequence[Segment], terms: Terms, until: datetime) -> Fraction:
    """Exact micros of the priced time up to `until`, before rounding and minimum charge.

    Raises NoPrice when time without a price would have to be charged.
    """
    total = 0
    for stretch in stretches(segments, terms, until):
        _must_have_price(stretch)
        total += stretch.exact
    return Fraction(total, RATE_PARTS)


def bill(segments: Sequence[Segment], terms: Terms, until: datetime) -> Bill:
    """The bill of a session up to `until`.

    Total = the larger of the cost, rounded half-up once, and the minimum charge when that is due.
    A line's amount is the rounded running sum after it less the one before it: so the lines add
    up to the total to the cent, whatever their number. Where that is not the line's own length x
    price, rounded half-up, the line says by how much (decision 0047).
    """
    lines: list[BillLine] = []
    exact, billed, micros_played = 0, 0, 0
    is_minimum_due = _is_due_at_start(segments, terms, until)
    for stretch in stretches(segments, terms, until):
        _must_have_price(stretch)
        exact += stretch.exact
        amount = _rounded(exact, terms) - billed
        billed += amount
        micros_played += _micros_between(stretch.from_at, stretch.to_at)
        is_minimum_due = is_minimum_due or stretch.exact > 0
        lines.append(_line(stretch, amount, terms))
    missing = terms.minimum_charge_micros - billed
    if is_minimum_due and missing > 0:
        why = f"a session costs at least {format_fixed(terms.minimum_charge_micros)}"
        lines.append(
            BillLine("minimum_charge", "Minimum charge", until, until, Fraction(0), missing, why)
        )
        billed += missing
    return Bill(lines, Fraction(exact, RATE_PARTS), billed, micros_played // _SECOND_MICROS)


def total_cost(segments: Sequence[Segment], terms: Terms, until: datetime) -> int:
    """What the session costs up to `until`, in micros: the total of its bill, without the lines."""
    exact = 0
    is_minimum_due = _is_due_at_start(segments, terms, until)
    for stretch in stretches(segments, terms, until):
        _must_have_price(stretch)
        exact += stretch.exact
        is_minimum_due = is_minimum_due or stretch.exact > 0
    cost = _rounded(exact, terms)
    return max(cost, terms.minimum_charge_micros) if is_minimum_due else cost


def ends_at(segments: Sequence[Segment], terms: Terms, money_micros: int | None) -> datetime | None:
    """When the running session is over, or None when nothing ends it.

    `money_micros` is all that may be spent on the session from its first second on (what it has
    used already included); None = without limit (postpaid). The last segment must be running.
    It ends where the money no longer covers the next whole second, where the minimum charge is
    not covered when priced time would begin, where no price holds, or after SESSION_DAYS_MAX.
    """
    return _ends_within(segments, terms, money_micros, timedelta(days=SESSION_DAYS_MAX))


def _ends_within(
    segments: Sequence[Segment], terms: Terms, money_micros: int | None, most: timedelta
) -> datetime | None:
    """ends_at(), looked at no further than `most` from the running segment's begin."""
    running = segments[-1]
    if running.is_free or (money_micros is None and _always_has_price(running.tariff)):
        return None
    spent = sum(s.exact for s in stretches(segments[:-1], terms, running.from_at))
    budget = None if money_micros is None else _floored(money_micros, terms) * RATE_PARTS
    begins = _priced_from(segments, terms)
    if costs_nothing(running.tariff):
        return None
    horizon = running.from_at + most
    for piece in timeline(running.tariff, begins, horizon):
        if piece.rule is None:
            return piece.from_at
        if budget is None or piece.rate == 0:
            continue
        if spent == 0 and budget < terms.minimum_charge_micros * RATE_PARTS:
            return piece.from_at
        cost = piece.rate * _micros_between(piece.from_at, piece.to_at)
        if spent + cost > budget:
            covered = max(budget - spent, 0) // piece.rate * _MICROSECOND
            played = piece.from_at + covered - running.from_at
            return running.from_at + timedelta(seconds=played // timedelta(seconds=1))
        spent += cost
    return horizon


def can_begin(segment: Segment, terms: Terms, money_micros: int | None) -> bool:
    """Whether a session may begin: a package or the money covers its first second after the free
    minutes, and the minimum charge if that will be owed. Free minutes alone are not enough."""
    charged = msgspec.structs.replace(terms, free_seconds=0)
    end = _ends_within([segment], charged, money_micros, _SECOND)
    return end is None or end > segment.from_at


def cut(
    segments: Sequence[Segment], terms: Terms, at: datetime, tariff: Tariff | None = None
) -> list[Segment]:
    """Close the running segment at `at` and go on in a new one, under `tariff` or the same.

    What is left of the package goes over. A segment that would be empty is left out.
    """
    running = segments[-1]
    after = Segment(
        from_at=max(at, running.from_at),
        tariff=tariff or running.tariff,
        packages=packages_left(segments, terms, at),
        is_free=running.is_free,
    )
    if at <= running.from_at:
        return [*segments[:-1], after]
    return [*segments[:-1], msgspec.structs.replace(running, to_at=at), after]


def packages_left(segments: Sequence[Segment], terms: Terms, at: datetime) -> tuple[Package, ...]:
    """What is left of the running segment's packages at `at`, in whole seconds."""
    used = package_use(segments, terms, at)
    left = (
        msgspec.structs.replace(package, seconds=package.seconds - used.get(package, 0))
        for package in segments[-1].packages
    )
    return tuple(
        package
        for package in left
        if package.seconds > 0 and (package.until_at is None or package.until_at > at)
    )


def package_use(segments: Sequence[Segment], terms: Terms, at: datetime) -> dict[Package, int]:
    """Whole seconds used of each of the last segment's packages up to `at`."""
    return {
        stretch.package: _micros_between(stretch.from_at, stretch.to_at) // _SECOND_MICROS
        for stretch in stretches(segments, terms, at)
        if stretch.package is not None and stretch.segment is segments[-1]
    }


def cost_of_seconds(tariff: Tariff, from_at: datetime, seconds: int, terms: Terms) -> int:
    """What `seconds` of priced time from `from_at` cost, rounded, in micros. Raises NoPrice."""
    whole = Segment(from_at, tariff)
    paid = Terms(0, terms.minimum_charge_micros, terms.step_micros)
    return total_cost([whole], paid, from_at + timedelta(seconds=seconds))


def seconds_for_money(
    tariff: Tariff, from_at: datetime, money_micros: int, terms: Terms
) -> int | None:
    """Whole seconds that the money buys from `from_at` on, free minutes included; None = no end."""
    end = ends_at([Segment(from_at, tariff)], terms, money_micros)
    return None if end is None else (end - from_at) // timedelta(seconds=1)


def minutes_for_money(tariff: Tariff, from_at: datetime, money_micros: int, terms: Terms) -> int:
    """The most whole minutes from `from_at` on that cost_of_seconds() puts at no more than the
    money; 0 when not even one does, MINUTES_MAX when nothing ends them.

    More than seconds_for_money() where the cost of the last minute is rounded down.
    """
    paid = Terms(0, terms.minimum_charge_micros, terms.step_micros)
    least, most = (
        MINUTES_MAX if seconds is None else seconds // 60
        for seconds in (
            seconds_for_money(tariff, from_at, money_micros + more, paid)
            for more in (0, terms.step_micros)
        )
    )
    # The cost never falls with the length, so between the two bounds it can be searched.
    return least + bisect_right(
        range(least + 1, most + 1),
        money_micros,
        key=lambda minutes: cost_of_seconds(tariff, from_at, minutes * 60, paid),
    )


def _micros_between(from_at: datetime, to_at: datetime) -> int:
    return (to_at - from_at) // _MICROSECOND


def _floored(money_micros: int, terms: Terms) -> int:
    """Money down to whole steps, so that a cost rounded half-up never exceeds it."""
    return money_micros // terms.step_micros * terms.step_micros


def _rounded(exact: int, terms: Terms) -> int:
    """An exact sum (in RATE_PARTS of micros) as it is billed, half-up; bills round nowhere else."""
    return half_up(exact, RATE_PARTS * terms.step_micros) * terms.step_micros


def _must_have_price(stretch: Stretch) -> None:
    if stretch.piece is not None and stretch.piece.rule is None:
        raise NoPrice(stretch.segment.tariff, _A_PART)


def _always_has_price(tariff: Tariff) -> bool:
    """Whether some rule holds at every minute of the week."""
    return all(rule is not None for _, rule in week_of(tariff))


def _is_due_at_start(segments: Sequence[Segment], terms: Terms, until: datetime) -> bool:
    """Whether the minimum is owed from the very start: neither free minutes nor package come first.

    Otherwise it is owed from the first priced second on. A price of zero never owes it.
    """
    first = segments[0]
    if terms.minimum_charge_micros == 0 or terms.free_seconds or first.is_free:
        return False
    if first.packages or until < first.from_at:
        return False
    return rate_of(first.tariff, rule_at(first.tariff, first.from_at)) > 0


def _priced_from(segments: Sequence[Segment], terms: Terms) -> datetime:
    """The instant from which the running segment's time has a price."""
    running = segments[-1]
    used = sum(
        _micros_between(stretch.from_at, stretch.to_at)
        for stretch in stretches(segments[:-1], terms, running.from_at)
        if stretch.kind == "free_minutes"
    )
    unpaid = terms.free_seconds * _SECOND_MICROS - used
    at = running.from_at + unpaid * _MICROSECOND
    for package in running.packages:
        at = max(at, _package_end(package, at))
    return at


def _package_end(package: Package, from_at: datetime) -> datetime:
    end = from_at + timedelta(seconds=package.seconds)
    return end if package.until_at is None else min(end, package.until_at)


def _line(stretch: Stretch, amount_micros: int, terms: Terms) -> BillLine:
    what, why = _words(stretch)
    rounding = amount_micros - _rounded(stretch.exact, terms)
    if rounding:
        why += f", {'+' if rounding > 0 else ''}{format_fixed(rounding)} rounding"
    price = stretch.piece.price_per_hour if stretch.piece else Fraction(0)
    at = (stretch.from_at, stretch.to_at)
    return BillLine(stretch.kind, what, *at, price, amount_micros, why, rounding)


def _words(stretch: Stretch) -> tuple[str, str]:
    if stretch.kind == "free_session":
        return "Free session", "nobody pays"
    if stretch.kind == "free_minutes":
        return "Free minutes", "the first minutes of a session are not billed"
    if stretch.package is not None:
        return stretch.package.name, "paid by the package"
    if stretch.piece is None or stretch.piece.rule is None:
        raise NoPrice(stretch.segment.tariff, _A_PART)
    rule, discount = stretch.piece.rule, stretch.segment.tariff.discount
    why = f"{format_fixed(rule.price_per_hour_micros)} an hour"
    if discount:
        why += f", less {format_plain(discount * 10_000)} % of the member group"
    return rule.name, why
