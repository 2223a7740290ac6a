"""Writes of players."""

from __future__ import annotations

import secrets
import string

import sqlalchemy as sa

from lanhouse.aggregator.errors import PlayerNotFound, UsernameUnavailable
from lanhouse.aggregator.players.schemas import ActivatePlayer, NewPlayer
from lanhouse.aggregator.players.tables import players
from lanhouse.db.statements import insert_ignore, static
from lanhouse.db.store import Tx

CODE_CHARS = 11
_ALPHABET = string.ascii_lowercase + string.digits

_CREATE = static(insert_ignore(players).returning(players.c.id))
_ACTIVATE = static(
    sa.update(players)
    .where(players.c.agent_id == sa.bindparam("agent"), players.c.username == sa.bindparam("name"))
    .values(is_active=sa.bindparam("active"))
)


def create_player(tx: Tx, new: NewPlayer) -> int:
    """Make a player; answers its id. Raises UsernameUnavailable when the agent has the name."""
    tail = "".join(secrets.choice(_ALPHABET) for _ in range(CODE_CHARS))
    player_id = tx.scalar(
        _CREATE,
        agent_id=new.agent.id,
        username=new.username,
        code=new.agent.prefix + tail,
        created_at=tx.now,
    )
    if player_id is None:
        raise UsernameUnavailable
    tx.audit("player", player_id)
    return player_id


def set_player_active(tx: Tx, cmd: ActivatePlayer) -> None:
    """Switch a player on or off; off means no deposit, launch or bet, but money can leave."""
    if not tx.run(_ACTIVATE, agent=cmd.agent_id, name=cmd.username, active=cmd.is_active):
        raise PlayerNotFound
