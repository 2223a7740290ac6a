"""The lines of a bill: what, from when to when, at which price, why, and how much."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import msgspec

from lanhouse.cafe.metering.rules.terms import Terms
from lanhouse.cafe.metering.rules.walking import (
    PAUSED,
    SECOND_MICROS,
    Kind,
    Stretch,
    micros_between,
)
from lanhouse.cafe.pricing.rules import (
    FACTOR_PARTS,
    PERCENT_PARTS,
    RATE_PARTS,
    NoPrice,
    holiday_at,
)
from lanhouse.kit.money import format_fixed, format_plain, half_up
from lanhouse.kit.said import say

A_PART = say("for a part of this time")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


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
    """By how much the amount differs from seconds x price (of a tax: rate x what is owed), rounded
    half-up; a cent, or nothing."""
    unit_seconds: int = 0
    """Of time that was not played: the block, or the least length, that it is charged for. Of a
    rounding it is 0 and `step_micros` says to what."""
    step_micros: int = 0
    percent: int = 100
    """Of a first hour and of a card price: what is charged of the price."""
    tax_micros: int = 0
    """Of a tax: how much of the total it is."""
    tax_parts: int = 0
    """Of a tax: its rate in hundredths of a percent."""
    limit_micros: int = 0
    """Of a cap: the amount that was agreed."""
    before_micros: int = 0
    """Of a cap: what of it sessions before had used."""
    holiday: str = ""
    """The holiday by whose weekday the price holds, where the line begins on one."""

    @property
    def tax_rate(self) -> Decimal:
        """The rate of a tax in percent."""
        return Decimal(self.tax_parts) / 100

    @property
    def seconds(self) -> int:
        """Its length; sessions, packages and prices change on whole seconds (decision 0020)."""
        return micros_between(self.from_at, self.to_at) // SECOND_MICROS


def line_rounded(exact: int, parts: int, terms: Terms) -> int:
    """An exact sum (in RATE_PARTS x `parts` of micros) as lines show it."""
    step = min(terms.step_micros, terms.unit_micros)
    return half_up(exact, RATE_PARTS * parts * step) * step


def time_line(stretch: Stretch, amount_micros: int, terms: Terms) -> BillLine:
    """The line of a stretch of the walk. Raises NoPrice for charged time without a price."""
    what, why = _words(stretch, terms)
    rounding = amount_micros - line_rounded(stretch.exact, 1, terms)
    price = stretch.piece.price_per_hour if stretch.piece else Fraction(0)
    at = (stretch.from_at, stretch.to_at)
    unit = {"least_time": terms.least_seconds, "block": terms.block_seconds}.get(stretch.kind, 0)
    holiday = None if stretch.piece is None else holiday_at(stretch.segment.tariff, stretch.from_at)
    line = BillLine(
        stretch.kind,
        what,
        *at,
        price,
        amount_micros,
        why,
        unit_seconds=unit,
        percent=stretch.piece.factor if stretch.piece else 100,
        holiday=holiday.name if holiday else "",
    )
    return told_rounding(line, rounding)


def told_rounding(line: BillLine, rounding_micros: int) -> BillLine:
    """The line, saying by how much its amount is not its own (decision 0047); as it is for 0."""
    if not rounding_micros:
        return line
    sign = "+" if rounding_micros > 0 else ""
    return msgspec.structs.replace(
        line,
        rounding_micros=rounding_micros,
        why=f"{line.why}, {sign}{format_fixed(rounding_micros)} rounding",
    )


def _words(stretch: Stretch, terms: Terms) -> tuple[str, str]:
    if stretch.kind == "free_session":
        return "Free session", "nobody pays"
    if stretch.kind == PAUSED:
        return "Paused", "time and cost stood still"
    if stretch.kind == "free_minutes":
        return "Free minutes", "the first minutes of a session are not billed"
    if stretch.package is not None:
        return stretch.package.name, "paid by the package"
    if stretch.piece is None or stretch.piece.rule is None:
        raise NoPrice(stretch.segment.tariff, A_PART)
    rule, tariff = stretch.piece.rule, stretch.segment.tariff
    why = f"{format_fixed(rule.price_per_hour_micros)} an hour"
    if tariff.players > 1:
        extra = format_fixed(tariff.extra_player_micros)
        why += f", {extra} more for each of {tariff.players - 1} further players"
    if stretch.piece.factor != FACTOR_PARTS:
        why += f", {stretch.piece.factor} % in the first hour"
    if tariff.discount:
        why += f", less {format_plain(tariff.discount * 10_000)} % of the member group"
    holiday = holiday_at(tariff, stretch.from_at)
    if holiday is not None:
        why += f", {holiday.name or holiday.date} counts as {_DAYS[holiday.weekday - 1]}"
    if stretch.kind == "least_time":
        why += f", not played: time is billed for at least {terms.least_seconds // 60} minutes"
    elif stretch.kind == "block":
        why += f", not played: time is billed in blocks of {terms.block_seconds // 60} minutes"
    return rule.name, why


def closing_line(
    kind: Kind, amount_micros: int, terms: Terms, at: datetime, tax_micros: int = 0
) -> BillLine:
    """A line that is no time: fee, cap, minimum, tax, card price, rounding."""
    is_cap = kind == "daily_cap"
    what, why = _closing_words(kind, terms)
    if kind == "tax_included":
        why += f": {format_fixed(tax_micros)}"
    return BillLine(
        kind,
        what,
        at,
        at,
        Fraction(0),
        amount_micros,
        why,
        step_micros=terms.step_micros if kind == "rounding" else 0,
        percent=terms.card_percent if kind == "card_price" else 100,
        tax_micros=tax_micros,
        tax_parts=terms.tax_parts if kind in ("tax", "tax_included") else 0,
        limit_micros=terms.daily_cap_micros if is_cap else 0,
        before_micros=terms.day_before_micros if is_cap else 0,
    )


def _closing_words(kind: Kind, terms: Terms) -> tuple[str, str]:
    if kind == "start_fee":
        fee = format_fixed(terms.start_fee_micros)
        return "Start fee", f"every session that is billed costs {fee} more"
    if kind == "daily_cap":
        why = f"a day costs at most {format_fixed(terms.daily_cap_micros)}"
        if terms.day_before_micros:
            why += f", {format_fixed(terms.day_before_micros)} of it for sessions before"
        return "Daily cap", why
    if kind == "minimum_charge":
        least = format_fixed(terms.minimum_charge_micros)
        return "Minimum charge", f"a session costs at least {least}"
    if kind in ("tax", "tax_included"):
        where = "on top of the price" if kind == "tax" else "of tax in the price"
        percent = format_plain(terms.tax_parts * 1_000_000 // (PERCENT_PARTS // 100))
        return terms.tax_name or "Tax", f"{percent} % {where}"
    if kind == "card_price":
        return "Card price", f"who pays by card pays {terms.card_percent} % of the price"
    way = {"up": "up to", "down": "down to", "nearest": "to the nearest"}[terms.rounding]
    return "Rounding", f"rounded {way} {format_fixed(terms.step_micros)}"
