"""Slots as steps: Night Shift's old rounds, free spins with retrigger and a cap, the classic."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from lanhouse.aggregator.providers.house import fair
from lanhouse.aggregator.providers.house.games.catalogue import GAMES
from lanhouse.aggregator.providers.house.games.free_spins import FreeSpinReels
from lanhouse.aggregator.providers.house.games.machines import LIT_WINDOWS, THREE_LAMPS
from lanhouse.aggregator.providers.house.games.step import (
    Action,
    ActionNotPossible,
    AmountNotAllowed,
    Step,
)
from lanhouse.aggregator.providers.house.slot import NIGHT_SHIFT, evaluate
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import MICROS
from tests.builders.numbers import Given

BET = MICROS
SEED = "0123456789abcdef" * 4
MACHINE = LIT_WINDOWS.machine
SPIN = Action(name="spin", bet_micros=BET)
NEXT = Action(name="spin")


def house_at(reel: int) -> int:
    """A stop that shows the reel's house in the top row."""
    return MACHINE.strips[reel].index("house")


def stops_with(scatters: int) -> list[int]:
    """Stops with a house on the first reels and none on the others."""
    return [house_at(reel) if reel < scatters else (house_at(reel) + 5) % 24 for reel in range(5)]


RULES = FreeSpinReels(LIT_WINDOWS)


def free_spins(*scatters: int) -> list[Step]:
    """The steps of a round whose spins show so many scatters, kept as JSON in between."""
    steps: list[Step] = []
    for count in scatters:
        state = json.loads(json.dumps(steps[-1].state)) if steps else None
        steps.append(RULES.step(state, NEXT if steps else SPIN, Given(stops_with(count))))
    return steps


@pytest.mark.parametrize("nonce", [0, 1, 57])
def test_night_shift_reads_and_pays_as_it_always_did(nonce: int) -> None:
    game = GAMES["house_00001"]
    step = game.step(None, SPIN, fair.FairStream(SEED, "blue-otter-12", nonce))
    stops = fair.draw(SEED, "blue-otter-12", nonce, NIGHT_SHIFT.stops_per_reel)
    outcome = evaluate(NIGHT_SHIFT, stops, BET // 20)
    assert step.state["numbers"] == list(stops)
    assert step.wins == (outcome.win_micros,)
    assert step.view["window"] == [list(row) for row in outcome.window]
    assert game.rules_hash == NIGHT_SHIFT.pay_table_hash
    assert step.is_done


def test_a_round_without_scatters_is_one_spin() -> None:
    (step,) = free_spins(0)
    assert (step.stakes, step.actions) == ((BET,), ())
    assert step.wins == (evaluate(MACHINE, stops_with(0), BET // 20).win_micros,)


@pytest.mark.parametrize(("scatters", "granted"), [(2, 0), (3, 10), (4, 15), (5, 20)])
def test_scatters_grant_free_spins(scatters: int, granted: int) -> None:
    (step,) = free_spins(scatters)
    assert step.view["freeSpins"]["total"] == granted
    assert step.view["scatters"] == scatters
    assert step.actions == (("spin",) if granted else ())
    assert bool(step.wins) == (granted == 0)


def test_free_spins_take_nothing_pay_double_and_are_paid_at_the_end() -> None:
    paying = [next(at for at in range(24) if evaluate(MACHINE, (at,) * 5, 1).win_multiple)] * 5
    (first_step,) = free_spins(3)
    steps = [first_step]
    for _ in range(10):
        steps.append(RULES.step(steps[-1].state, NEXT, Given(paying)))
    assert [step.stakes for step in steps] == [(BET,)] + [()] * 10
    assert all(not step.wins for step in steps[:-1])
    first = evaluate(MACHINE, stops_with(3), BET // 20).win_micros
    each = evaluate(MACHINE, paying, BET // 20).win_micros
    assert each > 0
    assert steps[-1].wins == (first + 20 * each,)
    assert steps[-1].is_done
    assert steps[-1].view["freeSpins"]["left"] == 0
    assert len(steps[-1].view["spins"]) == 11
    with pytest.raises(ActionNotPossible):
        GAMES["house_00002"].step(steps[-1].state, NEXT, Given(stops_with(0)))


def test_scatters_in_free_spins_grant_more() -> None:
    steps = free_spins(3, *[0] * 9, 4)
    shown = steps[-1].view["freeSpins"]
    assert (shown["total"], shown["played"], shown["left"], shown["factor"]) == (25, 10, 15, 2)
    assert not steps[-1].is_done


def test_a_round_has_at_most_a_hundred_free_spins() -> None:
    steps = free_spins(*[5] * 101)
    assert [step.view["freeSpins"]["total"] for step in steps[:6]] == [20, 40, 60, 80, 100, 100]
    assert steps[-1].is_done
    assert len(json.dumps(steps[-1].state)) < 4000


def test_a_free_round_costs_nothing_and_pays_whole() -> None:
    for game_id in ("house_00001", "house_00002", "house_00003"):
        game = GAMES[game_id]
        sizes = {"house_00001": 20}.get(game_id, 24)
        numbers = [1] * (3 if game_id == "house_00003" else 5)
        assert max(numbers) < sizes
        paid = game.step(None, SPIN, Given(numbers))
        free = game.step(None, replace_free(SPIN), Given(numbers))
        assert (paid.stakes, free.stakes) == ((BET,), (0,))
        assert paid.wins == free.wins


def replace_free(action: Action) -> Action:
    return Action(name=action.name, bet_micros=action.bet_micros, free_micros=BET)


@pytest.mark.parametrize(
    ("symbols", "pays"),
    [
        (("key", "key", "key"), 30), (("key", "lamp", "key"), 30), (("lamp", "lamp", "key"), 30),
        (("lamp", "lamp", "mouse"), 8), (("lamp", "lamp", "house"), 5),
        (("lamp", "lamp", "lamp"), 450),
        (("key", "key", "mug"), 0), (("house", "house", "house"), 0), (("key", "house", "key"), 0),
    ],
)  # fmt: skip
def test_lines_of_the_classic(symbols: tuple[str, ...], pays: int) -> None:
    flat = replace(THREE_LAMPS, strips=tuple((symbol,) * 3 for symbol in symbols))
    outcome = evaluate(flat, (0, 0, 0), 1)
    assert outcome.win_multiple == 5 * pays


def test_strips_have_one_house_a_reel_at_most_in_view() -> None:
    # scatter_probabilities counts on it.
    for strip in MACHINE.strips:
        assert strip.count("house") == 1
    assert {len(strip) for strip in (*MACHINE.strips, *THREE_LAMPS.strips)} == {24}


@pytest.mark.parametrize("game_id", ["house_00001", "house_00002", "house_00003", "house_00008"])
def test_the_stake_is_checked(game_id: str) -> None:
    game = GAMES[game_id]
    for action, symbol in (
        (Action(name="spin"), "INVALID_REQUEST"),
        (Action(name="spin", bet_micros=0), "INVALID_AMOUNT"),
        (Action(name="spin", bet_micros=-BET), "INVALID_AMOUNT"),
        (Action(name="spin", bet_micros=BET + 1), "INVALID_AMOUNT"),
    ):
        with pytest.raises(InvalidInput) as refused:
            game.step(None, action, Given([]))
        assert list(refused.value.fields) == ["bet"]
        assert refused.value.symbol == symbol
        assert isinstance(refused.value, AmountNotAllowed) == (symbol == "INVALID_AMOUNT")


def test_a_free_spin_takes_no_bet() -> None:
    (step,) = free_spins(3)
    with pytest.raises(InvalidInput) as refused:
        GAMES["house_00002"].step(step.state, SPIN, Given([]))
    assert list(refused.value.fields) == ["bet"]
