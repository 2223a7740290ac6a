"""One act on several PCs: each by itself, under a key of its own, with what became of each.

What a refusal leaves undone on one PC does not undo the others; a form that is sent twice does
nothing twice, because each PC's act is stored under the form's key and the PC (decision 0121).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.desk.pages.cash import change_of, must_cover
from lanhouse.cafe.desk.pages.guest_secrets import secrets_for
from lanhouse.cafe.desk.queries.batch import (
    LENGTHS_MINUTES,
    Line,
    SaleWanted,
    Token,
    check_out_lines,
    names_by_id,
    sale_lines,
)
from lanhouse.cafe.desk.queries.computers import tender_shown
from lanhouse.cafe.members.commands.guest_secret import GuestSecret
from lanhouse.cafe.money.errors import NeedsShift
from lanhouse.cafe.money.tenders import taken_at_desk, tender_named
from lanhouse.cafe.orders.queries import tabs_of
from lanhouse.cafe.pcs.wire import PcNames
from lanhouse.cafe.sessions import commands
from lanhouse.cafe.sessions.commands import AddMoney, Checkout, Started, StartGuests
from lanhouse.cafe.sessions.plans.ending import Settlement
from lanhouse.cafe.sessions.schemas import FREE, POSTPAID
from lanhouse.cafe.shifts.pages import FIELDS as SHIFT_FIELDS
from lanhouse.cafe.shifts.pages import offer_of, open_first
from lanhouse.cafe.shifts.queries.shift_first import ShiftFirst
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, InvalidInput, NotFound
from lanhouse.kit.limits import IDEMPOTENCY_KEY_MAX, MAX_PC
from lanhouse.kit.said import say
from lanhouse.web.pages.refusals import errors_in_form, refusal_text, translated
from lanhouse.web.replies import Reply

routes = PanelRoutes("Batch pages")
_FOLDER = "cafe/desk/templates/batch"
_TOKEN_PARTS = 5
_WHOLE = re.compile(r"-?[0-9]{1,18}")
Each = Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(max_length=MAX_PC)]


class BatchForm(ShiftFirst):
    """A dialog about several PCs; `each` are the lines that it showed, as Line.token has them."""

    pc: PcNames = msgspec.field(default_factory=list)
    each: Each = msgspec.field(default_factory=list)
    payment: str = "cash"
    received: str = ""
    """The cash that was handed over for all, as it was typed; empty = exactly the sum."""
    key: str = ""


class SaleForm(BatchForm):
    """Start guests on free PCs, or add time where somebody plays."""

    act: Literal["start", "time"] = "start"
    kind: Literal["guest", "postpaid", "nocharge"] = "guest"
    minutes: Annotated[int, Meta(ge=1, le=24 * 60)] = 60
    shown: str = ""
    """What the lines in `each` are for (SaleWanted.word): what was chosen since is shown first."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one PC; stored under its own key when it was done."""

    pc_name: str
    micros: int = 0
    """Taken; below zero it was given back."""
    back: dict[str, int] = {}
    """What was given back, by tender."""
    account: str = ""
    password: str = ""
    """Of a new guest; the desk hands it over."""
    access_code: str = ""
    """Stands in its place where guests sign in by code."""
    problem: str = ""
    """Why nothing was done, in the reader's language; never stored."""


Act = Callable[[str, Token, str], Awaitable[Outcome]]
"""(PC name, line, key of this PC) -> what became of it; raises AppError."""


@routes.get(
    "/panel/computers/batch/check-out", right="sessions.checkout", summary="Dialog: check PCs out"
)
async def check_out_dialog(call: CafeCall, data: BatchForm) -> Reply:
    """The bills of all, and what is taken and given back together."""
    return await _check_out_form(call, data)


@routes.post("/panel/computers/batch/check-out", right="sessions.checkout", summary="Check PCs out")
async def check_out(call: CafeCall, data: BatchForm) -> Reply:
    """End each session at the sum that was shown; what changed since is refused by PC."""

    async def act(name: str, line: Token, key: str) -> Outcome:
        cmd = Checkout(
            center=call.center,
            actor=call.actor,
            pc_names=[name],
            # What is given back goes the way it came.
            payment=tender_named(data.payment) if line.micros > 0 else "",
            quote_time=line.quote_time,
            quote_sign=line.quote_sign,
            due_micros=line.micros,
            at_desk=True,
        )
        return await call.do(commands.check_out, cmd, _ended, Outcome, key=key)

    try:
        outcomes = await on_each(call, data, act)
    except AppError as error:
        return await _check_out_form(call, data, error)
    return batch_result(call, data, "check-out", outcomes)


def _ended(made: list[Settlement]) -> Outcome:
    ended = made[0]
    micros = ended.paid_micros - ended.refund_micros
    return Outcome(pc_name=ended.session.pc_name, micros=micros, back=ended.back.handed_out)


async def _check_out_form(call: CafeCall, data: BatchForm, error: AppError | None = None) -> Reply:
    lines = await call.read(check_out_lines, call.center, data.pc, clock.now())
    tabs = await call.read(tabs_of, call.center.id, [line.member_id for line in lines])
    return await batch_form(call, "check_out", data, lines, error, tabs=tabs)


@routes.get(
    "/panel/computers/batch/start", right="sessions.start", summary="Dialog: start on several PCs"
)
async def start_dialog(call: CafeCall, data: SaleForm) -> Reply:
    """Guests who pay first, or later, or not at all."""
    data.act = "start"
    return await _sale_form(call, data)


@routes.get(
    "/panel/computers/batch/time", right="sessions.start", summary="Dialog: time on several PCs"
)
async def time_dialog(call: CafeCall, data: SaleForm) -> Reply:
    """The same length for each running session, at the price of its PC."""
    data.act = "time"
    return await _sale_form(call, data)


@routes.get(
    "/panel/computers/batch/lines", right="sessions.start", summary="What a sale on several does"
)
async def sale_part(call: CafeCall, data: SaleForm) -> Reply:
    """The lines for what is chosen now, and the words for the button."""
    return _html(call, "lines", data, await _lines(call, data), is_fragment=True)


@routes.post("/panel/computers/batch/sale", right="sessions.start", summary="Sell on several PCs")
async def sell(call: CafeCall, data: SaleForm) -> Reply:
    """Start or add on each PC what was shown for it."""
    if data.shown != _wanted(call, data).word(call.center):
        return await _sale_form(call, data, is_changed=True)

    made: dict[int, GuestSecret] = {}

    async def act(name: str, line: Token, key: str) -> Outcome:
        # Not before anything may be done, and for all at once.
        if not made:
            made.update(await _secrets(call, data))
        cmd = _sale(call, data, name, line, made[line.pc_id])
        run = commands.add_money if isinstance(cmd, AddMoney) else commands.start_guests
        hide = commands.without_passwords
        return await call.do(run, cmd, _sold, Outcome, key=key, hide=hide)  # type: ignore[arg-type]

    try:
        outcomes = await on_each(call, data, act)
    except AppError as error:
        return await _sale_form(call, data, error)
    return batch_result(call, data, data.act, outcomes)


async def _secrets(call: CafeCall, data: SaleForm) -> dict[int, GuestSecret]:
    """A password for each PC on which a guest starts, by the PC's id."""
    lines = [_token(text) for text in data.each]
    keys = [None if data.act == "time" else _key_of(data, line) for line in lines]
    made = await secrets_for(call, keys)
    return {line.pc_id: secret for line, secret in zip(lines, made, strict=True)}


def _sale(
    call: CafeCall, data: SaleForm, name: str, line: Token, secret: GuestSecret
) -> AddMoney | StartGuests:
    secrets = [secret]
    if data.act == "time" or data.kind == "guest":
        return AddMoney(
            center=call.center,
            actor=call.actor,
            pc_names=[name],
            amount_micros=line.micros,
            payment=tender_named(data.payment),
            secrets=secrets,
            for_session=line.session_id,
        )
    if data.kind == "nocharge":
        call.actor.require("sessions.free")
    return StartGuests(
        center=call.center,
        actor=call.actor,
        kind=FREE if data.kind == "nocharge" else POSTPAID,
        pc_names=[name],
        secrets=secrets,
        for_session=0,
    )


def _sold(made: list[Started]) -> Outcome:
    return Outcome(
        pc_name=made[0].session.pc_name,
        micros=made[0].taken_micros,
        account=made[0].account,
        password=made[0].password,
        access_code=made[0].access_code,
    )


async def _sale_form(
    call: CafeCall, data: SaleForm, error: AppError | None = None, *, is_changed: bool = False
) -> Reply:
    kinds = _kinds(call, data)
    if data.kind not in kinds:
        data.kind = kinds[0] if kinds else "guest"  # type: ignore[assignment]
    return await batch_form(
        *(call, "sale", data, await _lines(call, data), error),
        kinds=kinds,
        lengths=LENGTHS_MINUTES,
        is_changed=is_changed,
    )


async def _lines(call: CafeCall, data: SaleForm) -> list[Line]:
    wanted = _wanted(call, data)
    data.shown = wanted.word(call.center)
    return await call.read(sale_lines, call.center, wanted, clock.now())


def _kinds(call: CafeCall, data: SaleForm) -> list[str]:
    """What may be started: the same as on one PC (queries.quotes)."""
    payment = call.center.settings.payment
    if data.act == "time":
        return ["guest"]
    allowed = {
        "guest": bool(taken_at_desk(call.center)) and not payment.disable_prepaid,
        "postpaid": not payment.disable_postpaid,
        "nocharge": call.actor.may("sessions.free"),
    }
    return [kind for kind, is_allowed in allowed.items() if is_allowed]


def _wanted(call: CafeCall, data: SaleForm) -> SaleWanted:
    payment = tender_shown(call.center, data.payment)
    return SaleWanted(data.pc, data.act == "start", data.kind, data.minutes, payment)


async def on_each(call: CafeCall, data: BatchForm, act: Act) -> list[Outcome]:
    """Do the act on each PC of the form, one after the other.

    Raises AppError when nothing can be done at all: no line, a line that is none, no open shift.
    """
    lines = [_token(text) for text in data.each]
    if not lines:
        raise InvalidInput({"each": say("is required")})
    due = sum(line.micros for line in lines if line.micros > 0)
    must_cover(call.center, data.received, data.payment, due)
    await open_first(call, data, data.key)
    names = await call.read(names_by_id, call.center.id)
    outcomes: list[Outcome] = []
    for line in lines:
        name = names.get(line.pc_id, "")
        key = _key_of(data, line)
        try:
            if not name:
                raise NotFound(say("There is no PC with this name."))
            outcomes.append(await act(name, line, key))
        except NeedsShift:
            # The dialog offers to open one; sent again it passes over what is done already.
            raise
        except AppError as error:
            problem = refusal_text(error, call.view.language)
            outcomes.append(Outcome(pc_name=name or "?", problem=problem))
    return outcomes


def _key_of(data: BatchForm, line: Token) -> str:
    """The key of one PC's part of the form."""
    return f"{data.key}.{line.pc_id}"[-IDEMPOTENCY_KEY_MAX:] if data.key else ""


def _token(text: str) -> Token:
    parts = text.split(" ")
    if len(parts) != _TOKEN_PARTS or not all(_WHOLE.fullmatch(part) for part in parts[:4]):
        raise InvalidInput({"each": say("is not a line of this form")})
    pc_id, session_id, micros, quote_time = map(int, parts[:4])
    return Token(pc_id, session_id, micros, quote_time, parts[4])


async def batch_form(
    call: CafeCall,
    name: str,
    data: BatchForm,
    lines: list[Line],
    error: AppError | None,
    *,
    is_changed: bool = False,
    **more: object,
) -> Reply:
    """The dialog of this name with its lines, and what was refused."""
    told = None if isinstance(error, NeedsShift) else error
    errors, problem = errors_in_form(told, call.view.language, ("received", *SHIFT_FIELDS))
    status = 409 if is_changed else 200 if error is None else error.status
    shown = {"errors": errors, "problem": problem, "is_changed": is_changed}
    return _html(
        call, name, data, lines, status=status, offer=await offer_of(call, error), **shown, **more
    )


def _html(
    call: CafeCall, name: str, data: BatchForm, lines: list[Line], status: int = 200, **more: object
) -> Reply:
    language = call.view.language
    return call.html(
        f"{_FOLDER}/{name}.html",
        status=status,
        form=data,
        lines=[line for line in lines if not line.why_not],
        left_out=[(line, translated(line.why_not, language)) for line in lines if line.why_not],
        take_micros=sum(line.micros for line in lines if line.micros > 0 and not line.why_not),
        back=_summed([line.back for line in lines]),
        tenders=taken_at_desk(call.center),
        **more,
    )


def batch_result(call: CafeCall, data: BatchForm, act: str, outcomes: list[Outcome]) -> Reply:
    """What became of each PC, with the log-ins of new guests."""
    done = [one for one in outcomes if not one.problem]
    taken = sum(one.micros for one in done if one.micros > 0)
    return call.html(
        f"{_FOLDER}/result.html",
        act=act,
        done=done,
        refused=[one for one in outcomes if one.problem],
        logins=[one for one in done if one.password],
        taken_micros=taken,
        change_micros=change_of(call.center, data, taken),
        back=_summed([one.back for one in done]),
    )


def _summed(parts: list[dict[str, int]]) -> dict[str, int]:
    """Sums by tender."""
    return {each: sum(part.get(each, 0) for part in parts) for part in parts for each in part}
