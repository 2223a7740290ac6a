"""The log-in of a guest who plays, as it is kept."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.members.commands.access_codes import AccessCode
from lanhouse.cafe.members.commands.guest_secret import GuestSecret
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.sessions.schemas import MEMBER
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit.errors import NotFound, Refused
from lanhouse.kit.said import say

_ON_SESSION = sa.select(
    sessions.c.id,
    sessions.c.pc_name,
    sessions.c.kind,
    sessions.c.started_at,
    sessions.c.expires_at,
    sessions.c.ended_at,
    sessions.c.member_id,
    sessions.c.guest_login,
    sessions.c.access_mark,
    sessions.c.access_sealed,
    members.c.account,
    members.c.group_id,
    members.c.password_hash,
).join(
    members,
    (members.c.center_id == sessions.c.center_id) & (members.c.id == sessions.c.member_id),
)
_FIND = static(
    _ON_SESSION.where(
        sessions.c.center_id == sa.bindparam("center"), sessions.c.id == sa.bindparam("session")
    )
)
_BY_MARK = static(
    sa.select(sessions.c.member_id).where(
        sessions.c.center_id == sa.bindparam("center"),
        sessions.c.access_mark == sa.bindparam("mark"),
        sessions.c.ended_at.is_(None),
        sa.or_(
            sessions.c.expires_at.is_(None),
            sessions.c.expires_at > sa.bindparam("at", type_=sessions.c.expires_at.type),
        ),
    )
)


class NoGuestLogin(Refused):
    """The session is a member's: nobody but the member knows that password."""

    def __init__(self) -> None:
        super().__init__(say("This session has no guest's log-in: a member plays here."))


class LoginGone(Refused):
    """The log-in is not kept, or not any more."""

    symbol = "LOGIN_GONE"
    status = 410

    def __init__(self) -> None:
        super().__init__(say("This log-in is no longer kept. Set a new password for the guest."))


class KeptLogin(msgspec.Struct, frozen=True, kw_only=True):
    """A log-in as it is kept; GuestSecret.opened() reads it, and that of the code."""

    session_id: int
    pc_name: str
    member_id: int
    account: str
    secret: GuestSecret
    started_at: datetime
    expires_at: datetime | None = None
    access_code: AccessCode | None = None


def guest_session(read: Read, center_id: int, session_id: int) -> Row:
    """A guest's session with what is kept of the log-in. Raises NotFound, NoGuestLogin."""
    row = read.one(_FIND, center=center_id, session=session_id)
    if row is None:
        raise NotFound(say("Session not found"))
    if row.kind == MEMBER:
        raise NoGuestLogin
    return row


def running_login(read: Read, center_id: int, session_id: int) -> KeptLogin:
    """The kept log-in of a running guest's session, for who was allowed to read it.

    Raises NotFound, NoGuestLogin, or LoginGone when the session has ended or nothing is kept.
    """
    row = guest_session(read, center_id, session_id)
    if row.ended_at is not None or row.guest_login is None:
        raise LoginGone
    return kept(row, GuestSecret("", row.password_hash, bytes(row.guest_login)))


def kept(row: Row, secret: GuestSecret) -> KeptLogin:
    """A log-in of a session's row with its secret."""
    sealed = row.access_sealed
    return KeptLogin(
        session_id=row.id,
        pc_name=row.pc_name,
        member_id=row.member_id,
        account=row.account,
        secret=secret,
        started_at=row.started_at,
        expires_at=row.expires_at,
        access_code=None if sealed is None else AccessCode("", row.access_mark, bytes(sealed)),
    )


def guest_of_code(read: Read, center_id: int, mark: str, at: datetime) -> int | None:
    """The guest whose running session has the code of this mark, by id; None = nobody.

    A session whose time is over has none any more, however late the clock notices.
    """
    found: int | None = read.scalar(_BY_MARK, center=center_id, mark=mark, at=at)
    return found
