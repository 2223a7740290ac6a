"""Finding staff."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.auth.addresses import is_allowed
from lanhouse.auth.rights import RIGHTS
from lanhouse.cafe.staff.schemas import Person
from lanhouse.cafe.staff.tables import staff
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read

_BY_ID = static(
    sa.select(staff).where(
        staff.c.center_id == sa.bindparam("center"), staff.c.id == sa.bindparam("staff_id")
    )
)
_BY_ACCOUNT = static(
    sa.select(staff).where(
        staff.c.center_id == sa.bindparam("center"), staff.c.account_key == sa.bindparam("account")
    )
)
_OF_CENTER = static(
    sa.select(staff).where(staff.c.center_id == sa.bindparam("center")).order_by(staff.c.id)
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
    )


def may_come_from(person: Person, house_ips: str, address: str) -> bool:
    """Whether a person may sign in from an address; the house's list binds all but Admins."""
    of_the_house = "" if person.role == "admin" else house_ips
    lists = (person.allowed_ips, of_the_house)
    return all(not allowed or is_allowed(address, allowed) for allowed in lists)
