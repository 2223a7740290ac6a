"""When a person of the staff may come in."""

from __future__ import annotations

from datetime import time

from lanhouse.cafe.staff.schemas import Person
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import PIN_DIGITS_MAX, PIN_DIGITS_MIN
from lanhouse.kit.said import say

_RUNS = ("0123456789", "9876543210")


def is_within(hours: str, at: time) -> bool:
    """Whether a time of day is in hours such as 09:00-18:00: the first minute is, the last is not.

    22:00-06:00 goes over midnight; empty hours are the whole day, and so are two equal times, which
    are refused since somebody could mean none of it.
    """
    if not hours:
        return True
    begin, end = (time.fromisoformat(part) for part in hours.split("-"))
    if begin < end:
        return begin <= at < end
    return at >= begin or at < end


def closed_hours(person: Person, house_hours: str, at: time) -> str:
    """The hours that keep a person out at this time of day, or an empty text.

    Those of the house bind everybody but Admins, so that no setting shuts the owner out.
    """
    of_the_house = "" if person.role == "admin" else house_hours
    for hours in (person.hours, of_the_house):
        if not is_within(hours, at):
            return hours
    return ""


def may_use_pin(person: Person) -> bool:
    """Whether a PIN is enough for a person: for no right above those of Staff, and not around a
    second factor."""
    return person.is_active and not person.is_above_staff and not person.has_second_factor


def check_pin(pin: str) -> None:
    """Raise InvalidInput for what is no PIN, or one that anybody tries first (1111, 2345)."""
    is_fit = PIN_DIGITS_MIN <= len(pin) <= PIN_DIGITS_MAX and pin.isascii() and pin.isdigit()
    if not is_fit:
        reason = say(
            "must be %(least)s to %(most)s digits", least=PIN_DIGITS_MIN, most=PIN_DIGITS_MAX
        )
        raise InvalidInput({"pin": reason})
    if len(set(pin)) == 1 or any(pin in run for run in _RUNS):
        raise InvalidInput({"pin": say("is too easy to guess")})
