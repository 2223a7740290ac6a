"""Launching a game and beginning its session."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from lanhouse.aggregator.catalog.queries import launchable_game
from lanhouse.aggregator.errors import (
    CurrencyNotSupported,
    PlayerInactive,
    SessionExpired,
    SessionNotFound,
)
from lanhouse.aggregator.launch.rules import SESSION_SECONDS, TOKEN_SECONDS
from lanhouse.aggregator.launch.schemas import Counted, EndSession, Launch, Launched, Started
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

HOUSE = "house"

_CREATE = static(sa.insert(game_sessions))
_BEGIN = static(
    sa.update(game_sessions)
    .where(
        game_sessions.c.token_hash == sa.bindparam("token"),
        game_sessions.c.provider_id == sa.bindparam("provider"),
        game_sessions.c.token_ends_at > sa.bindparam("at", type_=game_sessions.c.ends_at.type),
    )
    .values(
        token_hash=None,
        secret_hash=sa.bindparam("secret"),
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
_END = static(
    sa.update(game_sessions)
    .where(
        game_sessions.c.agent_id == sa.bindparam("agent"),
        game_sessions.c.code == sa.bindparam("the_code"),
        game_sessions.c.ends_at > sa.bindparam("now", type_=game_sessions.c.ends_at.type),
    )
    .values(
        ends_at=sa.bindparam("end", type_=game_sessions.c.ends_at.type),
        token_hash=None,
    )
)
_FIND = static(
    sa.select(game_sessions.c.player_id, game_sessions.c.ends_at).where(
        game_sessions.c.agent_id == sa.bindparam("agent"),
        game_sessions.c.code == sa.bindparam("the_code"),
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
    provider, game = launchable_game(tx, agent, launch.game_id)
    kept = check_playable(tx, provider.id, launch.unreachable)
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
        launched_at=now,
        ends_at=now + timedelta(seconds=SESSION_SECONDS),
    )
    tx.audit("player", player.id)
    return Launched(code, token, token_ends_at, provider.id, player.code, unit.currency)


def end_session(tx: Tx, cmd: EndSession) -> datetime:
    """End a session, or one that nobody has begun yet; answers since when it is over, real time.

    One that is over stays as it is. Open rounds are not touched: they go on in the player's next
    session. Raises SessionNotFound.
    """
    now = clock.real_now()
    tx.run(_END, agent=cmd.agent_id, the_code=cmd.code, now=now, end=now)
    row = tx.one(_FIND, agent=cmd.agent_id, the_code=cmd.code)
    if row is None:
        raise SessionNotFound
    tx.audit("player", row.player_id)
    return row.ends_at


def begin_session(tx: Tx, token: str, provider_id: str = HOUSE) -> Started:
    """Exchange a launch token of a provider's game for a session, and House's secret of it. Raises
    SessionExpired at the second try."""
    secret = ids.new_secret("lhp")
    now = clock.real_now()
    code = tx.scalar(
        _BEGIN,
        token=ids.secret_hash(token),
        provider=provider_id,
        at=now,
        secret=ids.secret_hash(secret),
        begin=now,
        seen=now,
    )
    if code is None:
        raise SessionExpired
    return Started(code, secret)


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
