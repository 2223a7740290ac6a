"""What a session costs, and the bill that explains it.

Pure. In this order: the exact sum of all stretches, the start fee, the daily cap, the minimum
charge, tax, card price, and once, at the end, the rounding; each of them is a line (decisions 0020,
0047, 0104 and 0117).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from fractions import Fraction

import msgspec

from lanhouse.cafe.metering.rules.caps import Days
from lanhouse.cafe.metering.rules.lines import (
    A_PART,
    BillLine,
    closing_line,
    line_rounded,
    time_line,
    told_rounding,
)
from lanhouse.cafe.metering.rules.terms import Terms
from lanhouse.cafe.metering.rules.turns import package_at
from lanhouse.cafe.metering.rules.walking import (
    PAUSED,
    SECOND_MICROS,
    UNPLAYED,
    Kind,
    Segment,
    Stretch,
    micros_between,
    stretches,
)
from lanhouse.cafe.pricing.rules import (
    PERCENT_PARTS,
    RATE_PARTS,
    NoPrice,
    local_time,
    rate_of,
    rule_at,
)
from lanhouse.kit.money import half_up

_NO_CAP = 2**62
"""A cap that nothing reaches: time is cut by days all the same."""


class Bill(msgspec.Struct, frozen=True):
    """A session's bill; the amounts of its lines add up to `total_micros`."""

    lines: list[BillLine]
    exact_micros: Fraction
    """The exact sum of the time that is charged."""
    total_micros: int
    seconds: int
    """Whole seconds played."""
    tax_micros: int = 0
    """The tax that the total holds."""


class Sum:
    """What is owed, in RATE_PARTS of micros, as the walk goes on."""

    def __init__(self, segments: Sequence[Segment], terms: Terms, until: datetime) -> None:
        self._terms = terms
        self.exact = 0
        """The exact cost of the time, whatever a cap leaves of it."""
        self.days = Days(terms, segments[0])
        self._is_billed_at_once = _is_billed_at_once(segments, terms, until)

    def add(self, stretch: Stretch) -> None:
        """Charge a stretch of the walk."""
        self.exact += stretch.exact
        self.days.add(stretch)

    @property
    def is_billed(self) -> bool:
        """Whether the session is billed at all: then start fee and minimum charge are owed."""
        return self._is_billed_at_once or self.exact > 0

    def finish(self) -> tuple[int, int]:
        """What is owed with start fee and cap, and with the minimum charge; once, at the end."""
        if not self.is_billed:
            return self.days.owed, self.days.owed
        self.days.add_fee(self._terms.start_fee_micros * RATE_PARTS)
        capped = self.days.owed
        return capped, max(capped, self._terms.minimum_micros * RATE_PARTS)


def exact_cost(segments: Sequence[Segment], terms: Terms, until: datetime) -> Fraction:
    """Exact micros of the charged time up to `until`, without fee, minimum charge and rounding.

    Raises NoPrice when time without a price would have to be charged.
    """
    total = sum(stretch.exact for stretch in _walked(segments, terms, until))
    return Fraction(total, RATE_PARTS)


def total_cost(segments: Sequence[Segment], terms: Terms, until: datetime) -> int:
    """What the session costs up to `until`, in micros: the total of its bill, without the lines."""
    found = Sum(segments, terms, until)
    for stretch in _walked(segments, terms, until):
        found.add(stretch)
    return rounded(found.finish()[1], terms)


def covering_micros(segments: Sequence[Segment], terms: Terms, until: datetime) -> int:
    """The least money that covers the session up to `until`, as it is and as it is rounded: so
    most_exact() of it is at least what is owed."""
    found = Sum(segments, terms, until)
    for stretch in _walked(segments, terms, until):
        found.add(stretch)
    owed, (more, parts) = found.finish()[1], terms.on_top
    return max(rounded(owed, terms), -(-owed * more // (parts * RATE_PARTS)))


def bill(segments: Sequence[Segment], terms: Terms, until: datetime) -> Bill:
    """The bill of a session up to `until`.

    A line's amount is the running sum after it, rounded half-up to the cent, less the one before
    it: so the lines add up, whatever their number. Where that is not the line's own length x price,
    rounded half-up, the line says by how much (decision 0047).
    """
    lines: list[BillLine] = []
    billed, micros_played = 0, 0
    found = Sum(segments, terms, until)
    for stretch in _walked(segments, terms, until):
        found.add(stretch)
        amount = line_rounded(found.exact, 1, terms) - billed
        billed += amount
        if stretch.kind not in UNPLAYED and stretch.kind != PAUSED:
            micros_played += micros_between(stretch.from_at, stretch.to_at)
        lines.append(time_line(stretch, amount, terms))
    closing = closing_lines(found, terms, billed, segments[0].from_at, until)
    return Bill(
        lines + closing,
        Fraction(found.exact, RATE_PARTS),
        billed + sum(line.amount_micros for line in closing),
        micros_played // SECOND_MICROS,
        sum(line.tax_micros for line in closing),
    )


def day_costs(segments: Sequence[Segment], terms: Terms, until: datetime) -> dict[date, int]:
    """What a session costs on each day of the centre, in micros, without tax and card price; what
    the minimum charge adds falls on the day it begins."""
    if not terms.daily_cap_micros:
        terms = msgspec.structs.replace(terms, daily_cap_micros=_NO_CAP)
    found = Sum(segments, terms, until)
    for stretch in _walked(segments, terms, until):
        found.add(stretch)
    capped, owed = found.finish()
    first = local_time(segments[0].tariff, segments[0].from_at).date()
    by_day = dict(found.days.by_day)
    by_day[first] = by_day.get(first, 0) + owed - capped
    return {day: line_rounded(exact, 1, terms) for day, exact in by_day.items()}


def closing_lines(
    found: Sum, terms: Terms, billed: int, from_at: datetime, until: datetime
) -> list[BillLine]:
    """What follows the time on a bill, in the order of decision 0117; `billed` is the sum of the
    lines before."""
    lines: list[BillLine] = []

    def add(kind: Kind, exact: int, parts: int, at: datetime, tax_micros: int = 0) -> None:
        """The line that brings the sum to `exact` / `parts`; none where it does already."""
        nonlocal billed
        amount = line_rounded(exact, parts, terms) - billed
        billed += amount
        if amount or tax_micros:
            lines.append(closing_line(kind, amount, terms, at, tax_micros))

    with_fee = found.exact + terms.start_fee_micros * RATE_PARTS * found.is_billed
    capped, owed = found.finish()
    add("start_fee", with_fee, 1, from_at)
    add("daily_cap", capped, 1, until)
    add("minimum_charge", owed, 1, until)
    total, tax = rounded(owed, terms), tax_micros_of(rounded(owed, terms), terms)
    if terms.is_tax_included:
        add("tax_included", owed, 1, until, tax)
    else:
        add("tax", owed * (PERCENT_PARTS + terms.tax_parts), PERCENT_PARTS, until, tax)
        # Of its own it is the rate of what is owed; the rest is what the lines before rounded off.
        own = line_rounded(owed * terms.tax_parts, PERCENT_PARTS, terms)
        if lines and lines[-1].kind == "tax":
            lines[-1] = told_rounding(lines[-1], lines[-1].amount_micros - own)
    add("card_price", owed * terms.on_top[0], terms.on_top[1], until)
    if total != billed:
        lines.append(closing_line("rounding", total - billed, terms, until))
    return lines


def rounded(exact: int, terms: Terms) -> int:
    """What is owed (in RATE_PARTS of micros) as it is to be paid: with tax and card price, in
    steps of the terms. Bills round nowhere else."""
    step, (more, parts) = terms.step_micros, terms.on_top
    exact, parts = exact * more, parts * RATE_PARTS * step
    if terms.rounding == "up":
        return -(-exact // parts) * step
    if terms.rounding == "down":
        return exact // parts * step
    return half_up(exact, parts) * step


def tax_micros_of(total_micros: int, terms: Terms) -> int:
    """The tax that a total holds, rounded half-up once."""
    step = min(terms.step_micros, terms.unit_micros)
    parts = (PERCENT_PARTS + terms.tax_parts) * step
    return half_up(total_micros * terms.tax_parts, parts) * step


def most_exact(money_micros: int, terms: Terms) -> int:
    """The most that may be owed, in RATE_PARTS of micros, so that it is covered with tax and card
    price, as it is and as it is rounded: rounding down gives nobody time, rounding up takes no
    money that is not there."""
    more, parts = terms.on_top
    return _most_paid(money_micros, terms) * parts // more


def _most_paid(money_micros: int, terms: Terms) -> int:
    step = terms.step_micros
    floor = money_micros // step * step * RATE_PARTS
    coins = min(step, terms.unit_micros)
    whole = money_micros // coins * coins * RATE_PARTS
    if terms.rounding == "up":
        return floor
    if terms.rounding == "down":
        return whole
    # Half a step more would be rounded up to a step that the money does not cover.
    return min(whole, floor + step * RATE_PARTS // 2 - 1)


def _walked(segments: Sequence[Segment], terms: Terms, until: datetime) -> Iterator[Stretch]:
    for stretch in stretches(segments, terms, until):
        if stretch.piece is not None and stretch.piece.rule is None:
            raise NoPrice(stretch.segment.tariff, A_PART)
        yield stretch


def _is_billed_at_once(segments: Sequence[Segment], terms: Terms, until: datetime) -> bool:
    """Whether fee and minimum are owed from the very start: neither free minutes nor a package
    come first.

    Otherwise they are owed from the first priced second on. A price of zero never owes them.
    """
    # One that was paused in its first second begins where it goes on.
    first = next((each for each in segments if not each.is_paused), segments[-1])
    has_any = terms.minimum_charge_micros or terms.start_fee_micros
    if not has_any or terms.free_seconds or first.is_free:
        return False
    if until < first.from_at or package_at(first.packages, first.tariff, first.from_at):
        return False
    if not terms.first_hour_percent:
        return False
    try:
        return rate_of(first.tariff, rule_at(first.tariff, first.from_at)) > 0
    except NoPrice:  # it went on when the house was closed, and so it did not
        return False
