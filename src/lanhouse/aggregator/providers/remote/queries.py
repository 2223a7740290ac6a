"""Reads for the calls that studios make."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.aggregator.agents.schemas import TRANSFER
from lanhouse.aggregator.agents.tables import agents
from lanhouse.aggregator.bet_limits.queries import chosen_ids
from lanhouse.aggregator.errors import SessionExpired
from lanhouse.aggregator.launch.queries import session_of
from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.launch.tables import game_sessions
from lanhouse.aggregator.players.tables import players
from lanhouse.aggregator.providers.queries import told_game
from lanhouse.aggregator.providers.remote.provider import own_id
from lanhouse.aggregator.providers.remote.schemas import PortLimitOut, PortSession
from lanhouse.aggregator.rounds.tables import game_transactions
from lanhouse.aggregator.wallet.queries import wallet_balance_micros
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit import clock

_sessions, _txs = game_sessions.c, game_transactions.c
_FOUND = (
    sa.select(
        game_sessions,
        players.c.code.label("player_code"),
        players.c.username,
        agents.c.kind.label("agent_kind"),
    )
    .select_from(
        game_sessions.join(players, players.c.id == _sessions.player_id).join(
            agents, agents.c.id == _sessions.agent_id
        )
    )
    .where(_sessions.provider_id == sa.bindparam("provider"))
)
_BY_CODE = static(
    _FOUND.where(_sessions.code == sa.bindparam("the_code"), _sessions.started_at.is_not(None))
)
_BY_TOKEN = static(_FOUND.where(_sessions.token_hash == sa.bindparam("token")))
_LAST_KNOWN = static(
    sa.select(_txs.after_micros)
    .where(
        _txs.agent_id == sa.bindparam("agent"),
        _txs.player_id == sa.bindparam("player"),
        _txs.player_currency == sa.bindparam("the_currency"),
        _txs.received_at.is_not(None),
    )
    .order_by(_txs.received_at.desc(), _txs.id.desc())
    .limit(1)
)


def port_session(read: Read, provider_id: str, code: str) -> PortSession:
    """A session of this provider that has begun, perhaps over. Raises SessionExpired."""
    return _session(read.one(_BY_CODE, provider=provider_id, the_code=code))


def waiting_session(read: Read, provider_id: str, token_hash: str) -> PortSession:
    """The session that a token of this provider would begin. Raises SessionExpired."""
    row = read.one(_BY_TOKEN, provider=provider_id, token=token_hash)
    if row is None or row.token_ends_at <= clock.real_now():
        raise SessionExpired
    return _session(row)


def _session(row: Row | None) -> PortSession:
    if row is None:
        raise SessionExpired
    return PortSession(
        session=session_of(row),
        player=row.player_code,
        username=row.username,
        is_here=row.agent_kind == TRANSFER,
    )


def last_known_micros(read: Read, found: PortSession) -> int | None:
    """The player's balance: of a wallet that is with us as it is, of one elsewhere as the operator
    told it with the last transaction, or None."""
    session = found.session
    if found.is_here:
        return wallet_balance_micros(read, session.agent_id, session.player_id, session.currency)
    return read.scalar(
        _LAST_KNOWN,
        agent=session.agent_id,
        player=session.player_id,
        the_currency=session.currency,
    )


def limits_of_session(read: Read, session: GameSession) -> list[PortLimitOut]:
    """Every set of bet limits that counts for the session's player, in its unit: those that were
    chosen for him, else the game's standard ones."""
    found = told_game(read, session.provider_id, own_id(session.provider_id, session.game_id))
    if found is None:
        return []
    game = found[0]
    ids = chosen_ids(
        read, session.agent_id, session.player_id, session.provider_id, game.category_id
    )
    sets = [limit for limit in game.bet_limits if limit.currency == session.provider_currency]
    chosen = [limit for limit in sets if ids is not None and limit.id in ids]
    return [
        PortLimitOut(limit.id, msgspec.Raw(limit.info.encode()))
        for limit in chosen or [limit for limit in sets if limit.is_default]
    ]
