"""Seats that are booked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lanhouse.auth.actors import Actor
from lanhouse.cafe.bookings.commands import (
    BookingPassword,
    BookingsMade,
    MakeBooking,
    make_booking,
)
from lanhouse.cafe.bookings.commands.ending import CancelBooking, CancelPlan, cancel_booking
from lanhouse.cafe.bookings.commands.seating import bring_on
from lanhouse.cafe.bookings.plans import Wanted
from lanhouse.cafe.bookings.queries import booking_by_id
from lanhouse.cafe.bookings.schemas import Booking
from lanhouse.kit import ids
from tests.builders.nouns.ground import DESK, Ground


@dataclass
class BookingBuilder(Ground):
    """Bookings."""

    def book(
        self, *names: str, at: datetime, minutes: int = 60, actor: Actor = DESK, **more: Any
    ) -> BookingsMade:
        """Book PCs; the passwords are 000001, 000002 …"""
        wanted = Wanted(
            center=self.center,
            actor=actor,
            pc_names=list(names),
            starts_at=at,
            minutes=minutes,
            **more,
        )
        words = [f"{number:06d}" for number in range(1, len(names) + 1)]
        passwords = [BookingPassword(each, f"s${ids.slow_hash(each, 's')}") for each in words]
        return self.run(make_booking, MakeBooking(wanted=wanted, passwords=passwords))

    def book_one(self, name: str, *, at: datetime, **more: Any) -> Booking:
        """Book one PC; answers the booking."""
        return self.book(name, at=at, **more).made[0].booking

    def cancel(self, booking_id: int, *, actor: Actor = DESK, pc_name: str = "") -> CancelPlan:
        """Give a booking back."""
        cmd = CancelBooking(center=self.center, actor=actor, booking_id=booking_id, pc_name=pc_name)
        return self.run(cancel_booking, cmd)

    def booking(self, booking_id: int) -> Booking:
        """It as it is stored."""
        return self.store.read_sync(booking_by_id, self.hall.center_id, booking_id)

    def bring_on(self) -> bool:
        """What the clock does every second."""
        return self.store.run_sync(bring_on, None)
