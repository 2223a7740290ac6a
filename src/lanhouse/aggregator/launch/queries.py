"""Reads of game sessions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from lanhouse.aggregator.errors import SessionExpired
from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.launch.tables import game_sessions
from lanhouse.aggregator.players.tables import players
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit import clock, ids

_BY_CODE = static(sa.select(game_sessions).where(game_sessions.c.code == sa.bindparam("the_code")))
_BY_TOKEN = static(
    sa.select(game_sessions.c.agent_id, game_sessions.c.currency, players.c.username)
    .join(players, players.c.id == game_sessions.c.player_id)
    .where(game_sessions.c.token_hash == sa.bindparam("token"))
)
_BY_ID = static(sa.select(game_sessions).where(game_sessions.c.id == sa.bindparam("session")))


def session_by_secret(read: Read, code: str, secret_hash: str) -> GameSession:
    """The live session of (code, its secret's hash). Raises SessionExpired."""
    row = read.one(_BY_CODE, the_code=code)
    if row is None or row.secret_hash is None or not ids.same(row.secret_hash, secret_hash):
        raise SessionExpired
    if row.ends_at <= clock.real_now():
        raise SessionExpired
    return session_of(row)


def session_by_code(read: Read, code: str) -> GameSession:
    """The session with this id, ended ones too. Raises SessionExpired when there is none or its
    player never came."""
    row = read.one(_BY_CODE, the_code=code)
    if row is None or row.started_at is None:
        raise SessionExpired
    return session_of(row)


def session_by_id(read: Read, session_id: int) -> GameSession:
    """The session. Raises SessionExpired when there is none or its player never came."""
    row = read.one(_BY_ID, session=session_id)
    if row is None or row.started_at is None:
        raise SessionExpired
    return session_of(row)


def launched_by(read: Read, token: str) -> Row | None:
    """Whose session a launch token begins (agent_id, username, currency), or None."""
    return read.one(_BY_TOKEN, token=ids.secret_hash(token))


def active_players(read: Read, game_ids: Iterable[str], since: datetime) -> dict[str, int]:
    """How many players were seen in each game since then; games without any are left out."""
    rows = read.all(
        sa.select(game_sessions.c.game_id, sa.func.count(game_sessions.c.player_id.distinct()))
        .where(game_sessions.c.last_seen_at >= since, game_sessions.c.game_id.in_(list(game_ids)))
        .group_by(game_sessions.c.game_id)
    )
    return {row[0]: row[1] for row in rows}


def session_of(row: Row) -> GameSession:
    """The session that a row of its table tells; the row may hold more."""
    return GameSession(**{field: getattr(row, field) for field in GameSession.__struct_fields__})
