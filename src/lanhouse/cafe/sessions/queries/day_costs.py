"""What a member's sessions have cost on a day, for the daily cap (decision 0117)."""

from __future__ import annotations

from datetime import UTC, datetime, time

import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.metering.rules import day_costs
from lanhouse.cafe.sessions.queries import with_segments
from lanhouse.cafe.sessions.schemas import FREE
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.db.statements import static
from lanhouse.db.store import Read

_ENDED = static(
    sa.select(sessions)
    .where(
        sessions.c.center_id == sa.bindparam("center"),
        sessions.c.member_id == sa.bindparam("member"),
        sessions.c.ended_at >= sa.bindparam("since", type_=sessions.c.ended_at.type),
        sessions.c.kind != FREE,
    )
    .order_by(sessions.c.id)
)


def cost_of_day(read: Read, center: Center, member_id: int, at: datetime) -> int:
    """What the member's sessions that have ended cost on the centre's day of `at`, in micros,
    without tax and card price."""
    day = at.astimezone(center.zone).date()
    since = datetime.combine(day, time(), center.zone).astimezone(UTC)
    rows = read.all(_ENDED, center=center.id, member=member_id, since=since)
    return sum(
        day_costs(session.segments, session.terms, session.until(at)).get(day, 0)
        for session in with_segments(read, rows)
    )
