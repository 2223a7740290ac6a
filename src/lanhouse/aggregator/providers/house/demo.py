"""Some played rounds, so that history and game logs have something to show."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import partial

from lanhouse.aggregator.agents.demo import transfer_agent
from lanhouse.aggregator.launch.commands import begin_session, launch_game
from lanhouse.aggregator.launch.queries import session_by_secret
from lanhouse.aggregator.launch.schemas import Launch
from lanhouse.aggregator.providers.house.bets import default_bet_micros
from lanhouse.aggregator.providers.house.commands import act, rotate_seed
from lanhouse.aggregator.providers.house.games.step import Action
from lanhouse.aggregator.providers.house.schemas import ActCmd, RotateCmd
from lanhouse.db.store import Tx
from lanhouse.kit import ids
from lanhouse.kit.vault import LOCKED, Vault

_vault: ContextVar[Vault] = ContextVar("vault of the demo", default=LOCKED)


@contextmanager
def sealing(vault: Vault) -> Iterator[None]:
    """Let the demo's seeds be sealed by the secret of the server that will serve them."""
    token = _vault.set(vault)
    try:
        yield
    finally:
        _vault.reset(token)


_SLOT = "house_00001"
_ROUNDS = {"player0001": 12, "luna77": 8}


def weeks(_begin: datetime, end: datetime) -> Iterator[tuple[datetime, Callable[[Tx], None]]]:
    """Two players have just played the slot; the outcomes are whatever the game draws."""
    for username, rounds in _ROUNDS.items():
        yield end, partial(_play, username=username, rounds=rounds)


def _play(tx: Tx, *, username: str, rounds: int) -> None:
    agent = transfer_agent(tx)
    launched = launch_game(
        tx,
        Launch(
            agent=agent,
            username=username,
            game_id=_SLOT,
            currency=agent.base_currency,
            language="en",
            is_mobile=False,
            player_address="127.0.0.1",
            lobby_url=None,
            cashier_url=None,
        ),
    )
    started = begin_session(tx, launched.token)
    session = session_by_secret(tx, started.code, ids.secret_hash(started.secret))
    vault = _vault.get()
    # What the browser of a player would make.
    seed = RotateCmd(session=session, vault=vault, client_seed=secrets.token_hex(16))
    rotate_seed(tx, seed)
    for number in range(1, rounds + 1):
        bet = default_bet_micros(session.currency)
        action = Action(name="spin", bet_micros=bet)
        key = f"demo-{username}-{number}"
        act(tx, ActCmd(session=session, vault=vault, client_key=key, action=action))
