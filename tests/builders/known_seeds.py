"""Server seeds under which a game goes as a test needs it, found by playing rounds ahead."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from lanhouse.aggregator.providers.house import fair
from lanhouse.aggregator.providers.house.fair import FairStream
from lanhouse.aggregator.providers.house.games.catalogue import GAMES
from lanhouse.aggregator.providers.house.games.step import Action, FieldBet, Step
from lanhouse.kit.money import MICROS

CLIENT_SEED = "known seed"
FIELDS = {"house_00004": "red", "house_00005": "player", "house_00007": "big"}
_TRIES_MAX = 20_000


def bet_of(game_id: str) -> Action:
    """What begins a round in the test: 1 on the first field, or 1 (a slot: 0.2)."""
    name, on = GAMES[game_id].first_action, FIELDS.get(game_id)
    if on is not None:
        return Action(name=name, bets=(FieldBet(on, MICROS, None),))
    is_slot = GAMES[game_id].category == "slot"
    return Action(name=name, bet_micros=MICROS // 5 if is_slot else MICROS)


def rounds_of(game_id: str, server_seed: str, count: int) -> list[list[Step]]:
    """The steps of the first rounds under a seed; whoever may act stands, or spins on."""
    game, found = GAMES[game_id], []
    for nonce in range(1, count + 1):
        stream = FairStream(server_seed, CLIENT_SEED, nonce)
        steps = [game.step(None, bet_of(game_id), stream)]
        while not steps[-1].is_done:
            name = "stand" if "stand" in steps[-1].actions else steps[-1].actions[0]
            steps.append(game.step(steps[-1].state, Action(name=name), stream))
        found.append(steps)
    return found


def gain_micros(steps: list[Step]) -> int:
    """What a round pays more than it costs."""
    return sum(sum(step.wins) - sum(step.stakes) for step in steps)


@cache
def seed_for(game_id: str, count: int, fits: Callable[[list[list[Step]]], bool]) -> str:
    """The first server seed under which the first rounds are as wanted."""
    for number in range(_TRIES_MAX):
        seed = hashlib.sha256(f"{game_id} {number}".encode()).hexdigest()
        if fits(rounds_of(game_id, seed, count)):
            return seed
    raise AssertionError(f"no seed of {game_id} fits")


@contextmanager
def planted(*server_seeds: str) -> Iterator[None]:
    """Let the next server seeds that are drawn in this process be these."""
    real, given = fair.new_server_seed, list(server_seeds)
    fair.new_server_seed = lambda: given.pop(0) if given else real()
    try:
        yield
    finally:
        fair.new_server_seed = real
