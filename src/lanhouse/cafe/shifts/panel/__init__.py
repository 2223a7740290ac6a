"""The panel's pages of shifts: one's own at the till, all that were, and their reports."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.shifts import commands
from lanhouse.cafe.shifts.commands import CountDrawer, MoveCash, OpenShift
from lanhouse.cafe.shifts.commands.closing import ClosedShift, CloseShift, close_shift
from lanhouse.cafe.shifts.queries import (
    SHIFT_LIST,
    WantedShifts,
    differences_of,
    open_shift_of,
    running_sessions,
    tills_of,
    waiting_orders,
)
from lanhouse.cafe.shifts.queries.rests import guests_rests, left_open_count
from lanhouse.cafe.shifts.queries.views import is_own, shift_view
from lanhouse.cafe.shifts.rules import pieces_of
from lanhouse.cafe.shifts.sign_in import NOBODY, Receiver, with_receiver
from lanhouse.cafe.staff.queries import staff_of_center
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.amounts import read_amount
from lanhouse.kit.errors import AppError, InvalidInput
from lanhouse.kit.inputs import Line, Secret, id_in_path, means
from lanhouse.kit.limits import COMMENT_CHARS_MAX, LOGS_PER_PAGE
from lanhouse.kit.money import parse_micros
from lanhouse.kit.pages import CursorIn, address
from lanhouse.kit.said import say
from lanhouse.kit.texts import N_
from lanhouse.web import i18n
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply

routes = PanelRoutes("Shift pages")
_FOLDER = "cafe/shifts/templates"
_DIGITS_MAX = 6
_LAST = 30
"""So many shifts back a difference is compared with."""
_TELLS_RESTS = timedelta(days=1)
"""So long a closed shift's page tells what guests have left, which is a thing of today."""
_DONE = {
    "opened": N_("The shift is open."),
    "cash": N_("Booked."),
    "counted": N_("The count is kept."),
    "closed": N_("The shift is closed. Its Z report is frozen."),
    "handed": N_("Handed over. The Z report is frozen."),
}
_FIELDS = (
    "till_id",
    "float",
    "amount",
    "reason",
    "counted",
    "pieces",
    "left",
    "comment",
    "next_account",
)

Reason = Annotated[Line, Meta(max_length=COMMENT_CHARS_MAX)]


class DoneIn(msgspec.Struct):
    """What a form has just done."""

    done: str = ""


class OpenForm(msgspec.Struct):
    """A till and the float in its drawer, as typed."""

    till_id: int = 0
    float: str = ""
    key: str = ""


class CashForm(msgspec.Struct):
    """Cash in, out or for the house, as typed."""

    direction: str = "in"
    amount: str = ""
    reason: Annotated[Reason, means("comment")] = ""
    key: str = ""


class CountForm(msgspec.Struct):
    """What was counted: pieces by value, or the sum as typed."""

    pieces: dict[str, str] = {}
    counted: str = ""
    key: str = ""


class CloseForm(msgspec.Struct):
    """The end of a shift; with `next_account` it is handed over."""

    comment: Reason = ""
    left: str = ""
    next_account: Annotated[Line, means("next_id")] = ""
    next_password: Annotated[Secret, Meta(max_length=1024)] = ""
    next_code: Annotated[str, Meta(max_length=40)] = ""
    key: str = ""


class ShiftDone(msgspec.Struct, frozen=True):
    """Which shift a form was about; stored under the form's key."""

    shift_id: int


class Typed(msgspec.Struct, frozen=True):
    """The form that is shown again, and why."""

    form: Any = None
    error: AppError | None = None


@routes.get("/panel/shift", right="shifts.work", summary="Your shift, or the form to open one")
async def own_shift(call: CafeCall, data: DoneIn) -> Reply:
    """X report, count and close of the shift that the reader has open."""
    row = await call.read(open_shift_of, call.center.id, call.actor.staff_id)
    if row is None:
        return await _open_form(call, OpenForm(), done=data.done)
    return await _shift_page(call, row.id, done=data.done)


@routes.post("/panel/shift/open", right="shifts.work", summary="Open a shift")
async def open_shift(call: CafeCall, data: OpenForm) -> Reply:
    """Once per form, or show the form again with the reasons."""
    try:
        float_micros = read_amount(data.float or "0", call.center.currency, field="float")
        cmd = OpenShift(
            center=call.center,
            actor=call.actor,
            till_id=data.till_id,
            float_micros=float_micros,
            address=call.address,
        )
        await call.do(commands.open_shift, cmd, ShiftDone, ShiftDone, key=data.key)
    except AppError as error:
        return await _open_form(call, data, error)
    return _to("/panel/shift", "opened")


@routes.get("/panel/shifts", right="shifts.work", summary="Past shifts")
async def past_shifts(call: CafeCall, data: CursorIn) -> Reply:
    """Newest first; without the right shifts.view only one's own."""
    staff_id = 0 if call.actor.may("shifts.view") else call.actor.staff_id
    wanted = WantedShifts(center_id=call.center.id, staff_id=staff_id)
    after = SHIFT_LIST.cursor_sent(wanted, data.cursor)
    part = await call.read(SHIFT_LIST.part, wanted, after, LOGS_PER_PAGE)
    older = SHIFT_LIST.cursor_text(wanted, part.after)
    return call.html(
        f"{_FOLDER}/shifts.html",
        rows=part.rows,
        older=address("/panel/shifts", data, cursor=older) if older else "",
    )


@routes.get("/panel/shifts/{shift_id}", right="shifts.work", summary="A shift's X or Z report")
async def one_shift(call: CafeCall, data: DoneIn) -> Reply:
    """Printable. An open shift that the reader may close has its count and close here."""
    return await _shift_page(call, _shift_id(call), done=data.done)


@routes.post("/panel/shifts/{shift_id}/cash", right="shifts.work", summary="Cash in or out")
async def cash(call: CafeCall, data: CashForm) -> Reply:
    """Once per form, or show the form again with the reasons."""
    shift_id = _shift_id(call)
    try:
        if data.direction not in ("in", "out", "expense"):
            raise InvalidInput({"amount": say("must be one of in, out, expense")})
        cmd = MoveCash(
            center=call.center,
            actor=call.actor,
            shift_id=shift_id,
            kind=data.direction,
            amount_micros=read_amount(data.amount, call.center.currency, field="amount"),
            comment=data.reason,
        )
        await call.do(commands.move_cash, cmd, ShiftDone, ShiftDone, key=data.key)
    except AppError as error:
        return await _shift_page(call, shift_id, Typed(data, error))
    return _to("/panel/shift", "cash")


@routes.post("/panel/shifts/{shift_id}/count", right="shifts.work", summary="Count the drawer")
async def count(call: CafeCall, data: CountForm) -> Reply:
    """Every count is kept, or show the form again with the reasons."""
    shift_id = _shift_id(call)
    try:
        pieces = _numbers(data.pieces)
        typed = data.counted
        cmd = CountDrawer(
            center=call.center,
            actor=call.actor,
            shift_id=shift_id,
            counted_micros=read_amount(typed, call.center.currency, field="counted")
            if typed
            else None,
            pieces=pieces,
        )
        await call.do(commands.count_drawer, cmd, ShiftDone, ShiftDone, key=data.key)
    except AppError as error:
        return await _shift_page(call, shift_id, Typed(data, error))
    return _to(f"/panel/shifts/{shift_id}", "counted")


@routes.post("/panel/shifts/{shift_id}/close", right="shifts.work", summary="Close or hand over")
async def close(call: CafeCall, data: CloseForm) -> Reply:
    """Leads to the Z report, or shows the form again with the reasons."""
    shift_id = _shift_id(call)
    try:
        cmd = CloseShift(
            center=call.center,
            actor=call.actor,
            shift_id=shift_id,
            comment=data.comment,
            left_micros=read_amount(data.left or "0", call.center.currency, field="left"),
        )

        async def end(to: Receiver) -> ShiftDone:
            handed = msgspec.structs.replace(cmd, next_id=to.staff_id, next_code=to.code)
            return await call.do(close_shift, handed, _closed, ShiftDone, key=data.key)

        if data.next_password and not data.next_account:
            # A close cannot be taken back, and who typed a password meant to hand over.
            raise InvalidInput({"next_account": say("is required: whose password is it?")})
        if data.next_account:
            account, password = data.next_account, data.next_password
            await with_receiver(call, account, password, data.next_code, end)
        else:
            await end(NOBODY)
    except AppError as error:
        return await _shift_page(call, shift_id, Typed(data, error))
    return _to(f"/panel/shifts/{shift_id}", "handed" if data.next_account else "closed")


def _closed(done: ClosedShift) -> ShiftDone:
    return ShiftDone(done.report.shift_id)


def _to(path: str, word: str) -> Reply:
    return Reply().with_header("hx-redirect", f"{path}?done={word}")


def _toast(call: CafeCall, done: str) -> str:
    return i18n.translations(call.view.language).gettext(_DONE[done]) if done in _DONE else ""


async def _open_form(
    call: CafeCall,
    form: OpenForm,
    error: AppError | None = None,
    *,
    done: str = "",
) -> Reply:
    errors, problem = errors_in_form(error, call.view.language, _FIELDS)
    tills = await call.read(tills_of, call.center.id)
    return call.html(
        f"{_FOLDER}/open.html",
        status=200 if error is None else error.status,
        form=form,
        tills=tills,
        free=[till for till in tills if till.is_used and till.shift_id is None],
        errors=errors,
        problem=problem,
        toast=_toast(call, done),
    )


async def _shift_page(
    call: CafeCall, shift_id: int, typed: Typed | None = None, *, done: str = ""
) -> Reply:
    typed = typed or Typed()
    errors, problem = errors_in_form(typed.error, call.view.language, _FIELDS)
    values = await call.read(_page_values, call, shift_id)
    template = "shift" if values["may_act"] else "report"
    return call.html(
        f"{_FOLDER}/{template}.html",
        status=200 if typed.error is None else typed.error.status,
        cash_form=typed.form if isinstance(typed.form, CashForm) else CashForm(),
        count_form=typed.form if isinstance(typed.form, CountForm) else None,
        close_form=typed.form if isinstance(typed.form, CloseForm) else None,
        errors=errors,
        problem=problem,
        toast=_toast(call, done),
        **values,
    )


def _page_values(read: Read, call: CafeCall, shift_id: int) -> dict[str, Any]:
    shift = shift_view(read, call.center, call.actor, shift_id, clock.now())
    own = is_own(call.actor, shift.row)
    people = staff_of_center(read, call.center.id)
    names = {person.id: person.account for person in people}
    busy = {till.staff_name for till in tills_of(read, call.center.id)}
    receivers = [
        person
        for person in people
        if person.is_active and person.id != shift.row.staff_id and person.account not in busy
    ]
    closer, count = shift.row.closed_by_id, shift.report.count
    is_fresh = shift.is_open or clock.now() - shift.row.closed_at < _TELLS_RESTS
    return {
        "shift": shift,
        "is_own": own,
        "may_act": shift.is_open and (own or call.actor.may("shifts.close_others")),
        "pieces": [(value, parse_micros(value)) for value in pieces_of(call.center.currency)],
        "counted_pieces": [] if count is None else sorted(_pieces(count.pieces), reverse=True),
        "waiting": len(waiting_orders(read, call.center.id)),
        "left_open": left_open_count(read, call.center.id),
        "running": len(running_sessions(read, call.center.id)),
        "rests": guests_rests(read, call.center) if is_fresh else [],
        "gives_back": call.center.settings.payment.prepaid_session_change_method != "keep",
        "receivers": [person.account for person in receivers],
        "needs_code": any(person.has_second_factor for person in receivers),
        "range": differences_of(read, call.center.id, _LAST),
        "names": names,
        "closed_by": names.get(closer, "") if closer != shift.row.staff_id else "",
    }


def _numbers(typed: dict[str, str]) -> dict[str, int]:
    """How many of each piece were typed; fields that were left empty count for none."""
    found: dict[str, int] = {}
    for value, text in typed.items():
        digits = text.strip()
        if digits and not (digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS_MAX):
            raise InvalidInput({"pieces": say("must be whole numbers")})
        if digits and int(digits):
            found[value] = int(digits)
    return found


def _pieces(pieces: dict[str, int]) -> list[tuple[int, int]]:
    """Micros of a piece, and how many."""
    return [(parse_micros(value), number) for value, number in pieces.items()]


def _shift_id(call: CafeCall) -> int:
    return id_in_path(call.path["shift_id"], say("Shift not found"))
