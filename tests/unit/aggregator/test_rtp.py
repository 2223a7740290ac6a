"""Return to player: two exact ways agree, and both agree with playing every round."""

from __future__ import annotations

import itertools
from collections import Counter
from fractions import Fraction

import pytest

from lanhouse.aggregator.providers.house import rtp
from lanhouse.aggregator.providers.house.provider import NIGHT_SHIFT_GAME
from lanhouse.aggregator.providers.house.returns.figures import percent
from lanhouse.aggregator.providers.house.slot import NIGHT_SHIFT, Machine, evaluate

LINES = NIGHT_SHIFT.lines
SMALL = [
    ("lamp key mug", "key lamp house", "mug key lamp", "key mug house", "lamp key mouse"),
    ("house lamp key mug", "lamp lamp key mug", "key mug house", "lamp mug key", "lamp key mug"),
    ("lamp lamp lamp", "lamp lamp key", "lamp key lamp", "lamp mug key", "lamp house key"),
]


def small_machine(strips: tuple[str, ...]) -> Machine:
    return Machine(
        version="small",
        strips=tuple(tuple(strip.split()) for strip in strips),
        lines=LINES,
        pays=NIGHT_SHIFT.pays,
        scatter_pays={2: 1, 3: 2, 4: 20, 5: 200},
        wild="lamp",
        scatter="house",
        rtp_percent="0",
    )


@pytest.fixture(scope="module")
def cycle() -> rtp.Cycle:
    return rtp.cycle_of(NIGHT_SHIFT)


def test_the_stated_return_is_the_exact_one(cycle: rtp.Cycle) -> None:
    assert cycle.combinations == 20**5
    assert cycle.rtp == Fraction(24, 25)
    assert NIGHT_SHIFT.rtp_percent == percent(cycle.rtp) == "96.00"


def test_full_cycle_and_probability_products_agree_exactly(cycle: rtp.Cycle) -> None:
    assert rtp.line_return(NIGHT_SHIFT) == cycle.rtp


def test_par_figures(cycle: rtp.Cycle) -> None:
    assert percent(cycle.hit_rate) == "44.8339"
    assert percent(cycle.real_win_rate) == "23.4955"
    assert cycle.max_win == Fraction(1355, 4)
    assert cycle.max_win_odds == 3_200_000
    assert Fraction(NIGHT_SHIFT_GAME.max_multiplier) == cycle.max_win


def test_every_advertised_award_can_be_reached() -> None:
    # GLI-11 4.8.2: at least once in 100 million games.
    chances = rtp.line_probabilities(NIGHT_SHIFT)
    for symbol, pays in NIGHT_SHIFT.pays.items():
        for count in pays:
            assert chances[(symbol, count)] > Fraction(1, 10**8)
    for count in NIGHT_SHIFT.scatter_pays:
        assert rtp.scatter_probabilities(NIGHT_SHIFT)[count] > Fraction(1, 10**8)


@pytest.mark.parametrize("strips", SMALL)
def test_small_machines_agree_with_playing_every_round(strips: tuple[str, ...]) -> None:
    machine = small_machine(strips)
    played = Counter(
        evaluate(machine, stops, 1).win_micros
        for stops in itertools.product(*(range(size) for size in machine.stops_per_reel))
    )
    counted = rtp.cycle_of(machine)
    assert counted.counts == played
    assert rtp.line_return(machine) == counted.rtp


def test_probabilities_of_a_line_never_exceed_one() -> None:
    assert 0 < sum(rtp.line_probabilities(NIGHT_SHIFT).values(), Fraction(0)) < 1
    assert sum(rtp.scatter_probabilities(NIGHT_SHIFT).values(), Fraction(0)) == 1


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Fraction(24, 25), 4, "96.00"),
        (Fraction(36, 37), 4, "97.2973"),
        (Fraction(2, 3), 2, "66.67"),
        (Fraction(12345, 100_000), 4, "12.345"),
        (Fraction(5, 10**7), 4, "0.0001"),
    ],
)
def test_percent_text(value: Fraction, places: int, text: str) -> None:
    assert percent(value, places) == text
