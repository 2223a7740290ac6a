"""Which sessions of a centre stand still."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.db.statements import static
from lanhouse.db.store import Read

_OPEN = (sessions.c.center_id == sa.bindparam("center"), sessions.c.ended_at.is_(None))
_IS_PAUSED = sessions.c.paused_at.is_not(None)
OPEN_IDS = static(sa.select(sessions.c.id).where(*_OPEN).order_by(sessions.c.id))
PAUSED_IDS = static(sa.select(sessions.c.id).where(*_OPEN, _IS_PAUSED).order_by(sessions.c.id))
COUNT_PAUSED = static(sa.select(sa.func.count()).select_from(sessions).where(*_OPEN, _IS_PAUSED))
_STATES = static(sa.select(sessions.c.paused_at, sessions.c.expires_at).where(*_OPEN))


class PauseCounts(msgspec.Struct, frozen=True):
    """How many sessions of a centre could be paused, and how many are."""

    running: int
    paused: int


def pause_counts(read: Read, center_id: int, at: datetime) -> PauseCounts:
    """The counts at an instant; what is over and not ended yet is neither."""
    rows = read.all(_STATES, center=center_id)
    paused = sum(row.paused_at is not None for row in rows)
    over = sum(
        row.paused_at is None and row.expires_at is not None and row.expires_at <= at
        for row in rows
    )
    return PauseCounts(running=len(rows) - paused - over, paused=paused)
