"""Cost, end and bill of a session (cafe-domain 1 and 3; decision 0020)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from lanhouse.cafe.metering.rules import (
    Segment,
    Terms,
    bill,
    cost_of_seconds,
    cut,
    ends_at,
    exact_cost,
    package_use,
    packages_left,
    seconds_for_money,
    total_cost,
)
from lanhouse.cafe.money.purses import split_payment
from lanhouse.cafe.offers.schemas import Package
from lanhouse.cafe.pricing.rules import NoPrice, PriceList, PriceRule, Tariff, Window, tariff_for
from lanhouse.kit.errors import BalanceTooLow

EURO = 1_000_000
CENT = 10_000
NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


def tariff(euros_an_hour: str = "2", *more: PriceRule, discount: int = 0) -> Tariff:
    price = int(Fraction(euros_an_hour) * EURO)
    rules = (PriceRule(1, "Default", price), *more)
    return tariff_for(PriceList(tuple(rules)), 1, 2, zone="UTC", discount=discount)


def after(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


def running(
    prices: Tariff | None = None, *, package_seconds: int = 0, is_free: bool = False
) -> list[Segment]:
    return [
        Segment(
            NOON,
            tariff() if prices is None else prices,
            packages=(Package(package_seconds, "3 hours"),) if package_seconds else (),
            is_free=is_free,
        )
    ]


def test_time_is_charged_per_second_and_rounded_half_up_once():
    assert total_cost(running(), Terms(), after(0)) == 0
    assert total_cost(running(), Terms(), after(8)) == 0  # 0.0044
    assert total_cost(running(), Terms(), after(9)) == CENT  # 0.005
    assert total_cost(running(), Terms(), after(3600)) == 2 * EURO
    assert exact_cost(running(), Terms(), after(9)) == 5_000


def test_one_place_rounds_bills_in_steps_of_any_size():
    """A centre without small coins needs one number: cost, lines, and what money buys follow it."""
    coarse = Terms(step_micros=5 * CENT)
    seconds = [0, 44, 45, 134, 135, 3_600]
    costs = [total_cost(running(), coarse, after(each)) for each in seconds]
    assert costs == [0, 0, 5 * CENT, 5 * CENT, 10 * CENT, 2 * EURO]
    for each in seconds[1:]:
        found = bill(running(), coarse, after(each))
        assert sum(line.amount_micros for line in found.lines) == total_cost(
            running(), coarse, after(each)
        )
    end = ends_at(running(), coarse, 9 * CENT)
    assert end is not None
    assert total_cost(running(), coarse, end) == 5 * CENT


def test_segments_are_summed_before_rounding():
    """Three stretches of 0.004 each make 0.01, which three roundings would have lost."""
    dear = running(tariff("1.44"))
    cut_once = cut(dear, Terms(), after(10), tariff("1.44"))
    cut_twice = cut(cut_once, Terms(), after(20), tariff("1.44"))
    assert len(cut_twice) == 3
    assert total_cost(cut_twice, Terms(), after(30)) == CENT


def test_a_price_change_never_prices_the_past_again():
    segments = cut(running(tariff("2")), Terms(), after(1800), tariff("4"))
    assert [(s.from_at, s.to_at) for s in segments] == [
        (NOON, after(1800)),
        (after(1800), None),
    ]
    assert total_cost(segments, Terms(), after(3600)) == 3 * EURO


def test_a_cut_at_the_very_start_replaces_the_tariff():
    segments = cut(running(tariff("2")), Terms(), NOON, tariff("4"))
    assert segments == [Segment(NOON, tariff("4"))]


def test_free_minutes_are_not_billed_and_go_over_into_the_next_segment():
    terms = Terms(free_seconds=600)
    assert total_cost(running(), terms, after(600)) == 0
    assert total_cost(running(), terms, after(2400)) == EURO
    segments = cut(running(), terms, after(300), tariff("4"))
    assert total_cost(segments, terms, after(600)) == 0
    assert total_cost(segments, terms, after(600 + 900)) == EURO


def test_the_minimum_charge_is_owed_from_the_start():
    terms = Terms(minimum_charge_micros=3 * EURO)
    assert total_cost(running(), terms, NOON) == 3 * EURO
    assert total_cost(running(), terms, after(5400)) == 3 * EURO
    assert total_cost(running(), terms, after(7200)) == 4 * EURO


def test_the_minimum_charge_is_owed_once_past_the_free_minutes():
    terms = Terms(free_seconds=600, minimum_charge_micros=3 * EURO)
    assert total_cost(running(), terms, after(600)) == 0
    assert total_cost(running(), terms, after(601)) == 3 * EURO


def test_a_price_of_zero_or_a_free_session_owes_no_minimum():
    terms = Terms(minimum_charge_micros=3 * EURO)
    assert total_cost(running(tariff("5", discount=10_000)), terms, after(7200)) == 0
    assert total_cost(running(is_free=True), terms, after(7200)) == 0


def test_a_package_pays_the_first_seconds_after_the_free_minutes():
    terms = Terms(free_seconds=60, minimum_charge_micros=CENT)
    segments = running(package_seconds=3600)
    assert total_cost(segments, terms, after(60 + 3600)) == 0
    assert total_cost(segments, terms, after(60 + 3600 + 1800)) == EURO
    assert packages_left(segments, terms, after(60)) == (Package(3600, "3 hours"),)
    assert packages_left(segments, terms, after(70)) == (Package(3590, "3 hours"),)
    assert packages_left(segments, terms, after(9999)) == ()


def test_packages_are_used_one_after_the_other_and_not_past_their_window():
    until = after(600)
    packages = (Package(3600, "happy hour", 7, until), Package(1200, "20 minutes", 8))
    segments = [Segment(NOON, tariff(), packages=packages)]
    assert total_cost(segments, Terms(), after(1800)) == 0
    assert total_cost(segments, Terms(), after(3600)) == EURO
    assert ends_at(segments, Terms(), EURO) == after(3600)
    assert package_use(segments, Terms(), after(900)) == {packages[0]: 600, packages[1]: 300}
    assert packages_left(segments, Terms(), after(900)) == (Package(900, "20 minutes", 8),)
    assert packages_left(segments, Terms(), after(100)) == (
        Package(3500, "happy hour", 7, until),
        packages[1],
    )


def test_what_is_left_of_a_package_goes_into_the_next_segment():
    segments = cut(running(package_seconds=3600), Terms(), after(1000), tariff("4"))
    assert segments[-1] == Segment(after(1000), tariff("4"), packages=(Package(2600, "3 hours"),))
    assert total_cost(segments, Terms(), after(3600)) == 0
    assert total_cost(segments, Terms(), after(4500)) == EURO


def test_money_buys_whole_seconds_rounded_down():
    assert seconds_for_money(tariff("2"), NOON, EURO, Terms()) == 1800
    assert seconds_for_money(tariff("7"), NOON, CENT, Terms()) == 5  # 5.14 seconds
    assert seconds_for_money(tariff("7"), NOON, CENT - 1, Terms()) == 0
    assert seconds_for_money(tariff("2"), NOON, EURO, Terms(free_seconds=600)) == 2400
    assert seconds_for_money(tariff("2", discount=5000), NOON, EURO, Terms()) == 3600


def test_money_is_walked_over_the_price_changes_of_several_days():
    night = PriceRule(2, "Night", EURO // 2, window=Window((1, 2, 3, 4, 5, 6, 7), 21 * 60, 8 * 60))
    prices = tariff("2", night)
    # Noon to 21:00 at 2 = 18; 11 hours of night at 0.50 = 5.50; 13 hours of day at 2 = 26.
    assert seconds_for_money(prices, NOON, 18 * EURO, Terms()) == 9 * 3600
    assert seconds_for_money(prices, NOON, 18 * EURO + CENT, Terms()) == 9 * 3600 + 72
    assert seconds_for_money(prices, NOON, int(23.5 * EURO), Terms()) == 20 * 3600
    assert seconds_for_money(prices, NOON, int(50.5 * EURO), Terms()) == 35 * 3600


def test_nothing_ends_a_session_that_costs_nothing():
    assert seconds_for_money(tariff("0"), NOON, 0, Terms()) is None
    assert seconds_for_money(tariff("5", discount=10_000), NOON, 0, Terms()) is None
    assert ends_at(running(is_free=True), Terms(), 0) is None
    assert ends_at(running(), Terms(), None) is None


def test_a_session_ends_where_no_price_holds():
    day = PriceRule(1, "Day", 2 * EURO, window=Window((1, 2, 3, 4, 5, 6, 7), 8 * 60, 22 * 60))
    prices = tariff_for(PriceList((day,)), 1, 2, zone="UTC")
    closing = datetime(2026, 11, 16, 22, tzinfo=UTC)
    assert ends_at(running(prices), Terms(), 1000 * EURO) == closing
    assert ends_at(running(prices), Terms(), None) == closing
    assert total_cost(running(prices), Terms(), closing) == 20 * EURO
    with pytest.raises(NoPrice):
        total_cost(running(prices), Terms(), closing + timedelta(seconds=1))


def test_without_any_price_nothing_can_be_sold():
    empty = tariff_for(PriceList(), 1, 2, zone="UTC")
    assert seconds_for_money(empty, NOON, 1000 * EURO, Terms()) == 0
    with pytest.raises(NoPrice):
        cost_of_seconds(empty, NOON, 60, Terms())
    # One that goes on when the house has closed is owed nothing more.
    assert bill(running(empty), Terms(minimum_charge_micros=CENT), NOON).total_micros == 0


def test_the_end_counts_what_earlier_segments_have_cost():
    segments = cut(running(tariff("2")), Terms(), after(1800), tariff("4"))
    assert ends_at(segments, Terms(), 3 * EURO) == after(1800 + 1800)
    assert ends_at(segments, Terms(), EURO) == after(1800)
    assert ends_at(segments, Terms(), 0) == after(1800)


def test_after_a_package_the_minimum_charge_must_be_affordable():
    terms = Terms(minimum_charge_micros=3 * EURO)
    segments = running(package_seconds=3600)
    assert ends_at(segments, terms, 2 * EURO) == after(3600)
    assert ends_at(segments, terms, 3 * EURO) == after(3600 + 5400)
    assert ends_at(segments, terms, 0) == after(3600)


def test_money_for_more_than_a_year_ends_after_a_year():
    assert ends_at(running(tariff("0.01")), Terms(), 10**6 * EURO) == NOON + timedelta(days=366)


def test_the_cost_of_asked_time_is_the_price_of_its_seconds():
    assert cost_of_seconds(tariff("3.33"), NOON, 1800, Terms()) == 1_670_000  # 1.665 half-up
    assert cost_of_seconds(tariff("10"), NOON, 1200, Terms()) == 3_330_000
    assert cost_of_seconds(tariff("2"), NOON, 60, Terms(minimum_charge_micros=EURO)) == EURO
    assert cost_of_seconds(tariff("2"), NOON, 1800, Terms(free_seconds=600)) == EURO


def test_the_bill_names_every_stretch_and_adds_up():
    evening = PriceRule(2, "Evening", 3 * EURO, window=Window((1,), 13 * 60, 24 * 60))
    terms = Terms(free_seconds=300, minimum_charge_micros=50 * EURO)
    segments = running(tariff("2", evening, discount=1000), package_seconds=1500)
    found = bill(segments, terms, after(4500))
    assert [
        (line.kind, line.what, line.from_at, line.to_at, line.price_per_hour, line.amount_micros)
        for line in found.lines
    ] == [
        ("free_minutes", "Free minutes", NOON, after(300), 0, 0),
        ("package", "3 hours", after(300), after(1800), 0, 0),
        ("time", "Default", after(1800), after(3600), 1_800_000, 900_000),
        ("time", "Evening", after(3600), after(4500), 2_700_000, 680_000),
        ("minimum_charge", "Minimum charge", after(4500), after(4500), 0, 48_420_000),
    ]
    assert found.exact_micros == 1_575_000
    assert found.total_micros == 50 * EURO
    assert found.seconds == 4500
    assert found.lines[2].why == "2.00 an hour, less 10 % of the member group"


def test_a_line_says_where_the_running_sum_moves_a_cent():
    """0.005 and 0.005: the first line takes the cent of both, the second none."""
    evening = PriceRule(2, "Evening", 2 * EURO, window=Window((1,), 13 * 60, 24 * 60))
    segments = [Segment(NOON + timedelta(seconds=3591), tariff("2", evening))]
    found = bill(segments, Terms(), NOON + timedelta(seconds=3609))
    assert [
        (line.seconds, line.amount_micros, line.rounding_micros, line.why) for line in found.lines
    ] == [
        (9, 10_000, 0, "2.00 an hour"),
        (9, 0, -10_000, "2.00 an hour, -0.01 rounding"),
    ]
    assert found.total_micros == 10_000


def test_a_tax_says_what_it_takes_of_the_rounding_before():
    """0.0333 and 7 % of it: 0.0357 is 0.04, but of the cent between only 0.00 is the tax."""
    terms = Terms(tax_parts=700, tax_name="VAT")
    found = bill(running(tariff("3")), terms, after(40))
    assert [(line.kind, line.amount_micros, line.rounding_micros) for line in found.lines] == [
        ("time", 30_000, 0),
        ("tax", 10_000, 10_000),
    ]
    assert found.lines[1].why == "7 % on top of the price, +0.01 rounding"
    assert (found.total_micros, found.tax_micros) == (40_000, 0)
    even = bill(running(tariff("3")), terms, after(3600))
    assert (even.lines[1].amount_micros, even.lines[1].rounding_micros) == (21 * CENT, 0)


def test_a_free_session_has_a_bill_of_nothing():
    found = bill(running(is_free=True), Terms(free_seconds=60), after(120))
    assert [(line.kind, line.amount_micros) for line in found.lines] == [("free_session", 0)]
    assert (found.total_micros, found.seconds) == (0, 120)


@pytest.mark.parametrize(
    ("total", "is_bonus_first", "parts"),
    [
        (4, False, (4, 0)),
        (7, False, (5, 2)),
        (8, False, (5, 3)),
        (2, True, (0, 2)),
        (7, True, (4, 3)),
        (0, True, (0, 0)),
    ],
)
def test_balance_and_bonus_share_the_cost_in_the_order_of_the_setting(total, is_bonus_first, parts):
    assert split_payment(total, 5, 3, is_bonus_first=is_bonus_first) == parts


def test_a_balance_that_does_not_cover_the_cost_is_refused():
    with pytest.raises(BalanceTooLow):
        split_payment(9, 5, 3, is_bonus_first=False)
    assert split_payment(3, -5, 3, is_bonus_first=False) == (0, 3)
