"""Some played rounds, so that history and game logs have something to show."""

from __future__ import annotations

from lanhouse.aggregator.agents.queries import agent_by_id
from lanhouse.aggregator.launch.commands import begin_session, launch_game
from lanhouse.aggregator.launch.queries import session_by_cookie
from lanhouse.aggregator.launch.schemas import Launch
from lanhouse.aggregator.providers.house.bets import default_bet_micros
from lanhouse.aggregator.providers.house.commands import prepare_seeds, spin
from lanhouse.aggregator.providers.house.schemas import SpinCmd
from lanhouse.db.store import Tx
from lanhouse.kit import ids

SLOT = "house_00001"
ROUNDS = {"player0001": 12, "luna77": 8}


def build_rounds(tx: Tx, agent_id: int) -> None:
    """Two players play the slot; the outcomes are whatever the game draws."""
    agent = agent_by_id(tx, agent_id)
    assert agent is not None
    for username, rounds in ROUNDS.items():
        launched = launch_game(
            tx,
            Launch(
                agent=agent,
                username=username,
                game_id=SLOT,
                currency=agent.base_currency,
                language="en",
                is_mobile=False,
                player_address="127.0.0.1",
                lobby_url=None,
                cashier_url=None,
            ),
        )
        started = begin_session(tx, launched.token)
        session = session_by_cookie(tx, (started.code, ids.secret_hash(started.cookie)))
        prepare_seeds(tx, session)
        for number in range(1, rounds + 1):
            spin(
                tx,
                SpinCmd(
                    session=session,
                    client_key=f"demo-{username}-{number}",
                    bet_micros=default_bet_micros(session.currency),
                ),
            )
