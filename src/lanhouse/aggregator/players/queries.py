"""Reads of players; always inside one agent."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.aggregator.errors import PlayerNotFound
from lanhouse.aggregator.players.tables import players
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read

_BY_NAME = static(
    sa.select(players).where(
        players.c.agent_id == sa.bindparam("agent"), players.c.username == sa.bindparam("name")
    )
)

_NAME = static(sa.select(players.c.username).where(players.c.id == sa.bindparam("player")))


def player_by_username(read: Read, agent_id: int, username: str) -> Row:
    """The agent's player of this name; raises PlayerNotFound, also for another agent's player."""
    row = read.one(_BY_NAME, agent=agent_id, name=username)
    if row is None:
        raise PlayerNotFound
    return row


def username_of(read: Read, player_id: int) -> str:
    """The name of a player that there is."""
    return read.scalar(_NAME, player=player_id)
