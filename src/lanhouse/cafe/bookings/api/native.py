"""Bookings, native: days, quotes, making, cancelling, seating guests."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from lanhouse.cafe.bookings.commands import MakeBooking, make_booking, without_passwords
from lanhouse.cafe.bookings.commands.ending import (
    CancelBooking,
    ReleaseBooking,
    cancel_booking,
    release_booking,
)
from lanhouse.cafe.bookings.commands.moving import MoveBooking, move_booking
from lanhouse.cafe.bookings.commands.passwords import new_passwords
from lanhouse.cafe.bookings.commands.seating import SeatGuest, seat_guest
from lanhouse.cafe.bookings.plans import Wanted, plan_booking
from lanhouse.cafe.bookings.queries import (
    booking_by_id,
    bookings_between,
    bookings_of_member,
    live_bookings,
)
from lanhouse.cafe.bookings.schemas import Booking
from lanhouse.cafe.bookings.wire import (
    BookingListIn,
    BookingQuoteOut,
    CancelledOut,
    NativeBookedOut,
    NativeBooking,
    NewBookingIn,
    cancelled,
    kind_of,
    moment_of,
    native_booked,
    native_booking,
    quoted,
)
from lanhouse.cafe.bookings.wire.moving import MoveBookingIn, MovedBookingOut, moved_booking
from lanhouse.cafe.bookings.wire.seating import SeatBookingIn, SeatedOut
from lanhouse.cafe.centers.call import CafeCall, NativeRoutes
from lanhouse.cafe.members.commands.guest_secret import new_guest_secret
from lanhouse.cafe.minors.schemas import SeenProof
from lanhouse.cafe.sessions.commands.starting import Started
from lanhouse.cafe.sessions.commands.starting import without_passwords as hidden
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.said import say
from lanhouse.web.replies import Written

native = NativeRoutes("Bookings")
_DAYS_MAX = 31


@native.get("/bookings", right="bookings.view", summary="Bookings of some days, or all to come")
async def list_bookings(call: CafeCall, data: BookingListIn) -> list[NativeBooking]:
    """Whatever became of them where days are named; the soonest first. At most 31 days, or the
    last 50 of a member."""
    center = call.center
    found = await _found(call, data)
    if data.pc_name:
        key = data.pc_name.casefold()
        found = [each for each in found if each.pc_name.casefold() == key]
    return [native_booking(each, center.zone) for each in found]


async def _found(call: CafeCall, data: BookingListIn) -> list[Booking]:
    center = call.center
    if data.date_start is None and data.date_end is None:
        if data.member_id is not None:
            return await call.read(bookings_of_member, center.id, data.member_id)
        return await call.read(live_bookings, center.id, clock.now())
    first = data.date_start or data.date_end
    last = data.date_end or data.date_start
    assert first is not None
    assert last is not None
    if last < first or (last - first).days >= _DAYS_MAX:
        raise InvalidInput(
            {"date_end": say("must be a day of the %(count)s from the first on", count=_DAYS_MAX)}
        )
    since = datetime.combine(first, time(), center.zone)
    before = datetime.combine(last + timedelta(days=1), time(), center.zone)
    found = await call.read(bookings_between, center.id, since, before)
    return [each for each in found if data.member_id in (None, each.member_id)]


@native.get("/bookings/{booking_id}", right="bookings.view", summary="One booking")
async def one_booking(call: CafeCall) -> NativeBooking:
    """Whatever became of it."""
    found = await call.read(booking_by_id, call.center.id, _booking_id(call))
    return native_booking(found, call.center.zone)


@native.get("/booking-quote", right="bookings.view", summary="What booking would cost")
async def booking_quote(call: CafeCall, data: NewBookingIn) -> BookingQuoteOut:
    """Nothing is booked: each PC's cost, who pays what of it, and what is refused."""
    plan = await call.read(plan_booking, _wanted(call, data), clock.now())
    return quoted(plan, call.center.zone)


@native.post("/bookings", right="bookings.edit", summary="Book PCs")
async def post_booking(call: CafeCall, data: NewBookingIn) -> Written[NativeBookedOut]:
    """Those that are taken are skipped where there are others; refused where another sum is due
    than `shown_total`. Passwords are told this once."""
    cmd = MakeBooking(
        wanted=_wanted(call, data),
        passwords=await new_passwords(len(data.pc_names)),
        shown_micros=data.shown_total,
    )
    zone = call.center.zone
    return await call.write(
        make_booking, cmd, lambda done: native_booked(done, zone), hide=without_passwords
    )


@native.post("/bookings/{booking_id}/cancel", right="bookings.edit", summary="Give a booking back")
async def post_booking_cancel(call: CafeCall) -> Written[CancelledOut]:
    """By the tender it came by; nothing goes back once its time has come."""
    cmd = CancelBooking(center=call.center, actor=call.actor, booking_id=_booking_id(call))
    zone = call.center.zone
    return await call.write(cancel_booking, cmd, lambda plan: cancelled(plan, zone))


@native.post("/bookings/{booking_id}/move", right="bookings.edit", summary="Move a booking")
async def post_booking_move(call: CafeCall, data: MoveBookingIn) -> Written[MovedBookingOut]:
    """Given back and booked anew in one act, or nothing of both; party and password stay. Refused
    once its time has come, and where another sum is due than `shown_total`."""
    cmd = MoveBooking(
        center=call.center,
        actor=call.actor,
        booking_id=_booking_id(call),
        pc_name=data.pc_name,
        starts_at=moment_of(data.date, data.time, call.center.zone),
        shown_micros=data.shown_total,
    )
    zone = call.center.zone
    return await call.write(move_booking, cmd, lambda done: moved_booking(done, zone))


@native.post(
    "/bookings/{booking_id}/release", right="bookings.edit", summary="Release an unused booking"
)
async def post_booking_release(call: CafeCall) -> Written[NativeBooking]:
    """Nobody came: the seat is free before its grace is over. Nothing goes back."""
    cmd = ReleaseBooking(center=call.center, actor=call.actor, booking_id=_booking_id(call))
    zone = call.center.zone
    return await call.write(release_booking, cmd, lambda booking: native_booking(booking, zone))


@native.post(
    "/bookings/{booking_id}/seat", right="sessions.start", summary="Seat the guest of a booking"
)
async def post_booking_seat(call: CafeCall, data: SeatBookingIn) -> Written[SeatedOut]:
    """Paid time begins as the session of a new guest; a hold is opened for whatever the desk starts
    there."""
    booking_id = _booking_id(call)
    cmd = SeatGuest(
        center=call.center,
        actor=call.actor,
        booking_id=booking_id,
        secret=await new_guest_secret(call.vault, call.center),
        proof=None if data.birthday is None else SeenProof(data.birthday, data.document),
    )
    return await call.write(
        seat_guest, cmd, lambda done: _seated(booking_id, done), hide=_without_password
    )


def _without_password(done: Started | None) -> Started | None:
    return None if done is None else hidden(done)


def _seated(booking_id: int, done: Started | None) -> SeatedOut:
    return SeatedOut(
        booking_id=booking_id,
        session_id=None if done is None else done.session.id,
        account="" if done is None else done.account,
        password="" if done is None else done.password,
        access_code="" if done is None else done.access_code,
    )


def _wanted(call: CafeCall, data: NewBookingIn) -> Wanted:
    return Wanted(
        center=call.center,
        actor=call.actor,
        pc_names=data.pc_names,
        starts_at=moment_of(data.date, data.time, call.center.zone),
        minutes=data.minutes,
        member_id=data.member_id,
        kind=kind_of(data.kind),
        offer_id=data.offer_id,
        payment=data.payment,
        comment=data.comment,
        shown_birthday=data.birthday,
    )


def _booking_id(call: CafeCall) -> int:
    return id_in_path(call.path["booking_id"], say("There is no such booking."))
