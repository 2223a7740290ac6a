"""Remembering which free minutes were used (decision 0030)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.sessions.queries.free_minutes import BY_MEMBER, BY_PC, USED, day_of
from lanhouse.cafe.sessions.schemas import FREE, MEMBER, Session
from lanhouse.cafe.sessions.tables import free_minutes
from lanhouse.db.statements import static, upsert
from lanhouse.db.store import Tx

_KEYS = ["center_id", "holder", "holder_id"]
_STORE = static(
    upsert(free_minutes, _KEYS, ["day", "used_seconds", "session_id", "session_seconds"])
)
_FORGET = static(
    sa.delete(free_minutes).where(
        free_minutes.c.center_id == sa.bindparam("center"),
        free_minutes.c.holder == sa.bindparam("holder"),
        free_minutes.c.holder_id == sa.bindparam("holder_id"),
    )
)


def note_free_use(tx: Tx, center: Center, session: Session, at: datetime) -> None:
    """Remember what a session has used of its free minutes by `at`, on the PC where it is now.

    Called when it leaves a PC, by moving or ending. A member who has played there is somebody
    else: the next guest of the PC gets free minutes again.
    """
    if not center.settings.payment.free_minutes_once or session.kind == FREE:
        return
    if session.kind == MEMBER:
        _add(tx, center, session, at, BY_MEMBER, session.member_id)
        if session.played_seconds(at):
            tx.run(_FORGET, center=center.id, holder=BY_PC, holder_id=session.pc_id)
    else:
        _add(tx, center, session, at, BY_PC, session.pc_id)


def _add(
    tx: Tx, center: Center, session: Session, at: datetime, holder: str, holder_id: int
) -> None:
    """Add the session's free seconds to the holder's of the day on which it began, each once."""
    used = session.free_seconds(at)
    if not used:
        return
    day = day_of(center, session.started_at)
    row = tx.one(USED, center=center.id, holder=holder, holder_id=holder_id)
    before = row.used_seconds if row is not None and row.day == day else 0
    noted = row.session_seconds if row is not None and row.session_id == session.id else 0
    tx.run(
        _STORE,
        center_id=center.id,
        holder=holder,
        holder_id=holder_id,
        day=day,
        used_seconds=before + used - noted,
        session_id=session.id,
        session_seconds=used,
    )
