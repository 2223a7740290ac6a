"""The panel's pages of payments by QR code: what waits, and what came and fitted no order."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.payments.commands import cancel_payment
from lanhouse.cafe.payments.commands.confirming import confirm_by_hand
from lanhouse.cafe.payments.commands.reconciling import (
    NoticeNotFound,
    credit_notice,
    refund_notice,
)
from lanhouse.cafe.payments.errors import PaymentNotFound
from lanhouse.cafe.payments.gateways import gateway_named
from lanhouse.cafe.payments.queries import active_gateway, open_notices, payment_by_id, payment_of
from lanhouse.cafe.payments.queries.listing import (
    NOTICE_LIST,
    PAYMENT_LIST,
    NoticesWanted,
    PaymentsWanted,
    accounts_of,
    notice_by_id,
)
from lanhouse.cafe.payments.schemas import (
    MANUAL,
    STRIPE,
    WEBHOOK,
    Outcome,
    Payment,
    Resolve,
    Settle,
    State,
    Status,
)
from lanhouse.cafe.shifts.pages import FIELDS as SHIFT_FIELDS
from lanhouse.cafe.shifts.pages import offer_of, open_first
from lanhouse.cafe.shifts.queries.shift_first import ShiftFirst
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError
from lanhouse.kit.inputs import Line, id_in_path
from lanhouse.kit.limits import COMMENT_CHARS_MAX
from lanhouse.kit.pages import CursorIn
from lanhouse.kit.said import say
from lanhouse.kit.texts import N_
from lanhouse.web import i18n
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Nothing, Reply, nothing

routes = PanelRoutes("Payment pages")
_FOLDER = "cafe/payments/templates"
GATEWAY_NAMES = {MANUAL: N_("the house"), WEBHOOK: N_("a service"), STRIPE: N_("Stripe")}
STATUSES = {
    Status.PENDING: N_("Waits"),
    Status.DONE: N_("Done"),
    Status.CANCELLED: N_("Cancelled"),
    Status.EXPIRED: N_("Not paid in time"),
}
OUTCOMES = {
    Outcome.CREDITED: N_("Credited"),
    Outcome.LATE: N_("Credited, late"),
    Outcome.MATCHED: N_("Confirmed before"),
    Outcome.AMOUNT: N_("Another amount"),
    Outcome.UNKNOWN: N_("Unknown order"),
    Outcome.TWICE: N_("Paid twice"),
    Outcome.NOBODY: N_("Order is gone"),
}
STATES = {
    State.SETTLED: N_("Settled"),
    State.OPEN: N_("Open"),
    State.CREDITED: N_("Credited by hand"),
    State.REFUNDING: N_("Goes back"),
    State.REFUNDED: N_("Given back"),
}
_DONE = {
    "confirmed": N_("The payment is confirmed."),
    "cancelled": N_("The payment is cancelled."),
    "credited": N_("It is credited."),
    "refunded": N_("It is given back."),
}

Reason = Annotated[Line, Meta(max_length=COMMENT_CHARS_MAX)]


class ListIn(CursorIn):
    """Which payments: only those that wait unless `all` is on."""

    all: bool = False


class DoneIn(msgspec.Struct):
    """What a form has just done."""

    done: str = ""


class SettleForm(ShiftFirst):
    """Why a payment is called off; confirming needs no reason."""

    reason: Reason = ""
    key: str = ""


class ResolveForm(ShiftFirst):
    """Whom it is credited to, and why."""

    account: Annotated[Line, Meta(max_length=100)] = ""
    reason: Reason = ""
    key: str = ""


@routes.get("/panel/payments", right="payments.confirm", summary="Payments by QR code")
async def payments_page(call: CafeCall, data: ListIn) -> Reply:
    """What waits, or all, newest first."""
    return await call.page(f"{_FOLDER}/payments.html", _payments, call, data)


@routes.get(
    "/panel/payments/notices", right="payments.reconcile", summary="Payments that fit no order"
)
async def notices_page(call: CafeCall, data: ListIn) -> Reply:
    """What somebody has to look at, or all that was told, newest first."""
    return await call.page(f"{_FOLDER}/notices.html", _notices, call, data)


@routes.get("/panel/payments/{payment_id}", right="payments.confirm", summary="One payment")
async def one_payment(call: CafeCall, data: DoneIn) -> Reply:
    """What it is for, and what can be done with it."""
    return await _payment_page(call, done=data.done)


@routes.post(
    "/panel/payments/{payment_id}/confirm", right="payments.confirm", summary="Confirm a payment"
)
async def confirm(call: CafeCall, data: SettleForm) -> Reply:
    """The money is there; or the page again with the reason."""
    try:
        cmd = Settle(center=call.center, actor=call.actor, payment_id=_payment_id(call))
        await open_first(call, data, data.key)
        await call.do(confirm_by_hand, cmd, nothing, Nothing, key=data.key or None)
    except AppError as error:
        return await _payment_page(call, error, data)
    return _to(f"/panel/payments/{_payment_id(call)}?done=confirmed")


@routes.post(
    "/panel/payments/{payment_id}/cancel", right="payments.confirm", summary="Cancel a payment"
)
async def cancel(call: CafeCall, data: SettleForm) -> Reply:
    """It will not come; or the page again with the reason."""
    try:
        cmd = Settle(
            center=call.center,
            actor=call.actor,
            payment_id=_payment_id(call),
            reason=data.reason,
        )
        await call.do(cancel_payment, cmd, nothing, Nothing, key=data.key or None)
    except AppError as error:
        return await _payment_page(call, error, data)
    return _to(f"/panel/payments/{_payment_id(call)}?done=cancelled")


@routes.get(
    "/panel/payments/notices/{notice_id}",
    right="payments.reconcile",
    summary="One payment that fits no order",
)
async def one_notice(call: CafeCall, data: DoneIn) -> Reply:
    """What was told, and what can be done with it."""
    return await _notice_page(call, done=data.done)


@routes.post(
    "/panel/payments/notices/{notice_id}/credit",
    right="payments.reconcile",
    summary="Credit what came",
)
async def credit(call: CafeCall, data: ResolveForm) -> Reply:
    """Put it on an account; or the page again with the reason."""
    return await _resolved(call, data, credit_notice, "credited")


@routes.post(
    "/panel/payments/notices/{notice_id}/refund",
    right="payments.reconcile",
    summary="Give back what came",
)
async def refund(call: CafeCall, data: ResolveForm) -> Reply:
    """By the gateway, or as the house has done it itself; or the page again with the reason."""
    return await _resolved(call, data, refund_notice, "refunded")


async def _resolved(call: CafeCall, data: ResolveForm, command: Any, done: str) -> Reply:
    try:
        cmd = Resolve(
            center=call.center,
            actor=call.actor,
            notice_id=_notice_id(call),
            account=data.account,
            reason=data.reason,
        )
        await open_first(call, data, data.key)
        await call.do(command, cmd, nothing, Nothing, key=data.key or None)
    except AppError as error:
        return await _notice_page(call, error, data)
    return _to(f"/panel/payments/notices/{_notice_id(call)}?done={done}")


def _to(path: str) -> Reply:
    return Reply().with_header("hx-redirect", path)


def _payments(read: Read, call: CafeCall, data: ListIn) -> dict[str, Any]:
    center, now = call.center, clock.now()
    wanted = PaymentsWanted(center_id=center.id, waiting_at=None if data.all else now)
    after = PAYMENT_LIST.cursor_sent(wanted, data.cursor)
    part = PAYMENT_LIST.part(read, wanted, after, data.limit)
    rows = [payment_of(row) for row in part.rows]
    return {
        **_common(read, call, data, PAYMENT_LIST.cursor_text(wanted, part.after)),
        "rows": rows,
        "now": now,
        "accounts": accounts_of(read, center.id, {row.member_id for row in rows}),
    }


def _notices(read: Read, call: CafeCall, data: ListIn) -> dict[str, Any]:
    wanted = NoticesWanted(center_id=call.center.id, is_open=not data.all)
    after = NOTICE_LIST.cursor_sent(wanted, data.cursor)
    part = NOTICE_LIST.part(read, wanted, after, data.limit)
    more = _common(read, call, data, NOTICE_LIST.cursor_text(wanted, part.after))
    return {**more, "rows": part.rows}


def _common(read: Read, call: CafeCall, data: ListIn, older: str | None) -> dict[str, Any]:
    is_all = "all=1&" if data.all else ""
    active = active_gateway(read, call.center)
    notices_url = ""
    if active in (WEBHOOK, STRIPE):
        base = f"{call.settings.base_url}/api/native/v1/centers/{call.center.id}"
        notices_url = f"{base}/payments/notices/{active}"
    return {
        "is_all": data.all,
        "older": f"?{is_all}cursor={older}" if older else "",
        "waiting": open_notices(read, call.center.id),
        "active": active,
        "notices_url": notices_url,
        **_words(),
    }


def _words() -> dict[str, Any]:
    return {
        "gateways": GATEWAY_NAMES,
        "statuses": STATUSES,
        "outcomes": OUTCOMES,
        "states": STATES,
    }


async def _payment_page(
    call: CafeCall, error: AppError | None = None, form: SettleForm | None = None, done: str = ""
) -> Reply:
    payment = await call.read(payment_by_id, call.center.id, _payment_id(call))
    if payment is None:
        raise PaymentNotFound
    accounts = await call.read(accounts_of, call.center.id, {payment.member_id})
    return await _one(
        call,
        "payment.html",
        error,
        form or SettleForm(),
        done,
        payment=payment,
        stage=payment.status_at(clock.now()),
        account=accounts.get(payment.member_id, ""),
    )


async def _notice_page(
    call: CafeCall, error: AppError | None = None, form: ResolveForm | None = None, done: str = ""
) -> Reply:
    notice = await call.read(notice_by_id, call.center.id, _notice_id(call))
    if notice is None:
        raise NoticeNotFound
    order: Payment | None = None
    if notice.payment_order_id is not None:
        order = await call.read(payment_by_id, call.center.id, notice.payment_order_id)
    whose = notice.member_id or (0 if order is None else order.member_id)
    accounts = await call.read(accounts_of, call.center.id, {whose})
    return await _one(
        call,
        "notice.html",
        error,
        form or ResolveForm(account=accounts.get(whose, "")),
        done,
        notice=notice,
        order=order,
        account=accounts.get(whose, ""),
        can_refund=gateway_named(notice.gateway).can_refund,
    )


async def _one(
    call: CafeCall, template: str, error: AppError | None, form: Any, done: str, **values: Any
) -> Reply:
    """A page with its forms, after a refusal with the reasons."""
    fields = ("account", "reason", *SHIFT_FIELDS)
    offer = await offer_of(call, error)
    errors, problem = errors_in_form(error, call.view.language, fields)
    gettext = i18n.translations(call.view.language).gettext
    return call.html(
        f"{_FOLDER}/{template}",
        status=200 if error is None else error.status,
        form=form,
        errors=errors,
        problem="" if offer is not None else problem,
        offer=offer,
        toast=gettext(_DONE[done]) if done in _DONE else "",
        **_words(),
        **values,
    )


def _payment_id(call: CafeCall) -> int:
    return id_in_path(call.path["payment_id"], say("Order not found"))


def _notice_id(call: CafeCall) -> int:
    return id_in_path(call.path["notice_id"], say("There is no such payment."))
