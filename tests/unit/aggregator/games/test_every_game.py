"""What holds for each of the eight games: state is JSON, one stream goes on, money is whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from lanhouse.aggregator.providers.house import fair
from lanhouse.aggregator.providers.house.fair import FairStream
from lanhouse.aggregator.providers.house.games import chips
from lanhouse.aggregator.providers.house.games.catalogue import GAMES, HouseGame
from lanhouse.aggregator.providers.house.games.step import Action, ActionNotPossible
from lanhouse.aggregator.providers.house.returns.outcomes import (
    first_action,
    next_action,
    played,
)
from lanhouse.kit.money import MICROS, currency_decimals
from tests.builders.numbers import Given

SEED = "5e" * 32
EVERY = pytest.mark.parametrize("game", list(GAMES.values()), ids=list(GAMES))


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, of in value.items():
            yield key
            yield from texts(of)
    elif isinstance(value, list | tuple):
        for of in value:
            yield from texts(of)
    elif isinstance(value, str):
        yield value


def test_ids_are_for_good() -> None:
    assert [(game.id, game.name, game.category, game.first_action) for game in GAMES.values()] == [
        ("house_00001", "Night Shift", "slot", "spin"),
        ("house_00002", "Lit Windows", "slot", "spin"),
        ("house_00003", "Three Lamps", "slot", "spin"),
        ("house_00004", "Roulette", "table", "spin"),
        ("house_00005", "Baccarat", "table", "deal"),
        ("house_00006", "Blackjack", "table", "deal"),
        ("house_00007", "Sic Bo", "table", "roll"),
        ("house_00008", "Harbour Light", "table", "spin"),
    ]
    assert len({game.rules_hash for game in GAMES.values()}) == 8


@EVERY
def test_a_round_resumed_at_each_step_is_the_round_in_one_stream(game: HouseGame) -> None:
    for nonce in range(300):
        stream = FairStream(SEED, "resume", nonce)
        step = game.step(None, first_action(game), stream)
        while not step.is_done:
            step = game.step(step.state, next_action(game, step.state), stream)
        again = played(game, SEED, nonce, "resume")[-1]
        assert again == step
        assert step.state["position"] == stream.position


@EVERY
def test_state_is_json_and_tells_the_view_again(game: HouseGame) -> None:
    for nonce in range(100):
        for step in played(game, SEED, nonce, "json"):
            kept = json.loads(json.dumps(step.state))
            assert kept == step.state
            assert game.view(kept) == step.view
            assert json.loads(json.dumps(step.view)) == step.view
            assert not step.actions or step.wins == ()


@EVERY
def test_what_is_paid_is_told(game: HouseGame) -> None:
    logs = {"house_00004": "roulette", "house_00007": "dice", "house_00008": "table"}
    for nonce in range(60):
        step = played(game, SEED, nonce, "log")[-1]
        log = game.log(step.state)
        expected = "iframe" if game.category == "slot" else logs.get(game.id, "hand")
        assert log.log_type == expected
        assert log.result
        assert bool(log.hands) == (expected == "hand")
        assert bool(log.dices) == (expected == "dice")
        assert bool(log.pockets) == (expected == "roulette")


@EVERY
def test_a_verifier_knows_below_what_each_number_is_drawn(game: HouseGame) -> None:
    for nonce in range(50):
        numbers = played(game, SEED, nonce, "bounds")[-1].state["numbers"]
        bounds = [game.bound(place) for place in range(len(numbers))]
        given = Given(numbers)
        step = game.step(None, first_action(game), given)
        while not step.is_done:
            step = game.step(step.state, next_action(game, step.state), given)
        assert given.asked == bounds
        assert fair.draw(SEED, "bounds", nonce, bounds) == tuple(numbers)


@EVERY
def test_stakes_are_told_before_anything_is_drawn(game: HouseGame) -> None:
    steps = played(game, SEED, 3, "stakes")
    assert game.stakes(None, first_action(game)) == steps[0].stakes
    numbers = Given([])
    for name in ("", "hit", "fold"):
        with pytest.raises(ActionNotPossible):
            game.stakes(None, Action(name=name, bet_micros=20 * MICROS))
        with pytest.raises(ActionNotPossible):
            game.step(None, Action(name=name, bet_micros=20 * MICROS), numbers)
    assert numbers.asked == []
    with pytest.raises(ActionNotPossible):
        game.stakes(steps[-1].state, first_action(game))


@EVERY
def test_the_view_never_tells_what_is_to_come(game: HouseGame) -> None:
    for nonce in range(50):
        for step in played(game, SEED, nonce, "hidden"):
            said = list(texts(step.view))
            assert SEED not in said
            assert "position" not in said
            assert "numbers" not in said


def test_chips_of_every_currency_have_a_twentieth_and_a_half() -> None:
    for currency in ("EUR", "JPY", "KWD", "BTC", *chips.units()):
        smallest = MICROS // 10 ** currency_decimals(currency)
        for chip in chips.chips_micros(currency):
            assert chip % (20 * smallest) == 0, currency
            assert chip % (2 * smallest) == 0
            assert chips.is_table_amount(currency, 3 * chip)
        assert not chips.is_table_amount(currency, chips.unit_micros(currency) // 2)
        assert not chips.is_table_amount(currency, 0)


def test_chips_and_limits_of_the_three_named_currencies() -> None:
    assert chips.chips_micros("EUR") == tuple(n * MICROS for n in (1, 5, 25, 100, 500))
    assert chips.chips_micros("JPY")[0] == 100 * MICROS
    assert chips.chips_micros("KWD")[0] == MICROS
    told = {
        category: [
            (of.id, of.label, of.min_micros, of.max_micros, of.is_default)
            for of in chips.limit_sets(category, "EUR")
        ]
        for category in ("slot", "table")
    }
    assert told == {
        "slot": [
            ("low", "Low", 200_000, 5 * MICROS, False),
            ("standard", "Standard", 200_000, 20 * MICROS, True),
            ("high", "High", 200_000, 100 * MICROS, False),
        ],
        "table": [
            ("low", "Low", MICROS, 25 * MICROS, False),
            ("standard", "Standard", MICROS, 500 * MICROS, True),
            ("high", "High", 25 * MICROS, 5000 * MICROS, False),
        ],
    }
    bets = chips.slot_bets_micros("EUR")
    assert [bet // 10_000 for bet in bets] == [
        20, 40, 60, 100, 200, 300, 400, 500, 1000, 1500, 2000, 4000, 6000, 10000,
    ]  # fmt: skip
