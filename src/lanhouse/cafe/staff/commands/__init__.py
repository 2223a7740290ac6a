"""Hiring staff and signing them in."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.auth.lockout import Attempt, begin_attempt, forgive
from lanhouse.auth.tokens import NewToken, end_tokens_of, issue_token
from lanhouse.cafe.money.log import write_log
from lanhouse.cafe.money.schemas import Event, LogEntry
from lanhouse.cafe.staff.commands.checks import checked_person
from lanhouse.cafe.staff.commands.kept_pins import drop_pin, forgive_pin
from lanhouse.cafe.staff.queries import second_factor_of
from lanhouse.cafe.staff.schemas import Person
from lanhouse.cafe.staff.tables import staff
from lanhouse.db.statements import Row, insert_ignore, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, NotFound, Refused, Unauthenticated
from lanhouse.kit.limits import MAX_STAFF
from lanhouse.kit.said import say

_INSERT = static(insert_ignore(staff).returning(staff.c.id))
_COUNT = static(
    sa.select(sa.func.count())
    .select_from(staff)
    .where(staff.c.center_id == sa.bindparam("center"), staff.c.is_active.is_(True))
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
    """Add a person, as the house itself does; answers the staff id. Raises what hire() does."""
    person = Person(
        staff_id=0,
        account=new.account,
        role=new.role,
        is_active=True,
        granted=[],
        withheld=[],
        allowed_ips=new.allowed_ips,
        hours="",
    )
    wanted = checked_person(person)
    return insert_person(tx, new.center_id, wanted, new.password_hash).staff_id


def insert_person(tx: Tx, center_id: int, person: Person, password_hash: str) -> Person:
    """Store a new person (of rules.checked_person); answers him with his id.

    Raises Refused above MAX_STAFF and InvalidInput for an account that somebody has.
    """
    check_room(tx, center_id)
    values = msgspec.structs.asdict(person)
    del values["staff_id"], values["has_second_factor"]
    made = tx.scalar(
        _INSERT,
        **values,
        center_id=center_id,
        account_key=person.account.lower(),
        password_hash=password_hash,
        created_at=tx.now,
    )
    if made is None:
        raise InvalidInput({"account": say("belongs to somebody else already")})
    return msgspec.structs.replace(person, staff_id=made)


def check_room(tx: Tx, center_id: int) -> None:
    """Raise Refused when MAX_STAFF people work here; who is switched off does not count."""
    if tx.scalar(_COUNT, center=center_id) >= MAX_STAFF:
        raise Refused(say("a centre can have at most %(count)s staff (MAX_STAFF)", count=MAX_STAFF))


class PasswordChange(msgspec.Struct, frozen=True):
    """A person's new password, as its hash."""

    center_id: int
    staff_id: int
    password_hash: str


def set_password(tx: Tx, change: PasswordChange, *, keep_token: str = "") -> None:
    """Replace a person's password; his PIN ends, and every token of that person but the one with
    the hash `keep_token`. Raises NotFound."""
    found = tx.run(
        _PASSWORD,
        the_center=change.center_id,
        the_person=change.staff_id,
        new_hash=change.password_hash,
    )
    if not found:
        raise NotFound(say("Staff not found"))
    drop_pin(tx, change.center_id, change.staff_id)
    end_tokens_of(tx, change.center_id, "staff", change.staff_id, but=keep_token)


class WrongPassword(Unauthenticated):
    """Account or password do not match; which of the two is not told."""

    cafe_code = 400

    def __init__(self) -> None:
        super().__init__(say("The account or the password is wrong."))


class WrongOldPassword(InvalidInput):
    """Who changes his own password does not know the one that he has."""

    def __init__(self) -> None:
        super().__init__({"old_password": say("is not your password")})


class OutsideHours(Unauthenticated):
    """The password is right, and it is not the time for this person to work."""

    cafe_code = 400

    def __init__(self, hours: str) -> None:
        begin, _, end = hours.partition("-")
        super().__init__(
            say("You can sign in from %(begin)s to %(end)s only.", begin=begin, end=end)
        )


class CodeNeeded(Unauthenticated):
    """The password is right, and the account has a second factor."""

    symbol = "CODE_NEEDED"
    cafe_code = 400

    def __init__(self) -> None:
        super().__init__(say("A code of the second factor is needed."))


class WrongCode(Unauthenticated):
    """No code of this second factor, not one of now, or one that was used."""

    cafe_code = 400

    def __init__(self) -> None:
        super().__init__(say("The code is wrong or was used before."))


class TooLate(Unauthenticated):
    """The first step of a sign-in is over: too long ago, used, or of another password."""

    cafe_code = 400

    def __init__(self) -> None:
        super().__init__(say("That took too long. Sign in again."))


class SignIn(msgspec.Struct, frozen=True):
    """A password that was right: whose it was, its hash then, and what token it earns."""

    attempt: Attempt
    token: NewToken
    staff_name: str
    password_hash: str


def count_attempt(tx: Tx, attempt: Attempt) -> None:
    """Count a try before the password is checked; raises LockedOut."""
    begin_attempt(tx, attempt)


def check_unchanged(tx: Tx, done: SignIn) -> None:
    """Raise WrongPassword when the password is no longer the one that was checked, or the person
    was switched off."""
    person = person_signing_in(tx, done.token)
    if person is None or not person.is_active or person.password_hash != done.password_hash:
        raise WrongPassword


def person_signing_in(tx: Tx, token: NewToken) -> Row | None:
    """Who is to get this token, locked so that nobody changes password, state or second factor
    until it is there: whoever does ends the tokens that he finds."""
    return tx.one(_SIGNING_IN, center=token.center_id, person=token.subject_id)


def sign_in(tx: Tx, done: SignIn) -> str:
    """Forget the failures, log the sign-in and issue the token; answers its secret.

    Raises WrongPassword when the password was changed, or the person switched off, after it was
    checked: checking takes a while, and no token of an old password may outlive the change. The
    same for a second factor that was switched on meanwhile: CodeNeeded.
    """
    check_unchanged(tx, done)
    factor = second_factor_of(tx, done.token.center_id, done.token.subject_id)
    if factor is not None and factor.is_confirmed:
        raise CodeNeeded
    forgive(tx, done.attempt)
    forgive_pin(tx, done.token.center_id, done.token.subject_id)
    entry = LogEntry(
        center_id=done.token.center_id,
        event=Event.LOGIN,
        staff_id=done.token.subject_id,
        staff_name=done.staff_name,
        details=f"Signed in from {done.attempt.address}",
    )
    write_log(tx, entry)
    return issue_token(tx, done.token)
