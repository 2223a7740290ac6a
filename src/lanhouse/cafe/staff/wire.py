"""Staff on the wire."""

from __future__ import annotations

from datetime import tzinfo
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct
from msgspec.structs import asdict

from lanhouse.cafe.staff.schemas import PasswordShown, Person, SignedIn
from lanhouse.db.statements import Row
from lanhouse.kit.inputs import Line, Secret

Account = Annotated[Line, Meta(max_length=40)]
Role = Literal["staff", "manager", "admin"]
Password = Annotated[Secret, Meta(max_length=1024)]
Addresses = Annotated[str, Meta(max_length=2000)]
Hours = Annotated[Line, Meta(max_length=11)]


class TokenOut(Struct):
    """A bearer token for the café API and the native API, with the rights of the person."""

    token: str
    expires_in_seconds: int


class SignInOut(Struct, kw_only=True):
    """A sign-in that counts now; `is_current` is the one that asks."""

    sign_in_id: str
    is_program: bool
    """A bearer token; else the cookie of a browser."""
    address: str
    program: str
    """Browser and system, or what the program calls itself; may be empty."""
    began_at: str
    ends_at: str
    is_current: bool


class EndedOut(Struct):
    """How many sign-ins ended."""

    ended: int


class EnrolmentOut(Struct):
    """A secret for an app that shows codes, shown this once: as it is typed (base32), and as the
    otpauth address that a QR code carries."""

    secret: str
    uri: str


class RecoveryCodesOut(Struct):
    """Codes that sign in once each when the phone is lost, shown this once."""

    recovery_codes: list[str]


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


class PersonOut(Struct, kw_only=True):
    """A person and what that person may do: `template` is what the role gives, `rights` what holds
    in the end. Names as in the reference of rights."""

    staff_id: int
    account: str
    role: str
    is_active: bool
    allowed_ips: str
    """Addresses and networks that may sign in; empty = all."""
    hours: str
    """From and to on the centre's clock, "09:00-18:00"; empty = at any time."""
    has_second_factor: bool
    template: list[str]
    granted: list[str]
    withheld: list[str]
    rights: list[str]


class HiredOut(PersonOut, kw_only=True):
    """A person whose password is new. `password` was made by the server and is shown this once; it
    is null when the caller chose it."""

    password: str | None


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


def person_out(person: Person) -> PersonOut:
    """A person for the native API."""
    return PersonOut(**_values(person))


def sign_in_out(each: SignedIn, zone: tzinfo) -> SignInOut:
    """A sign-in for the native API, its times in the centre's zone."""
    return SignInOut(
        sign_in_id=each.sign_in_id,
        is_program=each.is_program,
        address=each.address,
        program=each.program,
        began_at=each.began_at.astimezone(zone).isoformat(),
        ends_at=each.ends_at.astimezone(zone).isoformat(),
        is_current=each.is_current,
    )


def hired_out(shown: PasswordShown) -> HiredOut:
    """A person with a new password for the native API."""
    return HiredOut(**_values(shown.person), password=shown.password or None)


def _values(person: Person) -> dict[str, Any]:
    return {
        **asdict(person),
        "template": sorted(person.template),
        "rights": sorted(person.rights),
    }
