"""What sales, games and friends give, and which bonus is spent first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanhouse.cafe.centers.schemas import LoyaltySettings
from lanhouse.cafe.centers.schemas.loyalty.games import Stats, coins_for_game
from lanhouse.cafe.centers.schemas.loyalty.referral import (
    ReferralCount,
    ReferralLevel,
    ReferralSettings,
)
from lanhouse.cafe.loyalty.rules import Given, Reward, reward_for, taken_back
from lanhouse.cafe.loyalty.rules.lots import Lot, spent_from
from lanhouse.cafe.loyalty.rules.referral import counts, worth_at_first, worth_of_levels
from lanhouse.cafe.promo.rules import gift_of
from lanhouse.cafe.promo.schemas import Gift, Promo, Purpose
from lanhouse.cafe.topups.rules import given_with
from lanhouse.kit.money import MICROS

EURO, CENT = MICROS, MICROS // 100
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("game", "stats", "coins"),
    [
        # (3 + 2*2 + 1.5*2 - 0.5*1) * 1.5 = 14.25
        ("lol", Stats(wins=1, kills=2, assists=2, deaths=1), "14.25"),
        # The same for TFT: 9.5 * 1.25 = 11.875, half-up.
        ("LoL", Stats(wins=1, kills=2, assists=2, deaths=1, is_tft=True), "11.88"),
        # 11 kills: (22 + 2) * 1.5
        ("lol", Stats(kills=11), "36.00"),
        ("lol", Stats(deaths=9), "0.00"),
        # 3 + 24 + 18 - 1 + 10 + 10 + 2.5
        ("dota2", Stats(wins=1, kills=12, assists=12, deaths=2, last_hits=250), "66.50"),
        ("dota2", Stats(kills=2, is_lost=True), "2.00"),
        ("cs", Stats(wins=1, kills=10, assists=3, deaths=5), "7.30"),
        ("cs", Stats(kills=2, is_lost=True), "0.00"),
        ("valorant", Stats(wins=1, kills=3, assists=1), "26.50"),
        ("fortnite", Stats(wins=1, kills=1), "12.00"),
        ("pubg", Stats(kills=2), "6.00"),
        ("apex", Stats(wins=1, kills=2, assists=1), "4.10"),
        ("chess", Stats(wins=9), "0.00"),
    ],
)
def test_coins_by_the_default_formulas(game: str, stats: Stats, coins: str) -> None:
    assert coins_for_game(game, stats) == round(float(coins) * 100) * CENT


@pytest.mark.parametrize(
    ("more", "event", "came_in", "group", "reward"),
    [
        ({}, "SALE", 10, 0, Reward(0, 0)),
        ({"point_enable": True}, "SALE", 10, 0, Reward(0, 0)),
        ({"point_enable": True, "shop_earn_point": True}, "SALE", 10, 0, Reward(10 * EURO, 0)),
        # Paid from the balance: it earned its points when it was topped up.
        ({"point_enable": True, "shop_earn_point": True}, "SALE", 0, 0, Reward(0, 0)),
        ({"point_enable": True}, "CHECKOUT", 10, 0, Reward(10 * EURO, 0)),
        (
            {"bonus_cashback_enable": True, "bonus_cashback_default": 5},
            "OFFER",
            0,
            0,
            Reward(0, 50 * CENT),
        ),
        (
            {"bonus_cashback_enable": True, "bonus_cashback_default": 5},
            "OFFER",
            0,
            1250,
            Reward(0, 125 * CENT),
        ),
        ({"bonus_cashback_default": 5}, "OFFER", 0, 1250, Reward(0, 0)),
    ],
)
def test_what_a_sale_gives(
    more: dict[str, object], event: str, came_in: int, group: int, reward: Reward
) -> None:
    settings = LoyaltySettings(**more)  # type: ignore[arg-type]
    found = reward_for(
        settings, event, paid_micros=10 * EURO, came_in_micros=came_in * EURO, cashback=group
    )
    assert found == reward


def test_a_refund_means_the_sale_of_its_amount_else_the_newest() -> None:
    sales = [Given(3, 5 * EURO, 5 * EURO, 50 * CENT), Given(2, 3 * EURO, 3 * EURO, 31 * CENT)]
    assert taken_back(sales, 3 * EURO) == [sales[1]]
    assert taken_back(sales, 6 * EURO) == [sales[0], Given(2, EURO, EURO, 10 * CENT)]
    assert taken_back([], 6 * EURO) == []


@given(
    paid=st.integers(1, 10_000),
    bonus=st.integers(0, 5_000),
    cuts=st.lists(st.integers(1, 3_000), max_size=12),
)
def test_parts_take_back_all_and_no_cent_more(paid: int, bonus: int, cuts: list[int]) -> None:
    left = Given(1, paid * CENT, 0, bonus * CENT)
    taken = 0
    for cut in [*cuts, paid]:
        (part,) = taken_back([left], cut * CENT) or [Given(1, 0, 0, 0)]
        taken += part.bonus_micros
        left = Given(
            1, left.paid_micros - part.paid_micros, 0, left.bonus_micros - part.bonus_micros
        )
        assert left.bonus_micros >= 0
        if not left.paid_micros:
            break
    assert (left.paid_micros, taken) == (0, bonus * CENT)


def test_what_ends_first_is_spent_first_and_what_has_ended_last() -> None:
    day = timedelta(days=1)
    lots = [
        Lot(1, NOON - day, 5),
        Lot(2, NOON + 2 * day, 5),
        Lot(3, NOON + day, 5),
        Lot(4, None, 5),
    ]
    assert [(lot.id, lot.left_micros) for lot in spent_from(lots, 12, NOON)] == [
        *((4, 0), (3, 0), (2, 3)),
    ]
    assert [(lot.id, lot.left_micros) for lot in spent_from(lots, 19, NOON)][-1] == (1, 1)
    assert spent_from(lots, 0, NOON) == []


def test_a_friend_is_worth_fixed_count_and_levels() -> None:
    settings = ReferralSettings(
        enable=1,
        fixed=500,
        friend=200,
        min_spend=1000,
        levels=(ReferralLevel(2000, 100), ReferralLevel(5000, 300)),
        counts=(ReferralCount(3, 1000),),
    )
    assert [counts(settings, euros * EURO) for euros in (0, 9, 10)] == [False, False, True]
    assert worth_at_first(settings, 0) == (5 * EURO, 2 * EURO)
    assert worth_at_first(settings, 2) == (15 * EURO, 2 * EURO)
    assert [worth_of_levels(settings, euros * EURO) for euros in (19, 20, 50)] == [
        *(0, EURO, 4 * EURO),
    ]
    assert not counts(ReferralSettings(fixed=5), 10 * EURO)


@pytest.mark.parametrize(
    ("gift", "amount", "field_type", "given"),
    [
        (Gift.SUM, 3 * EURO, 1, (3 * EURO, 0)),
        (Gift.SUM, 3 * EURO, 2, (0, 3 * EURO)),
        (Gift.PERCENT, 10 * EURO, 1, (333 * CENT, 0)),
        (Gift.COIN, 3 * EURO, 1, (0, 3 * EURO)),
    ],
)
def test_what_a_code_gives(
    gift: Gift, amount: int, field_type: int, given: tuple[int, int]
) -> None:
    promo = Promo(
        id=1,
        used=0,
        created_at=NOON,
        name="X",
        quantity=1,
        gift=gift,
        amount_micros=amount,
        purpose=Purpose.TOPUP,
    )
    found = gift_of(promo, 33 * EURO + 30 * CENT, field_type=field_type)
    assert found == given


@pytest.mark.parametrize(
    ("named", "bonus", "by_hand"),
    # The money earns 20, the code gives 10.
    [(30, 30, 0), (20, 30, 0), (0, 10, 0), (25, 25, 0), (35, 35, 5)],
)
def test_the_part_of_a_code_is_given_once(named: int, bonus: int, by_hand: int) -> None:
    found = given_with(
        LoyaltySettings(), named_micros=named, earned_micros=20, promo_bonus_micros=10
    )
    assert found == (bonus, 0, by_hand)


def test_the_reward_may_be_coins() -> None:
    settings = LoyaltySettings(topup_bonus_field_type=2)
    assert given_with(settings, named_micros=14, earned_micros=14) == (0, 14, 0)
    assert given_with(settings, named_micros=20, earned_micros=14) == (6, 14, 6)
