"""Bookings as commands and queries see them. Money in micros, times aware UTC, whole seconds."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """What is booked (setting booking_type)."""

    HOLD = "hold"
    """A seat that staff keep; nothing is paid."""
    TIME = "time"
    """So many minutes, paid in advance."""
    OFFER = "offer"
    """An offer's minutes, paid in advance at its price."""


class State(StrEnum):
    """Where a booking is."""

    WAITING = "waiting"
    """Nobody has begun it."""
    BEGUN = "begun"
    """Its player sat down: the seat is his until its end."""
    MISSED = "missed"
    """Nobody came in time: the seat was released."""
    CANCELLED = "cancelled"
    DROPPED = "dropped"
    """It waited behind another one and never had the seat; nothing was paid."""


class Booking(msgspec.Struct, frozen=True, kw_only=True):
    """A booking as it is stored."""

    id: int
    center_id: int
    pc_id: int
    pc_name: str
    party_id: int
    kind: Kind
    state: State
    starts_at: datetime
    ends_at: datetime
    held_until_at: datetime
    """While nobody has begun it the seat is kept until then."""
    behind_id: int | None
    """The booking that it waits behind; None = it has the seat."""
    member_id: int
    """Who booked; 0 = a guest."""
    player_id: int
    """Who may play in it; 0 = who comes with its password, or whom the desk seats."""
    session_id: int | None
    offer_id: int
    offer_name: str
    member_offer_id: int | None
    """The package that its paid time is; None: nothing is paid, or not yet."""
    password_hash: str
    comment: str
    payment: str
    cost_micros: int
    from_bonus_micros: int
    tax_micros: int
    transfer_id: int | None
    made_at: datetime
    source: str
    staff_id: int
    staff_name: str
    settled_at: datetime | None
    refund_micros: int
    refund_transfer_id: int | None
    member_account: str = ""
    """Of who booked; "" for a guest."""

    @property
    def minutes(self) -> int:
        """How long it is."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    @property
    def needs_password(self) -> bool:
        """Whether who signs in at the seat is asked for its password."""
        return bool(self.password_hash)

    def keeps_seat(self, at: datetime) -> bool:
        """Whether it keeps others away, now or later: not behind another one, not over, and not
        left unused past its grace, whether the clock has noticed that or not."""
        if self.behind_id is not None or self.ends_at <= at:
            return False
        if self.state == State.BEGUN:
            # A guest's held seat that was begun is the seat of whom the desk puts there.
            return self.kind != Kind.HOLD or self.player_id != 0
        return self.state == State.WAITING and at < self.held_until_at

    def has_begun(self, at: datetime) -> bool:
        """Whether its time has come."""
        return self.starts_at <= at
