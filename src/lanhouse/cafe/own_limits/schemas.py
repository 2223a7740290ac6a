"""What a member allows himself, with units."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """What is limited, and in which unit."""

    PLAY = "play"
    """Seconds of play on a day of the centre's clock."""
    LATE = "late"
    """Minutes after 06:00 from which on nothing is played until the next 06:00."""
    TOPUP = "topup"
    """Micros topped up in a month of the centre's clock, what was paid out taken off."""
    BREAK = "break"
    """Nothing is played at all (value 1) until `next_at`."""


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """One limit; `value` None: none holds."""

    kind: Kind
    value: int | None = None
    next_value: int | None = None
    next_at: datetime | None = None
    """From when on `next_value` holds in place of it; None: nothing was asked for."""

    def at(self, moment: datetime) -> Limit:
        """The limit as it stands at a moment: what was waited for by then holds."""
        if self.next_at is None or moment < self.next_at:
            return self
        return Limit(kind=self.kind, value=self.next_value)


class Allowed(msgspec.Struct, frozen=True, kw_only=True):
    """Whether somebody may play at a moment by his own limits."""

    until: datetime | None = None
    """Who may play: when he may not any more."""
    again_at: datetime | None = None
    """Who may not play: when he may again; None: he may play."""

    @property
    def is_barred(self) -> bool:
        """Whether he may not play."""
        return self.again_at is not None


class Planned(msgspec.Struct, frozen=True):
    """Time ahead that is to be booked: until when, and the booking (by id) that it takes the place
    of; 0: of none."""

    until: datetime
    instead_of: int = 0


class Used(msgspec.Struct, frozen=True, kw_only=True):
    """All limits of a member and what of them is used."""

    limits: dict[Kind, Limit]
    played_seconds: int
    topped_up_micros: int
