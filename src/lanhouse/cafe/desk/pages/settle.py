"""The desk's one bill of several PCs: who pays which part, what is left open, and the
receipts of bills and sessions."""

from __future__ import annotations

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.desk.pages.cash import must_cover, told
from lanhouse.cafe.desk.queries.members import find_members, member_meant
from lanhouse.cafe.desk.queries.receipt import receipt_of
from lanhouse.cafe.desk.queries.together import (
    WAYS,
    SettleForm,
    SettleView,
    bill_receipt,
    settle_view,
    takes_later,
)
from lanhouse.cafe.money.errors import NeedsShift
from lanhouse.cafe.money.sharing import LATER, Payer
from lanhouse.cafe.money.tenders import taken_at_desk, tender_named
from lanhouse.cafe.sessions.commands import Checkout, QuoteRefused
from lanhouse.cafe.sessions.commands.bills import RIGHT_LATER
from lanhouse.cafe.sessions.commands.debts import PayDebts, pay_debts
from lanhouse.cafe.sessions.commands.ending import Settled, settle
from lanhouse.cafe.sessions.queries.bundles import debts_of
from lanhouse.cafe.shifts.pages import FIELDS as SHIFT_FIELDS
from lanhouse.cafe.shifts.pages import offer_of, open_first
from lanhouse.cafe.shifts.queries.shift_first import ShiftFirst
from lanhouse.cafe.topups.commands.paid_in import RIGHT as REFUND_OTHER
from lanhouse.kit import clock
from lanhouse.kit.amounts import read_amount
from lanhouse.kit.errors import AppError, InvalidInput, NotFound
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.said import say
from lanhouse.web.pages.refusals import errors_in_form, refusal_text
from lanhouse.web.replies import Reply

routes = PanelRoutes("Bill pages")
_FOLDER = "cafe/desk/templates/together"


class SettleDone(msgspec.Struct, frozen=True, kw_only=True):
    """What the toast tells; stored under the form's key."""

    pc_names: list[str]
    paid_micros: int
    later_micros: int
    back: dict[str, int] = {}
    bill_id: int = 0
    """0: one session told it alone."""
    session_id: int = 0
    off_micros: int = 0
    """What was written off."""
    lent_micros: int = 0
    """What a member owes from now on."""


class DebtForm(ShiftFirst):
    """What was left open of a session is paid."""

    session: int
    due: int | None = None
    payment: str = "cash"
    received: str = ""
    """Cash that was handed over, as typed; empty = exactly what is due."""
    later: bool = False
    """Nobody pays now: `member`, as typed, owes it from now on; `shown` is who was shown."""
    member: str = ""
    shown: int = 0
    key: str = ""


@routes.get("/panel/computers/settle", right="sessions.checkout", summary="Dialog: one bill")
async def settle_dialog(call: CafeCall, data: SettleForm) -> Reply:
    """The bill of some PCs or of a bundle; `ways` asks for parts of so many payers."""
    data.part, data.tender, data.received = [], [], ""
    return await settle_form(call, data)


@routes.post("/panel/computers/settle", right="sessions.checkout", summary="Settle one bill")
async def settle_all(call: CafeCall, data: SettleForm) -> Reply:
    """End all of them at the sum that was shown, or show the form again with the reason."""
    try:
        cmd = await _wanted(call, data)
        await open_first(call, data, data.key)
        done = await call.do(settle, cmd, _settled, SettleDone, key=data.key)
    except QuoteRefused:
        data.part = []
        return await settle_form(call, data, is_changed=True)
    except AppError as error:
        return await settle_form(call, data, error)
    return told(call, f"{_FOLDER}/settled.html", done, data, done.paid_micros)


async def _wanted(call: CafeCall, data: SettleForm) -> Checkout:
    due = max(data.due or 0, 0)
    is_counted = data.payment == "cash" and data.received.strip() != "" and data.ways <= 1
    currency = call.center.currency
    return Checkout(
        center=call.center,
        actor=call.actor,
        pc_names=[] if data.bundle else data.pc,
        bundle_id=data.bundle or None,
        payment=LATER if data.later else tender_named(data.back) if data.back else "",
        payers=[] if data.later or not due else _payers(call, data, due),
        debtor_id=await _debtor(call, data) if data.later else 0,
        comment=data.comment,
        quote_time=data.quote_time,
        quote_sign=data.quote_sign,
        due_micros=data.due,
        at_desk=True,
        received_micros=(
            read_amount(data.received, currency, field="received") if is_counted else None
        ),
        is_one_bill=True,
    )


def _payers(call: CafeCall, data: SettleForm, due_micros: int) -> list[Payer]:
    """One payer, or those of the rows that were filled in."""
    if data.ways <= 1:
        return [Payer(tender_named(data.payment or "cash"), due_micros)]
    if len(data.part) != data.ways or len(data.tender) not in (1, data.ways):
        raise InvalidInput({"part": say("every payer needs an amount")})
    tenders = data.tender * data.ways if len(data.tender) == 1 else data.tender
    return [
        Payer(tender_named(tender), read_amount(text, call.center.currency, field="part"))
        for text, tender in zip(data.part, tenders, strict=True)
    ]


async def _debtor(call: CafeCall, data: SettleForm | DebtForm) -> int:
    if not data.member.strip():
        return 0
    found = await call.read(find_members, call.center, data.member)
    return member_meant(found, data.member, data.shown).member_id


async def _seen(call: CafeCall, member: str) -> int:
    """The one member whom what was typed means, who is named in the answer; 0: none, or several."""
    found = await call.read(find_members, call.center, member) if member.strip() else []
    return found[0].member_id if len(found) == 1 else 0


def _settled(done: Settled) -> SettleDone:
    plan = done.plan
    return SettleDone(
        pc_names=[end.session.pc_name for end in plan.ends],
        paid_micros=plan.paid_micros,
        later_micros=plan.later_micros,
        back=plan.back,
        bill_id=done.bill_id or 0,
        session_id=plan.ends[0].session.id,
    )


_FIELDS = ("received", "comment", "member", "part", *SHIFT_FIELDS)


def _shown(data: SettleForm, view: SettleView, may_later: bool) -> tuple[str, ...]:
    """The fields that the dialog has for this bill: what is wrong elsewhere is told above them."""
    plan = view.plan
    pays = plan.due_micros > 0
    owes = pays and may_later and not view.goes_on and not plan.debts
    hidden = {
        "received": not pays or data.ways > 1,
        "part": not pays or data.ways <= 1,
        "member": not owes,
        "comment": not owes and not plan.back,
    }
    return tuple(name for name in _FIELDS if not hidden.get(name))


def may_leave_open(call: CafeCall) -> bool:
    """Whether bills are left open here, and by this person."""
    return takes_later(call.center) and call.actor.may(RIGHT_LATER)


async def settle_form(
    call: CafeCall, data: SettleForm, error: AppError | None = None, *, is_changed: bool = False
) -> Reply:
    """The dialog of one bill, with the reason where it was refused."""
    try:
        view = await call.read(settle_view, call.center, data, clock.now())
    except AppError as gone:
        problem = refusal_text(error or gone, call.view.language)
        return call.html(f"{_FOLDER}/gone.html", status=409, problem=problem)
    told = None if isinstance(error, NeedsShift) else error
    if told is not None and "payers" in told.fields:
        told = InvalidInput({"part": told.fields["payers"]})
    may_later = may_leave_open(call)
    errors, problem = errors_in_form(told, call.view.language, _shown(data, view, may_later))
    return call.html(
        f"{_FOLDER}/settle.html",
        status=200 if error is None and not is_changed else 409,
        out=view,
        form=data,
        is_changed=is_changed,
        errors=dict.fromkeys(_FIELDS, "") | errors,
        problem=problem,
        tenders=taken_at_desk(call.center),
        is_mixed=call.center.settings.payment.payment_method_mixed,
        ways=WAYS,
        may_later=may_later,
        may_choose=call.actor.may(REFUND_OTHER),
        seen=await _seen(call, data.member) if error is not None else 0,
        offer=await offer_of(call, error),
    )


@routes.get("/panel/bills/{bill_id}", right="sessions.view", summary="Receipt of one bill")
async def bill_page(call: CafeCall) -> Reply:
    """The sessions of a bill and its payers, to read and to print."""
    bill_id = id_in_path(call.path["bill_id"], say("There is no receipt with this number."))
    return call.html(
        f"{_FOLDER}/bill.html", receipt=await call.read(bill_receipt, call.center, bill_id)
    )


@routes.get("/panel/debts", right="sessions.checkout", summary="What guests have left open")
async def debts_page(call: CafeCall) -> Reply:
    """The oldest first, each with what takes the money."""
    found = await call.read(debts_of, call.center)
    return call.html(f"{_FOLDER}/debts.html", debts=found)


@routes.get("/panel/computers/debt", right="sessions.checkout", summary="Dialog: pay what is open")
async def debt_dialog(call: CafeCall, data: DebtForm) -> Reply:
    """What a guest has left open, and how it is paid now."""
    return await _debt_form(call, data)


@routes.post("/panel/computers/debt", right="sessions.checkout", summary="Pay what is open")
async def pay_debt(call: CafeCall, data: DebtForm) -> Reply:
    """Take the sum that was shown, or show the form again with the reason."""
    try:
        if not data.later:
            must_cover(call.center, data.received, data.payment, data.due or 0)
        cmd = PayDebts(
            center=call.center,
            actor=call.actor,
            session_ids=[data.session],
            payment=LATER if data.later else tender_named(data.payment),
            debtor_id=await _debtor(call, data) if data.later else 0,
            due_micros=data.due,
        )

        def paid(bill_id: int) -> SettleDone:
            due = data.due or 0
            return SettleDone(
                pc_names=[],
                paid_micros=0 if data.later else due,
                later_micros=0,
                lent_micros=due if data.later else 0,
                bill_id=bill_id,
            )

        await open_first(call, data, data.key)
        done = await call.do(pay_debts, cmd, paid, SettleDone, key=data.key)
    except AppError as error:
        return await _debt_form(call, data, error)
    return told(call, f"{_FOLDER}/settled.html", done, data, done.paid_micros)


async def _debt_form(call: CafeCall, data: DebtForm, error: AppError | None = None) -> Reply:
    debts = await call.read(debts_of, call.center, [data.session])
    if not debts:
        if error is None:
            raise NotFound(say("nothing is left open of it any more"))
        problem = refusal_text(error, call.view.language)
        return call.html(f"{_FOLDER}/gone.html", status=409, problem=problem)
    told = None if isinstance(error, NeedsShift) else error
    may_later = may_leave_open(call)
    fields = ("received", *(("member",) if may_later else ()), *SHIFT_FIELDS)
    errors, problem = errors_in_form(told, call.view.language, fields)
    return call.html(
        f"{_FOLDER}/debt.html",
        status=200 if error is None else error.status,
        form=data,
        debt=debts[0],
        may_later=may_later,
        seen=await _seen(call, data.member) if error is not None else 0,
        tenders=taken_at_desk(call.center),
        errors=errors,
        problem=problem,
        offer=await offer_of(call, error),
    )


@routes.get("/panel/receipts/{session_id}", right="sessions.view", summary="Receipt of a session")
async def receipt_page(call: CafeCall) -> Reply:
    """The bill of an ended session, to read and to print."""
    text = call.path["session_id"]
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
    shown = await call.read(receipt_of, call.center, number)
    if shown is None:
        raise NotFound(say("There is no receipt with this number."))
    return call.html("cafe/desk/templates/sessions/receipt.html", receipt=shown)
