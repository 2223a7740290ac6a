"""Tenders on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lanhouse.cafe.money.tenders import ALL_TENDERS
from lanhouse.kit.money import format_fixed

NUMBERS = {tender.name: tender.number for tender in ALL_TENDERS}
"""Tender -> payment method of the wire (cafe-domain 0)."""


def paid_back_rows(by_tender: Mapping[str, int]) -> list[dict[str, Any]]:
    """How money goes back: a row {payment_method, amount} for each tender; 1 = it stays."""
    return [
        {"payment_method": NUMBERS[tender], "amount": format_fixed(micros)}
        for tender, micros in by_tender.items()
    ]
