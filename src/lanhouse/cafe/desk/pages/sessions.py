"""The desk's dialogs: start and add time, check out and move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.desk.pages.cash import must_cover, told
from lanhouse.cafe.desk.pages.guest_secrets import secrets_for
from lanhouse.cafe.desk.pages.settle import may_leave_open, settle_form
from lanhouse.cafe.desk.queries.computers import move_choice
from lanhouse.cafe.desk.queries.members import find_members, member_meant
from lanhouse.cafe.desk.queries.players import sum_to_fill
from lanhouse.cafe.desk.queries.quotes import (
    QuoteWanted,
    StartForm,
    StartOptions,
    quote,
    start_options,
)
from lanhouse.cafe.desk.queries.receipt import check_out_view
from lanhouse.cafe.desk.queries.together import SettleForm, owes_with
from lanhouse.cafe.desk.queries.unusual import NotConfirmed, bounds_of
from lanhouse.cafe.minors.rules import DOCUMENTS
from lanhouse.cafe.money.errors import NeedsShift
from lanhouse.cafe.money.tenders import taken_at_desk, tender_named
from lanhouse.cafe.sessions import commands
from lanhouse.cafe.sessions.commands import (
    AddMoney,
    AddOffer,
    Checkout,
    Move,
    OtherSession,
    QuoteRefused,
    Started,
    StartGuests,
    StartMember,
)
from lanhouse.cafe.sessions.plans.ending import Settlement
from lanhouse.cafe.sessions.schemas import FREE, POSTPAID, Session
from lanhouse.cafe.shifts.pages import FIELDS as SHIFT_FIELDS
from lanhouse.cafe.shifts.pages import offer_of, open_first
from lanhouse.cafe.shifts.queries.shift_first import ShiftFirst
from lanhouse.cafe.topups.commands.paid_in import RIGHT as REFUND_OTHER
from lanhouse.kit import clock
from lanhouse.kit.amounts import read_amount
from lanhouse.kit.errors import AppError, InvalidInput, NotFound
from lanhouse.kit.inputs import means
from lanhouse.kit.limits import COMMENT_CHARS_MAX
from lanhouse.kit.said import say
from lanhouse.web.format import amount_text
from lanhouse.web.pages.refusals import errors_in_form, refusal_text, translated
from lanhouse.web.replies import Reply

routes = PanelRoutes("Sessions pages")
_FOLDER = "cafe/desk/templates/sessions"
_PLACES = ("amount", "member", "received", "players", "document", "birthday", *SHIFT_FIELDS)


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What the toast tells after a dialog; stored under the form's key."""

    what: str
    pc_name: str
    account: str = ""
    password: str = ""
    """Of a new guest; the desk hands it over."""
    access_code: str = ""
    """Stands in place of the log-in where guests sign in by code."""
    amount_micros: int = 0
    back: dict[str, int] = {}
    """What is given back, by tender."""
    session_id: int = 0
    players: int = 0
    """How many play on, where that was changed."""
    from_pc: str = ""
    """Where a session that was moved came from, so that it can go back."""


class CheckOutForm(ShiftFirst):
    """The check-out dialog: the quote that was shown, and how it is paid or goes back."""

    pc: str
    payment: str = ""
    """How a postpaid guest pays; empty = cash."""
    back: str = ""
    """The tender for the rest of a prepaid guest; empty = the way it came."""
    comment: Annotated[str, msgspec.Meta(max_length=COMMENT_CHARS_MAX)] = ""
    """Why it goes back another way than it came."""
    quote_time: int | None = None
    quote_sign: str | None = None
    due: int | None = None
    """The sum to pay that was shown, in micros; below 0 it is given back."""
    received: str = ""
    """The cash that was handed over, as it was typed; empty = exactly the sum."""
    key: str = ""


class MoveForm(msgspec.Struct):
    """The move dialog."""

    pc: str
    target: Annotated[str, means("target_name")] = ""
    session: int = 0
    """The session that was on the PC when the dialog was opened."""
    key: str = ""


@routes.get("/panel/computers/start", right="sessions.start", summary="Dialog: start or add time")
async def start_dialog(call: CafeCall, data: StartForm) -> Reply:
    """The form; `minutes` asks for the price of that much time as the amount."""
    options = await _options(call, data)
    if data.kind not in options.kinds:
        data.kind = options.kinds[0] if options.kinds else ""
    data.session = options.session.id if options.session else 0
    asked = await call.read(sum_to_fill, _question(call, data), options)
    if asked is not None:
        data.amount = amount_text(asked, call.center.currency, call.view.language)
    return await _start_form(call, data, options)


@routes.get("/panel/computers/quote", right="sessions.start", summary="What a start would do")
async def start_quote(call: CafeCall, data: StartForm) -> Reply:
    """One line about time, end and price, and the words for the button."""
    options = await _options(call, data)
    shown = await call.read(quote, _question(call, data), options)
    # Only where their prices change: buttons that are drawn anew lose a press.
    percent = call.center.settings.payment.credit_card_price_rate or 100
    is_priced_anew = percent != 100 and (data.priced == "card") is not (data.payment == "card")
    return call.html(
        f"{_FOLDER}/quote.html",
        quote=shown,
        wrong=translated(shown.wrong, call.view.language),
        scope="sale-" if data.place == "panel" else "",
        is_fragment=True,
        start=options if is_priced_anew and not options.is_running else None,
        payment=data.payment,
    )


@routes.post("/panel/computers/start", right="sessions.start", summary="Start or add time")
async def start(call: CafeCall, data: StartForm) -> Reply:
    """Do it once per form, or show the form again with the reason.

    A sale is for what the form showed: a free PC, or the session that ran when it was opened.
    """
    try:
        done = await _start(call, data)
    except OtherSession:
        # Shown again, the form would sell to whoever sits there now.
        raise
    except AppError as error:
        return await _start_form(call, data, await _options(call, data), error)
    return told(call, f"{_FOLDER}/done.html", done, data, done.amount_micros)


async def _start(call: CafeCall, data: StartForm) -> Done:
    common: dict[str, Any] = {"center": call.center, "actor": call.actor}
    is_new = data.kind != "member" and not (data.session and data.kind in ("guest", "package"))
    on_pc: dict[str, Any] = {
        **common,
        "pc_names": [data.pc],
        "secrets": await secrets_for(call, [data.key if is_new else None]),
    }
    payment = tender_named(data.payment)
    await _must_cover(call, data)
    await open_first(call, data, data.key)
    if data.kind == "guest":
        amount = read_amount(data.amount, call.center.currency, field="amount")
        await _must_be_meant(call, data, amount)
        add = AddMoney(
            **on_pc,
            amount_micros=amount,
            payment=payment,
            players=data.players,
            for_session=data.session,
            proofs=data.proofs,
        )
        return await _sell(call, data, commands.add_money, add, "time")
    if data.kind == "package":
        of = {"offer_id": data.offer_id, "proofs": data.proofs}
        sale = AddOffer(**on_pc, **of, payment=payment, for_session=data.session)
        return await _sell(call, data, commands.add_offer, sale, "package")
    if data.kind == "member":
        member_id = await _only_member(call, data)
        member = StartMember(**common, pc_name=data.pc, member_id=member_id, players=data.players)
        return await call.do(commands.start_member, member, _started, Done, key=data.key)
    if data.kind == "nocharge":
        call.actor.require("sessions.free")
    elif data.kind != "postpaid":
        raise InvalidInput({"kind": say("is required")})
    kind = FREE if data.kind == "nocharge" else POSTPAID
    guests = StartGuests(**on_pc, kind=kind, players=data.players, proofs=data.proofs)
    return await _sell(call, data, commands.start_guests, guests, "started")


async def _sell(call: CafeCall, data: StartForm, command: Any, cmd: Any, what: str) -> Done:
    hide = commands.without_passwords
    return await call.do(command, cmd, _sold(what), Done, key=data.key, hide=hide)


def _sold(what: str) -> Any:
    """The shape of a sale's answer: the one session that was started or got more."""

    def shape(made: list[Started]) -> Done:
        return Done(
            what=what,
            pc_name=made[0].session.pc_name,
            account=made[0].account,
            password=made[0].password,
            access_code=made[0].access_code,
            amount_micros=made[0].taken_micros,
            session_id=made[0].session.id,
        )

    return shape


def _started(made: Started) -> Done:
    return Done(what="started", pc_name=made.session.pc_name, account=made.account)


async def _must_be_meant(call: CafeCall, data: StartForm, amount_micros: int) -> None:
    """Ask once more about a sum or a time that is a slip of the finger more often than meant."""
    shown = await call.read(quote, _question(call, data), await _options(call, data))
    if shown.problem:  # the sale itself is going to refuse it
        return
    bounds = await call.read(bounds_of, call.center)
    bounds.check(amount_micros, shown.seconds, confirmed_micros=data.confirmed)


async def _must_cover(call: CafeCall, data: StartForm) -> None:
    """Raise ShortCash when the cash that was counted is less than the price."""
    if not data.received.strip() or data.kind not in ("guest", "package"):
        return
    shown = await call.read(quote, _question(call, data), await _options(call, data))
    must_cover(call.center, data.received, data.payment, shown.due_micros)


async def _only_member(call: CafeCall, data: StartForm) -> int:
    found = await call.read(find_members, call.center, data.member)
    return member_meant(found, data.member, data.shown).member_id


def _question(call: CafeCall, data: StartForm) -> QuoteWanted:
    return QuoteWanted(call.center, data, clock.now(), call.actor.may("sessions.free"))


async def _options(call: CafeCall, data: StartForm) -> StartOptions:
    return await call.read(start_options, _question(call, data))


async def _start_form(
    call: CafeCall, data: StartForm, options: StartOptions, error: AppError | None = None
) -> Reply:
    shown = await call.read(quote, _question(call, data), options)
    asks = isinstance(error, NotConfirmed)
    told = None if asks or isinstance(error, NeedsShift) else error
    if error is not None:
        data.place = ""  # what is refused beside the map is told in a dialog
    errors, problem = errors_in_form(told, call.view.language, _PLACES)
    return call.html(
        f"{_FOLDER}/start.html",
        status=200 if error is None else error.status,
        form=data,
        start=options,
        tenders=taken_at_desk(call.center),
        quote=shown,
        wrong=translated(shown.wrong, call.view.language),
        errors=errors,
        problem=problem,
        asks=asks,
        documents=DOCUMENTS,
        offer=await offer_of(call, error),
    )


@routes.get("/panel/computers/check-out", right="sessions.checkout", summary="Dialog: check out")
async def check_out_dialog(call: CafeCall, data: CheckOutForm) -> Reply:
    """The explained bill and what is taken or given back; for the last PC of a bundle the bill with
    what others of it have left open."""
    data.received = ""
    if await call.read(owes_with, call.center, data.pc):
        return await settle_form(call, SettleForm(pc=[data.pc]))
    return await _check_out_form(call, data)


@routes.post("/panel/computers/check-out", right="sessions.checkout", summary="Check out")
async def check_out(call: CafeCall, data: CheckOutForm) -> Reply:
    """End the session at the sum that was shown; a sum that is too old is shown anew."""
    try:
        payment = data.payment or data.back
        is_counted = data.payment == "cash" and data.received.strip() != ""
        currency = call.center.currency
        cmd = Checkout(
            center=call.center,
            actor=call.actor,
            pc_names=[data.pc],
            payment=tender_named(payment) if payment else "",
            comment=data.comment,
            quote_time=data.quote_time,
            quote_sign=data.quote_sign,
            due_micros=data.due,
            at_desk=True,
            received_micros=(
                read_amount(data.received, currency, field="received") if is_counted else None
            ),
        )
        await open_first(call, data, data.key)
        done = await call.do(commands.check_out, cmd, _ended, Done, key=data.key)
    except QuoteRefused:
        return await _check_out_form(call, data, is_changed=True)
    except AppError as error:
        return await _check_out_form(call, data, error)
    return told(call, f"{_FOLDER}/done.html", done, data, done.amount_micros)


def _ended(made: list[Settlement]) -> Done:
    ended = made[0]
    return Done(
        what="ended",
        pc_name=ended.session.pc_name,
        amount_micros=ended.paid_micros - ended.refund_micros,
        back=ended.back.handed_out,
        session_id=ended.session.id,
    )


async def _check_out_form(
    call: CafeCall, data: CheckOutForm, error: AppError | None = None, *, is_changed: bool = False
) -> Reply:
    tenders = taken_at_desk(call.center)
    by = data.payment if data.payment in tenders else next(iter(tenders), "")
    view = await call.read(check_out_view, call.center, data.pc, clock.now(), by)
    if view is None and error is None:
        error = NotFound(say("the PC is not in use"))
    language = call.view.language
    told = None if isinstance(error, NeedsShift) else error
    errors, problem = errors_in_form(told, language, ("received", "comment", *SHIFT_FIELDS))
    return call.html(
        f"{_FOLDER}/{'check_out' if view else 'not_in_use'}.html",
        status=200 if error is None and not is_changed else 409,
        out=view,
        form=data,
        is_changed=is_changed,
        errors=errors,
        tenders=tenders,
        offer=await offer_of(call, error),
        may_choose=call.actor.may(REFUND_OTHER),
        may_later=may_leave_open(call),
        problem=problem,
    )


@routes.get("/panel/computers/move", right="sessions.start", summary="Dialog: move a session")
async def move_dialog(call: CafeCall, data: MoveForm) -> Reply:
    """The free PCs of the same group."""
    choice = await call.read(move_choice, call.center.id, data.pc)
    data.session = choice.session_id
    return await _move_form(call, data)


@routes.post("/panel/computers/move", right="sessions.start", summary="Move a session")
async def move(call: CafeCall, data: MoveForm) -> Reply:
    """Move the session that was shown, or show the form again with the reason."""
    cmd = Move(
        center=call.center,
        actor=call.actor,
        pc_name=data.pc,
        target_name=data.target,
        for_session=data.session,
    )
    try:
        done = await call.do(commands.move_session, cmd, _moved(data.pc), Done, key=data.key)
    except OtherSession:
        raise
    except AppError as error:
        return await _move_form(call, data, error)
    return call.html(f"{_FOLDER}/done.html", done=done)


def _moved(from_pc: str) -> Callable[[Session], Done]:
    def shape(session: Session) -> Done:
        return Done(what="moved", pc_name=session.pc_name, session_id=session.id, from_pc=from_pc)

    return shape


async def _move_form(call: CafeCall, data: MoveForm, error: AppError | None = None) -> Reply:
    choice = await call.read(move_choice, call.center.id, data.pc)
    return call.html(
        f"{_FOLDER}/move.html",
        status=200 if error is None else error.status,
        form=data,
        targets=choice.targets,
        problem="" if error is None else refusal_text(error, call.view.language),
    )
