"""What a sale comes to with its tax: for goods and packages alike. Pure, in micros."""

from __future__ import annotations

import msgspec

from lanhouse.cafe.centers.schemas.payment import PaymentSettings
from lanhouse.kit.money import MICROS, half_up, unit_micros

GOODS_TAXES = (1, 2, 3)
"""The slots of the taxes of goods (cafe-domain 10)."""
TIME_TAX = 4
"""The slot of the tax of time and packages."""
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
    """A tax as the centre has set it, by its slot; 0 is none."""
    if tax_id not in (*GOODS_TAXES, TIME_TAX):
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


def tax_of_part(tax_micros: int, part_micros: int, whole_micros: int, currency: str) -> int:
    """The tax in a part of what was sold with `tax_micros` in it, rounded half-up once."""
    unit = unit_micros(currency)
    return half_up(tax_micros * part_micros, whole_micros * unit) * unit if whole_micros else 0
