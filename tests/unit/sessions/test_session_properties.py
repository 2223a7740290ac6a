"""Properties of a session's cost: exact over cuts, monotone, and the inverse of bought time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from lanhouse.cafe.metering.rules import (
    MINUTES_MAX,
    Segment,
    Terms,
    bill,
    can_begin,
    cost_of_seconds,
    cut,
    ends_at,
    exact_cost,
    minutes_for_money,
    seconds_for_money,
    stretches,
    total_cost,
)
from lanhouse.cafe.metering.rules.walking import UNPLAYED
from lanhouse.cafe.money.purses import split_payment
from lanhouse.cafe.offers.schemas import Package
from lanhouse.cafe.pricing.rules import PriceList, PriceRule, Tariff, Window, tariff_for
from lanhouse.kit.money import round_half_up

SECOND = timedelta(seconds=1)
NIGHT = Window(from_minute=1320, to_minute=480)


@st.composite
def tariffs(draw) -> Tariff:
    rules = [PriceRule(99, "Default", draw(st.integers(1, 40)) * 250_000)]
    for number in range(draw(st.integers(0, 4))):
        begin = draw(st.integers(0, 47)) * 30
        end = (begin + draw(st.integers(1, 47)) * 30) % 1440 or 1440
        days = tuple(sorted(draw(st.sets(st.integers(1, 7), min_size=1))))
        price = draw(st.integers(0, 4000)) * 10_000
        rules.append(PriceRule(number, f"rule {number}", price, window=Window(days, begin, end)))
    zone = draw(st.sampled_from(["UTC", "Europe/Berlin", "Asia/Manila"]))
    return tariff_for(
        PriceList(tuple(rules)), 1, 2, zone=zone, discount=draw(st.sampled_from([0, 1250, 3333]))
    )


AUTUMN = datetime(2026, 10, 20, tzinfo=UTC)  # the clocks go back on the 25th
starts = st.integers(0, 13 * 86_400).map(lambda seconds: AUTUMN + seconds * SECOND)
lengths = st.integers(0, 3 * 86_400)
terms_of_sessions = st.builds(
    Terms,
    free_seconds=st.sampled_from([0, 0, 300, 3600]),
    minimum_charge_micros=st.sampled_from([0, 0, 500_000, 7_000_000]),
    step_micros=st.sampled_from([10_000, 10_000, 50_000, 500_000, 1_000_000]),
    rounding=st.sampled_from(["nearest", "nearest", "up", "down"]),
    least_seconds=st.sampled_from([0, 0, 600, 3600]),
    block_seconds=st.sampled_from([0, 0, 60, 900, 3600]),
    start_fee_micros=st.sampled_from([0, 0, 250_000]),
)


@st.composite
def packages_from(draw, begin: datetime) -> tuple[Package, ...]:
    """No, one or two packages, with and without hours of their own, a life, and an order."""
    return tuple(
        Package(
            draw(st.sampled_from([1800, 90_000])),
            f"package {number}",
            number,
            draw(st.sampled_from([None, begin + 1000 * SECOND, begin + 50_000 * SECOND])),
            window=draw(st.sampled_from([None, Window(), Window((1, 5), 600, 1320), NIGHT])),
            priority=draw(st.integers(0, 1)),
            is_auto_start=draw(st.booleans()),
        )
        for number in range(draw(st.sampled_from([0, 0, 1, 2])))
    )


@st.composite
def sessions(draw) -> tuple[list[Segment], Terms, datetime]:
    """A session of some segments and the instant of its check-out."""
    terms, begin = draw(terms_of_sessions), draw(starts)
    segments = [Segment(begin, draw(tariffs()), packages=draw(packages_from(begin)))]
    for _ in range(draw(st.integers(0, 3))):
        begin += draw(st.integers(0, 40_000)) * SECOND
        segments = cut(segments, terms, begin, draw(tariffs()))
    return segments, terms, begin + draw(lengths) * SECOND


@given(sessions())
def test_no_second_is_charged_twice_or_left_out(session):
    segments, terms, until = session
    walked = [
        stretch for stretch in stretches(segments, terms, until) if stretch.kind not in UNPLAYED
    ]
    edges = [stretch.from_at for stretch in walked] + [until]
    assert edges[0] == segments[0].from_at
    assert [stretch.to_at for stretch in walked] == edges[1:]


@given(sessions(), st.data())
def test_cutting_a_session_at_any_second_keeps_the_exact_sum(session, data):
    segments, terms, until = session
    running_since = segments[-1].from_at
    inside = data.draw(st.integers(0, int((until - running_since).total_seconds())))
    parts = cut(segments, terms, running_since + inside * SECOND)
    assert exact_cost(parts, terms, until) == exact_cost(segments, terms, until)
    assert total_cost(parts, terms, until) == total_cost(segments, terms, until)


@given(sessions())
def test_the_lines_of_the_bill_add_up_to_the_total(session):
    segments, terms, until = session
    found = bill(segments, terms, until)
    assert sum(line.amount_micros for line in found.lines) == found.total_micros
    assert found.total_micros == total_cost(segments, terms, until)
    assert all(line.amount_micros >= 0 for line in found.lines if line.kind != "rounding")
    for line in found.lines:
        if line.kind not in ("minimum_charge", "start_fee", "rounding"):
            own = round_half_up(line.price_per_hour * line.seconds / 3600, 2)
            assert line.amount_micros == own + line.rounding_micros
        assert line.rounding_micros in (-10_000, 0, 10_000)
    assert found.total_micros % terms.step_micros == 0
    exact = exact_cost(segments, terms, until)
    assert found.exact_micros == exact
    if any(line.kind == "start_fee" for line in found.lines):
        exact += terms.start_fee_micros
    if found.total_micros > terms.minimum_charge_micros + terms.step_micros:
        least, most = {"nearest": (-1, 1), "up": (0, 2), "down": (-2, 0)}[terms.rounding]
        half = Fraction(terms.step_micros, 2)
        assert least * half <= found.total_micros - exact <= most * half


@given(sessions(), st.integers(0, 86_400))
def test_playing_longer_never_costs_less(session, more):
    segments, terms, until = session
    later = until + more * SECOND
    assert total_cost(segments, terms, later) >= total_cost(segments, terms, until)


@given(sessions(), st.integers(0, 20_000))
def test_the_end_is_the_last_second_that_the_money_covers(session, cents):
    segments, terms, _ = session
    already = total_cost(segments, terms, segments[-1].from_at)
    money = already + cents * 10_000
    end = ends_at(segments, terms, money)
    assert end is not None
    assert total_cost(segments, terms, end) <= money
    if end < segments[-1].from_at + timedelta(days=366):
        # What is owed must be covered before it is rounded: rounding down gives nobody time.
        exact = exact_cost(segments, terms, end + SECOND)
        owed = max(exact + terms.start_fee_micros, terms.minimum_charge_micros) if exact else exact
        assert owed > money or total_cost(segments, terms, end + SECOND) > money


@given(sessions(), st.integers(0, 5_000), st.integers(0, 5_000))
def test_more_money_never_ends_a_session_earlier(session, cents, more):
    segments, terms, _ = session
    less, richer = (ends_at(segments, terms, money * 10_000) for money in (cents, cents + more))
    assert less is not None
    assert richer is not None
    assert less <= richer


@given(tariffs(), starts, st.integers(1, 200_000))
def test_the_cost_of_a_time_buys_that_time_back(tariff, begin, seconds):
    """Without rounding of money the seconds come back; free hours right after come on top."""
    terms = Terms(step_micros=1)
    segments = [Segment(begin, tariff)]
    exact = exact_cost(segments, terms, begin + seconds * SECOND)
    bought = seconds_for_money(tariff, begin, -int(-exact // 1), terms)
    assert bought is not None
    assert bought >= seconds
    one_less = seconds_for_money(tariff, begin, int(exact), terms)
    assert one_less is not None
    assert one_less >= seconds - 1 or exact == exact_cost(
        segments, terms, begin + (one_less + 1) * SECOND
    )
    assert exact_cost(segments, terms, begin + (bought + 1) * SECOND) > exact


@given(tariffs(), starts, terms_of_sessions, st.integers(0, 5_000_000))
def test_the_minutes_of_an_amount_are_the_most_that_it_pays(tariff, begin, terms, money):
    def amount(minutes: int) -> int:
        return cost_of_seconds(tariff, begin, minutes * 60, terms)

    minutes = minutes_for_money(tariff, begin, money, terms)

    assert 0 <= minutes <= MINUTES_MAX
    # Not even nothing is below the minimum charge.
    assert minutes == 0 or amount(minutes) <= money
    if minutes < MINUTES_MAX:
        assert amount(minutes + 1) > money


@given(tariffs(), starts, terms_of_sessions, st.integers(1, 20_000))
def test_the_amount_of_minutes_buys_them_back(tariff, begin, terms, minutes):
    cost = cost_of_seconds(tariff, begin, minutes * 60, terms)
    assert minutes_for_money(tariff, begin, cost, terms) >= minutes


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9), st.booleans())
def test_a_split_payment_adds_up_and_takes_no_more_than_there_is(total, balance, bonus, first):
    if total > balance + bonus:
        return
    from_balance, from_bonus = split_payment(total, balance, bonus, is_bonus_first=first)
    assert from_balance + from_bonus == total
    assert 0 <= from_balance <= balance
    assert 0 <= from_bonus <= bonus


@given(tariffs(), starts, terms_of_sessions, st.integers(0, 2_000_000), st.data())
def test_who_may_begin_is_decided_as_by_the_end(tariff, begin, terms, money, data):
    segment = Segment(begin, tariff, packages=data.draw(packages_from(begin)))
    end = ends_at([segment], terms.without_free, money)
    assert can_begin(segment, terms, money) == (end is None or end > begin)
