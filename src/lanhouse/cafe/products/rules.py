"""Decisions about goods on plain values: when they are sold, when they run low."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from lanhouse.cafe.pricing.rules import Window
from lanhouse.cafe.products.schemas import GroupPayments, ProductValues

PAYMENTS = ("cash", "credit_card", "balance", "qr")
"""How goods of a group may be paid (cafe-domain 10, product_group_payment_method)."""
STOCK_MAX = 1_000_000_000
"""Pieces: more in one place is a slip of the finger."""


def is_sold_at(values: ProductValues, at: datetime, zone: ZoneInfo) -> bool:
    """Whether a product is sold at this time: active, and inside its window by the wall clock."""
    return values.is_active and values.window.holds(at, zone)


def changed(values: ProductValues, changes: Mapping[str, Any]) -> ProductValues:
    """The values with some of them changed, by the names of ProductValues and of Window."""
    of_window = {name: changes[name] for name in changes.keys() & set(Window.__struct_fields__)}
    rest = {name: value for name, value in changes.items() if name not in of_window}
    made = replace(values, **rest)
    return replace(made, window=replace(made.window, **of_window)) if of_window else made


def runs_low(before: int, after: int, low_stock_at: int) -> bool:
    """Whether this movement is the one that brings a stock down to its mark."""
    return after <= low_stock_at < before


def payments_of(guest: Iterable[str], member: Iterable[str]) -> GroupPayments:
    """Ways to pay in the order of PAYMENTS, each once."""
    chosen_by_guests, chosen_by_members = set(guest), set(member)
    return GroupPayments(
        tuple(name for name in PAYMENTS if name in chosen_by_guests),
        tuple(name for name in PAYMENTS if name in chosen_by_members),
    )
