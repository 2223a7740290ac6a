"""Setting passwords: a new one for somebody else, and one's own."""

from __future__ import annotations

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.auth.lockout import Attempt, forgive
from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.staff.commands import PasswordChange, WrongOldPassword, set_password
from lanhouse.cafe.staff.commands.people import is_self, must_reach
from lanhouse.cafe.staff.queries import person_of, staff_by_id
from lanhouse.cafe.staff.schemas import PasswordShown
from lanhouse.db.store import Tx
from lanhouse.kit.errors import NotFound, Refused
from lanhouse.kit.said import say
from lanhouse.ledger.answers import HIDDEN


class NewPassword(msgspec.Struct, frozen=True, kw_only=True):
    """A new password for somebody else; `password` as in NewPerson."""

    center_id: int
    staff_id: int
    actor: Actor
    password_hash: str
    password: str = ""


class OwnPassword(msgspec.Struct, frozen=True, kw_only=True):
    """A new password of one's own, after the old one (`old_hash`, as it was checked) was right."""

    center_id: int
    actor: Actor
    attempt: Attempt
    old_hash: str
    password_hash: str


def give_password(tx: Tx, new: NewPassword) -> PasswordShown:
    """Set the password of somebody else, who is signed out everywhere.

    Forbidden for a person with rights that the caller has not; one's own is changed by who knows
    the old one: Refused. Raises NotFound.
    """
    lock_center(tx, new.center_id)  # so that nobody gets more rights meanwhile
    row = staff_by_id(tx, new.center_id, new.staff_id)
    if row is None:
        raise NotFound(say("Staff not found"))
    person = person_of(row)
    if is_self(new.actor, person.staff_id):
        raise Refused(say("You change your own password on the page of your account."))
    must_reach(new.actor, person)
    set_password(tx, PasswordChange(new.center_id, person.staff_id, new.password_hash))
    _audit(tx, person.staff_id)
    return PasswordShown(person, new.password)


def change_own_password(tx: Tx, change: OwnPassword) -> None:
    """Set one's own password; every other sign-in of the person ends, this one goes on.

    Raises WrongOldPassword when it was changed meanwhile: checking takes a while.
    """
    actor = change.actor
    row = staff_by_id(tx, change.center_id, actor.staff_id)
    if row is None or row.password_hash != change.old_hash:
        raise WrongOldPassword
    forgive(tx, change.attempt)
    new = PasswordChange(change.center_id, actor.staff_id, change.password_hash)
    set_password(tx, new, keep_token=actor.token_hash)
    _audit(tx, actor.staff_id)


def without_password(shown: PasswordShown) -> PasswordShown:
    """The same with HIDDEN in place of the password, for what is stored of an answer."""
    if not shown.password:
        return shown
    return msgspec.structs.replace(shown, password=HIDDEN)


def _audit(tx: Tx, staff_id: int) -> None:
    tx.audit("staff", staff_id, after={"password": "new"}, hidden=("password",))
