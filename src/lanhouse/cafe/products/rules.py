"""Decisions about goods on plain values: when they are sold, when they run low, tax and totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from lanhouse.cafe.centers.schemas.payment import PaymentSettings
from lanhouse.cafe.pricing.rules import Window
from lanhouse.cafe.products.schemas import GroupPayments, ProductValues
from lanhouse.kit.money import MICROS, half_up, unit_micros

PAYMENTS = ("cash", "credit_card", "balance", "qr")
"""How goods of a group may be paid (cafe-domain 10, product_group_payment_method)."""
TAXES = (1, 2, 3)
"""The taxes of goods; the fourth is that of PC time."""
STOCK_MAX = 1_000_000_000
"""Pieces: more in one place is a slip of the finger."""
_PERCENT_MICROS = 100 * MICROS
_DISCOUNT_PARTS = 10_000


class Tax(msgspec.Struct, frozen=True):
    """A tax of the centre: `rate_micros` are micros of one percent."""

    name: str
    rate_micros: int
    is_included: bool
    """True: a price holds it; False: it comes on top."""


NO_TAX = Tax("", 0, is_included=True)


class LineTotal(msgspec.Struct, frozen=True):
    """What one line of a ticket comes to, in micros, whole cents: net and tax make the total."""

    net_micros: int
    tax_micros: int

    @property
    def total_micros(self) -> int:
        """What is paid."""
        return self.net_micros + self.tax_micros


def tax_of(payment: PaymentSettings, tax_id: int) -> Tax:
    """The tax of a product as the centre has set it; 0 is none."""
    if tax_id not in TAXES:
        return NO_TAX
    return Tax(
        getattr(payment, f"tax{tax_id}_name"),
        getattr(payment, f"tax{tax_id}_percentage_micros"),
        payment.tax_included_in_price,
    )


def line_total(
    price_micros: int, quantity: int, tax: Tax, discount: int = 0, currency: str = ""
) -> LineTotal:
    """What `quantity` pieces come to: `discount` is in hundredths of a percent.

    The line is rounded half-up once to what is paid in the currency, whatever decimals its price
    has, and its tax is taken from that amount once, half-up too; so net and tax always make
    what is paid.
    """
    unit = unit_micros(currency)
    exact = price_micros * quantity * (_DISCOUNT_PARTS - discount)
    amount = half_up(exact, _DISCOUNT_PARTS * unit) * unit
    parts = _PERCENT_MICROS + (tax.rate_micros if tax.is_included else 0)
    tax_micros = half_up(amount * tax.rate_micros, parts * unit) * unit
    if tax.is_included:
        return LineTotal(amount - tax_micros, tax_micros)
    return LineTotal(amount, tax_micros)


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
