"""Staff on the wire."""

from __future__ import annotations

from msgspec import Struct

from lanhouse.cafe.staff.schemas import PersonRights
from lanhouse.db.statements import Row


class TokenOut(Struct):
    """A bearer token for the café API and the native API, with the rights of the person."""

    token: str
    expires_in_seconds: int


class SignedOutOut(Struct):
    """Whether a token has ended; an API key does not end this way."""

    ended: bool


class StaffRow(Struct, kw_only=True):
    """A person of the staff as the café API shows it."""

    staff_id: int
    staff_icafe_id: int
    staff_name: str
    """The account."""
    staff_role: str
    staff_is_active: int
    staff_allow_ip: str
    """Addresses that may sign in, as written; empty = all."""


class PersonRightsOut(Struct, kw_only=True):
    """A person and what that person may do: `template` is what the role gives, `rights` what holds
    in the end. Names as in the reference of rights."""

    staff_id: int
    account: str
    role: str
    is_active: bool
    template: list[str]
    granted: list[str]
    withheld: list[str]
    rights: list[str]


def staff_row(row: Row) -> StaffRow:
    """A row of the staff's table for the café API."""
    return StaffRow(
        staff_id=row.id,
        staff_icafe_id=row.center_id,
        staff_name=row.account,
        staff_role=row.role,
        staff_is_active=int(row.is_active),
        staff_allow_ip=row.allowed_ips,
    )


def person_rights(person: PersonRights) -> PersonRightsOut:
    """A person and that person's rights for the native API."""
    return PersonRightsOut(
        staff_id=person.staff_id,
        account=person.account,
        role=person.role,
        is_active=person.is_active,
        template=sorted(person.template),
        granted=person.granted,
        withheld=person.withheld,
        rights=sorted(person.rights),
    )
