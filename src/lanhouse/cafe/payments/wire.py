"""Payments by QR code on the wires (cafe-wire, Member side; amounts are text with 2 decimals)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from lanhouse.cafe.payments.gateways.beginning import Shown
from lanhouse.cafe.payments.schemas import MANUAL, Payment, Status
from lanhouse.kit.inputs import Amount, Line, means
from lanhouse.kit.money import format_fixed

STATUS_NUMBERS = {Status.PENDING: 4, Status.DONE: 2, Status.CANCELLED: 3}
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
