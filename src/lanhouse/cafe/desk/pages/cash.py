"""Cash handed over at the desk: a sale takes no less than its price and tells the change."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from lanhouse.cafe.centers.call import CafeCall
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.sessions.errors import ShortCash
from lanhouse.kit.amounts import read_amount
from lanhouse.web.replies import Reply


def must_cover(center: Center, received: str, payment: str, due_micros: int) -> None:
    """Raise ShortCash for cash, as it was typed, that is less than what is due.

    Nothing typed means the exact sum; another tender than cash has no change.
    """
    if payment != "cash" or not received.strip() or due_micros <= 0:
        return
    if read_amount(received, center.currency, field="received") < due_micros:
        raise ShortCash


class CashForm(Protocol):
    """A form that takes money: the tender, and the cash that was handed over, as it was typed."""

    payment: str
    received: str


def change_of(center: Center, form: CashForm, taken_micros: int) -> int:
    """What goes back of the cash once `taken_micros` of it were taken.

    0 where nothing was typed, for another tender than cash, and where nothing was taken.
    """
    if form.payment != "cash" or not form.received.strip() or taken_micros <= 0:
        return 0
    return max(read_amount(form.received, center.currency, field="received") - taken_micros, 0)


def told(call: CafeCall, template: str, done: Struct, form: CashForm, taken_micros: int) -> Reply:
    """The toast of what was done, which tells the change beside it."""
    change = change_of(call.center, form, taken_micros)
    return call.html(template, done=done, change_micros=change)
