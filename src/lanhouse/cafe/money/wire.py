"""Tenders and expenses on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct

from lanhouse.cafe.money.schemas import LogEntry
from lanhouse.cafe.money.tenders import ALL_TENDERS
from lanhouse.kit.inputs import Amount, Line, means
from lanhouse.kit.limits import COMMENT_CHARS_MAX
from lanhouse.kit.money import format_fixed

NUMBERS = {tender.name: tender.number for tender in ALL_TENDERS}
"""Tender -> payment method of the wire (cafe-domain 0)."""


class ExpenseIn(Struct):
    """Cash that is taken out of the till for the house, and what for."""

    balance: Annotated[Amount, means("amount")]
    comment: Annotated[Line, Meta(max_length=COMMENT_CHARS_MAX)] = ""


class ExpenseRow(Struct):
    """What was taken out of the till, and why."""

    log_money: str
    """2 decimals, negative."""
    log_details: str


class PaidBackRow(Struct):
    """How much goes back by one tender; payment method 1 = it stays on the balance."""

    payment_method: int
    amount: str


def paid_back_rows(by_tender: Mapping[str, int]) -> list[PaidBackRow]:
    """How money goes back: a row for each tender."""
    return [
        PaidBackRow(NUMBERS[tender], format_fixed(micros)) for tender, micros in by_tender.items()
    ]


def expense(entry: LogEntry) -> ExpenseRow:
    """What was taken out, as reports list it."""
    return ExpenseRow(format_fixed(entry.cash_micros), entry.details)
