"""What a person of the staff may be called and be given."""

from __future__ import annotations

import re

import msgspec

from lanhouse.auth.addresses import parse_allow_list
from lanhouse.auth.rights import RIGHTS, ROLES, rights_of
from lanhouse.cafe.staff.schemas import Person
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.local_time import is_empty_window
from lanhouse.kit.said import say

_ACCOUNT = re.compile(r"[A-Za-z0-9_.@-]{1,40}", re.ASCII)
_HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", re.ASCII)


def checked_person(person: Person) -> Person:
    """The person as he is kept: addresses in one spelling, of the differences only what differs.

    Raises InvalidInput with a reason for every field that is wrong.
    """
    errors: dict[str, str] = {}
    if not _ACCOUNT.fullmatch(person.account):
        errors["account"] = say("must be 1 to 40 letters, digits, _ . @ or -")
    if person.role not in ROLES:
        errors["role"] = say("must be one of %(names)s", names=", ".join(ROLES))
    if person.hours and not _HOURS.fullmatch(person.hours):
        errors["hours"] = say("must be two times such as 09:00-18:00")
    elif person.hours and is_empty_window(person.hours):
        errors["hours"] = say("must be two different times")
    errors |= _wrong_rights(person)
    allowed_ips = ""
    if person.allowed_ips.strip():
        try:
            allowed_ips = parse_allow_list(person.allowed_ips, "allowed_ips")
        except InvalidInput as wrong:
            errors |= wrong.fields
    if errors:
        raise InvalidInput(errors)
    template = rights_of(person.role)
    return msgspec.structs.replace(
        person,
        allowed_ips=allowed_ips,
        granted=sorted(set(person.granted) - template),
        withheld=sorted(set(person.withheld) & template),
    )


def _wrong_rights(person: Person) -> dict[str, str]:
    errors: dict[str, str] = {}
    for field, names in (("granted", person.granted), ("withheld", person.withheld)):
        unknown = sorted(set(names) - RIGHTS.keys())
        if unknown:
            errors[field] = say("unknown right: %(names)s", names=", ".join(unknown[:10]))
    both = sorted(set(person.granted) & set(person.withheld))
    if both:
        errors["withheld"] = say("is granted too: %(names)s", names=", ".join(both))
    return errors
