"""Offers and bought packages as commands and queries see them."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lanhouse.cafe.pricing.rules import Window


class OfferValues(msgspec.Struct, frozen=True, kw_only=True):
    """What an offer says. Money in micros of the centre's currency."""

    name: str
    description: str = ""
    price_micros: int
    minutes: int
    """Of PC time."""
    priority: int = 0
    """The higher one is used first."""
    window: Window = Window()
    """When it can be used."""
    expires_after_days: int = 0
    expires_after_hours: int = 0
    """Lifetime after it was bought; both 0 = for ever."""
    is_active: bool = True
    """Only active offers are sold."""


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """An offer of a centre."""

    id: int
    values: OfferValues
    updated_at: datetime


class OwnedPackage(msgspec.Struct, frozen=True, kw_only=True):
    """A package that a member bought."""

    member_offer_id: int
    offer_id: int
    name: str
    price_micros: int
    seconds: int
    seconds_left: int
    """What the running session has used is taken off already."""
    priority: int
    window: Window
    bought_at: datetime
    expires_at: datetime | None


class Package(msgspec.Struct, frozen=True):
    """Time that an offer has paid for already: `seconds` of it, never past `until_at`."""

    seconds: int
    name: str
    member_offer_id: int = 0
    until_at: datetime | None = None
    """When the offer's window of use closes; what is left then is kept for another time."""
