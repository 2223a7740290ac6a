"""Where from and when a person may begin to work: at the sign-in, at a shift, at a hand-over."""

from __future__ import annotations

from datetime import datetime

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.staff.commands import OutsideHours, WrongPassword
from lanhouse.cafe.staff.queries import may_come_from, person_of, staff_by_id
from lanhouse.cafe.staff.rules import closed_hours
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit.errors import Forbidden
from lanhouse.kit.said import say


class NotFromHere(Forbidden):
    """Somebody who is signed in may not begin to work from this address."""

    def __init__(self) -> None:
        super().__init__(say("You may not work from this address."))


class NotAtThisTime(Forbidden):
    """Somebody who is signed in may not begin to work at this time of day."""

    def __init__(self, hours: str) -> None:
        begin, _, end = hours.partition("-")
        super().__init__(
            say("You may begin to work from %(begin)s to %(end)s only.", begin=begin, end=end)
        )


def check_limits(center: Center, row: Row, address: str, now: datetime) -> None:
    """Raise WrongPassword from an address, and OutsideHours at a time, that is not this person's
    or, of who is no Admin, not the house's: for who is not known to be this person yet."""
    if not _may_from(center, row, address):
        raise WrongPassword
    hours = _closed(center, row, now)
    if hours:
        raise OutsideHours(hours)


def check_may_begin(read: Read, center: Center, actor: Actor, address: str, now: datetime) -> None:
    """The same of who is signed in: NotFromHere and NotAtThisTime. With an empty address the house
    itself does it (the demo), and nothing is limited."""
    row = staff_by_id(read, center.id, actor.staff_id) if address else None
    if row is not None:
        check_known(center, row, address, now)


def check_known(center: Center, row: Row, address: str, now: datetime) -> None:
    """The same of a person (a row of staff) who has proved who he is."""
    if not _may_from(center, row, address):
        raise NotFromHere
    hours = _closed(center, row, now)
    if hours:
        raise NotAtThisTime(hours)


def _may_from(center: Center, row: Row, address: str) -> bool:
    return may_come_from(person_of(row), center.settings.center.staff_allow_ip, address)


def _closed(center: Center, row: Row, now: datetime) -> str:
    at = now.astimezone(center.zone).time()
    return closed_hours(person_of(row), center.settings.center.staff_access_range, at)
