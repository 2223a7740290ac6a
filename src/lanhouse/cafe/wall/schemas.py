"""What the wall screen shows."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lanhouse.cafe.events.schemas import GameEvent
from lanhouse.cafe.news.schemas import CenterPage


class WallRoom(msgspec.Struct, frozen=True, kw_only=True):
    """A room; `name` is empty for seats that stand in none."""

    name: str
    seats: tuple[bool, ...]
    """For each seat that works: whether it is free."""
    next_free_at: datetime | None
    """When the first of its seats comes free, as far as is known; only where none is."""

    @property
    def free_count(self) -> int:
        """How many seats are free."""
        return sum(self.seats)


class WallBooking(msgspec.Struct, frozen=True):
    """How many seats are booked from a moment on."""

    at: datetime
    seats: int


class Wall(msgspec.Struct, frozen=True, kw_only=True):
    """Everything on the screen."""

    at: datetime
    about: CenterPage
    rooms: list[WallRoom]
    bookings: list[WallBooking] | None
    """The next ones; None while this house takes no bookings."""
    waiting: int
    """How many wait for a seat that somebody else still has."""
    events: list[GameEvent]
