"""Hours over midnight, and whom the limits of the house bind."""

from __future__ import annotations

from datetime import time

import msgspec
import pytest

from lanhouse.cafe.staff.queries import may_come_from
from lanhouse.cafe.staff.rules import closed_hours, is_within
from lanhouse.cafe.staff.schemas import Person

PERSON = Person(
    staff_id=1,
    account="kim",
    role="staff",
    is_active=True,
    granted=[],
    withheld=[],
    allowed_ips="",
    hours="",
)
ADMIN = msgspec.structs.replace(PERSON, role="admin")


@pytest.mark.parametrize(
    ("hours", "at", "holds"),
    [
        ("", "03:00", True),
        ("09:00-18:00", "08:59", False),
        ("09:00-18:00", "09:00", True),
        ("09:00-18:00", "17:59", True),
        ("09:00-18:00", "18:00", False),
        ("22:00-06:00", "21:59", False),
        ("22:00-06:00", "22:00", True),
        ("22:00-06:00", "00:00", True),
        ("22:00-06:00", "05:59", True),
        ("22:00-06:00", "06:00", False),
        ("08:00-08:00", "07:59", True),
    ],
)
def test_hours(hours: str, at: str, holds: bool) -> None:
    assert is_within(hours, time.fromisoformat(at)) is holds


def test_both_the_persons_hours_and_those_of_the_house_keep_out() -> None:
    late = msgspec.structs.replace(PERSON, hours="12:00-23:00")
    assert closed_hours(late, "09:00-18:00", time(20)) == "09:00-18:00"
    assert closed_hours(late, "09:00-18:00", time(10)) == "12:00-23:00"
    assert closed_hours(late, "09:00-18:00", time(13)) == ""
    assert closed_hours(ADMIN, "09:00-18:00", time(20)) == ""
    limited = msgspec.structs.replace(ADMIN, hours="09:00-10:00")
    assert closed_hours(limited, "", time(20)) == "09:00-10:00"


def test_both_the_persons_addresses_and_those_of_the_house_are_asked() -> None:
    person = msgspec.structs.replace(PERSON, allowed_ips="10.0.0.0/8")
    assert may_come_from(person, "10.1.0.0/16", "10.1.2.3")
    assert not may_come_from(person, "10.1.0.0/16", "10.2.2.3")
    assert not may_come_from(person, "", "192.168.0.1")
    assert may_come_from(ADMIN, "10.1.0.0/16", "192.168.0.1")
