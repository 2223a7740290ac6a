"""The PCs whose session ended by itself and that nobody has looked at since (decision 0048)."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.cafe.sessions.tables import ended_marks
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read

_OF_CENTER = static(sa.select(ended_marks).where(ended_marks.c.center_id == sa.bindparam("center")))


def marks_of(read: Read, center_id: int) -> dict[int, Row]:
    """PC id -> session_id and ended_at; rows of PCs that are gone are harmless."""
    return {row.pc_id: row for row in read.all(_OF_CENTER, center=center_id)}
