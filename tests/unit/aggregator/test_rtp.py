"""Return to player: two exact ways agree, and both agree with playing every round."""

from __future__ import annotations

import itertools
from collections import Counter
from fractions import Fraction
from functools import cache

import pytest

from lanhouse.aggregator.providers.house import rtp
from lanhouse.aggregator.providers.house.games import (
    baccarat,
    blackjack,
    chips,
    roulette,
    sicbo,
    wheel,
)
from lanhouse.aggregator.providers.house.games.machines import LIT_WINDOWS, THREE_LAMPS
from lanhouse.aggregator.providers.house.games.step import PARTS
from lanhouse.aggregator.providers.house.listing import BY_ID, can_count
from lanhouse.aggregator.providers.house.provider import HOUSE, NIGHT_SHIFT_GAME
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


def test_every_listed_most_is_the_most_that_a_round_pays() -> None:
    """Each game's biggest payment in bets, found by looking at every outcome."""
    lit = rtp.joint_counts(LIT_WINDOWS.machine)
    best: dict[int, int] = {}
    for win, scatters in lit:
        best[scatters] = max(win, best.get(scatters, 0))

    @cache
    def left(played: int, granted: int) -> int:
        if played == granted:
            return 0
        return max(
            LIT_WINDOWS.factor * win
            + left(played + 1, LIT_WINDOWS.granted_after(granted, scatters))
            for scatters, win in best.items()
        )

    first = max(
        win + left(0, LIT_WINDOWS.granted_after(0, scatters)) for scatters, win in best.items()
    )
    sicbo_most = max(sicbo.TRIPLE_PAYS, sicbo.ANY_TRIPLE_PAYS, *sicbo.TOTAL_PAYS.values()) + 1
    most = {
        "house_00002": Fraction(first, len(LIT_WINDOWS.machine.lines)),
        "house_00003": rtp.cycle_of(THREE_LAMPS).max_win,
        "house_00004": Fraction(max(roulette.PAYS.values())),
        "house_00005": Fraction(max(baccarat.PARTS_PAID.values()), PARTS),
        "house_00006": Fraction(max(blackjack.PARTS_PAID.values()), PARTS),
        "house_00007": Fraction(sicbo_most),
        "house_00008": Fraction(max(wheel.HALVES), 2),
    }
    for game_id, found in most.items():
        assert Fraction(BY_ID[game_id].max_multiplier) == found, game_id


def test_a_game_counts_where_its_bets_and_wins_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    for currency in ("EUR", "JPY", "KWD", "KRW", "VND", "IQD", "CLP"):
        assert all(can_count(game_id, currency) for game_id in BY_ID), currency
        assert not HOUSE.takes_currency("house_00004", currency, "1000")
    # A chip of 1 of a currency without decimals has no twentieth.
    monkeypatch.setitem(chips._UNITS, "JPY", 1)
    assert not can_count("house_00004", "JPY")
    assert can_count("house_00001", "JPY")
