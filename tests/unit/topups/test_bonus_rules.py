"""Bonus tiers, weekday factor, points, and what a refund takes back (cafe-domain 6)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanhouse.cafe.centers.schemas import BonusTier, LoyaltySettings
from lanhouse.cafe.topups.rules import Refundable, Undone, bonus_for, points_for, undo

EURO = 1_000_000
CENT = 10_000
MONDAY, SATURDAY = 0, 5

FIXED = LoyaltySettings(
    price_bonus=(
        BonusTier(100 * EURO, bonus_micros=30 * EURO),
        BonusTier(20 * EURO, bonus_micros=5 * EURO),
        BonusTier(50 * EURO, bonus_micros=10 * EURO),
    )
)
PERCENT = LoyaltySettings(
    price_bonus=(BonusTier(20 * EURO, percent=5), BonusTier(50 * EURO, percent=12)),
    bonus_unit=1,
)


@pytest.mark.parametrize(
    ("amount", "bonus"),
    [
        (0, 0),
        (-50 * EURO, 0),
        (20 * EURO - CENT, 0),
        (20 * EURO, 5 * EURO),
        (50 * EURO - CENT, 5 * EURO),
        (50 * EURO, 15 * EURO),
        (100 * EURO, 45 * EURO),
        (10**12 * EURO, 45 * EURO),
    ],
)
def test_fixed_tiers_add_up(amount: int, bonus: int) -> None:
    assert bonus_for(FIXED, amount, MONDAY) == bonus


@pytest.mark.parametrize(
    ("amount", "bonus"),
    [
        (19 * EURO, 0),
        (20 * EURO, 1 * EURO),
        (49 * EURO, 245 * CENT),
        (50 * EURO, 6 * EURO),
        # 12 % of 50.04 is 6.0048, of 50.05 6.006: rounded half-up to cents.
        (5_004 * CENT, 600 * CENT),
        (5_005 * CENT, 601 * CENT),
    ],
)
def test_percent_tiers_take_the_highest_one_reached(amount: int, bonus: int) -> None:
    assert bonus_for(PERCENT, amount, MONDAY) == bonus


def test_the_weekday_changes_the_bonus() -> None:
    """cafe-domain 6: a tier bonus of 20 at 70 % on Saturday is a reward of 14."""
    settings = LoyaltySettings(
        price_bonus=(BonusTier(100 * EURO, bonus_micros=20 * EURO),),
        topup_reward_percent=(100, 100, 100, 100, 100, 70, 0),
    )
    assert bonus_for(settings, 100 * EURO, SATURDAY) == 14 * EURO
    assert bonus_for(settings, 100 * EURO, MONDAY) == 20 * EURO
    assert bonus_for(settings, 100 * EURO, 6) == 0


def test_no_tiers_no_bonus() -> None:
    assert bonus_for(LoyaltySettings(), 1000 * EURO, MONDAY) == 0


@pytest.mark.parametrize(
    ("amount", "points"),
    [(0, 0), (EURO - CENT, 0), (EURO, EURO), (1_999_999, EURO), (25 * EURO + 1, 25 * EURO)],
)
def test_a_point_for_each_whole_unit(amount: int, points: int) -> None:
    assert points_for(amount) == points


def _topup(number: int, value: int, bonus: int = 0, *, has_points: bool = False) -> Refundable:
    return Refundable(number, value * EURO, bonus * EURO, has_points)


def test_a_refund_of_the_exact_amount_means_that_top_up() -> None:
    made = [_topup(3, 5), _topup(2, 100, 20), _topup(1, 100, 40)]
    assert undo(made, 100 * EURO) == [Undone(2, 100 * EURO, 20 * EURO, 0)]


def test_else_the_newest_are_undone_first_and_a_part_takes_its_part_of_the_bonus() -> None:
    made = [_topup(3, 5, 1), _topup(2, 100, 20), _topup(1, 50, 10)]
    assert undo(made, 30 * EURO) == [
        Undone(3, 5 * EURO, 1 * EURO, 0),
        Undone(2, 25 * EURO, 5 * EURO, 0),
    ]


def test_money_beyond_all_top_ups_matches_no_bonus() -> None:
    assert undo([_topup(1, 10, 2)], 60 * EURO) == [Undone(1, 10 * EURO, 2 * EURO, 0)]
    assert undo([], 60 * EURO) == []


def test_points_go_back_with_the_units_that_are_undone() -> None:
    first = Refundable(1, 1_500_000, 0, has_points=True)
    (half,) = undo([first], 600_000)
    assert half.point_micros == EURO
    (rest,) = undo([Refundable(1, 900_000, 0, has_points=True)], 900_000)
    assert rest.point_micros == 0


@given(
    value=st.integers(1, 10_000).map(lambda cents: cents * CENT),
    bonus=st.integers(0, 5_000).map(lambda cents: cents * CENT),
    parts=st.lists(st.integers(1, 4_000).map(lambda cents: cents * CENT), max_size=12),
)
def test_refunds_in_parts_take_exactly_the_whole_bonus(
    value: int, bonus: int, parts: list[int]
) -> None:
    left = Refundable(1, value, bonus, has_points=True)
    points = points_for(value)
    for part in [*parts, value]:
        if left.value_micros == 0:
            break
        (undone,) = undo([left], min(part, left.value_micros))
        assert 0 <= undone.bonus_micros <= left.bonus_micros
        assert undone.bonus_micros % CENT == 0
        points -= undone.point_micros
        left = Refundable(
            1,
            left.value_micros - undone.value_micros,
            left.bonus_micros - undone.bonus_micros,
            has_points=True,
        )
    assert (left.value_micros, left.bonus_micros, points) == (0, 0, 0)
