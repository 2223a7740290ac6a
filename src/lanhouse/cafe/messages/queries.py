"""Which messages wait for a PC."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from lanhouse.cafe.members.rules import account_key
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.messages.tables import admin_messages as messages
from lanhouse.cafe.messages.tables import member_messages
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read

_WAITING = static(
    sa.select(messages)
    .where(
        messages.c.center_id == sa.bindparam("center"),
        messages.c.pc_id == sa.bindparam("pc"),
        messages.c.expires_at > sa.bindparam("at", type_=messages.c.expires_at.type),
    )
    .order_by(messages.c.id)
)
_SEAT = static(
    sa.select(sessions.c.pc_name)
    .join(
        members,
        (members.c.center_id == sessions.c.center_id) & (members.c.id == sessions.c.member_id),
    )
    .where(
        members.c.center_id == sa.bindparam("center"),
        members.c.account_key == sa.bindparam("key"),
        sessions.c.center_id == sa.bindparam("center"),
        sessions.c.ended_at.is_(None),
    )
    # Where he plays on several, the first one.
    .order_by(sessions.c.is_further, sessions.c.id)
    .limit(1)
)

_TOLD = static(
    sa.select(member_messages)
    .where(
        member_messages.c.center_id == sa.bindparam("center"),
        member_messages.c.member_id == sa.bindparam("member"),
    )
    .order_by(member_messages.c.id.desc())
    .limit(sa.bindparam("rows_max"))
)


def messages_of(read: Read, center_id: int, member_id: int, rows_max: int) -> list[Row]:
    """What a member was told last, the newest first: rows of member_messages."""
    return read.all(_TOLD, center=center_id, member=member_id, rows_max=rows_max)


def waiting_messages(read: Read, center_id: int, pc_id: int, at: datetime) -> list[Row]:
    """What the client of a PC (centre id, PC id) is told when it connects at `at`, the oldest
    first: rows of the table."""
    return read.all(_WAITING, center=center_id, pc=pc_id, at=at)


def seat_of(read: Read, center_id: int, account: str) -> str | None:
    """The name of the PC on which the account (centre id, account) plays, or None."""
    return read.scalar(_SEAT, center=center_id, key=account_key(account))
