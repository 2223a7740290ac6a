"""Payments by QR code on the wires (cafe-wire, Member side; amounts are text with 2 decimals)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from lanhouse.cafe.payments.gateways.beginning import Shown
from lanhouse.cafe.payments.schemas import MANUAL, Payment, Status
from lanhouse.kit.inputs import Amount, Line, means
from lanhouse.kit.money import format_fixed
from lanhouse.kit.pages import CursorIn

STATUS_NUMBERS = {
    Status.PENDING: 4,
    Status.DONE: 2,
    Status.CANCELLED: 3,
    Status.EXPIRED: 3,
}
"""In process, done, cancelled (cafe-domain 0)."""


class TopupUrlIn(Struct, kw_only=True):
    """Who wants to pay how much; a member's own token tops up its own account alone."""

    topup_amount: Annotated[Amount, means("amount")]
    member_account: Annotated[Line, Meta(max_length=100)] = ""
    promo_code: Annotated[Line, Meta(max_length=100)] = ""
    pc_name: Annotated[Line, Meta(max_length=50)] = ""


class PaymentNumberIn(Struct, kw_only=True):
    """Which payment."""

    order_no: Annotated[int, means("payment_id")]


class PaymentOut(Struct, kw_only=True):
    """Without an envelope (cafe-wire 0): `result` 0 is success."""

    result: int
    message: str
    type: str = ""
    """manual, webhook or stripe."""
    url: str = ""
    """Where one pays; of the house's own code its picture."""
    payment_url: str = ""
    """The same address; of the house's own code what it holds."""
    qr_image: str = ""
    """The QR code as a picture (a data URI, or an address of this server). Ours, additive."""
    amount: str = "0.00"
    order_no: int = 0


class PaymentStatusOut(Struct, kw_only=True):
    """4 in process, 2 done, 3 cancelled or not paid in its time."""

    order_no: int
    order_status: int
    amount: str


class ConfirmedOut(Struct, kw_only=True):
    """The payment that is done."""

    order_no: int
    order_status: int
    amount: str


class PaymentListIn(CursorIn, kw_only=True):
    """Which payments, newest first, and a page by cursor."""

    is_waiting: bool = False
    """Only those that wait."""
    member_id: int | None = None


class PaymentRowOut(Struct, kw_only=True):
    """A payment by QR code. Amounts have 2 decimals."""

    payment_id: int
    at: datetime
    purpose: Literal["topup", "order"]
    member_id: int
    """0 = an order of somebody without an account."""
    order_id: int | None
    gateway: str
    amount: str
    promo_code: str
    pc_name: str
    status: Literal["pending", "done", "cancelled", "expired"]
    expires_at: datetime
    paid_at: datetime | None
    is_late: bool
    """It came after its time, or after it was cancelled."""
    went_to: Literal["", "balance", "order"]
    staff_name: str
    reason: str
    """Why it was cancelled; of one that is done, why its promo code gave nothing."""


class PaymentRowsOut(Struct):
    """A page, newest first; `next_cursor` asks for the next one, null at the end."""

    rows: list[PaymentRowOut]
    next_cursor: str | None


class NoticeTakenOut(Struct, kw_only=True):
    """What a notice was found to be: credited, late, matched, amount, unknown, twice, nobody, or
    ignored; `is_new` is false for one that was told before, which has no effect."""

    outcome: str
    is_new: bool


def payment_out(payment: Payment, seen: Shown) -> PaymentOut:
    """The answer of getTopupUrl, and of payOrder by QR code."""
    is_own = payment.gateway == MANUAL
    return PaymentOut(
        result=0,
        message="success",
        type=payment.gateway,
        url=seen.image if is_own else payment.url,
        payment_url=seen.payload if is_own else payment.url,
        qr_image=seen.image,
        amount=format_fixed(payment.amount_micros),
        order_no=payment.id,
    )


def payment_row(payment: Payment, at: datetime) -> PaymentRowOut:
    """A row of the native list."""
    return PaymentRowOut(
        payment_id=payment.id,
        at=payment.at,
        purpose=payment.purpose.value,
        member_id=payment.member_id,
        order_id=payment.order_id,
        gateway=payment.gateway,
        amount=format_fixed(payment.amount_micros),
        promo_code=payment.promo_code,
        pc_name=payment.pc_name,
        status=payment.status_at(at).value,
        expires_at=payment.expires_at,
        paid_at=payment.paid_at,
        is_late=payment.is_late,
        went_to=payment.went_to.value,
        staff_name=payment.staff_name,
        reason=payment.reason,
    )


def status_out(payment: Payment, at: datetime) -> PaymentStatusOut:
    """The answer of getTopupStatus."""
    return PaymentStatusOut(
        order_no=payment.id,
        order_status=STATUS_NUMBERS[payment.status_at(at)],
        amount=format_fixed(payment.amount_micros),
    )


def confirmed_out(payment: Payment) -> ConfirmedOut:
    """The answer of manual/pay."""
    return ConfirmedOut(
        order_no=payment.id,
        order_status=STATUS_NUMBERS[payment.status],
        amount=format_fixed(payment.amount_micros),
    )
