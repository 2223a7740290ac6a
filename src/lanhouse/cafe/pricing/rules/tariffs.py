"""Prices, and the tariff that they make for one PC group and one member group.

Source: cafe-domain 2 (selection order); decisions 0021, 0028 and 0117.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

import msgspec

from lanhouse.cafe.pricing.rules.windows import Window
from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say

DEFAULT_NAME = "Default"
"""The rule that every centre has: for everybody, at every hour, behind all other rules."""
PERCENT_PARTS = 10_000
"""A discount is whole hundredths of a percent: 12.50 % is 1250."""
FACTOR_PARTS = 100
"""A factor of a price is whole percent: 150 % is 150."""
HOUR_PARTS = PERCENT_PARTS * FACTOR_PARTS
"""A rate divided by this is micros an hour."""
RATE_PARTS = HOUR_PARTS * 3600 * 1_000_000
"""A rate times microseconds, divided by this, is micros of money."""

_MICROSECOND = timedelta(microseconds=1)
_NOW = say("for this PC and customer at this time")


class NoPrice(Refused):
    """No price rule holds for this PC group, member group and time."""

    def __init__(self, tariff: Tariff, when: str = _NOW) -> None:
        self.lacks_default_price = tariff.lacks_default_price
        if tariff.lacks_default_price:
            super().__init__(say('no price: set the price of "%(name)s"', name=DEFAULT_NAME))
        else:
            super().__init__(say("no price: no price rule holds %(when)s", when=when))


class PriceRule(msgspec.Struct, frozen=True):
    """One price: for whom, when, and how much an hour costs. None as a group means any group."""

    price_id: int
    name: str
    price_per_hour_micros: int
    pc_group_id: int | None = None
    member_group_id: int | None = None
    window: Window = Window()


class Holiday(msgspec.Struct, frozen=True):
    """A day of the calendar that counts as another weekday (setting holidays)."""

    date: str
    """YYYY-MM-DD by the wall clock of the centre."""
    weekday: int
    """1 = Monday ... 7 = Sunday."""
    name: str = ""


class PriceList(msgspec.Struct, frozen=True):
    """What a centre charges: the rules that it made, and "Default" behind them (decision 0028)."""

    rules: tuple[PriceRule, ...] = ()
    """Without "Default"."""
    default: PriceRule | None = None
    """None while "Default" has no price."""
    default_fills_gaps: bool = True
    """True: "Default" holds wherever and whenever no other rule does. False: only for a PC group
    and member group that have no other rule at any hour."""
    holidays: tuple[Holiday, ...] = ()
    """Days that count as other weekdays, by date."""
    extra_player_micros: int = 0
    """What each player after the first adds to the price of an hour."""


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
    holidays: tuple[Holiday, ...] = ()
    """Days that count as other weekdays."""
    players: int = 1
    """How many play at once, at a console."""
    extra_player_micros: int = 0
    """What each player after the first adds to the price of an hour; 0 while there is one."""

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
    """Micros an hour after discount and factor, times HOUR_PARTS, so that it is a whole number."""
    factor: int = FACTOR_PARTS
    """Percent of the price that is charged here (first_hour_price_factor); held in the rate."""

    @property
    def price_per_hour(self) -> Fraction:
        """Exact micros an hour, with discount and factor."""
        return Fraction(self.rate, HOUR_PARTS)

    @property
    def cost(self) -> Fraction:
        """Exact micros of the whole piece."""
        return exact_cost(self.rate, self.from_at, self.to_at)


def exact_cost(rate: int, from_at: datetime, to_at: datetime) -> Fraction:
    """Exact micros of the time between two instants at `rate` (see Piece.rate)."""
    return Fraction(rate * ((to_at - from_at) // _MICROSECOND), RATE_PARTS)


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
    players: int = 1,
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
        holidays=prices.holidays,
        players=players,
        extra_player_micros=prices.extra_player_micros if players > 1 else 0,
    )


def rate_of(tariff: Tariff, rule: PriceRule | None) -> int:
    """Micros an hour times 10 000 after the tariff's discount (the percentage comes last)."""
    if rule is None:
        return 0
    extra = tariff.extra_player_micros * (tariff.players - 1)
    return (rule.price_per_hour_micros + extra) * (PERCENT_PARTS - tariff.discount)
