"""Finding staff."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.cafe.staff.schemas import PersonRights
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


def rights_of_staff(read: Read, wanted: tuple[int, int]) -> PersonRights | None:
    """The rights of a person (centre, staff id), or None."""
    person = staff_by_id(read, *wanted)
    return None if person is None else person_rights(person)


def rights_of_everybody(read: Read, center_id: int) -> list[PersonRights]:
    """Everybody who works in this centre with their rights, by id."""
    return [person_rights(person) for person in staff_of_center(read, center_id)]


def person_rights(person: Row) -> PersonRights:
    """The rights in a row of staff."""
    return PersonRights(
        staff_id=person.id,
        account=person.account,
        role=person.role,
        is_active=person.is_active,
        granted=person.granted,
        withheld=person.withheld,
    )
