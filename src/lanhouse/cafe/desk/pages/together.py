"""Dialogs of the desk about several PCs together: start, add time or PCs, take one out."""

from __future__ import annotations

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.desk.pages.cash import must_cover, told
from lanhouse.cafe.desk.pages.guest_secrets import secrets_for
from lanhouse.cafe.desk.queries.computers import tender_shown
from lanhouse.cafe.desk.queries.together import (
    LENGTHS,
    AddView,
    TogetherForm,
    TogetherView,
    add_view,
    asked_by,
    together_view,
)
from lanhouse.cafe.desk.queries.unusual import NotConfirmed, bounds_of
from lanhouse.cafe.money.errors import NeedsShift
from lanhouse.cafe.money.tenders import taken_at_desk, tender_named
from lanhouse.cafe.sessions.commands.bundles import (
    AddToBundle,
    Bundled,
    ExtendBundle,
    LeaveBundle,
    StartBundle,
    add_to_bundle,
    extend_bundle,
    leave_bundle,
    shown_once,
    start_bundle,
)
from lanhouse.cafe.sessions.queries.bundles import Bundle
from lanhouse.cafe.shifts.pages import FIELDS as SHIFT_FIELDS
from lanhouse.cafe.shifts.pages import offer_of, open_first
from lanhouse.cafe.shifts.queries.shift_first import ShiftFirst
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError
from lanhouse.web.pages.refusals import errors_in_form, refusal_text
from lanhouse.web.replies import Reply

routes = PanelRoutes("Bundle pages")
_FOLDER = "cafe/desk/templates/together"


class Login(msgspec.Struct, frozen=True):
    """A new guest's log-in, which the desk hands over."""

    session_id: int
    pc_name: str
    account: str
    password: str
    access_code: str = ""


class TogetherDone(msgspec.Struct, frozen=True, kw_only=True):
    """What the toast tells; stored under the form's key."""

    what: str
    pc_names: list[str]
    taken_micros: int = 0
    logins: list[Login] = []


class SeatForm(msgspec.Struct):
    """A PC that leaves a bundle."""

    bundle: int
    pc: str = ""
    key: str = ""


class AddForm(ShiftFirst):
    """A PC that joins a bundle."""

    bundle: int
    pc: str = ""
    payment: str = "cash"
    received: str = ""
    """Cash that was handed over, as typed; empty = exactly the sum."""
    total: int = -1
    """The sum that was shown, in micros; -1 = none."""
    key: str = ""


@routes.get("/panel/computers/together", right="sessions.start", summary="Dialog: start together")
async def together_dialog(call: CafeCall, data: TogetherForm) -> Reply:
    """The form for some PCs, a whole room, or more time for a bundle."""
    data.payment = tender_shown(call.center, data.payment)
    return await _form(call, data)


@routes.get(
    "/panel/computers/together/quote", right="sessions.start", summary="What starting would cost"
)
async def together_quote(call: CafeCall, data: TogetherForm) -> Reply:
    """Each PC's part and end, the sum, and the words for the button."""
    view = await call.read(together_view, call.center, data, clock.now())
    return call.html(
        f"{_FOLDER}/quote.html", form=data, view_of=view, told=_told(call, view), is_fragment=True
    )


@routes.post("/panel/computers/together", right="sessions.start", summary="Start PCs together")
async def together(call: CafeCall, data: TogetherForm) -> Reply:
    """All or none, at the sum that was shown; otherwise the form again with the reason."""
    try:
        done = await _sell(call, data)
    except AppError as error:
        return await _form(call, data, error)
    return told(call, f"{_FOLDER}/done.html", done, data, done.taken_micros)


async def _sell(call: CafeCall, data: TogetherForm) -> TogetherDone:
    tender_named(data.payment)
    view = await call.read(together_view, call.center, data, clock.now())
    if view.problem is not None and not view.names:
        raise view.problem  # any other the sale itself refuses, unless this form has made it
    await _must_be_meant(call, data, view)
    if view.sale is not None:
        must_cover(call.center, data.received, data.payment, view.sale.total_micros)
    await open_first(call, data, data.key)
    shown = data.total if data.total >= 0 else None
    common = {"center": call.center, "actor": call.actor, "payment": data.payment}
    if data.bundle:
        more = ExtendBundle(
            **common, bundle_id=data.bundle, minutes=data.minutes, total_micros=shown
        )
        return await call.do(extend_bundle, more, _extended, TogetherDone, key=data.key)
    asked = asked_by(call.center, view.names, data, clock.now())
    cmd = StartBundle(
        **common,
        kind=asked.kind,
        pc_names=view.names,
        secrets=await secrets_for(call, [data.key] * len(view.names)),
        minutes=asked.minutes,
        amount_micros=asked.amount_micros,
        room_id=data.room or None,
        total_micros=shown,
    )
    return await call.do(start_bundle, cmd, _started, TogetherDone, key=data.key, hide=shown_once)


def _started(done: Bundled) -> TogetherDone:
    return TogetherDone(
        what="started",
        pc_names=[one.session.pc_name for one in done.started],
        taken_micros=done.taken_micros,
        logins=[
            Login(one.session.id, one.session.pc_name, one.account, one.password, one.access_code)
            for one in done.started
            if one.password
        ],
    )


def _extended(done: Bundled) -> TogetherDone:
    return TogetherDone(
        what="extended",
        pc_names=[one.session.pc_name for one in done.started],
        taken_micros=done.taken_micros,
    )


async def _must_be_meant(call: CafeCall, data: TogetherForm, view: TogetherView) -> None:
    """Ask once more about a sum or a time that is a slip of the finger more often than meant."""
    if view.sale is None:
        return
    bounds = await call.read(bounds_of, call.center)
    seconds = data.minutes * 60 if data.kind == "time" or data.bundle else None
    bounds.check(view.sale.total_micros, seconds, confirmed_micros=data.confirmed)


def _told(call: CafeCall, view: TogetherView | AddView) -> str:
    return "" if view.problem is None else refusal_text(view.problem, call.view.language)


async def _form(call: CafeCall, data: TogetherForm, error: AppError | None = None) -> Reply:
    view = await call.read(together_view, call.center, data, clock.now())
    asks = isinstance(error, NotConfirmed)
    told = None if asks or isinstance(error, NeedsShift) else error
    errors, problem = errors_in_form(
        told, call.view.language, ("amount", "received", *SHIFT_FIELDS)
    )
    payment = call.center.settings.payment
    tenders = taken_at_desk(call.center)
    kinds = [
        *(["time", "money"] if tenders and not payment.disable_prepaid else []),
        *([] if payment.disable_postpaid else ["postpaid"]),
    ]
    if data.kind not in kinds:
        data.kind = kinds[0] if kinds else ""
    return call.html(
        f"{_FOLDER}/start.html",
        status=200 if error is None else error.status,
        form=data,
        view_of=view,
        told=_told(call, view),
        kinds=kinds,
        lengths=LENGTHS,
        tenders=tenders,
        errors=errors,
        problem=problem,
        asks=asks,
        offer=await offer_of(call, error),
    )


@routes.get("/panel/computers/together/add", right="sessions.start", summary="Dialog: add a PC")
async def add_dialog(call: CafeCall, data: AddForm) -> Reply:
    """The free PCs that may be taken into a bundle, and what the chosen one would cost."""
    data.payment = tender_shown(call.center, data.payment)
    return await _add_form(call, data)


@routes.get(
    "/panel/computers/together/add/quote", right="sessions.start", summary="What a PC would cost"
)
async def add_quote(call: CafeCall, data: AddForm) -> Reply:
    """The PC's sum and end, and the words for the button."""
    view = await _add_view(call, data)
    return call.html(
        f"{_FOLDER}/quote.html",
        form=data,
        view_of=view,
        told=_told(call, view),
        adds=True,
        is_fragment=True,
    )


@routes.post("/panel/computers/together/add", right="sessions.start", summary="Add a PC")
async def add(call: CafeCall, data: AddForm) -> Reply:
    """Start the PC in the bundle at the sum that was shown, or show the form again."""
    try:
        tender_named(data.payment)
        if data.total >= 0:
            must_cover(call.center, data.received, data.payment, data.total)
        cmd = AddToBundle(
            center=call.center,
            actor=call.actor,
            bundle_id=data.bundle,
            pc_names=[data.pc],
            secrets=await secrets_for(call, [data.key]),
            payment=data.payment,
            total_micros=data.total if data.total >= 0 else None,
        )
        await open_first(call, data, data.key)
        done = await call.do(
            add_to_bundle, cmd, _started, TogetherDone, key=data.key, hide=shown_once
        )
    except AppError as error:
        return await _add_form(call, data, error)
    return told(call, f"{_FOLDER}/done.html", done, data, done.taken_micros)


async def _add_view(call: CafeCall, data: AddForm) -> AddView:
    return await call.read(add_view, call.center, data.bundle, data.pc, data.payment, clock.now())


async def _add_form(call: CafeCall, data: AddForm, error: AppError | None = None) -> Reply:
    view = await _add_view(call, data)
    told = None if isinstance(error, NeedsShift) else error
    errors, problem = errors_in_form(told, call.view.language, ("received", *SHIFT_FIELDS))
    return call.html(
        f"{_FOLDER}/add.html",
        status=200 if error is None else error.status,
        form=data,
        view_of=view,
        told=_told(call, view),
        adds=True,
        tenders=taken_at_desk(call.center),
        errors=errors,
        problem=problem,
        offer=await offer_of(call, error),
    )


@routes.post("/panel/computers/together/leave", right="sessions.start", summary="Take a PC out")
async def leave(call: CafeCall, data: SeatForm) -> Reply:
    """The session goes on by itself."""
    cmd = LeaveBundle(center=call.center, actor=call.actor, bundle_id=data.bundle, pc_name=data.pc)

    def left(_: Bundle) -> TogetherDone:
        return TogetherDone(what="left", pc_names=[data.pc])

    done = await call.do(leave_bundle, cmd, left, TogetherDone, key=data.key)
    return call.html(f"{_FOLDER}/done.html", done=done)
