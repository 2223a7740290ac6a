"""Hiring staff and signing them in."""

from __future__ import annotations

import re

import msgspec
import sqlalchemy as sa

from lanhouse.auth.lockout import Attempt, begin_attempt, forgive
from lanhouse.auth.rights import ROLES
from lanhouse.auth.tokens import NewToken, end_tokens_of, issue_token
from lanhouse.cafe.money.log import write_log
from lanhouse.cafe.money.schemas import Event, LogEntry
from lanhouse.cafe.staff.tables import staff
from lanhouse.db.statements import insert_ignore, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, NotFound, Refused, Unauthenticated
from lanhouse.kit.limits import MAX_STAFF
from lanhouse.kit.said import say

_INSERT = static(insert_ignore(staff).returning(staff.c.id))
_COUNT = static(
    sa.select(sa.func.count()).select_from(staff).where(staff.c.center_id == sa.bindparam("center"))
)

# Locked against a change of the password, which ends the tokens that it finds.
_SIGNING_IN = static(
    sa.select(staff.c.password_hash, staff.c.is_active)
    .where(staff.c.center_id == sa.bindparam("center"), staff.c.id == sa.bindparam("person"))
    .with_for_update(read=True)
)
_PASSWORD = static(
    sa.update(staff)
    .where(
        staff.c.center_id == sa.bindparam("the_center"), staff.c.id == sa.bindparam("the_person")
    )
    .values(password_hash=sa.bindparam("new_hash"))
)


class NewStaff(msgspec.Struct, frozen=True, kw_only=True):
    """A person to hire; `password_hash` is made by auth.passwords before the transaction."""

    center_id: int
    account: str
    password_hash: str
    role: str
    allowed_ips: str = ""


def create_staff(tx: Tx, new: NewStaff) -> int:
    """Add a person; answers the staff id. Refuses a taken account and more than MAX_STAFF."""
    if not re.fullmatch(r"[A-Za-z0-9_.@-]{1,40}", new.account):
        raise InvalidInput({"account": say("must be 1 to 40 letters, digits, _ . @ or -")})
    if new.role not in ROLES:
        raise InvalidInput({"role": say("must be one of %(names)s", names=", ".join(ROLES))})
    if tx.scalar(_COUNT, center=new.center_id) >= MAX_STAFF:
        raise Refused(say("a centre can have at most %(count)s staff (MAX_STAFF)", count=MAX_STAFF))
    made = tx.scalar(
        _INSERT,
        center_id=new.center_id,
        account=new.account,
        account_key=new.account.lower(),
        password_hash=new.password_hash,
        role=new.role,
        granted=[],
        withheld=[],
        is_active=True,
        allowed_ips=new.allowed_ips,
        created_at=tx.now,
    )
    if made is None:
        raise Refused(say("a person with this account already exists"))
    return made


class PasswordChange(msgspec.Struct, frozen=True):
    """A person's new password, as its hash."""

    center_id: int
    staff_id: int
    password_hash: str


def set_password(tx: Tx, change: PasswordChange) -> None:
    """Replace a person's password; every token of that person ends. Raises NotFound."""
    found = tx.run(
        _PASSWORD,
        the_center=change.center_id,
        the_person=change.staff_id,
        new_hash=change.password_hash,
    )
    if not found:
        raise NotFound(say("Staff not found"))
    end_tokens_of(tx, change.center_id, "staff", change.staff_id)


class WrongPassword(Unauthenticated):
    """Account or password do not match; which of the two is not told."""

    cafe_code = 400

    def __init__(self) -> None:
        super().__init__(say("The account or the password is wrong."))


class SignIn(msgspec.Struct, frozen=True):
    """A password that was right: whose it was, its hash then, and what token it earns."""

    attempt: Attempt
    token: NewToken
    staff_name: str
    password_hash: str


def count_attempt(tx: Tx, attempt: Attempt) -> None:
    """Count a try before the password is checked; raises LockedOut."""
    begin_attempt(tx, attempt)


def sign_in(tx: Tx, done: SignIn) -> str:
    """Forget the failures, log the sign-in and issue the token; answers its secret.

    Raises WrongPassword when the password was changed, or the person switched off, after it was
    checked: checking takes a while, and no token of an old password may outlive the change.
    """
    person = tx.one(_SIGNING_IN, center=done.token.center_id, person=done.token.subject_id)
    if person is None or not person.is_active or person.password_hash != done.password_hash:
        raise WrongPassword
    forgive(tx, done.attempt)
    entry = LogEntry(
        center_id=done.token.center_id,
        event=Event.LOGIN,
        staff_id=done.token.subject_id,
        staff_name=done.staff_name,
        details=f"Signed in from {done.attempt.address}",
    )
    write_log(tx, entry)
    return issue_token(tx, done.token)
