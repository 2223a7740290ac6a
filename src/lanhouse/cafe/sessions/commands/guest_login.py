"""A guest's log-in: readable while the session runs, afterwards only set anew (decision 0049)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import PasswordChanged
from lanhouse.cafe.members.commands import set_password_hash
from lanhouse.cafe.members.commands.account_log import log_change
from lanhouse.cafe.members.commands.guest_secret import GuestSecret
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.sessions.schemas import MEMBER
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import NotFound, Refused
from lanhouse.kit.said import say
from lanhouse.ledger.answers import HIDDEN

_FIND = static(
    sa.select(
        sessions.c.id,
        sessions.c.pc_name,
        sessions.c.kind,
        sessions.c.ended_at,
        sessions.c.member_id,
        sessions.c.guest_login,
        members.c.account,
        members.c.group_id,
        members.c.password_hash,
    )
    .join(
        members,
        (members.c.center_id == sessions.c.center_id) & (members.c.id == sessions.c.member_id),
    )
    .where(sessions.c.center_id == sa.bindparam("center"), sessions.c.id == sa.bindparam("session"))
)
_KEEP = static(
    sa.update(sessions)
    .where(
        sessions.c.center_id == sa.bindparam("center"),
        sessions.c.member_id == sa.bindparam("member"),
        sessions.c.ended_at.is_(None),
        # A session of the kind "member" has no log-in that could be read.
        sessions.c.kind != MEMBER,
    )
    .values(guest_login=sa.bindparam("sealed", type_=sessions.c.guest_login.type))
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


class LoginWanted(msgspec.Struct, frozen=True, kw_only=True):
    """Whose log-in is to be read."""

    center: Center
    session_id: int


class NewLogin(msgspec.Struct, frozen=True, kw_only=True):
    """A new password for the guest of a session, running or ended."""

    center: Center
    actor: Actor
    session_id: int
    secret: GuestSecret


class KeptLogin(msgspec.Struct, frozen=True, kw_only=True):
    """A log-in as it is kept; GuestSecret.opened() reads it."""

    session_id: int
    pc_name: str
    member_id: int
    account: str
    secret: GuestSecret


def read_guest_login(tx: Tx, wanted: LoginWanted) -> KeptLogin:
    """The kept log-in of a running guest's session; the reading is written to the audit log.

    Raises NotFound, NoGuestLogin, or LoginGone when the session has ended or nothing is kept.
    """
    row = _guest_session(tx, wanted.center, wanted.session_id)
    if row.ended_at is not None or row.guest_login is None:
        raise LoginGone
    tx.audit("session", row.id, member_id=row.member_id)
    return _kept(row, GuestSecret("", row.password_hash, bytes(row.guest_login)))


def renew_guest_login(tx: Tx, cmd: NewLogin) -> KeptLogin:
    """Give a session's guest a new password; the old one and its sign-ins end.

    It is kept while a session of the guest runs. Raises NotFound, and NoGuestLogin for somebody
    who is a member (by now).
    """
    row = _guest_session(tx, cmd.center, cmd.session_id)
    member = lock_member(tx, cmd.center.id, row.member_id)
    if member is None or member.deleted_at is not None:
        raise NotFound(say("Session not found"))
    if member.group_id >= 0:
        raise NoGuestLogin
    set_password_hash(tx, cmd.center.id, member.id, cmd.secret.password_hash)
    tx.run(_KEEP, center=cmd.center.id, member=member.id, sealed=cmd.secret.sealed)
    details = "Password reset"
    log_change(tx, cmd.center, cmd.actor, member.id, member.account, member.group_id, details)
    tx.audit("session", row.id, member_id=row.member_id)
    return _kept(row, cmd.secret)


def forget_logins(tx: Tx, facts: Sequence[PasswordChanged]) -> None:
    """Keep no log-in that is none any more; follows PasswordChanged."""
    for fact in facts:
        tx.run(_KEEP, center=fact.center_id, member=fact.member_id, sealed=None)


def without_secret(kept: KeptLogin) -> KeptLogin:
    """The same with HIDDEN in place of the password, for what is stored of an answer."""
    return msgspec.structs.replace(kept, secret=GuestSecret(HIDDEN))


def _guest_session(tx: Tx, center: Center, session_id: int) -> Row:
    row = tx.one(_FIND, center=center.id, session=session_id)
    if row is None:
        raise NotFound(say("Session not found"))
    if row.kind == MEMBER:
        raise NoGuestLogin
    return row


def _kept(row: Row, secret: GuestSecret) -> KeptLogin:
    return KeptLogin(
        session_id=row.id,
        pc_name=row.pc_name,
        member_id=row.member_id,
        account=row.account,
        secret=secret,
    )
