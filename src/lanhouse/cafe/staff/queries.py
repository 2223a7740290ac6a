"""Finding staff."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.auth.addresses import is_allowed
from lanhouse.auth.rights import RIGHTS
from lanhouse.auth.tokens import sign_in_id, sign_ins_of
from lanhouse.cafe.staff.schemas import Person, SignedIn
from lanhouse.cafe.staff.tables import second_factors, staff
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read

_PEOPLE = sa.select(
    staff, second_factors.c.staff_id.is_not(None).label("has_second_factor")
).select_from(
    staff.outerjoin(
        second_factors,
        (second_factors.c.center_id == staff.c.center_id)
        & (second_factors.c.staff_id == staff.c.id)
        & second_factors.c.is_confirmed,
    )
)
_BY_ID = static(
    _PEOPLE.where(
        staff.c.center_id == sa.bindparam("center"), staff.c.id == sa.bindparam("staff_id")
    )
)
_BY_ACCOUNT = static(
    _PEOPLE.where(
        staff.c.center_id == sa.bindparam("center"), staff.c.account_key == sa.bindparam("account")
    )
)
_OF_CENTER = static(_PEOPLE.where(staff.c.center_id == sa.bindparam("center")).order_by(staff.c.id))
_SECOND_FACTOR = static(
    sa.select(second_factors).where(
        second_factors.c.center_id == sa.bindparam("center"),
        second_factors.c.staff_id == sa.bindparam("person"),
    )
)


def staff_by_id(read: Read, center_id: int, staff_id: int) -> Row | None:
    """A person of this centre, or None."""
    return read.one(_BY_ID, center=center_id, staff_id=staff_id)


def staff_by_account(read: Read, center_id: int, account: str) -> Row | None:
    """A person of this centre by account, upper and lower case alike, or None."""
    return read.one(_BY_ACCOUNT, center=center_id, account=account.strip().lower())


def staff_of_center(read: Read, center_id: int) -> list[Row]:
    """Everybody who works in this centre."""
    return read.all(_OF_CENTER, center=center_id)


def find_person(read: Read, wanted: tuple[int, int]) -> Person | None:
    """A person (centre, staff id), or None."""
    row = staff_by_id(read, *wanted)
    return None if row is None else person_of(row)


def everybody(read: Read, center_id: int) -> list[Person]:
    """Everybody who works or has worked in this centre, by id."""
    return [person_of(row) for row in staff_of_center(read, center_id)]


def person_of(row: Row) -> Person:
    """The person in a row of staff; a right that this version does not know counts for nothing."""
    return Person(
        staff_id=row.id,
        account=row.account,
        role=row.role,
        is_active=row.is_active,
        granted=[right for right in row.granted if right in RIGHTS],
        withheld=[right for right in row.withheld if right in RIGHTS],
        allowed_ips=row.allowed_ips,
        hours=row.hours,
        has_second_factor=row.has_second_factor,
    )


def may_come_from(person: Person, house_ips: str, address: str) -> bool:
    """Whether a person may sign in from an address; the house's list binds all but Admins."""
    of_the_house = "" if person.role == "admin" else house_ips
    lists = (person.allowed_ips, of_the_house)
    return all(not allowed or is_allowed(address, allowed) for allowed in lists)


def second_factor_of(read: Read, center_id: int, staff_id: int) -> Row | None:
    """The second factor of a person, one that does not count yet too, or None."""
    return read.one(_SECOND_FACTOR, center=center_id, person=staff_id)


def signed_in(read: Read, wanted: tuple[int, int], token_hash: str = "") -> list[SignedIn]:
    """Where a person (centre, staff id) is signed in, the newest first; the one with this hash is
    the one that asks."""
    center_id, staff_id = wanted
    return [
        SignedIn(
            sign_in_id=sign_in_id(token),
            is_program=token.use == "bearer",
            address=token.address,
            program=token.program,
            began_at=token.created_at,
            ends_at=token.expires_at,
            is_current=token.token_hash == token_hash,
        )
        for token in sign_ins_of(read, center_id, "staff", staff_id)
    ]
