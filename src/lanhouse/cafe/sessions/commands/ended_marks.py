"""Marking the PCs whose session ended by itself, until somebody looks (decision 0048)."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.sessions.schemas import Session
from lanhouse.cafe.sessions.tables import ended_marks
from lanhouse.db.statements import static, upsert
from lanhouse.db.store import Tx

_ON_PC = (
    ended_marks.c.center_id == sa.bindparam("center"),
    ended_marks.c.pc_id == sa.bindparam("pc"),
)
_STORE = static(upsert(ended_marks, ["center_id", "pc_id"], ["session_id", "ended_at"]))
_FORGET = static(sa.delete(ended_marks).where(*_ON_PC))
_FORGET_SEEN = static(
    sa.delete(ended_marks).where(*_ON_PC, ended_marks.c.session_id == sa.bindparam("session"))
)


class Looked(msgspec.Struct, frozen=True):
    """Somebody has seen that this session ended."""

    center_id: int
    pc_id: int
    session_id: int


def mark_ended(tx: Tx, center_id: int, session: Session, ended_at: datetime) -> None:
    """Leave the mark of a session that ended by itself on its PC."""
    tx.run(
        _STORE,
        center_id=center_id,
        pc_id=session.pc_id,
        session_id=session.id,
        ended_at=ended_at,
    )


def forget_mark(tx: Tx, center_id: int, pc_id: int) -> None:
    """A session begins on the PC, or comes to it."""
    tx.run(_FORGET, center=center_id, pc=pc_id)


def take_mark(tx: Tx, cmd: Looked) -> None:
    """Take the mark of exactly this session away; a newer one stays, and none is no error."""
    if tx.run(_FORGET_SEEN, center=cmd.center_id, pc=cmd.pc_id, session=cmd.session_id):
        tx.emit("pcs.changed", {"center_id": cmd.center_id})
