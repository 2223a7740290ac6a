"""Bookings of the café API (cafe-wire, Bookings)."""

from __future__ import annotations

from lanhouse.cafe.bookings.commands import (
    MakeBooking,
    make_booking,
    without_passwords,
)
from lanhouse.cafe.bookings.commands.ending import CancelBooking, cancel_booking
from lanhouse.cafe.bookings.commands.passwords import new_passwords
from lanhouse.cafe.bookings.plans import Wanted
from lanhouse.cafe.bookings.queries import live_bookings
from lanhouse.cafe.bookings.wire import (
    BookedOut,
    BookIn,
    BookingRow,
    BookingsIn,
    UnbookedOut,
    UnbookIn,
    booked,
    booking_rows,
    kind_of,
    moment_of,
    offer_of,
    payment_of,
    unbooked,
)
from lanhouse.cafe.centers.call import CafeCall, CafeRoutes
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.queries import member_by_account
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.said import say
from lanhouse.web.replies import Written

routes = CafeRoutes("Bookings")
_GUEST = "guest"


@routes.get(
    "/bookings",
    right="bookings.view",
    summary="Bookings that are not over",
    source="cafe-wire, Bookings",
)
async def bookings(call: CafeCall, data: BookingsIn) -> list[BookingRow]:
    """The soonest first; `pc_name` leaves those of one PC."""
    found = await call.read(live_bookings, call.center.id, clock.now())
    if data.pc_name:
        key = data.pc_name.casefold()
        found = [each for each in found if each.pc_name.casefold() == key]
    return booking_rows(found, call.center.zone)


@routes.post(
    "/bookings",
    right="bookings.edit",
    summary="Book PCs for a member or a guest",
    source="cafe-wire, Bookings; cafe-domain 9",
)
async def book(call: CafeCall, data: BookIn) -> Written[BookedOut]:
    """Of several PCs those that are taken are skipped. Paid at once; 402 when the balance is too
    low. A booking of one PC by a member has no password: only he plays there."""
    wanted = Wanted(
        center=call.center,
        actor=call.actor,
        pc_names=data.pc_name,
        starts_at=moment_of(data.start_date, data.start_time, call.center.zone),
        minutes=data.mins,
        member_id=await _booker(call, data),
        kind=kind_of(data.booking_type),
        offer_id=offer_of(data.offer_id),
        payment=payment_of(data.payment_method),
        comment=data.comment,
    )
    cmd = MakeBooking(wanted=wanted, passwords=await new_passwords(len(data.pc_name)))
    return await call.write(make_booking, cmd, booked, hide=without_passwords)


@routes.delete(
    "/bookings",
    right="bookings.edit",
    summary="Cancel a booking",
    source="cafe-wire, Bookings; cafe-domain 9",
)
async def unbook(call: CafeCall, data: UnbookIn) -> Written[UnbookedOut]:
    """All of its cost goes back by the tender it came by; nothing once its time has come."""
    cmd = CancelBooking(
        center=call.center,
        actor=call.actor,
        booking_id=data.member_offer_id,
        pc_name=data.pc_name,
    )
    return await call.write(cancel_booking, cmd, unbooked)


async def _booker(call: CafeCall, data: BookIn) -> int:
    """The member's id, 0 for a guest."""
    account = data.member_account.strip()
    if data.guest_booking or (data.member_id is None and account.casefold() == _GUEST):
        return 0
    if data.member_id is not None:
        return data.member_id
    if not account:
        raise InvalidInput({"member_account": say("is required, unless a guest books")})
    member = await call.read(member_by_account, call.center.id, account)
    if member is None:
        raise MemberNotFound
    return member.id
