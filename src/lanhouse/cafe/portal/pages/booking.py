"""The portal's Booking pages: date, time and PC, the amount, Pay by Balance, cancel (seed: portal).

Each step is a page of its own, so that a phone without a script can do them all.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec

from lanhouse.cafe.bookings.commands import BookingsMade, MakeBooking, make_booking
from lanhouse.cafe.bookings.commands.ending import (
    CancelBooking,
    CancelPlan,
    cancel_booking,
    plan_cancel,
)
from lanhouse.cafe.bookings.commands.passwords import new_passwords
from lanhouse.cafe.bookings.plans import Wanted, plan_booking
from lanhouse.cafe.bookings.queries import BookingNotFound, booking_by_id
from lanhouse.cafe.bookings.rules import local_moment
from lanhouse.cafe.bookings.schemas import Booking, Kind
from lanhouse.cafe.centers.call import CafeCall, PortalRoutes
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.offers.queries import offer_by_id
from lanhouse.cafe.portal.pages import home_of, led_home, own_call
from lanhouse.cafe.portal.queries import account_page
from lanhouse.cafe.portal.queries.booking import lengths_to_book, own_bookings
from lanhouse.cafe.portal.queries.places import places_to_book
from lanhouse.cafe.sessions.commands.starting import Started, StartMember, start_member
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, InvalidInput, Unauthenticated
from lanhouse.kit.inputs import Line, id_in_path
from lanhouse.kit.said import say
from lanhouse.web.call import Call
from lanhouse.web.pages.refusals import refusal_text
from lanhouse.web.replies import Reply, redirect

routes = PortalRoutes("Portal pages")
_FOLDER = "cafe/portal/templates"
_PATH = "/portal/{license_name}/booking"
_OFFER = "offer-"
_MINUTES, _OFFER_MINUTES_MAX = 60, 24 * 60
_Text = Annotated[Line, msgspec.Meta(max_length=100)]


class WhenIn(msgspec.Struct, kw_only=True):
    """A day and a time of the centre's clock, and how long: minutes, or `offer-` and an id."""

    date: _Text = ""
    time: _Text = ""
    length: _Text = "60"
    room: int | None = None
    q: _Text = ""
    pc: _Text = ""
    comment: Annotated[Line, msgspec.Meta(max_length=1000)] = ""
    shown: int | None = None
    """The sum that was shown, in micros."""
    key: Annotated[str, msgspec.Meta(max_length=100)] = ""
    booked: int = 0
    """The booking that was just made, to be told of."""


class BookedAs(msgspec.Struct):
    """What a booking answers."""

    booking_id: int


class SatDown(msgspec.Struct):
    """Where a session began."""

    pc_name: str


class Returned(msgspec.Struct):
    """What cancelling gave back, in micros."""

    micros: int


@routes.get(_PATH, right="member.self", summary="Book a PC, and what is booked")
async def booking_page(call: CafeCall, data: WhenIn) -> Reply:
    """Day, time and length; then the PCs that are free then. Below it the member's bookings."""
    return led_home(call, "booking") or await _page(call, data)


@routes.get(f"{_PATH}/pay", right="member.self", summary="What a booking comes to")
async def amount_page(call: CafeCall, data: WhenIn) -> Reply:
    """The amount, what it leaves of the balance, and the button that pays."""
    return led_home(call, "booking") or await _amount(call, data)


@routes.post(_PATH, public=True, summary="Book a PC, paid by balance")
async def book(call: Call, data: WhenIn) -> Reply:
    """Take the sum that was shown and book; what begins now is started at once.

    A start that is refused leaves the booking: it is told, and the page says how it begins.
    """
    mine = own_call(call)
    key = data.key or None
    try:
        cmd = MakeBooking(
            wanted=await _wanted(mine, data),
            passwords=await new_passwords(1),
            shown_micros=data.shown,
        )
        made = await mine.do(make_booking, cmd, _booked, BookedAs, key=key)
    except AppError as error:
        return await _amount(mine, data, error)
    booking = await mine.read(booking_by_id, mine.center.id, made.booking_id)
    home = home_of(mine.center)
    if booking.state != "waiting" or booking.behind_id or not booking.has_begun(clock.now()):
        return redirect(f"{home}/booking?booked={booking.id}")
    start = StartMember(
        center=mine.center,
        actor=mine.actor,
        pc_name=booking.pc_name,
        member_id=mine.actor.member_id,
    )
    try:
        await mine.do(start_member, start, _sat, SatDown, key=f"{key}:start" if key else None)
    except AppError as error:
        return await _page(mine, WhenIn(booked=booking.id), error)
    return redirect(f"{home}/computer")


@routes.get(f"{_PATH}/{{booking_id}}", right="member.self", summary="Whether to cancel a booking")
async def one_booking(call: CafeCall) -> Reply:
    """The booking, and what comes back."""
    return led_home(call, "booking") or await _one(call)


@routes.post(f"{_PATH}/{{booking_id}}/cancel", public=True, summary="Cancel one's own booking")
async def cancel(call: Call) -> Reply:
    """Give it back and go to the list; or show it with the reason."""
    mine = own_call(call)
    cmd = CancelBooking(center=mine.center, actor=mine.actor, booking_id=_booking_id(mine))
    try:
        await mine.do(cancel_booking, cmd, _returned, Returned)
    except BookingNotFound:
        raise
    except AppError as error:
        return await _one(mine, error)
    return redirect(f"{home_of(mine.center)}/booking")


def _booked(done: BookingsMade) -> BookedAs:
    return BookedAs(done.made[0].booking.id)


def _sat(done: Started) -> SatDown:
    return SatDown(done.session.pc_name)


def _returned(plan: CancelPlan) -> Returned:
    return Returned(plan.refund_micros)


def _booking_id(call: CafeCall) -> int:
    return id_in_path(call.path["booking_id"], say("There is no such booking."))


async def _own(call: CafeCall) -> Booking:
    found = await call.read(booking_by_id, call.center.id, _booking_id(call))
    if found.member_id != call.actor.member_id:
        raise BookingNotFound
    return found


async def _wanted(call: CafeCall, data: WhenIn) -> Wanted:
    starts_at, minutes, offer_id = await _when(call, data)
    page = await call.read(account_page, call.center, call.actor.member_id, clock.now())
    if page is None or not page.member.is_member:
        # A guest's account ends with his session: the desk books for guests.
        raise MemberNotFound
    return Wanted(
        center=call.center,
        actor=call.actor,
        pc_names=[data.pc] if data.pc else [],
        starts_at=starts_at,
        minutes=minutes,
        member_id=call.actor.member_id,
        kind=Kind.OFFER if offer_id else Kind.TIME,
        offer_id=offer_id,
        comment=data.comment.strip(),
    )


async def _when(call: CafeCall, data: WhenIn) -> tuple[datetime, int, int]:
    """When it begins, its minutes, and the offer (0: none). Raises InvalidInput."""
    try:
        day, at = date.fromisoformat(data.date), time.fromisoformat(data.time)
    except ValueError:
        raise InvalidInput({"starts": say("must be a day and a time")}) from None
    starts_at = local_moment(day, at.replace(tzinfo=None), call.center.zone)
    number = data.length.removeprefix(_OFFER)
    if not (number.isascii() and number.isdigit()) or len(number) > 12:
        raise InvalidInput({"minutes": say("is required")})
    if not data.length.startswith(_OFFER):
        return starts_at, int(number), 0
    offer = await call.read(offer_by_id, call.center.id, int(number))
    return starts_at, 0 if offer is None else offer.values.minutes, int(number)


def _first_moment(call: CafeCall) -> datetime:
    """The next full half hour of the centre's clock."""
    local = clock.now().astimezone(call.center.zone).replace(second=0, microsecond=0)
    return local + timedelta(minutes=30 - local.minute % 30)


async def _page(call: CafeCall, data: WhenIn, error: AppError | None = None) -> Reply:
    now = clock.now()
    whose = (call.center, call.actor.member_id)
    page = await call.read(account_page, *whose, now)
    if page is None:
        raise Unauthenticated
    lengths = await call.read(lengths_to_book, call.center)
    is_asked = bool(data.date)
    if not is_asked:
        first = _first_moment(call)
        data.date, data.time = first.date().isoformat(), f"{first:%H:%M}"
        if lengths.minutes and data.length not in map(str, lengths.minutes):
            data.length = str(lengths.minutes[0])
        elif not lengths.minutes and lengths.offers:
            data.length = f"{_OFFER}{lengths.offers[0].id}"
    shown: dict[str, Any] = {"places": None, "seats": [], "room_id": None, "span": None}
    problem = "" if error is None else refusal_text(error, call.view.language)
    if page.member.is_member and (lengths.minutes or lengths.offers):
        try:
            starts_at, minutes, _ = await _when(call, data)
            span = (starts_at, starts_at + timedelta(minutes=min(minutes, _OFFER_MINUTES_MAX)))
            places = await call.read(places_to_book, call.center, span, now)
            room_id, seats = places.shown(data.room, data.q)
            shown = {"places": places, "seats": seats, "room_id": room_id, "span": span}
        except AppError as refused:
            problem = problem or refusal_text(refused, call.view.language)
            error = error or refused
    when = {"date": data.date, "time": data.time, "length": data.length}
    mine = await call.read(own_bookings, *whose, now)
    return call.html(
        f"{_FOLDER}/portal_booking.html",
        status=200 if error is None else error.status,
        page=page,
        lengths=lengths,
        form=data,
        mine=mine,
        when=urlencode(when),
        booked=next((one.booking for one in mine if one.booking.id == data.booked), None),
        problem=problem,
        **shown,
    )


async def _amount(call: CafeCall, data: WhenIn, error: AppError | None = None) -> Reply:
    try:
        plan = await call.read(plan_booking, await _wanted(call, data), clock.now())
    except AppError as refused:
        return await _page(call, data, error or refused)
    return call.html(
        f"{_FOLDER}/portal_booking_pay.html",
        status=200 if error is None else error.status,
        plan=plan,
        seat=plan.seats[0],
        form=data,
        cancel_minutes=call.center.settings.member.booking_cancel_minutes,
        problem="" if error is None else refusal_text(error, call.view.language),
    )


async def _one(call: CafeCall, error: AppError | None = None) -> Reply:
    booking = await _own(call)
    plan = None
    try:
        plan = plan_cancel(call.center, call.actor, booking, clock.now())
    except AppError as refused:
        error = error or refused
    return call.html(
        f"{_FOLDER}/portal_booking_cancel.html",
        status=200 if error is None else error.status,
        booking=booking,
        plan=plan,
        problem="" if error is None else refusal_text(error, call.view.language),
    )
