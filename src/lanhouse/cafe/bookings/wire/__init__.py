"""Bookings on the wire: as the café API has them, and under the names of the business."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from lanhouse.cafe.bookings.commands import BookingsMade
from lanhouse.cafe.bookings.commands.ending import CancelPlan
from lanhouse.cafe.bookings.plans import BookingPlan
from lanhouse.cafe.bookings.rules import COMMENT_CHARS_MAX, PCS_MAX, local_moment
from lanhouse.cafe.bookings.schemas import Booking, Kind
from lanhouse.cafe.money.tenders import ALL_TENDERS
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.inputs import Amount, also, means
from lanhouse.kit.local_time import local_text
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say

_BOOKING = 30
_PAYMENTS = {
    number: tender.name
    for tender in ALL_TENDERS
    for number in (tender.number, _BOOKING + tender.number)
}
"""30 cash, 31 balance, 32 card, 34 QR (cafe-domain 0); the same without 30."""

Name = Annotated[str, Meta(max_length=100)]
Names = Annotated[list[Name], Meta(max_length=PCS_MAX)]
Clock = Annotated[
    str,
    Meta(pattern=r"^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?$", extra={"reason": "must be HH:MM"}),
]
Comment = Annotated[str, Meta(max_length=COMMENT_CHARS_MAX)]


class BookingsIn(Struct):
    """All bookings, or those of one PC."""

    pc_name: Name = ""


class BookIn(Struct, kw_only=True):
    """A PC or several, from a day and time of the centre on, for a member or a guest.

    `payment_method` 30 cash, 31 balance, 32 card, 34 QR; without one a member's balance, of a guest
    cash. `booking_type` and `offer_id` are ours: hold, time or offer.
    """

    pc_name: Annotated[Names, also("pcs"), means("pc_names")]
    start_date: Annotated[date, means("starts")]
    start_time: Clock
    mins: Annotated[int, means("minutes")] = 0
    member_account: Name = ""
    member_id: int | None = None
    comment: Comment = ""
    guest_booking: bool = False
    payment_method: Annotated[int | None, means("payment")] = None
    booking_type: Literal["", "hold", "time", "offer"] = ""
    offer_id: Annotated[str, Meta(max_length=25)] = ""


class UnbookIn(Struct):
    """A booking by its number; the PC, when it is named, must be its own."""

    member_offer_id: int
    pc_name: Name = ""


class BookingRow(Struct):
    """A booking that is not over; times are the centre's. `product_id` is the offer, 0 for time.

    `member_offer_id` is the number of the booking; `member_account` is empty for a guest.
    """

    product_id: int
    product_pc_name: str
    product_available_date_local_from: str
    product_available_date_local_to: str
    product_mins: int
    product_description: str
    member_offer_id: int
    member_account: str


class BookedRow(Struct):
    """One PC that is booked; money is text with 2 decimals."""

    pc_name: str
    member_offer_id: int
    booking_password: str
    """Empty: only the member may play there, with his account."""
    cost: str
    is_queued: int
    """1: it waits behind another booking, and is paid when it gets the seat."""


class SkippedRow(Struct):
    """A PC that is not booked, and why."""

    pc_name: str
    message: str


class BookedOut(Struct, kw_only=True):
    """What was booked. Password and number are those of the first PC, `cost` of all; `results` and
    `errors` have each PC (ours)."""

    booking_password: str
    member_offer_id: int
    cost: str
    results: list[BookedRow]
    error_count: int
    errors: list[SkippedRow]


class StatusRow(Struct):
    """success, and what went back."""

    status: str
    refund: str


class UnbookedOut(Struct):
    """One row for the booking that was given back."""

    results: list[StatusRow]
    error_count: int
    errors: list[str]


def moment_of(day: date, at: str, zone: ZoneInfo) -> datetime:
    """A day and time of the centre (`Clock`) as an instant."""
    hours = at if len(at.partition(":")[0]) > 1 else f"0{at}"
    return local_moment(day, time.fromisoformat(hours), zone)


def payment_of(number: int | None) -> str:
    """The tender of a number of the wire; "" where none is named."""
    if number is None:
        return ""
    if number not in _PAYMENTS:
        known = ", ".join(str(each) for each in sorted(_PAYMENTS))
        raise InvalidInput({"payment_method": say("must be one of %(names)s", names=known)})
    return _PAYMENTS[number]


def kind_of(name: str) -> Kind | None:
    """hold, time or offer; None where none is named."""
    return Kind(name) if name else None


def offer_of(text: str) -> int:
    """The number of an offer, which clients write as `o-<n>` too; 0 = none."""
    digits = text.strip().removeprefix("o-")
    if not digits or digits == "0":
        return 0
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidInput({"offer_id": say("must be a number or o-<n>")})
    return int(digits)


def booking_rows(found: Sequence[Booking], zone: ZoneInfo) -> list[BookingRow]:
    """Rows of GET bookings."""
    return [
        BookingRow(
            product_id=each.offer_id,
            product_pc_name=each.pc_name,
            product_available_date_local_from=local_text(each.starts_at, zone),
            product_available_date_local_to=local_text(each.ends_at, zone),
            product_mins=each.minutes,
            product_description=each.comment,
            member_offer_id=each.id,
            member_account=each.member_account,
        )
        for each in found
    ]


def booked(done: BookingsMade) -> BookedOut:
    """The answer of POST bookings."""
    first = done.made[0]
    return BookedOut(
        booking_password=first.password,
        member_offer_id=first.booking.id,
        cost=format_fixed(done.taken_micros),
        results=[
            BookedRow(
                pc_name=each.booking.pc_name,
                member_offer_id=each.booking.id,
                booking_password=each.password,
                cost=format_fixed(each.booking.cost_micros),
                is_queued=int(each.booking.behind_id is not None),
            )
            for each in done.made
        ],
        error_count=len(done.skipped),
        errors=[SkippedRow(each.pc_name, str(each.reason)) for each in done.skipped],
    )


def unbooked(plan: CancelPlan) -> UnbookedOut:
    """The answer of DELETE bookings."""
    return UnbookedOut([StatusRow("success", format_fixed(plan.refund_micros))], 0, [])


# --- native ------------------------------------------------------------------------------------


class BookingListIn(Struct, kw_only=True):
    """Bookings of days of the centre, both included; without days what is not over."""

    date_start: date | None = None
    date_end: date | None = None
    pc_name: Name = ""
    member_id: int | None = None


class NewBookingIn(Struct, kw_only=True):
    """As POST bookings of the café API; `shown_total` is the sum that somebody was shown."""

    pc_names: Names
    date: Annotated[date, means("starts")]
    time: Clock
    minutes: int = 0
    member_id: int = 0
    kind: Literal["", "hold", "time", "offer"] = ""
    offer_id: int = 0
    payment: Literal["", "cash", "card", "qr", "balance"] = ""
    comment: Comment = ""
    shown_total: Amount | None = None
    birthday: date | None = None
    """Of a guest: what was seen of his age, where guests count as minors."""


class NativeBooking(Struct, kw_only=True):
    """A booking; money is text with 2 decimals, times are the centre's."""

    booking_id: int
    party_id: int
    pc_name: str
    kind: str
    state: str
    starts: str
    ends: str
    held_until: str
    minutes: int
    member_id: int
    member_account: str
    is_queued: bool
    has_password: bool
    offer_id: int
    offer_name: str
    comment: str
    payment: str
    cost: str
    bonus_part: str
    refund: str
    source: str
    staff_name: str


class SeatQuoted(Struct, kw_only=True):
    """What one PC would cost."""

    pc_name: str
    kind: str
    starts: str
    ends: str
    cost: str
    from_balance: str
    from_bonus: str
    is_queued: bool


class BookingQuoteOut(Struct, kw_only=True):
    """What would be booked and taken, and what the account holds before and after."""

    seats: list[SeatQuoted]
    skipped: list[SkippedRow]
    total: str
    balance: str
    bonus: str
    balance_after: str
    bonus_after: str


class NativeBooked(Struct, kw_only=True):
    """A booking and its password, told this once; "" where none is asked for."""

    booking: NativeBooking
    password: str


class NativeBookedOut(Struct, kw_only=True):
    """What was booked, what was not, and what was taken."""

    bookings: list[NativeBooked]
    skipped: list[SkippedRow]
    total: str


class CancelledOut(Struct, kw_only=True):
    """A booking that was given back, and what went back by which tender."""

    booking: NativeBooking
    refund: str
    handed_out: dict[str, str]


def native_booking(booking: Booking, zone: ZoneInfo) -> NativeBooking:
    """One booking."""
    return NativeBooking(
        booking_id=booking.id,
        party_id=booking.party_id,
        pc_name=booking.pc_name,
        kind=booking.kind.value,
        state=booking.state.value,
        starts=local_text(booking.starts_at, zone),
        ends=local_text(booking.ends_at, zone),
        held_until=local_text(booking.held_until_at, zone),
        minutes=booking.minutes,
        member_id=booking.member_id,
        member_account=booking.member_account,
        is_queued=booking.behind_id is not None,
        has_password=booking.needs_password,
        offer_id=booking.offer_id,
        offer_name=booking.offer_name,
        comment=booking.comment,
        payment=booking.payment,
        cost=format_fixed(booking.cost_micros),
        bonus_part=format_fixed(booking.from_bonus_micros),
        refund=format_fixed(booking.refund_micros),
        source=booking.source,
        staff_name=booking.staff_name,
    )


def quoted(plan: BookingPlan, zone: ZoneInfo) -> BookingQuoteOut:
    """What booking comes to."""
    now = [seat for seat in plan.seats if seat.behind_id is None]
    balance = plan.balance_micros - sum(seat.from_balance_micros for seat in now)
    bonus = plan.bonus_micros - sum(seat.from_bonus_micros for seat in now)
    return BookingQuoteOut(
        seats=[
            SeatQuoted(
                pc_name=seat.pc_name,
                kind=seat.kind.value,
                starts=local_text(seat.starts_at, zone),
                ends=local_text(seat.ends_at, zone),
                cost=format_fixed(seat.cost_micros),
                from_balance=format_fixed(seat.from_balance_micros),
                from_bonus=format_fixed(seat.from_bonus_micros),
                is_queued=seat.behind_id is not None,
            )
            for seat in plan.seats
        ],
        skipped=[SkippedRow(each.pc_name, str(each.reason)) for each in plan.skipped],
        total=format_fixed(plan.taken_micros),
        balance=format_fixed(plan.balance_micros),
        bonus=format_fixed(plan.bonus_micros),
        balance_after=format_fixed(balance),
        bonus_after=format_fixed(bonus),
    )


def native_booked(done: BookingsMade, zone: ZoneInfo) -> NativeBookedOut:
    """What was booked."""
    return NativeBookedOut(
        bookings=[
            NativeBooked(booking=native_booking(each.booking, zone), password=each.password)
            for each in done.made
        ],
        skipped=[SkippedRow(each.pc_name, str(each.reason)) for each in done.skipped],
        total=format_fixed(done.taken_micros),
    )


def cancelled(plan: CancelPlan, zone: ZoneInfo) -> CancelledOut:
    """What was given back."""
    return CancelledOut(
        booking=native_booking(plan.booking, zone),
        refund=format_fixed(plan.refund_micros),
        handed_out={tender: format_fixed(part) for tender, part in plan.handed_out.items()},
    )
