"""Rounds that end as a test wants: it knows the server's secret and looks for a client seed."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from lanhouse.aggregator.launch.tables import game_sessions
from lanhouse.aggregator.providers.house.commands.seeds import opened_seed
from lanhouse.aggregator.providers.house.fair import FairStream
from lanhouse.aggregator.providers.house.games.catalogue import GAMES, HouseGame
from lanhouse.aggregator.providers.house.games.step import Action, FieldBet, Step
from lanhouse.aggregator.providers.house.tables import house_seeds
from lanhouse.db.store import Read, Store
from lanhouse.kit.money import parse_micros
from tests.builders.secrets import VAULT
from tests.builders.small_json import JsonPlayer

_numbers = itertools.count(1)
Chooses = Callable[[tuple[str, ...]], str]
"""From the actions that are possible now the one to do."""


def last_of(actions: tuple[str, ...]) -> str:
    """Stand in blackjack, the next free spin of a slot."""
    return "stand" if "stand" in actions else actions[-1]


@dataclass
class Foreseen:
    """A round as it will be played: every step of it, and what is staked and paid."""

    client_seed: str = ""
    steps: list[tuple[Action, Step]] = field(default_factory=list)

    @property
    def staked(self) -> int:
        return sum(sum(step.stakes) for _, step in self.steps)

    @property
    def paid(self) -> int:
        return sum(sum(step.wins) for _, step in self.steps)

    @property
    def last(self) -> Step:
        return self.steps[-1][1]

    @property
    def is_win(self) -> bool:
        """It pays more than it cost."""
        return self.paid > self.staked

    @property
    def is_loss(self) -> bool:
        return self.paid == 0


def action_of(name: str, asked: dict[str, Any]) -> Action:
    """The action of a body of the small JSON."""
    return Action(
        name=name,
        bet_micros=parse_micros(asked["bet"], decimals=6) if "bet" in asked else None,
        bets=tuple(
            FieldBet(bet["on"], parse_micros(bet["amount"], decimals=6), bet.get("number"))
            for bet in asked.get("bets", ())
        ),
    )


def foresee(
    game: HouseGame, first: Action, server_seed: str, client_seed: str, nonce: int, chooses: Chooses
) -> Foreseen:
    """The whole round of these seeds."""
    found = Foreseen(client_seed)
    state, action, position = None, first, 0
    while True:
        stream = FairStream(server_seed, client_seed, nonce, position)
        step = game.step(state, action, stream)
        found.steps.append((action, step))
        if step.is_done:
            return found
        state, position = step.state, step.state["position"]
        action = Action(name=chooses(step.actions))


def active_seed(store: Store, player: JsonPlayer) -> Any:
    """The row of the seed that the player's next round is drawn from."""

    def found(read: Read) -> Any:
        session: Any = read.one(
            sa.select(game_sessions).where(game_sessions.c.code == player.session)
        )
        return read.one(
            sa.select(house_seeds).where(
                house_seeds.c.agent_id == session.agent_id,
                house_seeds.c.player_id == session.player_id,
                house_seeds.c.state == "active",
            )
        )

    return store.read_sync(found)


def arrange(
    store: Store,
    player: JsonPlayer,
    asked: dict[str, Any],
    wants: Callable[[Foreseen], bool],
    chooses: Chooses = last_of,
) -> Foreseen:
    """Send a client seed with which the player's next round is as it is wanted."""
    game = GAMES[player.game]
    player.seed(f"new-{next(_numbers)}")
    row = active_seed(store, player)
    assert row.last_nonce == 0
    server_seed, first = opened_seed(row, VAULT), action_of(game.first_action, asked)
    for _ in range(200_000):
        seed = f"try-{next(_numbers)}"
        found = foresee(game, first, server_seed, seed, 1, chooses)
        if wants(found):
            player.seed(seed)
            return found
    raise AssertionError("no round like that among many")
