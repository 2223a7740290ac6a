"""Hiring people and changing what they are (decisions 0061 and 0105)."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.auth.tokens import end_tokens_of
from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.staff.commands import check_room, insert_person
from lanhouse.cafe.staff.commands.checks import checked_person
from lanhouse.cafe.staff.queries import person_of, staff_by_account, staff_by_id, staff_of_center
from lanhouse.cafe.staff.schemas import NewPerson, PasswordShown, Person, PersonChange
from lanhouse.cafe.staff.tables import staff
from lanhouse.db.store import Tx
from lanhouse.kit.errors import Forbidden, InvalidInput, NotFound, Refused
from lanhouse.kit.said import say

_RIGHTS = ("role", "granted", "withheld")


def hire(tx: Tx, new: NewPerson) -> PasswordShown:
    """Add a person who may do no more than whoever hires him: else Forbidden.

    Raises InvalidInput by field (a taken account too) and Refused above MAX_STAFF.
    """
    lock_center(tx, new.center_id)
    wanted = checked_person(
        Person(
            staff_id=0,
            account=new.account,
            role=new.role,
            is_active=True,
            granted=list(new.granted),
            withheld=list(new.withheld),
            allowed_ips=new.allowed_ips,
            hours=new.hours,
        )
    )
    _refuse_foreign(new.actor, wanted.rights)
    person = insert_person(tx, new.center_id, wanted, new.password_hash)
    told = msgspec.structs.asdict(person)
    del told["staff_id"], told["has_second_factor"]
    tx.audit("staff", person.staff_id, after=told, hidden=("account",))
    return PasswordShown(person, new.password)


def change_person(tx: Tx, change: PersonChange) -> Person:
    """Change a person, from the next call on; who is switched off is signed out everywhere.

    Nobody moves a right that he has not himself, and nobody changes anything of a person who has
    more rights than he: Forbidden. Of himself nobody changes more than the account, and one active
    Admin with every right, who may sign in from everywhere at any time, always remains: Refused,
    or InvalidInput naming the field. Raises NotFound.
    """
    center_id = change.center_id
    lock_center(tx, center_id)
    row = staff_by_id(tx, center_id, change.staff_id)
    if row is None:
        raise NotFound(say("Staff not found"))
    before = person_of(row)
    after = checked_person(_wanted(before, change))
    changed = {
        name: value
        for name, value in msgspec.structs.asdict(after).items()
        if value != getattr(before, name)
    }
    if not changed:
        tx.did_nothing()
        return before
    _check_may(change.actor, before, after, changed)
    _keep_a_way_in(tx, center_id, before, after, changed)
    columns = dict(changed)
    if "account" in changed:
        _check_free(tx, center_id, after)
        columns["account_key"] = after.account.lower()
    if after.is_active and not before.is_active:
        check_room(tx, center_id)
    statement = sa.update(staff).where(staff.c.center_id == center_id, staff.c.id == after.staff_id)
    tx.run(statement.values(columns))
    tx.audit("staff", after.staff_id, before=row, after=changed, hidden=("account",))
    if before.is_active and not after.is_active:
        end_tokens_of(tx, center_id, "staff", after.staff_id)
    tx.emit("access.changed", {"center_id": center_id})
    return after


def must_reach(actor: Actor, person: Person) -> None:
    """Raise Forbidden unless the caller has every right that the person has: whoever could switch
    off an Admin, or set his password, would have his rights."""
    missing = sorted(person.rights - actor.rights)
    if missing:
        raise Forbidden(
            say(
                "This person has rights that you do not have: %(names)s.",
                names=", ".join(missing[:10]),
            )
        )


def is_self(actor: Actor, staff_id: int) -> bool:
    """Whether the caller is this person of the staff."""
    return actor.kind == "staff" and actor.staff_id == staff_id


def _wanted(before: Person, change: PersonChange) -> Person:
    given = {
        name: value
        for name in ("account", "role", "is_active", *_RIGHTS[1:], "allowed_ips", "hours")
        if (value := getattr(change, name)) is not None
    }
    return msgspec.structs.replace(before, **given)


def _check_may(actor: Actor, before: Person, after: Person, changed: dict[str, Any]) -> None:
    if is_self(actor, before.staff_id):
        if changed.keys() - {"account"}:
            raise Refused(say("Nobody changes his own rights."))
        return
    _refuse_foreign(actor, before.rights ^ after.rights)
    if changed.keys() - set(_RIGHTS):
        must_reach(actor, before)


def _refuse_foreign(actor: Actor, moved: frozenset[str]) -> None:
    foreign = sorted(moved - actor.rights)
    if foreign:
        raise Forbidden(
            say(
                "You can only give or take rights that you have: %(names)s.",
                names=", ".join(foreign),
            )
        )


def _keep_a_way_in(
    tx: Tx, center_id: int, before: Person, after: Person, changed: dict[str, Any]
) -> None:
    others = [
        person
        for person in map(person_of, staff_of_center(tx, center_id))
        if person.staff_id != before.staff_id
    ]
    if before.is_whole_admin and not after.is_whole_admin:
        if any(other.is_whole_admin for other in others):
            return
        for field in ("role", "is_active"):
            if field in changed:
                raise InvalidInput({field: say("cannot change: this is the last Admin")})
        raise Refused(say("The last Admin keeps every right."))
    if before.is_never_shut_out and not after.is_never_shut_out:
        if any(other.is_never_shut_out for other in others):
            return
        reason = say("must stay empty: this is the last Admin who can always sign in")
        raise InvalidInput(
            {field: reason for field in ("allowed_ips", "hours") if field in changed}
        )


def _check_free(tx: Tx, center_id: int, person: Person) -> None:
    other = staff_by_account(tx, center_id, person.account)
    if other is not None and other.id != person.staff_id:
        raise InvalidInput({"account": say("belongs to somebody else already")})
