"""Seating the guest of a booking, native."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from lanhouse.kit.inputs import means


class SeatBookingIn(Struct, kw_only=True):
    """What was seen of the age of the guest who sits down: the birthday on a paper (id_card,
    passport, licence, student, other); nothing where nothing was seen."""

    birthday: Annotated[date | None, means("proof")] = None
    document: Annotated[str, Meta(max_length=20)] = ""


class SeatedOut(Struct, kw_only=True):
    """A guest who was seated; account and password are told this once, empty for a hold, at whose
    seat the desk starts whatever is wanted."""

    booking_id: int
    session_id: int | None
    account: str
    password: str
    access_code: str
