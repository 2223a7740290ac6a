"""The bookings of a day at the desk: the list, a new one with its cost, cancelling, seating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from lanhouse.cafe.bookings.commands import BookingsMade, MakeBooking, make_booking
from lanhouse.cafe.bookings.commands.ending import (
    CancelBooking,
    CancelPlan,
    cancel_booking,
    plan_cancel,
)
from lanhouse.cafe.bookings.commands.passwords import new_passwords
from lanhouse.cafe.bookings.plans import BookingPlan, Wanted, offers_to_book, plan_booking
from lanhouse.cafe.bookings.queries import booking_by_id
from lanhouse.cafe.bookings.rules import COMMENT_CHARS_MAX, PCS_MAX, kinds_of
from lanhouse.cafe.bookings.schemas import Booking
from lanhouse.cafe.bookings.wire import kind_of, moment_of
from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.desk.queries.booking_day import booking_day, day_span
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.queries import member_by_account
from lanhouse.cafe.minors.queries import counts_guests
from lanhouse.cafe.minors.wire import day_of
from lanhouse.cafe.money.tenders import taken_at_desk
from lanhouse.cafe.pcs.queries import pc_rows
from lanhouse.cafe.sessions.errors import QuoteRefused
from lanhouse.cafe.shifts.pages import FIELDS as SHIFT_FIELDS
from lanhouse.cafe.shifts.pages import offer_of, open_first
from lanhouse.cafe.shifts.queries.shift_first import ShiftFirst
from lanhouse.db.statements import Row
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, InvalidInput
from lanhouse.kit.inputs import Line
from lanhouse.kit.said import say
from lanhouse.web import format as formats
from lanhouse.web import i18n
from lanhouse.web.i18n import N_
from lanhouse.web.pages.refusals import errors_in_form, translated
from lanhouse.web.replies import Reply

routes = PanelRoutes("Booking pages")
_FOLDER = "cafe/desk/templates/bookings"
_FIELDS = ("pcs", "starts", "minutes", "account", "kind", "offer", "payment", "comment", "birthday")
_NAMES: Mapping[str, str] = {"pc_names": "pcs"}
_QUARTER = 15
_LISTED = 50
"""Bookings on a page of the list."""
STATES = {
    "waiting": N_("Booked"),
    "begun": N_("Begun"),
    "missed": N_("Not used"),
    "cancelled": N_("Cancelled"),
    "dropped": N_("Never had the seat"),
}


class DayIn(msgspec.Struct):
    """A day of the centre; today without one. `only`: no PCs without bookings."""

    day: date | None = None
    only: bool = False
    page: Annotated[int, Meta(ge=1, le=1000)] = 1
    """Of the list below the timeline."""


class BookForm(ShiftFirst, kw_only=True):
    """What is booked; `shown` is the sum that was shown before, empty until it was."""

    pcs: Annotated[list[str], Meta(max_length=PCS_MAX)] = msgspec.field(default_factory=list)
    starts_date: date | None = None
    starts_time: Annotated[str, Meta(max_length=8)] = ""
    minutes: int = 60
    account: Annotated[Line, Meta(max_length=100)] = ""
    kind: Literal["", "hold", "time", "offer"] = ""
    offer: int = 0
    """The package that is booked; 0 = none."""
    offset: Annotated[int, Meta(ge=0, le=1500)] | None = None
    """Minutes from the day's begin, where somebody drew on the timeline."""
    pay: Annotated[list[Annotated[str, Meta(max_length=10)]], Meta(max_length=PCS_MAX)] = (
        msgspec.field(default_factory=list)
    )
    """How each of the PCs in `pay_pc` is paid; empty: all of them by `payment`."""
    pay_pc: Annotated[list[Annotated[str, Meta(max_length=100)]], Meta(max_length=PCS_MAX)] = (
        msgspec.field(default_factory=list)
    )
    payment: Literal["", "cash", "card", "qr", "balance"] = ""
    comment: Annotated[Line, Meta(max_length=COMMENT_CHARS_MAX)] = ""
    birthday: Annotated[Line, Meta(max_length=40)] = ""
    """What the proof of age says that a guest has shown; empty: none."""
    shown: int | None = None
    key: str = ""


class OneBooking(ShiftFirst, kw_only=True):
    """A booking by its number."""

    booking: int
    key: str = ""


class BookedDone(msgspec.Struct, frozen=True, kw_only=True):
    """What the toast and the dialog tell."""

    pc_names: list[str]
    passwords: list[str]
    skipped: list[str]
    taken_micros: int


class CancelDone(msgspec.Struct, frozen=True, kw_only=True):
    """What went back."""

    pc_name: str
    refund_micros: int


@routes.get("/panel/bookings", right="bookings.view", summary="The bookings of a day")
async def bookings_page(call: CafeCall, data: DayIn) -> Reply:
    """By their begin, whatever became of them; with the days before and after."""
    zone = call.center.zone
    now = clock.now()
    today = now.astimezone(zone).date()
    day = data.day or today
    if abs((day - today).days) > 3660:
        raise InvalidInput({"day": say("is too far away")})
    found = await call.read(booking_day, call.center, day, data.only, now)
    first = (data.page - 1) * _LISTED
    return call.html(
        f"{_FOLDER}/day.html",
        shown=found,
        titles=_titles(call, found.bookings),
        bookings=found.bookings[first : first + _LISTED],
        first=first + 1,
        last=min(first + _LISTED, len(found.bookings)),
        page=data.page,
        is_only=data.only,
        day=day,
        midday=found.since + timedelta(hours=12),
        today=today,
        previous=day - timedelta(days=1),
        following=day + timedelta(days=1),
        now=now,
    )


def _titles(call: CafeCall, found: Sequence[Row]) -> dict[int, str]:
    """What the block of a booking tells besides its name, by its number: a day has thousands, so
    that this is no work of the template's."""
    language, zone = call.view.language, call.center.zone
    gettext = i18n.translations(language).gettext
    states = {name: gettext(words) for name, words in STATES.items()}
    guest = gettext("Guest")
    return {
        each.id: f"{each.member_account or guest}, {formats.clock(each.starts_at, zone, language)}"
        f" – {formats.clock(each.ends_at, zone, language)}, {states[each.state]}"
        for each in found
    }


@routes.get("/panel/bookings/new", right="bookings.edit", summary="Dialog: a new booking")
async def booking_dialog(call: CafeCall, data: BookForm) -> Reply:
    """From the next quarter of an hour on, unless it says otherwise."""
    if data.offset is not None and data.starts_date is not None:
        day, clock_time = drawn_at(data.starts_date, data.offset, call.center.zone)
        data = msgspec.structs.replace(data, starts_date=day, starts_time=clock_time)
    if data.starts_date is None or not data.starts_time:
        now = clock.now().astimezone(call.center.zone).replace(second=0, microsecond=0)
        begins = now + timedelta(minutes=_QUARTER - now.minute % _QUARTER)
        day = data.starts_date or begins.date()
        data = msgspec.structs.replace(data, starts_date=day, starts_time=f"{begins:%H:%M}")
    return await _form(call, data)


@routes.post("/panel/bookings/new", right="bookings.edit", summary="Show the cost, then book")
async def book(call: CafeCall, data: BookForm) -> Reply:
    """The first time the cost is shown, the second time that sum is taken."""
    try:
        wanted = await _wanted(call, data)
        if data.shown is None:
            plan = await call.read(plan_booking, wanted, clock.now())
            return await _form(call, data, plan=plan)
        cmd = MakeBooking(
            wanted=wanted,
            passwords=await new_passwords(len(data.pcs)),
            shown_micros=data.shown,
        )
        await open_first(call, data, data.key)
        done = await call.do(make_booking, cmd, _booked, BookedDone, key=data.key)
    except QuoteRefused as error:
        return await _ask_again(call, data, error)
    except AppError as error:
        return await _form(call, data, error=error)
    return call.html(f"{_FOLDER}/booked.html", done=done)


async def _ask_again(call: CafeCall, data: BookForm, error: QuoteRefused) -> Reply:
    """Another sum is due than was shown, as by card: show what it is now, paid as was chosen."""
    try:
        plan = await call.read(plan_booking, await _wanted(call, data), clock.now())
    except AppError as refused:
        return await _form(call, data, error=refused)
    return await _form(call, data, plan=plan, changed=error)


@routes.get("/panel/bookings/cancel", right="bookings.edit", summary="Dialog: cancel a booking")
async def cancel_dialog(call: CafeCall, data: OneBooking) -> Reply:
    """What would go back, and by which tender."""
    return await _cancel_form(call, data)


@routes.post("/panel/bookings/cancel", right="bookings.edit", summary="Cancel a booking")
async def cancel(call: CafeCall, data: OneBooking) -> Reply:
    """Give it back, or show why not."""
    cmd = CancelBooking(center=call.center, actor=call.actor, booking_id=data.booking)
    try:
        await open_first(call, data, data.key)
        done = await call.do(cancel_booking, cmd, _cancelled, CancelDone, key=data.key)
    except AppError as error:
        return await _cancel_form(call, data, error=error)
    return call.html(f"{_FOLDER}/cancelled.html", done=done)


def drawn_at(day: date, minutes: int, zone: ZoneInfo) -> tuple[date, str]:
    """Day and clock time so many minutes after a day of the centre began, as they pass: on a day
    whose clocks change the time of day is another."""
    at = (day_span(day, zone)[0] + timedelta(minutes=minutes)).astimezone(zone)
    return at.date(), f"{at:%H:%M}"


def _booked(done: BookingsMade) -> BookedDone:
    return BookedDone(
        pc_names=[each.booking.pc_name for each in done.made],
        passwords=[each.password for each in done.made],
        skipped=[each.pc_name for each in done.skipped],
        taken_micros=done.taken_micros,
    )


def _cancelled(plan: CancelPlan) -> CancelDone:
    return CancelDone(pc_name=plan.booking.pc_name, refund_micros=plan.refund_micros)


async def _wanted(call: CafeCall, data: BookForm) -> Wanted:
    if data.starts_date is None:
        raise InvalidInput({"starts": say("is required")})
    try:
        begins = moment_of(data.starts_date, data.starts_time, call.center.zone)
    except ValueError:
        raise InvalidInput({"starts": say("must be HH:MM")}) from None
    member_id = 0
    if data.account:
        member = await call.read(member_by_account, call.center.id, data.account)
        if member is None:
            raise MemberNotFound
        member_id = member.id
    return Wanted(
        center=call.center,
        actor=call.actor,
        pc_names=data.pcs,
        starts_at=begins,
        minutes=data.minutes,
        member_id=member_id,
        kind=kind_of(data.kind),
        offer_id=data.offer if data.kind == "offer" else 0,
        payment=data.payment,
        payments=dict(zip(data.pay_pc, data.pay, strict=False)),
        comment=data.comment,
        shown_birthday=day_of(data.birthday, "birthday") if data.birthday else None,
    )


async def _form(
    call: CafeCall,
    data: BookForm,
    *,
    plan: BookingPlan | None = None,
    error: AppError | None = None,
    changed: QuoteRefused | None = None,
) -> Reply:
    told = error.renamed(_NAMES) if isinstance(error, InvalidInput) else error
    offer = await offer_of(call, error)
    errors, problem = errors_in_form(
        None if offer is not None else told, call.view.language, (*_FIELDS, *SHIFT_FIELDS)
    )
    rows = await call.read(pc_rows, call.center.id)
    offers = await call.read(offers_to_book, call.center)
    return call.html(
        f"{_FOLDER}/form.html",
        status=next((each.status for each in (error, changed) if each is not None), 200),
        form=data,
        plan=plan,
        is_changed=changed is not None,
        skipped=[
            f"{each.pc_name}: {translated(each.reason, call.view.language)}"
            for each in (plan.skipped if plan else [])
        ],
        pcs=[(row.name, row.name) for row in rows],
        kinds=[kind.value for kind in kinds_of(call.center.settings.member)],
        tenders=taken_at_desk(call.center),
        offers=[(each.id, each.values.name) for each in offers],
        errors=errors,
        problem=problem,
        offer=offer,
        asks_age=counts_guests(call.center),
    )


async def _cancel_form(call: CafeCall, data: OneBooking, *, error: AppError | None = None) -> Reply:
    booking: Booking = await call.read(booking_by_id, call.center.id, data.booking)
    offer = await offer_of(call, error)
    plan: CancelPlan | None = None
    try:
        plan = plan_cancel(call.center, call.actor, booking, clock.now())
    except AppError as refused:
        error = error or refused
    told = None if offer is not None else error
    errors, problem = errors_in_form(told, call.view.language, SHIFT_FIELDS)
    return call.html(
        f"{_FOLDER}/cancel.html",
        status=200 if error is None else error.status,
        form=data,
        booking=booking,
        plan=plan,
        errors=errors,
        problem=problem,
        offer=offer,
    )
