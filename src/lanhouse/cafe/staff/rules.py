"""When a person of the staff may come in."""

from __future__ import annotations

from datetime import time

from lanhouse.cafe.staff.schemas import Person


def is_within(hours: str, at: time) -> bool:
    """Whether a time of day is in hours such as 09:00-18:00: the first minute is, the last is not.

    22:00-06:00 goes over midnight; empty hours, and two equal times, are the whole day.
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
