"""What a person may do beyond the role, and what not although the role would (decision 0061)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.auth.rights import RIGHTS, rights_of, rights_of_person
from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.staff.queries import person_rights, staff_by_id
from lanhouse.cafe.staff.schemas import PersonRights
from lanhouse.cafe.staff.tables import staff
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import Forbidden, InvalidInput, NotFound, Refused
from lanhouse.kit.said import say

_UPDATE = static(
    sa.update(staff)
    .where(
        staff.c.center_id == sa.bindparam("the_center"), staff.c.id == sa.bindparam("the_person")
    )
    .values(
        granted=sa.bindparam("new_granted", type_=staff.c.granted.type),
        withheld=sa.bindparam("new_withheld", type_=staff.c.withheld.type),
    )
)
_ADMINS = static(
    sa.select(staff.c.id, staff.c.withheld).where(
        staff.c.center_id == sa.bindparam("center"),
        staff.c.role == "admin",
        staff.c.is_active.is_(True),
    )
)


class RightsChange(msgspec.Struct, frozen=True, kw_only=True):
    """All that a person is to have beyond the role's template, and all that is to be missing."""

    center_id: int
    staff_id: int
    actor: Actor
    granted: Sequence[str]
    withheld: Sequence[str]


def change_rights(tx: Tx, change: RightsChange) -> PersonRights:
    """Set what a person may do, from the next call on; what the role says anyway is left aside.

    Nobody moves a right that he has not himself: Forbidden. Nobody changes his own, and one active
    Admin with nothing withheld always remains: Refused. Raises NotFound, InvalidInput by field.
    """
    lock_center(tx, change.center_id)
    person = staff_by_id(tx, change.center_id, change.staff_id)
    if person is None:
        raise NotFound(say("Staff not found"))
    if change.actor.kind == "staff" and change.actor.staff_id == person.id:
        raise Refused(say("Nobody changes his own rights."))
    _check_names(change)
    template = rights_of(person.role)
    granted = sorted(set(change.granted) - template)
    withheld = sorted(set(change.withheld) & template)
    before = person_rights(person)
    moved = before.rights ^ rights_of_person(person.role, granted, withheld)
    foreign = sorted(moved - change.actor.rights)
    if foreign:
        raise Forbidden(
            say(
                "You can only give or take rights that you have: %(names)s.",
                names=", ".join(foreign),
            )
        )
    if withheld:
        _refuse_last_admin(tx, change.center_id, person)
    tx.run(
        _UPDATE,
        the_center=change.center_id,
        the_person=person.id,
        new_granted=granted,
        new_withheld=withheld,
    )
    tx.audit("staff", person.id, before=person, after={"granted": granted, "withheld": withheld})
    tx.emit("access.changed", {"center_id": change.center_id})
    return msgspec.structs.replace(before, granted=granted, withheld=withheld)


def _check_names(change: RightsChange) -> None:
    errors: dict[str, str] = {}
    for field, names in (("granted", change.granted), ("withheld", change.withheld)):
        unknown = sorted(set(names) - RIGHTS.keys())
        if unknown:
            errors[field] = say("unknown right: %(names)s", names=", ".join(unknown[:10]))
    both = sorted(set(change.granted) & set(change.withheld))
    if both:
        errors["withheld"] = say("is granted too: %(names)s", names=", ".join(both))
    if errors:
        raise InvalidInput(errors)


def _refuse_last_admin(tx: Tx, center_id: int, person: Row) -> None:
    whole = {row.id for row in tx.all(_ADMINS, center=center_id) if not row.withheld}
    if whole == {person.id}:
        raise Refused(say("The last Admin keeps every right."))
