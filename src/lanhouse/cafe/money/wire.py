"""Tenders on the wire."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from lanhouse.cafe.money.tenders import ALL_TENDERS
from lanhouse.kit.money import format_fixed

NUMBERS = {tender.name: tender.number for tender in ALL_TENDERS}
"""Tender -> payment method of the wire (cafe-domain 0)."""


class PaidBackRow(Struct):
    """How much goes back by one tender; payment method 1 = it stays on the balance."""

    payment_method: int
    amount: str


def paid_back_rows(by_tender: Mapping[str, int]) -> list[PaidBackRow]:
    """How money goes back: a row for each tender."""
    return [
        PaidBackRow(NUMBERS[tender], format_fixed(micros)) for tender, micros in by_tender.items()
    ]
