"""Filters of the list of members as conditions, each found by an index where there is one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.schemas import MemberFilter
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.db.listing import Condition
from lanhouse.ledger import book_of_center
from lanhouse.ledger.tables import accounts

BIRTHDAY_DAYS_MAX = 31
_m = members.c


def filter_conditions(center: Center, wanted: MemberFilter, at: datetime) -> list[Condition]:
    """The filters as SQL conditions on members, at a moment."""
    asked: tuple[tuple[Any, Callable[[Any], Condition]], ...] = (
        (wanted.group_id, lambda value: _m.group_id == value),
        (wanted.is_expired, lambda value: _expired(at, value)),
        (wanted.is_playing, lambda value: _among(_m.id, _playing(center), value)),
        (wanted.balance_over_micros, lambda value: _m.id.in_(_richer(center, value))),
        (wanted.has_loan, lambda value: _among(_m.id, _owing(center), value)),
        (wanted.registered_from, lambda value: _m.created_at >= value),
        (wanted.registered_to, lambda value: _m.created_at < value),
        (wanted.away_since, _away),
    )
    found = [condition(value) for value, condition in asked if value is not None]
    if wanted.birthday_days:
        found.append(_birthday(center, wanted.birthday_days, at))
    if wanted.is_leaving:
        found.append(_m.leaves_at.is_not(None))
    return found


def _among(column: Any, picked: Any, is_in: bool) -> Condition:
    return column.in_(picked) if is_in else column.not_in(picked)


def _expired(at: datetime, is_expired: bool) -> Condition:
    if is_expired:
        return _m.expires_at <= at
    return _m.expires_at.is_(None) | (_m.expires_at > at)


def _playing(center: Center) -> Any:
    return sa.select(pc_sessions.c.member_id).where(
        pc_sessions.c.center_id == center.id, pc_sessions.c.ended_at.is_(None)
    )


def _richer(center: Center, over_micros: int) -> Any:
    return sa.select(accounts.c.owner_id).where(
        accounts.c.book_id == book_of_center(center.id),
        accounts.c.owner_kind == "member",
        accounts.c.kind == "balance",
        accounts.c.currency == center.currency,
        accounts.c.balance_micros > over_micros,
    )


def _owing(center: Center) -> Any:
    # As the index of loans has it.
    return sa.select(accounts.c.owner_id).where(
        accounts.c.book_id == book_of_center(center.id),
        accounts.c.kind == sa.literal_column("'loan'"),
        accounts.c.balance_micros < sa.literal_column("0"),
        accounts.c.owner_kind == "member",
        accounts.c.currency == center.currency,
    )


def _away(since: Any) -> Condition:
    never = _m.last_visit_at.is_(None) & (_m.created_at < since)
    return (_m.last_visit_at < since) | never


def _birthday(center: Center, days: int, at: datetime) -> Condition:
    today = at.astimezone(center.zone).date()
    count = min(days, BIRTHDAY_DAYS_MAX) + 1
    wanted = [(today + timedelta(days=number)).strftime("%m-%d") for number in range(count)]
    if "02-28" in wanted and "02-29" not in wanted:
        wanted.append("02-29")
    return sa.func.substr(_m.birthday, 6, 5).in_(wanted)
