"""Who may take a browser over by PIN, decided once for the dialog, the check and the switch."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.shifts.tables import shifts
from lanhouse.cafe.staff.commands.limits import check_known
from lanhouse.cafe.staff.queries import person_of, staff_by_id, staff_of_center
from lanhouse.cafe.staff.rules import may_use_pin
from lanhouse.cafe.staff.schemas import Pin, SwitchChoice
from lanhouse.cafe.staff.tables import staff_pins
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit.errors import Refused
from lanhouse.kit.limits import PIN_FAILURES_MAX
from lanhouse.kit.said import say

_PIN = static(
    sa.select(staff_pins.c.pin_hash, staff_pins.c.failures).where(
        staff_pins.c.center_id == sa.bindparam("center"),
        staff_pins.c.staff_id == sa.bindparam("person"),
    )
)
_PINS = static(
    sa.select(staff_pins.c.staff_id, staff_pins.c.failures).where(
        staff_pins.c.center_id == sa.bindparam("center")
    )
)
# Shifts of one person follow one another, so the newest is the last one that was closed.
_NEWEST_SHIFT = static(
    sa.select(shifts.c.closed_at)
    .where(
        shifts.c.center_id == sa.bindparam("center"), shifts.c.staff_id == sa.bindparam("person")
    )
    .order_by(shifts.c.opened_at.desc(), shifts.c.id.desc())
    .limit(1)
)


class NeedsPassword(Refused):
    """The PIN of this person does not count here and now."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


def pin_of(read: Read, center_id: int, staff_id: int) -> Pin | None:
    """The PIN of a person, or None."""
    row = read.one(_PIN, center=center_id, person=staff_id)
    return None if row is None else Pin(row.pin_hash, row.failures)


def plan_switch(
    read: Read, center: Center, current_id: int, staff_id: int, address: str, now: datetime
) -> tuple[Row, Pin]:
    """Who takes the browser over from `current_id`, if the PIN is right.

    Raises NeedsPassword where no PIN counts for this person, NotFromHere and NotAtThisTime.
    """
    row = staff_by_id(read, center.id, staff_id)
    pin = pin_of(read, center.id, staff_id)
    if row is None or pin is None or not may_use_pin(person_of(row)):
        raise NeedsPassword(say("No PIN counts for this person. Sign in with the password."))
    if staff_id == current_id:
        raise NeedsPassword(say("This person is signed in here already."))
    if pin.failures >= PIN_FAILURES_MAX:
        raise NeedsPassword(say("Too many wrong PINs. Sign in with the password."))
    if not has_shift_today(read, center, staff_id, now):
        raise NeedsPassword(
            say("This person has no shift today. The first sign-in of a day takes the password.")
        )
    check_known(center, row, address, now)
    return row, pin


def switch_choices(
    read: Read, center: Center, current_id: int, now: datetime
) -> list[SwitchChoice]:
    """Everybody else whose PIN counts today, by id."""
    failures = {row.staff_id: row.failures for row in read.all(_PINS, center=center.id)}
    return [
        SwitchChoice(row.id, row.account, failures[row.id] < PIN_FAILURES_MAX)
        for row in staff_of_center(read, center.id)
        if row.id in failures
        and row.id != current_id
        and may_use_pin(person_of(row))
        and has_shift_today(read, center, row.id, now)
    ]


def has_shift_today(read: Read, center: Center, staff_id: int, now: datetime) -> bool:
    """Whether a person has a shift open, or had one today on the centre's clock."""
    newest = read.one(_NEWEST_SHIFT, center=center.id, person=staff_id)
    if newest is None:
        return False
    today = now.astimezone(center.zone).date()
    return newest.closed_at is None or newest.closed_at.astimezone(center.zone).date() == today
