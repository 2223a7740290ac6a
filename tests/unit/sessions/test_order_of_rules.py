"""The whole order of a bill, against an oracle that looks at every second by itself.

The oracle knows no segments of time, no pieces and no running sums: it asks for each second what
it is and what it costs, and puts the rules on it in the order of decision 0117.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lanhouse.cafe.metering.rules import (
    Segment,
    Terms,
    bill,
    cost_of_seconds,
    cut,
    ends_at,
    minutes_for_money,
    total_cost,
)
from lanhouse.cafe.offers.schemas import Package
from lanhouse.cafe.pricing.rules import (
    Holiday,
    NoPrice,
    PriceList,
    PriceRule,
    Tariff,
    Window,
    always_has_price,
    rule_at,
    tariff_for,
)

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
CENT = 10_000
EURO = 1_000_000
ZONE = "Europe/Berlin"
# A Monday; a minute later it is Tuesday at the hall.
EVE = datetime(2026, 11, 16, 22, 59, tzinfo=UTC)


# --- the oracle ------------------------------------------------------------------------------


def price_at(its: Tariff, at: datetime) -> Fraction | None:
    """Exact micros an hour by the words of the rule; None where no price holds."""
    local = at.astimezone(ZoneInfo(its.zone))
    counted = {one.date: one.weekday for one in its.holidays}

    def weekday(day: date) -> int:
        return counted.get(day.isoformat(), day.isoweekday())

    minute = local.hour * 60 + local.minute
    for rule in its.rules:
        window = rule.window
        crosses = window.to_minute <= window.from_minute
        evening = minute >= window.from_minute and (crosses or minute < window.to_minute)
        morning = crosses and minute < window.to_minute
        if (evening and weekday(local.date()) in window.weekdays) or (
            morning and weekday(local.date() - DAY) in window.weekdays
        ):
            price = rule.price_per_hour_micros + its.extra_player_micros * (its.players - 1)
            return Fraction(price * (10_000 - its.discount), 10_000)
    return None


class Oracle:
    """Charges second after second."""

    def __init__(self, terms: Terms, first: Segment) -> None:
        self.terms = terms
        self.first = first
        self.charged_seconds = 0
        self.by_day: dict[date, Fraction] = defaultdict(Fraction)

    def charge(self, its: Tariff, at: datetime) -> None:
        price = price_at(its, at)
        if price is None:
            return
        if self.charged_seconds < 3600:
            price = price * self.terms.first_hour_percent / 100
        self.charged_seconds += 1
        self.by_day[at.astimezone(ZoneInfo(its.zone)).date()] += price / 3600

    def total(self, *, is_billed_at_once: bool) -> int:
        terms, by_day = self.terms, dict(self.by_day)
        first_day = self.first.from_at.astimezone(ZoneInfo(self.first.tariff.zone)).date()
        is_billed = is_billed_at_once or sum(by_day.values()) > 0
        if is_billed:
            by_day[first_day] = by_day.get(first_day, Fraction(0)) + terms.start_fee_micros
        if terms.daily_cap_micros:
            for day, exact in by_day.items():
                before = terms.day_before_micros if day == first_day else 0
                by_day[day] = min(exact, Fraction(max(terms.daily_cap_micros - before, 0)))
        owed = Fraction(sum(by_day.values()))
        reached = terms.daily_cap_micros and terms.day_before_micros >= terms.daily_cap_micros
        if is_billed and not reached:
            owed = max(owed, Fraction(terms.minimum_charge_micros))
        if not terms.is_tax_included:
            owed += owed * terms.tax_parts / 10_000
        if terms.is_by_card:
            owed = owed * terms.card_percent / 100
        steps = owed / terms.step_micros
        whole = {
            "up": -(-steps // 1),
            "down": steps // 1,
            "nearest": (steps + Fraction(1, 2)) // 1,
        }[terms.rounding]
        return int(whole) * terms.step_micros


def oracle_total(segments: list[Segment], terms: Terms, until: datetime) -> int:
    oracle = Oracle(terms, segments[0])
    free_left, is_begun = terms.free_seconds, False
    promised: list[tuple[Tariff, datetime]] = []  # the seconds to come of the begun block
    for segment in segments:
        end = min(segment.to_at or until, until)
        left = [[package, package.seconds] for package in segment.packages]
        at = segment.from_at
        while at < end:
            package: Any = next((one for one in left if one[1] and is_open(one[0], at)), None)
            if free_left or package is not None:
                for second in promised:
                    oracle.charge(*second)
                promised = []
                if free_left:
                    free_left -= 1
                else:
                    package[1] -= 1
            else:
                left = []
                if not promised:
                    length = terms.block_seconds or 1
                    if not is_begun:
                        length *= -(-max(terms.least_seconds, length) // length)
                    is_begun = True
                    promised = [(segment.tariff, at + n * SECOND) for n in range(length)]
                oracle.charge(*promised.pop(0))
            at += SECOND
    for second in promised:
        oracle.charge(*second)
    first = segments[0]
    at_once = False
    if not terms.free_seconds and not first.packages and terms.first_hour_percent:
        at_once = bool(price_at(first.tariff, first.from_at))
    return oracle.total(is_billed_at_once=at_once)


def is_open(package: Package, at: datetime) -> bool:
    return package.until_at is None or at < package.until_at


# --- what chance draws -----------------------------------------------------------------------

all_terms = st.builds(
    Terms,
    free_seconds=st.sampled_from([0, 0, 90]),
    minimum_charge_micros=st.sampled_from([0, 0, 500_000, 1_230_000]),
    step_micros=st.sampled_from([CENT, CENT, 50_000, EURO]),
    rounding=st.sampled_from(["nearest", "up", "down"]),
    least_seconds=st.sampled_from([0, 0, 600]),
    block_seconds=st.sampled_from([0, 0, 60, 420]),
    start_fee_micros=st.sampled_from([0, 0, 250_000, 2_000_000]),
    first_hour_percent=st.sampled_from([100, 100, 0, 33, 150]),
    daily_cap_micros=st.sampled_from([0, 0, 400_000, 1_500_000]),
    day_before_micros=st.sampled_from([0, 0, 130_000, 1_500_000]),
    tax_parts=st.sampled_from([0, 0, 1900, 725]),
    is_tax_included=st.booleans(),
    card_percent=st.sampled_from([100, 97, 110]),
    is_by_card=st.booleans(),
)
windows = st.builds(
    Window,
    st.sets(st.integers(1, 7), min_size=1).map(lambda days: tuple(sorted(days))),
    st.integers(0, 1439),
    st.integers(1, 1440),
).filter(lambda its: its.from_minute != its.to_minute)
rules = st.builds(
    PriceRule,
    st.integers(1, 9),
    st.just("rule"),
    st.sampled_from([0, 2_000_000, 3_330_000, 11_000_000]),
    window=windows,
)
holidays = st.lists(
    st.builds(
        Holiday,
        st.integers(14, 20).map(lambda day: f"2026-11-{day}"),
        st.integers(1, 7),
        st.just("feast"),
    ),
    max_size=2,
    unique_by=lambda one: one.date,
).map(tuple)


@st.composite
def tariffs(draw, *, has_default: bool = True) -> Tariff:
    """Some prices and "Default" behind them."""
    prices = PriceList(
        tuple(draw(st.lists(rules, max_size=3))),
        PriceRule(99, "Default", draw(st.sampled_from([2, 7, 40])) * EURO) if has_default else None,
        has_default,
        draw(holidays),
        draw(st.sampled_from([0, 700_000])),
    )
    return tariff_for(
        prices,
        1,
        2,
        zone=ZONE,
        discount=draw(st.sampled_from([0, 0, 1250])),
        players=draw(st.integers(1, 3)),
    )


packages = st.lists(
    st.builds(Package, st.sampled_from([60, 400]), st.just("package"), st.integers(1, 9)),
    max_size=1,
).map(tuple)


@st.composite
def sessions(draw) -> tuple[list[Segment], Terms, datetime]:
    """A session of at most two hours around midnight, with packages and other tariffs."""
    terms, at = draw(all_terms), EVE - draw(st.integers(0, 60)) * MINUTE
    segments = [Segment(at, draw(tariffs()), packages=draw(packages))]
    for _ in range(draw(st.integers(0, 2))):
        at += draw(st.integers(1, 2500)) * SECOND
        segments = cut(segments, terms, at, draw(tariffs()))
        if draw(st.booleans()):
            more = (*segments[-1].packages, *draw(packages))
            segments[-1] = msgspec.structs.replace(segments[-1], packages=more)
    return segments, terms, at + draw(st.integers(0, 3000)) * SECOND


# --- the laws --------------------------------------------------------------------------------


@settings(max_examples=120, deadline=None)
@given(sessions())
def test_the_total_is_that_of_the_oracle(session):
    segments, terms, until = session
    assert total_cost(segments, terms, until) == oracle_total(segments, terms, until)


@given(sessions())
def test_the_lines_add_up_and_stand_in_their_order(session):
    segments, terms, until = session
    found = bill(segments, terms, until)
    assert found.total_micros == total_cost(segments, terms, until)
    assert sum(line.amount_micros for line in found.lines) == found.total_micros
    order = ["start_fee", "daily_cap", "minimum_charge", "tax", "card_price", "rounding"]
    kinds = [line.kind.removesuffix("_included") for line in found.lines]
    places = [order.index(kind) for kind in kinds if kind in order]
    assert places == sorted(set(places))
    assert all(line.why for line in found.lines)


@given(sessions(), st.integers(0, 5000))
def test_playing_longer_never_costs_less(session, more):
    segments, terms, until = session
    assert total_cost(segments, terms, until + more * SECOND) >= total_cost(segments, terms, until)


@given(sessions(), st.integers(0, 500))
def test_the_end_is_the_last_second_that_is_covered(session, cents):
    segments, terms, _ = session
    money = total_cost(segments, terms, segments[-1].from_at) + cents * CENT
    end = ends_at(segments, terms, money)
    if end is None:
        return
    assert total_cost(segments, terms, end) <= money
    if end - segments[-1].from_at < timedelta(days=365):
        generous = msgspec.structs.replace(terms, step_micros=1, rounding="up")
        assert (
            total_cost(segments, generous, end + SECOND)
            > money // terms.step_micros * (terms.step_micros)
            or total_cost(segments, terms, end + SECOND) > money
        )


@given(sessions(), st.integers(0, 300), st.integers(0, 300))
def test_more_money_never_ends_a_session_earlier(session, cents, more):
    segments, terms, _ = session
    money = total_cost(segments, terms, segments[-1].from_at) + cents * CENT
    earlier, later = ends_at(segments, terms, money), ends_at(segments, terms, money + more * CENT)
    assert later is None or (earlier is not None and earlier <= later)


@settings(max_examples=60, deadline=None)
@given(tariffs(), all_terms, st.integers(0, 20 * 100), st.integers(0, 2000))
def test_time_and_amount_agree_minute_by_minute(its, terms, cents, some):
    """The minutes of an amount, found by looking at every minute's cost one after the other."""
    money, paid = cents * CENT, terms.without_free
    minutes = minutes_for_money(its, EVE, money, terms)
    assert cost_of_seconds(its, EVE, minutes * 60, paid) <= money or not minutes
    oracle = Oracle(paid, Segment(EVE, its))
    at_once = bool(paid.first_hour_percent and price_at(its, EVE))
    length = paid.block_seconds or 1
    least = -(-max(paid.least_seconds, length) // length) * length
    charged = 0
    for minute in range(1, 121):
        wanted = max(-(-minute * 60 // length) * length, least)
        while charged < wanted:
            oracle.charge(its, EVE + charged * SECOND)
            charged += 1
        amount = oracle.total(is_billed_at_once=at_once)
        assert cost_of_seconds(its, EVE, minute * 60, terms) == amount
        assert (amount <= money) == (minute <= minutes)
    whole = some % 120 + 1
    amount = cost_of_seconds(its, EVE, whole * 60, terms)
    assert minutes_for_money(its, EVE, amount, terms) >= whole


@given(tariffs(has_default=False), st.integers(0, 12 * 1440))
def test_the_price_of_a_holiday_is_that_of_its_weekday(its, minutes):
    at = datetime(2026, 11, 12, tzinfo=UTC) + minutes * MINUTE
    try:
        found = rule_at(its, at).price_per_hour_micros
    except NoPrice:
        assert price_at(its, at) is None
        assert not always_has_price(its)
        return
    bare = msgspec.structs.replace(its, discount=0, players=1)
    assert price_at(bare, at) == found


# --- by hand ---------------------------------------------------------------------------------


def of(euros: int, **more) -> Tariff:
    return Tariff("UTC", rules=(PriceRule(1, "Day", euros * EURO),), **more)


NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


def test_every_rule_is_a_line_in_its_order() -> None:
    """2 h of 10.00 less 10 %, the first hour 150 %: 22.50; fee 1.00; cap 20.00 of which 4.00 are
    gone; at least 18.00; tax 10 %; by card 105 %; up to the next 0.50."""
    terms = Terms(
        start_fee_micros=EURO,
        first_hour_percent=150,
        daily_cap_micros=20 * EURO,
        day_before_micros=4 * EURO,
        minimum_charge_micros=18 * EURO,
        tax_parts=1000,
        tax_name="VAT",
        card_percent=105,
        is_by_card=True,
        step_micros=500_000,
        rounding="up",
    )
    found = bill([Segment(NOON, of(10, discount=1000))], terms, NOON + 120 * MINUTE)
    assert [(line.kind, line.amount_micros) for line in found.lines] == [
        ("time", 13_500_000),
        ("time", 9_000_000),
        ("start_fee", 1_000_000),
        ("daily_cap", -7_500_000),
        ("minimum_charge", 2_000_000),
        ("tax", 1_800_000),
        ("card_price", 990_000),
        ("rounding", 210_000),
    ]
    assert found.total_micros == 21 * EURO
    assert found.tax_micros == 1_910_000  # 21.00 x 10 / 110
    assert found.lines[0].why == (
        "10.00 an hour, 150 % in the first hour, less 10 % of the member group"
    )
    assert found.lines[3].why == "a day costs at most 20.00, 4.00 of it for sessions before"


@pytest.mark.parametrize(("is_included", "total", "tax"), [(True, 10, 1.596), (False, 11.9, 1.9)])
def test_the_tax_is_on_top_or_in_the_price(is_included: bool, total: float, tax: float) -> None:
    terms = Terms(tax_parts=1900, is_tax_included=is_included)
    found = bill([Segment(NOON, of(10))], terms, NOON + 60 * MINUTE)
    assert found.total_micros == round(total * EURO)
    assert found.tax_micros == round(tax * 100) * CENT
    assert [line.kind for line in found.lines] == ["time", "tax_included" if is_included else "tax"]


def test_a_day_has_its_cap_and_the_next_one_again() -> None:
    """From 20:00 at 3.00, 10.00 a day: four hours cost 10.00, the first two of the next 6.00."""
    begin = NOON.replace(hour=20)
    terms = Terms(daily_cap_micros=10 * EURO)
    segment = Segment(begin, of(3))
    for hours, total in ((3, 9), (4, 10), (6, 16), (24 + 4, 20)):
        assert total_cost([segment], terms, begin + hours * 60 * MINUTE) == total * EURO
    # Whoever has the cap plays on to midnight, and then as long as the rest of it lasts.
    assert ends_at([segment], terms, 9 * EURO) == begin + 180 * MINUTE
    assert ends_at([segment], terms, 10 * EURO) == begin + 240 * MINUTE
    assert ends_at([segment], terms, 13 * EURO) == begin + 300 * MINUTE
    assert ends_at([segment], terms, 20 * EURO) == begin + (4 + 24) * 60 * MINUTE


def test_who_has_reached_the_cap_owes_neither_fee_nor_minimum() -> None:
    terms = Terms(
        daily_cap_micros=10 * EURO,
        day_before_micros=10 * EURO,
        start_fee_micros=EURO,
        minimum_charge_micros=2 * EURO,
    )
    segment = Segment(NOON, of(3))
    assert total_cost([segment], terms, NOON + 12 * 60 * MINUTE) == 0
    assert total_cost([segment], terms, NOON + 13 * 60 * MINUTE) == 3 * EURO
    assert ends_at([segment], terms, 0) == NOON + 12 * 60 * MINUTE


def test_a_fee_above_the_cap_is_not_played_for_less() -> None:
    terms = Terms(daily_cap_micros=EURO, start_fee_micros=2 * EURO)
    segment = Segment(NOON, of(3))
    assert ends_at([segment], terms, 500_000) == NOON
    assert total_cost([segment], terms, NOON + MINUTE) == EURO


def test_the_first_hour_is_one_of_charged_time_and_goes_on_in_another_segment() -> None:
    terms = Terms(first_hour_percent=200, free_seconds=600)
    parts = cut([Segment(NOON, of(3))], terms, NOON + 40 * MINUTE, of(6))
    # 30 min of 3.00 twice, 30 of 6.00 twice, 30 of 6.00 once.
    assert total_cost(parts, terms, NOON + 100 * MINUTE) == 3 * EURO + 6 * EURO + 3 * EURO


def test_a_holiday_takes_the_prices_of_its_weekday_and_the_night_before_goes_on() -> None:
    """Wednesday counts as Sunday: Tuesday's night ends in it, Sunday's day follows."""
    night = PriceRule(1, "Tue night", EURO, window=Window((2,), 21 * 60, 8 * 60))
    sunday = PriceRule(2, "Sunday", 5 * EURO, window=Window((7,), 8 * 60, 1440))
    rest = PriceRule(3, "Week", 2 * EURO)
    its = Tariff(
        "UTC", rules=(night, sunday, rest), holidays=(Holiday("2026-11-18", 7, "Repentance"),)
    )
    wednesday = datetime(2026, 11, 18, tzinfo=UTC)
    for hour, name in ((-1, "Tue night"), (7, "Tue night"), (9, "Sunday"), (25, "Week")):
        assert rule_at(its, wednesday + hour * 60 * MINUTE).name == name
    found = bill([Segment(wednesday, its)], Terms(), wednesday + 9 * 60 * MINUTE)
    assert [(line.what, line.amount_micros) for line in found.lines] == [
        ("Tue night", 8 * EURO),
        ("Sunday", 5 * EURO),
    ]
    assert found.lines[1].why == "5.00 an hour, Repentance counts as Sunday"


def test_money_of_a_currency_without_decimals_ends_on_whole_units() -> None:
    yen = 1_000_000
    terms = Terms(step_micros=yen, unit_micros=yen)
    segment = Segment(NOON, of(400))
    found = bill([segment], terms, NOON + 10 * MINUTE)
    assert [(line.kind, line.amount_micros) for line in found.lines] == [("time", 67 * yen)]
    assert total_cost([segment], terms, NOON + 10 * MINUTE) == 67 * yen
