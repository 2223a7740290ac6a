"""Reads of what protects players."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from lanhouse.aggregator.launch.tables import game_sessions
from lanhouse.aggregator.players.queries import player_by_username
from lanhouse.aggregator.protection.rules import KINDS, PERIODS, in_force, minutes_of
from lanhouse.aggregator.protection.schemas import Limit, Place, Profile, Sums
from lanhouse.aggregator.protection.tables import (
    player_guards,
    player_hours,
    player_limits,
    rule_profiles,
)
from lanhouse.aggregator.rounds.tables import game_rounds, game_transactions
from lanhouse.aggregator.wallet.tables import wallet_moves
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit import clock

HOUR_MICROS = 3_600_000_000
_SESSION_HOURS = 12
"""A session lasts at most so long (launch.rules.SESSION_SECONDS)."""

_guards, _limits, _hours = player_guards.c, player_limits.c, player_hours.c
_rounds, _txs, _moves, _sessions = (
    game_rounds.c, game_transactions.c, wallet_moves.c, game_sessions.c,
)  # fmt: skip


def of_player(columns: Any) -> Any:
    """The rows of one player of one agent."""
    return (columns.agent_id == sa.bindparam("agent")) & (
        columns.player_id == sa.bindparam("player")
    )


_GUARD = static(sa.select(player_guards).where(of_player(_guards)))
_LIMITS = static(sa.select(player_limits).where(of_player(_limits)))


def _time(name: str) -> Any:
    return sa.bindparam(name, type_=_rounds.opened_at.type)


def _hours_of(period: str) -> list[Any]:
    is_inside = _hours.hour > sa.bindparam(f"{period}_hour")
    return [_sum(sa.case((is_inside, what), else_=0)) for what in (
        _hours.staked_micros, _hours.paid_micros
    )]  # fmt: skip


def _sum(what: Any) -> Any:
    return sa.cast(sa.func.coalesce(sa.func.sum(what), 0), sa.BigInteger)


def _edge_of(period: str) -> Any:
    """The rounds of the hour in which a period begins: those after its begin alone count."""
    none = sa.literal(0, sa.BigInteger)
    sums: dict[str, list[Any]] = {name: [none, none] for name in PERIODS}
    sums[period] = [_sum(_rounds.bet_micros), _sum(sa.func.coalesce(_rounds.win_micros, 0))]
    return sa.select(*(column for each in sums.values() for column in each)).where(
        of_player(_rounds),
        _rounds.opened_at > _time(f"{period}_from"),
        _rounds.opened_at < _time(f"{period}_to"),
        _rounds.currency == sa.bindparam("the_currency"),
    )


_PENDING = sa.select(
    *(
        column
        for _ in PERIODS
        for column in (_sum(-_txs.player_amount_micros), sa.literal(0, sa.BigInteger))
    )
).where(
    of_player(_txs),
    _txs.state == sa.literal_column("'pending'"),
    _txs.tx_type == 1,
    _txs.reversed_by_id.is_(None),
    _txs.player_currency == sa.bindparam("the_currency"),
)
# One statement, so that a bet which is concluded meanwhile is seen once: as pending, or in its
# round.
_SUMS = static(
    sa.union_all(
        sa.select(
            *(
                column.label(f"{name}_{period}")
                for period in PERIODS
                for name, column in zip(("staked", "paid"), _hours_of(period), strict=True)
            )
        ).where(
            of_player(_hours),
            _hours.currency == sa.bindparam("the_currency"),
            _hours.hour > sa.bindparam("month_hour"),
        ),
        *(_edge_of(period) for period in PERIODS),
        _PENDING,
    )
)
_DEPOSITS = static(
    sa.select(
        *(
            _sum(
                sa.case((_moves.at > _time(f"{period}_from"), _moves.amount_micros), else_=0)
            ).label(period)
            for period in PERIODS
        )
    ).where(
        of_player(_moves),
        _moves.kind == sa.literal_column("'deposit'"),
        _moves.at > _time("month_from"),
        _moves.currency == sa.bindparam("the_currency"),
    )
)
_STAYS = static(
    sa.select(_sessions.id, _sessions.started_at, _sessions.last_seen_at).where(
        of_player(_sessions),
        _sessions.launched_at > sa.bindparam("since", type_=_sessions.launched_at.type),
        _sessions.started_at.is_not(None),
    )
)
_PROFILES = static(
    sa.select(rule_profiles)
    .where(rule_profiles.c.agent_id == sa.bindparam("agent"))
    .order_by(rule_profiles.c.country)
)
_LAST_ROUND = static(
    sa.select(_rounds.opened_at)
    .where(of_player(_rounds), _rounds.provider_id == sa.bindparam("provider"))
    .order_by(_rounds.opened_at.desc())
    .limit(1)
)
_HAS_OPEN = static(
    sa.select(_rounds.id).where(of_player(_rounds), _rounds.closed_at.is_(None)).limit(1)
)


def guard_of(read: Read, agent_id: int, player_id: int) -> Row | None:
    """The player's guard, or None for somebody who was never limited or excluded."""
    return read.one(_GUARD, agent=agent_id, player=player_id)


def limits_of(read: Read, agent_id: int, player_id: int, now: datetime) -> list[Limit]:
    """The limits in force, in the order of the document, periods from short to long."""
    found: list[Limit] = []
    for row in read.all(_LIMITS, agent=agent_id, player=player_id):
        kept = {name: getattr(row, name) for name in Limit.__struct_fields__}
        limit = in_force(Limit(**kept), now)
        if limit is not None:
            found.append(limit)
    periods = list(PERIODS)
    return sorted(
        found, key=lambda one: (KINDS.index(one.kind), periods.index(one.period), one.currency)
    )


def limits_of_player(read: Read, agent_id: int, username: str) -> list[Limit]:
    """As limits_of(), by name. Raises PlayerNotFound."""
    player = player_by_username(read, agent_id, username)
    return limits_of(read, agent_id, player.id, clock.now())


def hour_of(at: datetime) -> int:
    """The hour of a moment, counted from 1970."""
    return clock.to_micros(at) // HOUR_MICROS


def played_sums(
    read: Read, agent_id: int, player_id: int, currency: str, now: datetime
) -> dict[str, Sums]:
    """By period what a limited player has staked, and was paid, in the rounds begun in it; a bet
    that an operator has not answered counts as staked."""
    times: dict[str, Any] = {}
    for period, length in PERIODS.items():
        begin = now - length
        times[f"{period}_from"] = begin
        times[f"{period}_hour"] = hour_of(begin)
        times[f"{period}_to"] = clock.from_micros((hour_of(begin) + 1) * HOUR_MICROS)
    rows = read.all(_SUMS, agent=agent_id, player=player_id, the_currency=currency, **times)
    return {
        period: Sums(sum(row[2 * place] for row in rows), sum(row[2 * place + 1] for row in rows))
        for place, period in enumerate(PERIODS)
    }


def deposited_micros(
    read: Read, agent_id: int, player_id: int, currency: str, now: datetime
) -> dict[str, int]:
    """By period what was deposited for a player."""
    times = {f"{period}_from": now - length for period, length in PERIODS.items()}
    row = read.one(_DEPOSITS, agent=agent_id, player=player_id, the_currency=currency, **times)
    assert row is not None, "a sum has a row"
    return {period: getattr(row, period) for period in PERIODS}


def session_minutes(
    read: Read, agent_id: int, player_id: int, now: datetime, session_id: int | None = None
) -> float:
    """Minutes of the last 24 hours (real time) that a player has spent in games, from coming in to
    the last play; two sessions at once count once. `session_id` goes on until now."""
    since = now - PERIODS["day"]
    rows = read.all(
        _STAYS,
        agent=agent_id,
        player=player_id,
        since=since - timedelta(hours=_SESSION_HOURS),
    )
    return minutes_of(
        ((row.started_at, now if row.id == session_id else row.last_seen_at) for row in rows), since
    )


def profiles_of(read: Read, agent_id: int) -> list[Profile]:
    """The rule profiles of an agent, by country; that of all others first."""
    return [_profile(row) for row in read.all(_PROFILES, agent=agent_id)]


def profile_of(read: Read, agent_id: int, place: Place) -> Profile:
    """What an agent must obey there: the rules of the subdivision, of the country, of all others,
    or none."""
    found = {profile.country: profile for profile in profiles_of(read, agent_id)}
    for code in (*place.codes, ""):
        if code in found:
            return found[code]
    return Profile()


def _profile(row: Row) -> Profile:
    return Profile(
        country=row.country,
        round_millis=row.round_millis,
        reality_check_minutes=row.reality_check_minutes,
        shows_net=bool(row.shows_net),
    )


def last_round_at(read: Read, agent_id: int, player_id: int, provider_id: str) -> datetime | None:
    """When a player began his newest round with a provider, or None."""
    return read.scalar(_LAST_ROUND, agent=agent_id, player=player_id, provider=provider_id)


def has_open_round(read: Read, agent_id: int, player_id: int) -> bool:
    """Whether a player has a round that is not over."""
    return read.one(_HAS_OPEN, agent=agent_id, player=player_id) is not None
