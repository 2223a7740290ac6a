"""Launching a game and beginning its session."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from lanhouse.aggregator.catalog.queries import launchable_game
from lanhouse.aggregator.errors import CurrencyNotSupported, PlayerInactive, SessionExpired
from lanhouse.aggregator.launch.rules import SESSION_SECONDS, TOKEN_SECONDS
from lanhouse.aggregator.launch.schemas import Counted, Launch, Launched, Started
from lanhouse.aggregator.launch.tables import game_sessions
from lanhouse.aggregator.players.queries import player_by_username
from lanhouse.aggregator.protection.commands import check_excluded, check_launch
from lanhouse.aggregator.protection.queries import profile_of
from lanhouse.aggregator.protection.rules import country_rule
from lanhouse.aggregator.protection.tables import player_guards
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
    .returning(
        (game_sessions.c.won_micros - game_sessions.c.staked_micros).label("net_micros"),
        # Looked at here and not where the seat is: somebody who is being limited right now has
        # waited for this transaction, or this one for him (protection.commands).
        sa.select(player_guards.c.has_limits)
        .where(
            player_guards.c.agent_id == game_sessions.c.agent_id,
            player_guards.c.player_id == game_sessions.c.player_id,
        )
        .scalar_subquery()
        .label("has_limits"),
    )
)


def launch_game(tx: Tx, launch: Launch) -> Launched:
    """Make a session that its player can begin within a minute, once.

    Raises CurrencyNotSupported, PlayerNotFound, PlayerInactive, PlayerSelfExcluded, GameNotFound,
    AgentProviderNotFound, whatever keeps the provider from being played, CountryProhibited,
    CountryRestricted and PlayerLimitReached.
    """
    agent = launch.agent
    currency = agent.currencies.get(launch.currency)
    if currency is None:
        raise CurrencyNotSupported
    player = player_by_username(tx, agent.id, launch.username)
    if not player.is_active:
        raise PlayerInactive
    check_excluded(tx, agent.id, player.id)
    provider, game = launchable_game(agent, launch.game_id)
    kept = check_playable(tx, provider.id)
    rule = country_rule(
        launch.place,
        agent.countries,
        kept.restricted_countries,
        kept.prohibited_countries,
        allows_unknown=launch.allows_unknown,
    )
    check_launch(tx, agent.id, player.id, launch.currency)
    profile = profile_of(tx, agent.id, launch.place)
    unit = unit_of(tx, provider.id, launch.currency)
    if not provider.takes_currency(game.id, launch.currency, unit.scale):
        raise CurrencyNotSupported
    if agent.holds_wallets:
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
        country=launch.place.code,
        country_source=launch.place.source,
        country_rule=rule,
        is_test=agent.is_test,
        round_millis=profile.round_millis,
        reality_check_minutes=profile.reality_check_minutes,
        shows_net=profile.shows_net,
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
    """Exchange a launch token for a session cookie. Raises SessionExpired at the second try."""
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
) -> Counted:
    """Add a bet or a win (micros) and rounds that were begun to what the session tells as "since
    you came"; answers its net, won less staked. What is taken back is negative.
    """
    row = tx.one(
        _COUNT,
        session=session_id,
        staked=staked_micros,
        won=won_micros,
        rounds=rounds,
        seen=clock.real_now(),
    )
    assert row is not None, "a session that moves money exists"
    return Counted(row.net_micros, bool(row.has_limits))
