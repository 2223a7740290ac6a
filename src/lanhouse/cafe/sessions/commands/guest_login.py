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
from lanhouse.cafe.sessions.queries.guest_login import (
    KeptLogin,
    LoginGone,
    NoGuestLogin,
    guest_session,
    kept,
    running_login,
)
from lanhouse.cafe.sessions.schemas import MEMBER
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import NotFound
from lanhouse.kit.said import say
from lanhouse.ledger.answers import HIDDEN

__all__ = [
    "KeptLogin",
    "LoginGone",
    "LoginWanted",
    "NewLogin",
    "NoGuestLogin",
    "forget_logins",
    "read_guest_login",
    "renew_guest_login",
    "without_secret",
]

_KEEP = static(
    sa.update(sessions)
    .where(
        sessions.c.center_id == sa.bindparam("center"),
        sessions.c.member_id == sa.bindparam("member"),
        sessions.c.ended_at.is_(None),
        # A session of the kind "member" has no log-in that could be read.
        sessions.c.kind != MEMBER,
    )
    # Whoever had the password had the code: both end.
    .values(
        guest_login=sa.bindparam("sealed", type_=sessions.c.guest_login.type),
        access_mark=sa.null(),
        access_sealed=sa.null(),
    )
)


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


def read_guest_login(tx: Tx, wanted: LoginWanted) -> KeptLogin:
    """The kept log-in of a running guest's session; the reading is written to the audit log.

    Raises NotFound, NoGuestLogin, or LoginGone when the session has ended or nothing is kept.
    """
    found = running_login(tx, wanted.center.id, wanted.session_id)
    tx.audit("session", found.session_id, member_id=found.member_id)
    return found


def renew_guest_login(tx: Tx, cmd: NewLogin) -> KeptLogin:
    """Give a session's guest a new password; the old one and its sign-ins end.

    It is kept while a session of the guest runs. Raises NotFound, and NoGuestLogin for somebody
    who is a member (by now).
    """
    row = guest_session(tx, cmd.center.id, cmd.session_id)
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
    found = kept(row, cmd.secret)
    return msgspec.structs.replace(found, access_code=None)


def forget_logins(tx: Tx, facts: Sequence[PasswordChanged]) -> None:
    """Keep no log-in that is none any more; follows PasswordChanged."""
    for fact in facts:
        tx.run(_KEEP, center=fact.center_id, member=fact.member_id, sealed=None)


def without_secret(login: KeptLogin) -> KeptLogin:
    """The same with HIDDEN in place of the password, for what is stored of an answer."""
    return msgspec.structs.replace(login, secret=GuestSecret(HIDDEN))
