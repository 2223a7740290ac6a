"""Blocks, least length, start fee and rounding: against a naive computation, and by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lanhouse.cafe.metering.rules import (
    Segment,
    Terms,
    bill,
    can_begin,
    cost_of_seconds,
    cut,
    ends_at,
    minutes_for_money,
    seconds_for_money,
    total_cost,
)
from lanhouse.cafe.offers.schemas import Package
from lanhouse.cafe.pricing.rules import (
    NoPrice,
    PriceList,
    PriceRule,
    Tariff,
    Window,
    rate_of,
    rule_at,
    tariff_for,
)

UTC_ZONE = ZoneInfo("UTC")
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
EURO = 1_000_000
CENT = 10_000


def tariff(euros: str, *more: tuple[int, int, str]) -> Tariff:
    """A price an hour, and others from one minute of the day to another."""
    rules = tuple(
        PriceRule(
            number,
            f"rule {number}",
            int(Fraction(price) * EURO),
            window=Window(from_minute=begin, to_minute=end),
        )
        for number, (begin, end, price) in enumerate(more, 1)
    )
    return tariff_for(
        PriceList(rules, PriceRule(99, "Default", int(Fraction(euros) * EURO))), 1, 2, zone="UTC"
    )


def rate_at(its: Tariff, at: datetime) -> Fraction:
    """Micros a second, zero where no price holds."""
    try:
        return Fraction(rate_of(its, rule_at(its, at)), 10_000 * 3600)
    except NoPrice:
        return Fraction(0)


def naive_total(segments: list[Segment], terms: Terms, until: datetime) -> int:
    """The cost, second by second: what each second is, and what was promised for the next ones."""
    exact, free_left, is_begun, is_billed = Fraction(0), terms.free_seconds, False, False
    promised: list[Fraction] = []  # what the seconds to come of the begun block cost
    for segment in segments:
        end = min(segment.to_at or until, until)
        left = [[package, package.seconds] for package in segment.packages]
        at = segment.from_at
        while at < end:
            package = min(
                (one for one in left if one[1] and _is_open(one[0], at)),
                key=lambda one, at=at: _rank(one[0], at),
                default=None,
            )
            if free_left or package is not None:
                exact, promised = exact + sum(promised), []
                if free_left:
                    free_left -= 1
                else:
                    package[1] -= 1
            else:
                if not promised:
                    length = terms.block_seconds or 1
                    if not is_begun:
                        length *= -(-max(terms.least_seconds, length) // length)
                    is_begun = True
                    promised = [rate_at(segment.tariff, at + n * SECOND) for n in range(length)]
                exact += promised.pop(0)
            at += SECOND
    exact += sum(promised)
    first = segments[0]
    if not terms.free_seconds and not any(_is_open(one, first.from_at) for one in first.packages):
        is_billed = rate_at(first.tariff, first.from_at) > 0
    if is_billed or exact:
        exact = max(exact + terms.start_fee_micros, Fraction(terms.minimum_charge_micros))
    steps = exact / terms.step_micros
    whole = {
        "up": -(-steps // 1),
        "down": steps // 1,
        "nearest": (steps + Fraction(1, 2)) // 1,
    }[terms.rounding]
    return int(whole) * terms.step_micros


def _is_open(package: Package, at: datetime) -> bool:
    begins = package.from_at is None or at >= package.from_at
    ends = package.until_at is not None and at >= package.until_at
    return begins and not ends and (package.window is None or package.window.holds(at, UTC_ZONE))


def _rank(package: Package, at: datetime) -> tuple[object, ...]:
    """The smallest is used: by auto start, priority, how soon it closes, and age."""
    closes = at
    while closes < at + 2 * HOUR and _is_open(package, closes):
        closes += MINUTE - (closes - NOON) % MINUTE
    return (not package.is_auto_start, -package.priority, closes, package.member_offer_id)


all_terms = st.builds(
    Terms,
    free_seconds=st.sampled_from([0, 0, 90]),
    minimum_charge_micros=st.sampled_from([0, 0, 500_000, 1_230_000]),
    step_micros=st.sampled_from([CENT, CENT, 50_000, 500_000, EURO]),
    rounding=st.sampled_from(["nearest", "up", "down"]),
    least_seconds=st.sampled_from([0, 0, 300, 600]),
    block_seconds=st.sampled_from([0, 0, 60, 420]),
    start_fee_micros=st.sampled_from([0, 0, 250_000]),
)
tariffs = st.builds(
    lambda default, begin, length, price: tariff(default, (begin, begin + length, price)),
    st.sampled_from(["2", "7.31"]),
    st.integers(710, 745),
    st.integers(1, 20),
    st.sampled_from(["0", "3.33", "11"]),
)


@st.composite
def sessions(draw) -> tuple[list[Segment], Terms, datetime]:
    """A session of at most an hour around noon, with packages and other tariffs in between."""
    terms, at = draw(all_terms), NOON
    segments = [Segment(at, draw(tariffs), packages=draw(packages))]
    for _ in range(draw(st.integers(0, 3))):
        at += draw(st.integers(1, 700)) * SECOND
        segments = cut(segments, terms, at, draw(tariffs))
        if draw(st.booleans()):
            held = segments[-1].packages
            known = {package.member_offer_id for package in held}
            new = (one for one in draw(packages) if one.member_offer_id not in known)
            more = (*held, *new)
            segments[-1] = msgspec.structs.replace(segments[-1], packages=more)
    return segments, terms, at + draw(st.integers(0, 900)) * SECOND


HOURS = (714, 722, 725, 728)
"""Minutes of the day at which packages open for six of them."""
packages = st.lists(
    st.builds(
        Package,
        st.sampled_from([60, 400]),
        st.just("package"),
        st.integers(1, 9),
        until_at=st.sampled_from([None, NOON + 9 * MINUTE]),
        from_at=st.sampled_from([None, None, NOON + 2 * MINUTE]),
        window=st.sampled_from(
            [Window(), *(Window(from_minute=m, to_minute=m + 6) for m in HOURS)]
        ),
        priority=st.integers(0, 1),
        is_auto_start=st.booleans(),
    ),
    max_size=3,
    unique_by=lambda package: package.member_offer_id,
).map(tuple)


@settings(max_examples=150, deadline=None)
@given(sessions())
def test_the_total_is_that_of_the_naive_computation(session):
    segments, terms, until = session
    assert total_cost(segments, terms, until) == naive_total(segments, terms, until)


@given(sessions(), st.integers(0, 900))
def test_playing_longer_never_costs_less(session, more):
    segments, terms, until = session
    assert total_cost(segments, terms, until + more * SECOND) >= total_cost(segments, terms, until)


@given(sessions(), st.integers(0, 500))
def test_the_end_is_the_last_second_that_is_covered(session, cents):
    segments, terms, _ = session
    money = total_cost(segments, terms, segments[-1].from_at) + cents * CENT
    end = ends_at(segments, terms, money)
    assert end is not None
    assert total_cost(segments, terms, end) <= money
    assert end >= segments[-1].from_at


@given(tariffs, all_terms, st.integers(0, 20 * EURO // CENT))
def test_amount_and_time_agree(its, terms, cents):
    money = cents * CENT
    minutes = minutes_for_money(its, NOON, money, terms)
    if minutes:
        assert cost_of_seconds(its, NOON, minutes * 60, terms) <= money
    assert cost_of_seconds(its, NOON, (minutes + 1) * 60, terms) > money
    seconds = seconds_for_money(its, NOON, money, terms.without_free)
    assert seconds is not None
    assert seconds // 60 <= minutes


@pytest.mark.parametrize(
    ("minutes", "total", "kinds"),
    [
        (1, "1.00", ["time", "least_time"]),
        (30, "1.00", ["time"]),
        (31, "1.50", ["time", "block"]),
        (45, "1.50", ["time"]),
        (61, "2.50", ["time", "block"]),
    ],
)
def test_half_an_hour_at_least_then_quarters(minutes: int, total: str, kinds: list[str]) -> None:
    terms = Terms(least_seconds=1800, block_seconds=900)
    found = bill([Segment(NOON, tariff("2"))], terms, NOON + minutes * MINUTE)
    assert found.total_micros == Fraction(total) * EURO
    assert [line.kind for line in found.lines] == kinds
    assert found.seconds == minutes * 60


def test_a_block_keeps_the_price_it_was_begun_at() -> None:
    terms = Terms(block_seconds=3600)
    dearer = cut([Segment(NOON, tariff("2"))], terms, NOON + 20 * MINUTE, tariff("8"))
    assert total_cost(dearer, terms, NOON + 60 * MINUTE) == 2 * EURO
    assert total_cost(dearer, terms, NOON + 61 * MINUTE) == 10 * EURO
    lines = bill(dearer, terms, NOON + 61 * MINUTE).lines
    assert [(line.kind, line.seconds // 60, line.amount_micros) for line in lines] == [
        ("time", 20, 670_000),
        ("time", 40, 1_330_000),
        ("time", 1, 130_000),
        ("block", 59, 7_870_000),
    ]


def test_the_order_of_the_bill() -> None:
    """Time 1.00, fee 0.40, minimum 1.73, up to the next 0.50: each is a line."""
    terms = Terms(
        least_seconds=1800,
        start_fee_micros=400_000,
        minimum_charge_micros=1_730_000,
        step_micros=500_000,
        rounding="up",
    )
    lines = bill([Segment(NOON, tariff("2"))], terms, NOON + 10 * MINUTE).lines
    assert [(line.kind, line.amount_micros) for line in lines] == [
        ("time", 330_000),
        ("least_time", 670_000),
        ("start_fee", 400_000),
        ("minimum_charge", 330_000),
        ("rounding", 270_000),
    ]
    assert lines[-1].why == "rounded up to 0.50"
    assert "not played: time is billed for at least 30 minutes" in lines[1].why


@pytest.mark.parametrize(
    ("rounding", "cents", "total"),
    [
        ("nearest", 124, 100),
        ("nearest", 125, 150),
        ("up", 101, 150),
        ("up", 100, 100),
        ("down", 149, 100),
    ],
)
def test_half_euros(rounding: str, cents: int, total: int) -> None:
    terms = Terms(step_micros=500_000, rounding=rounding)
    hour = Segment(NOON, tariff(f"{cents}/100"))
    assert total_cost([hour], terms, NOON + 60 * MINUTE) == total * CENT


def test_money_ends_before_the_block_that_it_does_not_cover() -> None:
    terms = Terms(block_seconds=900)
    segment = Segment(NOON, tariff("2"))
    for cents, minutes in ((49, 0), (50, 15), (99, 15), (100, 30)):
        assert ends_at([segment], terms, cents * CENT) == NOON + minutes * MINUTE
    assert not can_begin(segment, terms, 49 * CENT)
    assert can_begin(segment, terms, 50 * CENT)


def test_a_fee_is_owed_with_the_first_priced_second() -> None:
    terms = Terms(start_fee_micros=EURO, free_seconds=600)
    segment = Segment(NOON, tariff("2"))
    assert total_cost([segment], terms, NOON + 10 * MINUTE) == 0
    assert total_cost([segment], terms, NOON + 40 * MINUTE) == 2 * EURO
    assert ends_at([segment], terms, 90 * CENT) == NOON + 10 * MINUTE
    assert ends_at([segment], terms, 2 * EURO) == NOON + 40 * MINUTE
    gratis = Segment(NOON, tariff("0"))
    assert total_cost([gratis], Terms(start_fee_micros=EURO), NOON + 40 * MINUTE) == 0


def test_blocks_pass_over_the_end_of_a_price() -> None:
    """From 11:50 at 2.00, from 12:00 on at 6.00: the block of an hour costs what it covers."""
    its = tariff("2", (720, 780, "6"))
    begin = NOON - 10 * MINUTE
    terms = Terms(block_seconds=3600)
    cost = 333_333 + 5_000_000
    assert total_cost([Segment(begin, its)], terms, begin + MINUTE) == round(cost, -4)
    assert ends_at([Segment(begin, its)], terms, 5 * EURO) == begin
    assert ends_at([Segment(begin, its)], terms, 6 * EURO) == begin + 60 * MINUTE


def test_closed_hours_in_a_block_cost_nothing_and_end_the_session() -> None:
    open_till_noon = PriceRule(
        1, "Morning", 2 * EURO, window=Window(from_minute=480, to_minute=720)
    )
    prices = PriceList((open_till_noon,), None, default_fills_gaps=False)
    segment = Segment(NOON - 10 * MINUTE, tariff_for(prices, 1, 2, zone="UTC"))
    terms = Terms(block_seconds=3600)
    assert total_cost([segment], terms, NOON) == 330_000
    assert ends_at([segment], terms, 50 * EURO) == NOON
    assert ends_at([segment], terms, None) == NOON
    with pytest.raises(NoPrice):
        total_cost([segment], terms, NOON + SECOND)


def test_money_for_a_year_of_short_blocks_is_found_at_once() -> None:
    terms = Terms(block_seconds=60)
    its = tariff("2", (1020, 1440, "3"))
    end = ends_at([Segment(NOON, its)], terms, 10**6 * EURO)
    assert end == NOON + timedelta(days=366)
