"""Ending what is over. May run late: every amount is computed as of the end itself."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa

from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.sessions.commands.accepting import accept_wanted_step
from lanhouse.cafe.sessions.commands.base import lock_sessions
from lanhouse.cafe.sessions.commands.ending import end_if_due
from lanhouse.cafe.sessions.schemas import POSTPAID
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.jobs.ticker import Task

BATCH = 50
"""Sessions ended in one transaction, so that the clock never holds up the cashiers for long."""

_DUE = static(
    sa.select(sessions.c.id, sessions.c.center_id)
    .where(
        sessions.c.ended_at.is_(None),
        sessions.c.expires_at <= sa.bindparam("at", type_=sessions.c.expires_at.type),
        sessions.c.kind != POSTPAID,
        sessions.c.paused_at.is_(None),
    )
    .order_by(sessions.c.expires_at, sessions.c.id)
    .limit(BATCH)
)


def end_due_sessions(tx: Tx, _: None = None) -> bool:
    """End the sessions whose time or money is over, the oldest first.

    A postpaid session at its limit stays open until the guest has paid at the desk; it costs no
    more. Answers whether more are waiting. Running it twice changes nothing.
    """
    rows = tx.all(_DUE, at=tx.now)
    by_center: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        by_center[row.center_id].append(row.id)
    for center_id in sorted(by_center):
        center = center_by_id(tx, center_id)
        assert center is not None
        for session in lock_sessions(tx, center_id, by_center[center_id]):
            end_if_due(tx, center, session)
    return len(rows) == BATCH


TASKS = [
    # First: what was asked for counts before anything is ended.
    Task("accept a step of the clock", 0.9, accept_wanted_step),
    Task("end due sessions", 0.9, end_due_sessions),
]
