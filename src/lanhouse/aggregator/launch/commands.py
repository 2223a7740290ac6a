"""Launching a game and beginning its session."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from lanhouse.aggregator.catalog.queries import launchable_game
from lanhouse.aggregator.errors import CurrencyNotSupported, PlayerInactive, SessionExpired
from lanhouse.aggregator.launch.rules import SESSION_SECONDS, TOKEN_SECONDS
from lanhouse.aggregator.launch.schemas import Launch, Launched, Started
from lanhouse.aggregator.launch.tables import game_sessions
from lanhouse.aggregator.players.queries import player_by_username
from lanhouse.aggregator.providers.queries import check_playable, unit_of
from lanhouse.aggregator.wallet.commands import wallet_account
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit import clock, ids

_CREATE = static(sa.insert(game_sessions))
_BEGIN = static(
    sa.update(game_sessions)
    .where(
        game_sessions.c.token_hash == sa.bindparam("token"),
        game_sessions.c.token_ends_at > sa.bindparam("at", type_=game_sessions.c.ends_at.type),
    )
    .values(
        token_hash=None,
        cookie_hash=sa.bindparam("cookie"),
        started_at=sa.bindparam("begin", type_=game_sessions.c.ends_at.type),
        last_seen_at=sa.bindparam("seen", type_=game_sessions.c.ends_at.type),
    )
    .returning(game_sessions.c.code)
)
_COUNT = static(
    sa.update(game_sessions)
    .where(game_sessions.c.id == sa.bindparam("session"))
    .values(
        staked_micros=game_sessions.c.staked_micros + sa.bindparam("staked"),
        won_micros=game_sessions.c.won_micros + sa.bindparam("won"),
        round_count=game_sessions.c.round_count + sa.bindparam("rounds"),
        last_seen_at=sa.bindparam("seen", type_=game_sessions.c.ends_at.type),
    )
    .returning(game_sessions.c.won_micros - game_sessions.c.staked_micros)
)


def launch_game(tx: Tx, launch: Launch) -> Launched:
    """Make a session that its player can begin within a minute, once.

    Raises CurrencyNotSupported, PlayerNotFound, PlayerInactive, GameNotFound,
    AgentProviderNotFound and whatever keeps the provider from being played.
    """
    agent = launch.agent
    currency = agent.currencies.get(launch.currency)
    if currency is None:
        raise CurrencyNotSupported
    player = player_by_username(tx, agent.id, launch.username)
    if not player.is_active:
        raise PlayerInactive
    provider, game = launchable_game(agent, launch.game_id)
    check_playable(tx, provider.id)
    unit = unit_of(tx, provider.id, launch.currency)
    if not provider.takes_currency(game.id, launch.currency, unit.scale):
        raise CurrencyNotSupported
    wallet_account(tx, agent.id, player.id, launch.currency)
    now = clock.real_now()
    code, token = ids.wire_id(), ids.new_secret("lht")
    token_ends_at = now + timedelta(seconds=TOKEN_SECONDS)
    tx.run(
        _CREATE,
        agent_id=agent.id,
        player_id=player.id,
        code=code,
        provider_id=provider.id,
        game_id=game.id,
        currency=launch.currency,
        settle_currency=agent.base_currency,
        settle_rate=currency.settle_rate,
        provider_currency=unit.currency,
        scale=unit.scale,
        language=launch.language,
        is_mobile=launch.is_mobile,
        player_address=launch.player_address,
        lobby_url=launch.lobby_url,
        cashier_url=launch.cashier_url,
        token_hash=ids.secret_hash(token),
        token_ends_at=token_ends_at,
        csrf=ids.new_secret("csrf"),
        launched_at=now,
        ends_at=now + timedelta(seconds=SESSION_SECONDS),
    )
    tx.audit("player", player.id)
    return Launched(code, token, token_ends_at)


def begin_session(tx: Tx, token: str) -> Started:
    """Exchange a launch token for a session's secret. Raises SessionExpired at the second try."""
    cookie = ids.new_secret("lhp")
    now = clock.real_now()
    code = tx.scalar(
        _BEGIN,
        token=ids.secret_hash(token),
        at=now,
        cookie=ids.secret_hash(cookie),
        begin=now,
        seen=now,
    )
    if code is None:
        raise SessionExpired
    return Started(code, cookie)


def count_money(
    tx: Tx, session_id: int, *, staked_micros: int = 0, won_micros: int = 0, rounds: int = 0
) -> int:
    """Add a bet or a win (micros) and rounds that were begun to what the session tells as "since
    you came"; answers its net, won less staked. What is taken back is negative.
    """
    return tx.scalar(
        _COUNT,
        session=session_id,
        staked=staked_micros,
        won=won_micros,
        rounds=rounds,
        seen=clock.real_now(),
    )
