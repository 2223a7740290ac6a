"""Sums and times that are slips of the finger more often than meant (decision 0029)."""

from __future__ import annotations

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.settings.queries import default_above_micros
from lanhouse.db.store import Read
from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say


class NotConfirmed(Refused):
    """The desk is to say once more that it means this sum; nothing was done."""

    status = 409


class Bounds(msgspec.Struct, frozen=True):
    """Above these the desk asks once more before it sells; 0 = never."""

    above_micros: int
    minutes: int

    def check(self, amount_micros: int, seconds: int | None, *, confirmed_micros: int) -> None:
        """Raise NotConfirmed for a sum, taken or given back, or the time that it buys.

        `seconds` None = it buys no time, or time without end. `confirmed_micros` is the sum that
        the desk was asked about already: another one is asked about anew.
        """
        is_much = 0 < self.above_micros < abs(amount_micros)
        is_long = seconds is not None and 0 < self.minutes * 60 < seconds
        if (is_much or is_long) and confirmed_micros != amount_micros:
            raise NotConfirmed(say("This is unusually much. If it is meant, press again."))


def bounds_of(read: Read, center: Center) -> Bounds:
    """What the settings desk_confirm_above and desk_confirm_minutes say in this centre."""
    above = center.settings.payment.desk_confirm_above_micros
    if above is None:
        above = default_above_micros(read, center.id)
    return Bounds(above, center.settings.payment.desk_confirm_minutes)
