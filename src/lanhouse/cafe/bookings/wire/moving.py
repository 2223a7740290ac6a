"""Moving a booking, under the names of the business."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Struct

from lanhouse.cafe.bookings.commands.moving import MovedBooking
from lanhouse.cafe.bookings.wire import (
    CancelledOut,
    Clock,
    Name,
    NativeBooking,
    cancelled,
    native_booking,
)
from lanhouse.kit.inputs import Amount, means
from lanhouse.kit.money import format_fixed


class MoveBookingIn(Struct, kw_only=True):
    """Where and when it is to begin; `shown_total` is what that was shown to cost."""

    pc_name: Annotated[Name, means("pc_names")]
    date: Annotated[date, means("starts")]
    time: Clock
    shown_total: Amount | None = None


class MovedBookingOut(Struct, kw_only=True):
    """The booking that was given back, the one that stands for it, and what was taken for it."""

    given_back: CancelledOut
    booking: NativeBooking
    total: str


def moved_booking(done: MovedBooking, zone: ZoneInfo) -> MovedBookingOut:
    """What moving came to."""
    return MovedBookingOut(
        given_back=cancelled(done.back, zone),
        booking=native_booking(done.made.made[0].booking, zone),
        total=format_fixed(done.made.taken_micros),
    )
