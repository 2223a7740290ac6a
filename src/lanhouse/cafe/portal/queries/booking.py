"""What the portal's Booking pages show: what may be booked, and what is."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lanhouse.cafe.bookings.queries import bookings_of_member
from lanhouse.cafe.bookings.rules import kinds_of, why_not_cancelled
from lanhouse.cafe.bookings.schemas import Booking, Kind
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.offers.queries import offers_of_center
from lanhouse.cafe.offers.schemas import Offer
from lanhouse.db.store import Read

_HOURS = (1, 2, 3, 4, 5, 6, 8, 10, 12)
_SHOWN_MAX = 30


class Mine(msgspec.Struct, frozen=True):
    """A booking of the member's, and whether he may cancel it now."""

    booking: Booking
    may_cancel: bool


class Lengths(msgspec.Struct, frozen=True):
    """What one may book: minutes of time, or packages; both empty: nothing."""

    minutes: list[int]
    offers: list[Offer]


def own_bookings(read: Read, center: Center, member_id: int, at: datetime) -> list[Mine]:
    """The newest of them, those to come first; whatever became of the others."""
    found = bookings_of_member(read, center.id, member_id, _SHOWN_MAX)
    minutes = center.settings.member.booking_cancel_minutes
    mine = [
        Mine(
            each,
            why_not_cancelled(each, at, is_staff=False, cancel_minutes=minutes) is None,
        )
        for each in found
    ]
    to_come = [one for one in mine if one.booking.state == "waiting" and one.booking.ends_at > at]
    past = [one for one in mine if one not in to_come]
    return [*reversed(to_come), *past]


def lengths_to_book(read: Read, center: Center) -> Lengths:
    """What the settings let a member book."""
    settings = center.settings.member
    is_sold = center.settings.center.license_using_billing
    if not settings.allow_booking or not is_sold:
        return Lengths([], [])
    kinds = kinds_of(settings)
    least = settings.min_booking_duration_minutes
    minutes = [60 * hours for hours in _HOURS if 60 * hours >= least]
    if least and least not in minutes:
        minutes = [least, *minutes]
    chosen: list[int] = msgspec.json.decode(settings.booking_offers or "[]")
    offers = [
        each
        for each in offers_of_center(read, center.id)
        if each.values.is_active and (not chosen or each.id in chosen)
    ]
    return Lengths(
        minutes if Kind.TIME in kinds else [],
        offers if Kind.OFFER in kinds else [],
    )
