"""A person of the staff, and what that person may do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.auth.rights import rights_of, rights_of_person


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A person with the role's template and the differences from it (names of auth.rights).

    `allowed_ips` and `hours` limit where from and when he may sign in; empty = not at all.
    """

    staff_id: int
    account: str
    role: str
    is_active: bool
    granted: list[str]
    withheld: list[str]
    allowed_ips: str
    hours: str
    has_second_factor: bool = False

    @property
    def template(self) -> frozenset[str]:
        """What the role gives."""
        return rights_of(self.role)

    @property
    def rights(self) -> frozenset[str]:
        """What the person may do."""
        return rights_of_person(self.role, self.granted, self.withheld)

    @property
    def is_above_staff(self) -> bool:
        """Whether the person may do anything that the template of Staff does not have."""
        return not self.rights <= rights_of("staff")

    @property
    def is_whole_admin(self) -> bool:
        """Whether this is an Admin at work from whom nothing is withheld."""
        return self.role == "admin" and self.is_active and not self.withheld

    @property
    def is_never_shut_out(self) -> bool:
        """Whether this is one who may sign in from everywhere at any time."""
        return self.is_whole_admin and not self.allowed_ips and not self.hours


class NewPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to hire. `password_hash` is made by auth.passwords before the transaction;
    `password` is what was made for him and is shown this once, empty when somebody chose it.
    """

    center_id: int
    actor: Actor
    account: str
    role: str
    password_hash: str
    password: str = ""
    granted: Sequence[str] = ()
    withheld: Sequence[str] = ()
    allowed_ips: str = ""
    hours: str = ""


class PersonChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a person is to be; None leaves a value as it is.

    `granted` is all that he is to have beyond the role, `withheld` all that is to be missing of it.
    """

    center_id: int
    staff_id: int
    actor: Actor
    account: str | None = None
    role: str | None = None
    is_active: bool | None = None
    granted: Sequence[str] | None = None
    withheld: Sequence[str] | None = None
    allowed_ips: str | None = None
    hours: str | None = None


class PasswordShown(msgspec.Struct, frozen=True):
    """A person and the password that was made for him, to be shown this once; empty when somebody
    chose it, who knows it."""

    person: Person
    password: str


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in of a person that counts now, from where and with what; `is_program` when it is a
    bearer token, else the cookie of a browser. `is_current` is the one that asks."""

    sign_in_id: str
    is_program: bool
    address: str
    program: str
    began_at: datetime
    ends_at: datetime
    is_current: bool


class Pin(msgspec.Struct, frozen=True):
    """A person's PIN as its hash, and how many wrong ones were tried since a right one."""

    pin_hash: str
    failures: int


class SwitchChoice(msgspec.Struct, frozen=True):
    """Somebody who may take a browser over; `counts` = his PIN does, else only the password."""

    staff_id: int
    account: str
    counts: bool
