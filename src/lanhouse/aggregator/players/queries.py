"""Reads of players; always inside one agent."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.aggregator.agents.tables import agents
from lanhouse.aggregator.errors import AgentNotActive, PlayerInactive, PlayerNotFound
from lanhouse.aggregator.players.tables import players
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read

_BY_NAME = static(
    sa.select(players).where(
        players.c.agent_id == sa.bindparam("agent"), players.c.username == sa.bindparam("name")
    )
)
_MAY_PLAY = static(
    sa.select(players.c.is_active, agents.c.is_active.label("agent_is_active"))
    .join(agents, agents.c.id == players.c.agent_id)
    .where(players.c.id == sa.bindparam("player"))
)


def player_by_username(read: Read, agent_id: int, username: str) -> Row:
    """The agent's player of this name; raises PlayerNotFound, also for another agent's player."""
    row = read.one(_BY_NAME, agent=agent_id, name=username)
    if row is None:
        raise PlayerNotFound
    return row


def check_may_play(read: Read, player_id: int) -> None:
    """Raise AgentNotActive or PlayerInactive when this player must not bet right now."""
    row = read.one(_MAY_PLAY, player=player_id)
    if row is None:
        raise PlayerNotFound
    if not row.agent_is_active:
        raise AgentNotActive
    if not row.is_active:
        raise PlayerInactive
