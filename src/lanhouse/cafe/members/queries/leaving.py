"""Who was not here for so long that the account is to be forgotten (member_retention_months)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.offers.tables import member_offers
from lanhouse.db.listing import Condition
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.ledger import book_of_center
from lanhouse.ledger.tables import accounts

NOTICE = timedelta(days=30)
"""So long it stands on the page of members before anything is forgotten."""
_m = members.c
_LEAVING = static(
    sa.select(sa.func.count()).where(
        _m.center_id == sa.bindparam("center"), _m.leaves_at.is_not(None)
    )
)


def away_since(center: Center, at: datetime) -> datetime | None:
    """Who was not here since then is to be forgotten; None where everybody is kept."""
    months = center.settings.member.member_retention_months
    if not months:
        return None
    today = at.astimezone(center.zone).date()
    total = today.year * 12 + today.month - 1 - months
    year, month = total // 12, total % 12 + 1
    day = min(today.day, 28)
    return datetime.combine(date(year, month, day), time(), center.zone)


def is_away(center_id: int, since: datetime) -> list[Condition]:
    """Members of a centre (no guests) who were not here since then."""
    never = _m.last_visit_at.is_(None) & (_m.created_at < since)
    return [
        _m.center_id == center_id,
        _m.deleted_at.is_(None),
        _m.group_id >= 0,
        (_m.last_visit_at < since) | never,
    ]


def has_something(center: Center, at: datetime) -> Condition:
    """Whether money, coins, a loan or a package stands on the account."""
    money = sa.exists().where(
        accounts.c.book_id == book_of_center(center.id),
        accounts.c.owner_kind == "member",
        accounts.c.owner_id == _m.id,
        accounts.c.kind.in_(("balance", "bonus", "coin", "loan")),
        accounts.c.balance_micros != 0,
    )
    package = sa.exists().where(
        member_offers.c.center_id == _m.center_id,
        member_offers.c.member_id == _m.id,
        member_offers.c.seconds_left > 0,
        member_offers.c.refunded_at.is_(None),
        member_offers.c.expires_at.is_(None) | (member_offers.c.expires_at > at),
    )
    return money | package


def leaving_soon(read: Read, center_id: int) -> int:
    """How many accounts of a centre are announced to be forgotten."""
    count: int = read.scalar(_LEAVING, center=center_id)
    return count


def kept_for_money(read: Read, center: Center, at: datetime, rows_max: int) -> list[Row]:
    """Members who would be forgotten but for what stands on their account;
    rows of members."""
    since = away_since(center, at)
    if since is None:
        return []
    query: Any = (
        sa.select(members)
        .where(*is_away(center.id, since), has_something(center, at))
        .order_by(_m.id)
        .limit(rows_max)
    )
    return read.all(query)


def leaving_members(read: Read, center_id: int, rows_max: int) -> list[Row]:
    """Who is announced to be forgotten, the next ones first; rows of members."""
    query = (
        sa.select(members)
        .where(_m.center_id == center_id, _m.leaves_at.is_not(None))
        .order_by(_m.leaves_at, _m.id)
        .limit(rows_max)
    )
    return read.all(query)
