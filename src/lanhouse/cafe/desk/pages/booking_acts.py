"""One booking at the desk: what it is, moving it, seating its guest, releasing its seat."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from lanhouse.cafe.bookings.commands.ending import ReleaseBooking, release_booking
from lanhouse.cafe.bookings.commands.moving import (
    MoveBooking,
    MovedBooking,
    MovePlan,
    move_booking,
    plan_move_of,
)
from lanhouse.cafe.bookings.commands.seating import SeatGuest, seat_guest
from lanhouse.cafe.bookings.queries import booking_by_id, live_bookings
from lanhouse.cafe.bookings.schemas import Booking, Kind, State
from lanhouse.cafe.bookings.wire import moment_of
from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.desk.pages.bookings import OneBooking, drawn_at
from lanhouse.cafe.desk.queries.start_form import typed_proof
from lanhouse.cafe.members.commands.guest_secret import new_guest_secret
from lanhouse.cafe.minors.queries import counts_guests
from lanhouse.cafe.minors.rules import DOCUMENTS
from lanhouse.cafe.minors.schemas import SeenProof
from lanhouse.cafe.pcs.queries import pc_rows
from lanhouse.cafe.sessions.commands.starting import Started
from lanhouse.cafe.shifts.pages import FIELDS as SHIFT_FIELDS
from lanhouse.cafe.shifts.pages import offer_of, open_first
from lanhouse.cafe.shifts.queries.shift_first import ShiftFirst
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, InvalidInput
from lanhouse.kit.said import say
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply

routes = PanelRoutes("Booking act pages")
_FOLDER = "cafe/desk/templates/bookings"
_NAMES = {"pc_names": "pc"}


class MoveForm(ShiftFirst, kw_only=True):
    """Where a booking goes; `shown` is what its new time was shown to cost, empty until it was."""

    booking: int
    pc: Annotated[str, Meta(max_length=100)] = ""
    starts_date: date | None = None
    starts_time: Annotated[str, Meta(max_length=8)] = ""
    offset: Annotated[int, Meta(ge=0, le=1500)] | None = None
    """Minutes from the day's begin, where it was drawn to on the timeline."""
    shown: int | None = None
    key: str = ""


class SeatForm(OneBooking, kw_only=True):
    """The guest of a booking, and what the desk has seen of his age."""

    document: Annotated[str, Meta(max_length=20)] = ""
    birthday: Annotated[str, Meta(max_length=40)] = ""

    @property
    def proof(self) -> SeenProof | None:
        """What he has shown, if anything. Raises InvalidInput."""
        return typed_proof(self.document, self.birthday)


class ActDone(msgspec.Struct, frozen=True, kw_only=True):
    """What the dialog tells of an act on a booking."""

    what: str
    """seated, opened, released or moved."""
    pc_name: str
    account: str = ""
    password: str = ""
    access_code: str = ""
    refund_micros: int = 0
    taken_micros: int = 0


@routes.get("/panel/bookings/one", right="bookings.view", summary="Dialog: one booking")
async def booking_card(call: CafeCall, data: OneBooking) -> Reply:
    """What it is, who waits behind it, and what can be done with it now."""
    return await _card(call, data)


@routes.post("/panel/bookings/seat", right="sessions.start", summary="Seat the guest of a booking")
async def seat(call: CafeCall, data: SeatForm) -> Reply:
    """His log-in is told; at a seat that was only kept the desk starts whatever is wanted."""
    booking = await call.read(booking_by_id, call.center.id, data.booking)
    secret = await new_guest_secret(call.vault, call.center)

    def shape(done: Started | None) -> ActDone:
        if done is None:
            return ActDone(what="opened", pc_name=booking.pc_name)
        return ActDone(
            what="seated",
            pc_name=booking.pc_name,
            account=done.account,
            password=done.password,
            access_code=done.access_code,
        )

    try:
        cmd = SeatGuest(
            center=call.center,
            actor=call.actor,
            booking_id=booking.id,
            secret=secret,
            proof=data.proof,
        )
        done = await call.do(seat_guest, cmd, shape, ActDone, key=data.key)
    except AppError as error:
        return await _card(call, data, error)
    return call.html(f"{_FOLDER}/acted.html", done=done)


@routes.post("/panel/bookings/release", right="bookings.edit", summary="Nobody came: free the seat")
async def release(call: CafeCall, data: OneBooking) -> Reply:
    """Nothing goes back; who waited takes over."""
    cmd = ReleaseBooking(center=call.center, actor=call.actor, booking_id=data.booking)
    try:
        done = await call.do(release_booking, cmd, _released, ActDone, key=data.key)
    except AppError as error:
        return await _card(call, data, error)
    return call.html(f"{_FOLDER}/acted.html", done=done)


@routes.get("/panel/bookings/move", right="bookings.edit", summary="Dialog: move a booking")
async def move_dialog(call: CafeCall, data: MoveForm) -> Reply:
    """From where it is; or to where it was drawn, with what that comes to."""
    center = call.center
    booking = await call.read(booking_by_id, center.id, data.booking)
    if data.offset is not None and data.starts_date is not None:
        day, clock_time = drawn_at(data.starts_date, data.offset, center.zone)
        data = msgspec.structs.replace(data, starts_date=day, starts_time=clock_time)
        return await _ask(call, data, booking)
    local = booking.starts_at.astimezone(center.zone)
    data = msgspec.structs.replace(
        data,
        pc=data.pc or booking.pc_name,
        starts_date=local.date(),
        starts_time=f"{local:%H:%M}",
    )
    return await _move_form(call, data, booking)


@routes.post("/panel/bookings/move", right="bookings.edit", summary="Show the cost, then move")
async def move(call: CafeCall, data: MoveForm) -> Reply:
    """The first time what it comes to is shown, the second time it is done."""
    booking = await call.read(booking_by_id, call.center.id, data.booking)
    if data.shown is None:
        return await _ask(call, data, booking)
    try:
        cmd = msgspec.structs.replace(_move_of(call, data), shown_micros=data.shown)
        await open_first(call, data, data.key)
        done = await call.do(move_booking, cmd, _moved, ActDone, key=data.key)
    except AppError as error:
        return await _move_form(call, data, booking, error=error)
    return call.html(f"{_FOLDER}/acted.html", done=done)


def _released(done: Booking) -> ActDone:
    return ActDone(what="released", pc_name=done.pc_name)


def _moved(done: MovedBooking) -> ActDone:
    return ActDone(
        what="moved",
        pc_name=done.made.made[0].booking.pc_name,
        refund_micros=done.back.refund_micros,
        taken_micros=done.made.taken_micros,
    )


def _move_of(call: CafeCall, data: MoveForm) -> MoveBooking:
    if data.starts_date is None:
        raise InvalidInput({"starts": say("is required")})
    try:
        begins = moment_of(data.starts_date, data.starts_time, call.center.zone)
    except ValueError:
        raise InvalidInput({"starts": say("must be HH:MM")}) from None
    return MoveBooking(
        center=call.center,
        actor=call.actor,
        booking_id=data.booking,
        pc_name=data.pc,
        starts_at=begins,
    )


async def _ask(call: CafeCall, data: MoveForm, booking: Booking) -> Reply:
    try:
        plan = await call.read(plan_move_of, _move_of(call, data), clock.now())
    except AppError as error:
        return await _move_form(call, data, booking, error=error)
    return await _move_form(call, data, booking, plan=plan)


async def _move_form(
    call: CafeCall,
    data: MoveForm,
    booking: Booking,
    *,
    plan: MovePlan | None = None,
    error: AppError | None = None,
) -> Reply:
    told = error.renamed(_NAMES) if isinstance(error, InvalidInput) else error
    offer = await offer_of(call, error)
    errors, problem = errors_in_form(
        None if offer is not None else told, call.view.language, ("pc", "starts", *SHIFT_FIELDS)
    )
    rows = await call.read(pc_rows, call.center.id)
    return call.html(
        f"{_FOLDER}/move.html",
        status=200 if error is None else error.status,
        form=data,
        booking=booking,
        plan=plan,
        pcs=[(row.name, row.name) for row in rows],
        errors=errors,
        problem=problem,
        offer=offer,
    )


async def _card(call: CafeCall, data: OneBooking, error: AppError | None = None) -> Reply:
    shown = await call.read(_shown, call, data.booking)
    _, problem = errors_in_form(error, call.view.language, ())
    return call.html(
        f"{_FOLDER}/one.html",
        status=200 if error is None else error.status,
        problem=problem,
        form=data if isinstance(data, SeatForm) else SeatForm(booking=data.booking),
        **shown,
    )


def _shown(read: Read, call: CafeCall, booking_id: int) -> dict[str, Any]:
    now, center_id = clock.now(), call.center.id
    booking = booking_by_id(read, center_id, booking_id)
    live = live_bookings(read, center_id, now)
    is_waiting = booking.state == State.WAITING and booking.ends_at > now
    has_seat = is_waiting and booking.behind_id is None
    is_due = has_seat and booking.has_begun(now) and booking.keeps_seat(now)
    return {
        "booking": booking,
        "behind": [each for each in live if each.behind_id == booking.id],
        "party": [each.pc_name for each in live if each.party_id == booking.party_id],
        "can_cancel": is_waiting,
        "can_move": has_seat and not booking.has_begun(now),
        "can_release": is_due,
        "can_seat": is_due and not booking.member_id,
        "asks_age": booking.kind != Kind.HOLD and counts_guests(call.center),
        "documents": DOCUMENTS,
    }
