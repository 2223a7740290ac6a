"""What a session costs, and the bill that explains it.

Pure. In this order: the exact sum of all stretches, the start fee, the minimum charge, and once, at
the end, the rounding; each of them is a line (decisions 0020, 0047 and 0104).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from fractions import Fraction

import msgspec

from lanhouse.cafe.metering.rules.turns import package_at
from lanhouse.cafe.metering.rules.walking import (
    CENT,
    SECOND_MICROS,
    UNPLAYED,
    Kind,
    Segment,
    Stretch,
    Terms,
    micros_between,
    stretches,
)
from lanhouse.cafe.pricing.rules import RATE_PARTS, NoPrice, rate_of, rule_at
from lanhouse.kit.money import format_fixed, format_plain, half_up
from lanhouse.kit.said import say

A_PART = say("for a part of this time")


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
    unit_seconds: int = 0
    """Of time that was not played: the block, or the least length, that it is charged for. Of a
    rounding it is 0 and `step_micros` says to what."""
    step_micros: int = 0

    @property
    def seconds(self) -> int:
        """Its length; sessions, packages and prices change on whole seconds (decision 0020)."""
        return micros_between(self.from_at, self.to_at) // SECOND_MICROS


class Bill(msgspec.Struct, frozen=True):
    """A session's bill; the amounts of its lines add up to `total_micros`."""

    lines: list[BillLine]
    exact_micros: Fraction
    """The exact sum of the time that is charged."""
    total_micros: int
    seconds: int
    """Whole seconds played."""


class Sum(msgspec.Struct, frozen=True):
    """The exact cost of the time, in RATE_PARTS of micros, and whether the session is billed at
    all: then the start fee and the minimum charge are owed."""

    exact: int
    is_billed: bool

    def total_micros(self, terms: Terms) -> int:
        """What is to be paid; bills round nowhere else."""
        return rounded(self.owed(terms), terms)

    def owed(self, terms: Terms) -> int:
        """The exact cost with start fee and minimum charge, before the rounding."""
        if not self.is_billed:
            return self.exact
        return max(
            self.exact + terms.start_fee_micros * RATE_PARTS,
            terms.minimum_charge_micros * RATE_PARTS,
        )


def exact_cost(segments: Sequence[Segment], terms: Terms, until: datetime) -> Fraction:
    """Exact micros of the charged time up to `until`, without fee, minimum charge and rounding.

    Raises NoPrice when time without a price would have to be charged.
    """
    total = sum(stretch.exact for stretch in _walked(segments, terms, until))
    return Fraction(total, RATE_PARTS)


def total_cost(segments: Sequence[Segment], terms: Terms, until: datetime) -> int:
    """What the session costs up to `until`, in micros: the total of its bill, without the lines."""
    exact = 0
    is_billed = _is_billed_at_once(segments, terms, until)
    for stretch in _walked(segments, terms, until):
        exact += stretch.exact
    return Sum(exact, is_billed or exact > 0).total_micros(terms)


def bill(segments: Sequence[Segment], terms: Terms, until: datetime) -> Bill:
    """The bill of a session up to `until`.

    A line's amount is the running sum after it, rounded half-up to the cent, less the one before
    it: so the lines add up, whatever their number. Where that is not the line's own length x price,
    rounded half-up, the line says by how much (decision 0047).
    """
    lines: list[BillLine] = []
    exact, billed, micros_played = 0, 0, 0
    is_billed = _is_billed_at_once(segments, terms, until)
    for stretch in _walked(segments, terms, until):
        exact += stretch.exact
        amount = _line_rounded(exact, terms) - billed
        billed += amount
        if stretch.kind not in UNPLAYED:
            micros_played += micros_between(stretch.from_at, stretch.to_at)
        lines.append(_line(stretch, amount, terms))
    found = Sum(exact, is_billed or exact > 0)
    if found.is_billed:
        for line in _fixed(terms, billed, segments[0].from_at, until):
            lines.append(line)
            billed += line.amount_micros
    total = found.total_micros(terms)
    if total != billed:
        lines.append(_rounding(terms, total - billed, until))
    return Bill(lines, Fraction(exact, RATE_PARTS), total, micros_played // SECOND_MICROS)


def rounded(exact: int, terms: Terms) -> int:
    """An exact sum (in RATE_PARTS of micros) as it is to be paid, in steps of the terms."""
    step = terms.step_micros
    if terms.rounding == "up":
        return -(-exact // (RATE_PARTS * step)) * step
    if terms.rounding == "down":
        return exact // (RATE_PARTS * step) * step
    return half_up(exact, RATE_PARTS * step) * step


def most_exact(money_micros: int, terms: Terms) -> int:
    """The most that may be owed, in RATE_PARTS of micros, so that it is covered as it is and as it
    is rounded: rounding down gives nobody time, rounding up takes no money that is not there."""
    step = terms.step_micros
    floor = money_micros // step * step * RATE_PARTS
    coins = min(step, CENT)
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
    first = segments[0]
    has_any = terms.minimum_charge_micros or terms.start_fee_micros
    if not has_any or terms.free_seconds or first.is_free:
        return False
    if until < first.from_at or package_at(first.packages, first.tariff, first.from_at):
        return False
    return rate_of(first.tariff, rule_at(first.tariff, first.from_at)) > 0


def _line_rounded(exact: int, terms: Terms) -> int:
    step = min(terms.step_micros, CENT)
    return half_up(exact, RATE_PARTS * step) * step


def _line(stretch: Stretch, amount_micros: int, terms: Terms) -> BillLine:
    what, why = _words(stretch, terms)
    rounding = amount_micros - _line_rounded(stretch.exact, terms)
    if rounding:
        why += f", {'+' if rounding > 0 else ''}{format_fixed(rounding)} rounding"
    price = stretch.piece.price_per_hour if stretch.piece else Fraction(0)
    at = (stretch.from_at, stretch.to_at)
    unit = {"least_time": terms.least_seconds, "block": terms.block_seconds}.get(stretch.kind, 0)
    return BillLine(stretch.kind, what, *at, price, amount_micros, why, rounding, unit)


def _words(stretch: Stretch, terms: Terms) -> tuple[str, str]:
    if stretch.kind == "free_session":
        return "Free session", "nobody pays"
    if stretch.kind == "free_minutes":
        return "Free minutes", "the first minutes of a session are not billed"
    if stretch.package is not None:
        return stretch.package.name, "paid by the package"
    if stretch.piece is None or stretch.piece.rule is None:
        raise NoPrice(stretch.segment.tariff, A_PART)
    rule, discount = stretch.piece.rule, stretch.segment.tariff.discount
    why = f"{format_fixed(rule.price_per_hour_micros)} an hour"
    if discount:
        why += f", less {format_plain(discount * 10_000)} % of the member group"
    if stretch.kind == "least_time":
        why += f", not played: time is billed for at least {terms.least_seconds // 60} minutes"
    elif stretch.kind == "block":
        why += f", not played: time is billed in blocks of {terms.block_seconds // 60} minutes"
    return rule.name, why


def _fixed(
    terms: Terms, billed_micros: int, from_at: datetime, until: datetime
) -> Iterator[BillLine]:
    """The start fee, and what is missing to the minimum charge."""
    fee = terms.start_fee_micros
    if fee:
        why = f"every session that is billed costs {format_fixed(fee)} more"
        yield BillLine("start_fee", "Start fee", from_at, from_at, Fraction(0), fee, why)
    missing = terms.minimum_charge_micros - billed_micros - fee
    if missing > 0:
        why = f"a session costs at least {format_fixed(terms.minimum_charge_micros)}"
        yield BillLine("minimum_charge", "Minimum charge", until, until, Fraction(0), missing, why)


def _rounding(terms: Terms, amount_micros: int, until: datetime) -> BillLine:
    step = terms.step_micros
    way = {"up": "up to", "down": "down to", "nearest": "to the nearest"}[terms.rounding]
    why = f"rounded {way} {format_fixed(step)}"
    return BillLine(
        "rounding", "Rounding", until, until, Fraction(0), amount_micros, why, step_micros=step
    )
