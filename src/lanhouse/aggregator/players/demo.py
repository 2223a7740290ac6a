"""Players of the demo's transfer agent."""

from __future__ import annotations

from lanhouse.aggregator.agents.demo import transfer_agent
from lanhouse.aggregator.players.commands import create_player
from lanhouse.aggregator.players.schemas import NewPlayer
from lanhouse.db.store import Tx

PLAYERS = ("player0001", "player0002", "player0003", "luna77", "nightowl", "zed2000")


def opening(tx: Tx) -> None:
    """Make them."""
    agent = transfer_agent(tx)
    for username in PLAYERS:
        create_player(tx, NewPlayer(agent, username))
