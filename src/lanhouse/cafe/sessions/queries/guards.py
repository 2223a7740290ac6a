"""What running sessions forbid (guards of cafe/followers.py)."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.cafe.facts import DeletingMembers, TouchingPcs
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.pcs.tables import pcs
from lanhouse.cafe.sessions.queries import open_session_ids
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.db.statements import among, static
from lanhouse.db.store import Read
from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say

_PC_NAMES = static(sa.select(pcs.c.name).where(among(pcs.c.id, "pcs")).order_by(pcs.c.id))
PLAYING = static(
    sa.select(sessions.c.id, members.c.account)
    .join(
        members,
        (members.c.center_id == sessions.c.center_id) & (members.c.id == sessions.c.member_id),
    )
    .where(
        sessions.c.center_id == sa.bindparam("center"),
        sessions.c.ended_at.is_(None),
        among(sessions.c.member_id, "members"),
    )
    .order_by(sessions.c.member_id)
)
"""Ids and accounts of these members' running sessions."""


def refuse_used_pcs(read: Read, question: TouchingPcs) -> None:
    """Guard: a PC with an open session is not renamed, deleted or taken out of order."""
    used = open_session_ids(read, question.center_id, question.pc_ids)
    if used:
        rows = read.all(_PC_NAMES, pcs=list(used))
        names = ", ".join(row.name for row in rows[:10])
        raise Refused(
            say("A PC in use cannot %(what)s: %(names)s", what=question.what, names=names)
        )


def refuse_playing_members(read: Read, question: DeletingMembers) -> None:
    """Guard: nobody who is playing is deleted."""
    rows = read.all(PLAYING, center=question.center_id, members=sorted(question.member_ids))
    if rows:
        names = ", ".join(row.account for row in rows)
        raise Refused(
            say("A member with a running session cannot be deleted: %(names)s", names=names)
        )
