"""Tests of chance on whole outcomes at 99 %, and proof that they notice what is not by chance."""

from __future__ import annotations

import random

import pytest

from lanhouse.aggregator.providers.house.games.catalogue import GAMES
from lanhouse.aggregator.providers.house.returns.outcomes import outcomes_of
from lanhouse.aggregator.providers.house.returns.statistics import (
    LEVEL,
    TESTS,
    chi_square_tail,
    fitting_tests,
)

ROUNDS = 10_000


@pytest.mark.parametrize("game_id", list(GAMES))
def test_outcomes_look_like_chance_at_99_percent(game_id: str) -> None:
    for outcomes in outcomes_of(game_id, "5e" * 32, ROUNDS):
        assert abs(sum(outcomes.chances) - 1) < 1e-9
        for name in fitting_tests(outcomes.chances):
            value = TESTS[name](outcomes.values, outcomes.chances)
            assert value >= LEVEL, (outcomes.name, name, value)


# Upper points of chi-square as printed in tables.
@pytest.mark.parametrize(
    ("square", "freedom", "tail"),
    [
        (3.841, 1, 0.05), (6.635, 1, 0.01), (18.307, 10, 0.05), (23.209, 10, 0.01),
        (3.940, 10, 0.95), (124.342, 100, 0.05), (70.065, 100, 0.99), (0.0, 5, 1.0),
    ],
)  # fmt: skip
def test_tail_of_chi_square(square: float, freedom: int, tail: float) -> None:
    assert chi_square_tail(square, freedom) == pytest.approx(tail, abs=2e-4)


EVEN = [1 / 6] * 6


def rolled(seed: int = 7, count: int = 20_000) -> list[int]:
    dice = random.Random(seed)
    return [dice.randrange(6) for _ in range(count)]


def bent(name: str) -> list[int]:
    """Dice that one test must catch."""
    values = rolled()
    if name == "chi-square":  # a face falls a little too often
        return [0 if value == 5 and place % 9 == 0 else value for place, value in enumerate(values)]
    if name == "serial":  # the second of two follows the first too often
        return [
            values[place - 1] if place % 2 and place % 11 == 0 else value
            for place, value in enumerate(values)
        ]
    if name == "runs":  # low after high too often
        return [
            (value + 3) % 6 if place and place % 13 == 0 and (values[place - 1] < 3) == (value < 3)
            else value
            for place, value in enumerate(values)
        ]  # fmt: skip
    if name == "gap":  # low faces come in threes
        return [
            values[place - place % 3] if place % 12 < 3 else v for place, v in enumerate(values)
        ]
    # Every six throws show all faces: each falls as often as it should.
    dice = random.Random(3)
    found: list[int] = []
    while len(found) < 20_000:
        found += dice.sample(range(6), 6)
    return found


@pytest.mark.parametrize("name", list(TESTS))
def test_each_test_passes_true_dice_and_catches_bent_ones(name: str) -> None:
    assert TESTS[name](rolled(), EVEN) >= LEVEL
    assert TESTS[name](bent(name), EVEN) < LEVEL / 100


def test_p_values_of_true_dice_are_spread_evenly() -> None:
    for name, test in TESTS.items():
        values = [test(rolled(seed, 3_000), EVEN) for seed in range(100)]
        assert 30 <= sum(value < 0.5 for value in values) <= 70, name
        assert sum(value < 0.01 for value in values) <= 5, name


def test_coupons_are_for_even_outcomes_only() -> None:
    assert "coupon" in fitting_tests(EVEN)
    assert "coupon" not in fitting_tests([0.2, 0.8])
    with pytest.raises(ValueError, match="equally likely"):
        TESTS["coupon"]([0, 1, 1], [0.2, 0.8])
