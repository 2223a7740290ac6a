"""Limits and exclusion: set, and asked wherever somebody begins to play or to pay in.

Order of locks (goes on from decision 0190): House's seed row, the player's guard, the player, the
round and what follows it, player_hours last.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from lanhouse.aggregator.agents.rules import COUNTRY
from lanhouse.aggregator.errors import PlayerLimitReached, PlayerSelfExcluded
from lanhouse.aggregator.players.queries import player_by_username
from lanhouse.aggregator.players.tables import players
from lanhouse.aggregator.protection.queries import (
    HOUR_MICROS,
    deposited_micros,
    guard_of,
    has_open_round,
    hour_of,
    limits_of,
    of_player,
    played_sums,
    session_minutes,
)
from lanhouse.aggregator.protection.rules import (
    DEPOSIT,
    LOSS,
    PERIODS,
    ROUND_MILLIS_MAX,
    SESSION,
    WAGER,
    changed,
    is_passed,
    removed,
)
from lanhouse.aggregator.protection.schemas import (
    MINUTES_MAX,
    Exclude,
    Limit,
    Profile,
    SetLimits,
    SetProfile,
)
from lanhouse.aggregator.protection.tables import (
    player_guards,
    player_hours,
    player_limits,
    rule_profiles,
)
from lanhouse.aggregator.rounds.tables import game_rounds
from lanhouse.db.statements import Row, insert_ignore, static
from lanhouse.db.store import Tx
from lanhouse.db.types import StoredMicros
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput

_guards, _limits, _hours, _rounds = (
    player_guards.c, player_limits.c, player_hours.c, game_rounds.c,
)  # fmt: skip
_ADD_GUARD = static(insert_ignore(player_guards))
_LOCK = static(sa.select(player_guards).where(of_player(_guards)).with_for_update())
_LOCK_PLAYER = static(
    sa.select(players.c.id).where(players.c.id == sa.bindparam("player")).with_for_update()
)
_SET_GUARD = static(
    sa.update(player_guards).where(of_player(_guards)).values(has_limits=sa.bindparam("limited"))
)
_EXCLUDE = static(
    sa.update(player_guards)
    .where(of_player(_guards))
    .values(excluded_until=sa.bindparam("until", type_=_guards.excluded_until.type))
)
_FORGET_LIMITS = static(sa.delete(player_limits).where(of_player(_limits)))
_ADD_LIMIT = static(sa.insert(player_limits))
_FORGET_HOURS = static(sa.delete(player_hours).where(of_player(_hours)))
_FORGET_PROFILE = static(
    sa.delete(rule_profiles).where(
        rule_profiles.c.agent_id == sa.bindparam("agent"),
        rule_profiles.c.country == sa.bindparam("named"),
    )
)
_ADD_PROFILE = static(sa.insert(rule_profiles))
_hour = StoredMicros(_rounds.opened_at) // sa.literal_column(str(HOUR_MICROS), sa.BigInteger)
_insert: Any = postgresql.insert(player_hours)
_COUNT = static(
    _insert.on_conflict_do_update(
        index_elements=[column.name for column in player_hours.primary_key.columns],
        set_={
            name: _hours[name] + _insert.excluded[name] for name in ("staked_micros", "paid_micros")
        },
    )
)


def set_player_limits(tx: Tx, cmd: SetLimits) -> list[Limit]:
    """Set limits of a player, all or none; answers those in force. A stricter one counts at once,
    a looser one and none after 24 hours.

    Raises PlayerNotFound, and InvalidInput for a limit that is named twice or cannot be held.
    """
    wrong = _wrong(cmd)
    if wrong:
        raise InvalidInput(wrong)
    agent_id = cmd.agent.id
    player = player_by_username(tx, agent_id, cmd.username)
    guard = _locked_guard(tx, agent_id, player.id)
    limits = {_key(one): one for one in limits_of(tx, agent_id, player.id, tx.now)}
    for wanted in cmd.limits:
        key = (wanted.kind, wanted.period, wanted.currency)
        kept = limits.get(key)
        if wanted.most is not None:
            new = Limit(
                kind=wanted.kind, period=wanted.period, currency=wanted.currency, most=wanted.most
            )
            limits[key] = changed(kept, new, tx.now)
        elif kept is not None:
            limits[key] = removed(kept, tx.now)
    tx.run(_FORGET_LIMITS, agent=agent_id, player=player.id)
    for limit in limits.values():
        values = {name: getattr(limit, name) for name in Limit.__struct_fields__}
        tx.run(_ADD_LIMIT, agent_id=agent_id, player_id=player.id, **values)
    if limits and not guard.has_limits:
        _begin_counting(tx, agent_id, player.id)
    if bool(limits) != bool(guard.has_limits):
        tx.run(_SET_GUARD, agent=agent_id, player=player.id, limited=bool(limits))
    tx.audit("player", player.id)
    return limits_of(tx, agent_id, player.id, tx.now)


def _key(limit: Limit) -> tuple[str, str, str]:
    return limit.kind, limit.period, limit.currency


def _wrong(cmd: SetLimits) -> dict[str, str]:
    wrong: dict[str, str] = {}
    seen: set[tuple[str, str, str]] = set()
    for limit in cmd.limits:
        key = (limit.kind, limit.period, limit.currency)
        if key in seen:
            wrong["limits"] = f"{' '.join(key).strip()} is named twice"
        seen.add(key)
        if limit.kind == DEPOSIT and not cmd.agent.holds_wallets:
            wrong["limits"] = "deposits of this agent's players are made at the operator"
    return wrong


def _locked_guard(tx: Tx, agent_id: int, player_id: int) -> Row:
    """The player's guard, made if there is none, locked before anything of his."""
    tx.run(_ADD_GUARD, agent_id=agent_id, player_id=player_id)
    guard = tx.one(_LOCK, agent=agent_id, player=player_id)
    assert guard is not None, "it was just made"
    return guard


def _begin_counting(tx: Tx, agent_id: int, player_id: int) -> None:
    """Sum up what a player has played within the longest period; from now on each movement is
    added. Whoever moves his money right now holds his row shared (its foreign key): what is on its
    way is waited for, and what comes later finds that he is limited (launch.commands.count_money).
    """
    tx.one(_LOCK_PLAYER, player=player_id)
    tx.run(_FORGET_HOURS, agent=agent_id, player=player_id)
    since = clock.from_micros(hour_of(tx.now - PERIODS["month"]) * HOUR_MICROS)
    tx.run(_SUM_UP, agent=agent_id, player=player_id, since=since)


_SUM_UP = static(
    sa.insert(player_hours).from_select(
        ["agent_id", "player_id", "currency", "hour", "staked_micros", "paid_micros"],
        sa.select(
            _rounds.agent_id,
            _rounds.player_id,
            _rounds.currency,
            _hour,
            sa.cast(sa.func.sum(_rounds.bet_micros), sa.BigInteger),
            sa.cast(sa.func.sum(sa.func.coalesce(_rounds.win_micros, 0)), sa.BigInteger),
        )
        .where(
            of_player(_rounds),
            _rounds.opened_at >= sa.bindparam("since", type_=_rounds.opened_at.type),
        )
        .group_by(_rounds.agent_id, _rounds.player_id, _rounds.currency, _hour),
    )
)


def exclude_player(tx: Tx, cmd: Exclude) -> datetime:
    """Exclude a player until then: no deposit, launch or bet; his money can always leave.

    Raises PlayerNotFound, and InvalidInput for a time that is over or earlier than what stands.
    """
    player = player_by_username(tx, cmd.agent.id, cmd.username)
    guard = _locked_guard(tx, cmd.agent.id, player.id)
    if cmd.until <= tx.now:
        raise InvalidInput({"until": "must be in the future"})
    if guard.excluded_until is not None and cmd.until < guard.excluded_until:
        raise InvalidInput({"until": "is earlier than the exclusion that stands"})
    tx.run(_EXCLUDE, agent=cmd.agent.id, player=player.id, until=cmd.until)
    tx.audit("player", player.id)
    return cmd.until


def set_profile(tx: Tx, cmd: SetProfile) -> None:
    """Write the rules of an agent in a country, or take them away; launches from now on obey.

    Raises InvalidInput for a country that is none or figures out of bounds.
    """
    if cmd.country and COUNTRY.fullmatch(cmd.country) is None:
        raise InvalidInput({"country": f"{cmd.country[:20]!r} is not an ISO 3166 code"})
    tx.run(_FORGET_PROFILE, agent=cmd.agent_id, named=cmd.country)
    profile = cmd.profile
    if profile is None:
        return
    if not 0 <= profile.round_millis <= ROUND_MILLIS_MAX:
        raise InvalidInput({"round_millis": f"must be from 0 to {ROUND_MILLIS_MAX}"})
    if not 0 <= profile.reality_check_minutes <= MINUTES_MAX:
        raise InvalidInput({"reality_check_minutes": f"must be from 0 to {MINUTES_MAX}"})
    values = {name: getattr(profile, name) for name in Profile.__struct_fields__}
    tx.run(_ADD_PROFILE, **{**values, "agent_id": cmd.agent_id, "country": cmd.country})


def is_excluded(until: datetime | None, now: datetime) -> bool:
    """Whether an exclusion until then (business time) still stands."""
    return until is not None and now < until


def check_bet(
    tx: Tx, agent_id: int, player_id: int, currency: str, stake_micros: int, session_id: int | None
) -> None:
    """Raise PlayerLimitReached when a limited player passes a limit with this bet, taken as lost.

    His guard stays locked until the end of the transaction, so that the next bet counts this one.
    """
    tx.one(_LOCK, agent=agent_id, player=player_id)
    limits = limits_of(tx, agent_id, player_id, tx.now)
    sums = None
    for limit in limits:
        if limit.kind == SESSION:
            minutes = session_minutes(tx, agent_id, player_id, clock.real_now(), session_id)
            if minutes >= limit.most:
                raise PlayerLimitReached
        elif limit.kind in (LOSS, WAGER) and limit.currency == currency:
            if sums is None:
                sums = played_sums(tx, agent_id, player_id, currency, tx.now)
            if is_passed(limit, sums[limit.period], stake_micros):
                raise PlayerLimitReached


def check_deposit(tx: Tx, agent_id: int, player_id: int, currency: str, amount_micros: int) -> None:
    """Raise PlayerLimitReached when a limited player passes a limit with this deposit; his guard
    stays locked, so that the next deposit counts this one."""
    tx.one(_LOCK, agent=agent_id, player=player_id)
    sums = None
    for limit in limits_of(tx, agent_id, player_id, tx.now):
        if limit.kind == DEPOSIT and limit.currency == currency:
            if sums is None:
                sums = deposited_micros(tx, agent_id, player_id, currency, tx.now)
            if sums[limit.period] + amount_micros > limit.most:
                raise PlayerLimitReached


def check_excluded(tx: Tx, agent_id: int, player_id: int) -> None:
    """Raise PlayerSelfExcluded."""
    guard = guard_of(tx, agent_id, player_id)
    if guard is not None and is_excluded(guard.excluded_until, tx.now):
        raise PlayerSelfExcluded


def check_launch(tx: Tx, agent_id: int, player_id: int, currency: str) -> None:
    """Raise PlayerLimitReached for somebody whose smallest bet would be refused; who has an open
    round may come and finish it."""
    guard = guard_of(tx, agent_id, player_id)
    if guard is None or not guard.has_limits:
        return
    if not has_open_round(tx, agent_id, player_id):
        check_bet(tx, agent_id, player_id, currency, 1, None)


def count_played(
    tx: Tx,
    agent_id: int,
    player_id: int,
    currency: str,
    opened_at: datetime,
    *,
    staked_micros: int = 0,
    paid_micros: int = 0,
) -> None:
    """Add what a movement changes of a round to the hour in which the round began; for limited
    players alone."""
    tx.run(
        _COUNT,
        agent_id=agent_id,
        player_id=player_id,
        currency=currency,
        hour=hour_of(opened_at),
        staked_micros=staked_micros,
        paid_micros=paid_micros,
    )
