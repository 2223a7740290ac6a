"""How many free minutes a new session gets, for start, quote and dialog alike (decision 0030)."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.metering.plans import terms_by
from lanhouse.cafe.metering.rules import Terms
from lanhouse.cafe.sessions.queries.day_costs import cost_of_day
from lanhouse.cafe.sessions.tables import free_minutes
from lanhouse.db.statements import static
from lanhouse.db.store import Read

BY_MEMBER = "member"
BY_PC = "pc"

USED = static(
    sa.select(free_minutes).where(
        free_minutes.c.center_id == sa.bindparam("center"),
        free_minutes.c.holder == sa.bindparam("holder"),
        free_minutes.c.holder_id == sa.bindparam("holder_id"),
    )
)


def terms_for(
    read: Read, center: Center, at: datetime, *, pc_id: int, member_id: int | None
) -> Terms:
    """What is agreed with somebody who begins at `at`: a member by id, None = a guest on this PC.

    With the setting free_minutes_once only the free seconds that the member, or the guests of the
    PC, have not used on this day of the centre. Under a daily cap with
    what the sessions of the member have cost on this day.
    """
    seconds = center.settings.payment.free_time_minutes * 60
    if seconds and center.settings.payment.free_minutes_once:
        holder, holder_id = (BY_PC, pc_id) if member_id is None else (BY_MEMBER, member_id)
        row = read.one(USED, center=center.id, holder=holder, holder_id=holder_id)
        if row is not None and row.day == day_of(center, at):
            seconds = max(seconds - row.used_seconds, 0)
    terms = terms_by(center.settings.payment, seconds, currency=center.currency)
    if terms.daily_cap_micros and member_id is not None:
        before = cost_of_day(read, center, member_id, at)
        terms = msgspec.structs.replace(terms, day_before_micros=before)
    return terms


def day_of(center: Center, at: datetime) -> str:
    """The centre's day of an instant, YYYY-MM-DD."""
    return at.astimezone(center.zone).date().isoformat()
