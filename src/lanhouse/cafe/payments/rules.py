"""What a genuine notice is, by the order that it names. Pure, in micros."""

from __future__ import annotations

from datetime import datetime, timedelta

from lanhouse.cafe.payments.schemas import MANUAL, Outcome, Payment, Status
from lanhouse.kit.money import MICROS

MINUTES = {MANUAL: 24 * 60}
"""Until when one should pay, by gateway: staff confirm what the house itself takes."""
_MINUTES = 60
PENDING_MAX = 5
"""Payments of one account that wait at once."""


def expires_at(gateway: str, at: datetime) -> datetime:
    """Until when a payment that begins at `at` should be paid."""
    return at + timedelta(minutes=MINUTES.get(gateway, _MINUTES))


def found_in(
    payment: Payment | None,
    *,
    gateway: str,
    amount_micros: int,
    is_own_currency: bool,
    has_notice: bool,
    at: datetime,
) -> Outcome:
    """What a notice is that was never told before.

    `has_notice` says whether another one has paid the same order: of an order that staff confirmed
    the first notice is that very payment, of every other paid order it is a second payment.
    """
    if payment is None or payment.gateway != gateway:
        return Outcome.UNKNOWN
    if not is_own_currency or amount_micros != payment.amount_micros:
        return Outcome.AMOUNT
    if payment.status is Status.DONE:
        return Outcome.TWICE if has_notice else Outcome.MATCHED
    if payment.status_at(at) is not Status.PENDING:
        return Outcome.LATE
    return Outcome.CREDITED


_STEPS = (1, 2, 5)
_QUICK_SUMS = 4


def quick_sums(least_micros: int, decimals: int) -> list[int]:
    """The sums that a member is offered to top up, round ones of the currency, in micros.

    They begin at 5 units (500 of a currency without decimals: 5 yen are no top-up), or at the next
    round sum from the least that may be paid on.
    """
    at_least = max(least_micros, (5 if decimals else 500) * MICROS)
    found: list[int] = []
    magnitude = MICROS
    while len(found) < _QUICK_SUMS:
        found += [step * magnitude for step in _STEPS if step * magnitude >= at_least]
        magnitude *= 10
    return found[:_QUICK_SUMS]


def order_number(text: str) -> int | None:
    """An order number as a gateway wrote it; None for what is none."""
    if text.isascii() and text.isdigit() and len(text) <= 18:
        return int(text)
    return None
