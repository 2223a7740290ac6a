"""What is on a receipt: taxes, and which row of the log is one. Pure, in micros."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from lanhouse.cafe.receipts.schemas import Head, Item, Tax, TaxRate
from lanhouse.kit.money import MICROS, half_up, unit_micros

_HUNDRED = 100 * MICROS


def included_tax(amount_micros: int, rate_micros: int, currency: str) -> int:
    """The tax that is in an amount, rounded half-up once to what is paid in the currency."""
    unit = unit_micros(currency)
    return half_up(amount_micros * rate_micros, (_HUNDRED + rate_micros) * unit) * unit


def taxes_in(head: Head, items: Iterable[Item], currency: str) -> tuple[Tax, ...]:
    """The taxes that are in these items, rounded once a line, in the order of their numbers.

    Empty where prices do not hold their tax: what was not taken must stand on no receipt.
    """
    if not head.is_tax_included:
        return ()
    sums: dict[int, int] = defaultdict(int)
    for item in items:
        if 0 < item.tax_number <= len(head.taxes):
            rate = head.taxes[item.tax_number - 1].rate_micros
            sums[item.tax_number] += included_tax(item.amount_micros, rate, currency)
    found: list[Tax] = []
    for number, amount in sorted(sums.items()):
        tax = head.taxes[number - 1]
        if tax.rate_micros:
            found.append(Tax(tax.name, tax.rate_micros, amount))
    return tuple(found)


def kept_tax(tax: TaxRate, amount_micros: int, tax_micros: int, unit_micros: int) -> Tax:
    """The tax of an amount as it was kept at the sale, with its name and rate. The rate stays away
    (0) where it is another one by now, as when something that was sold before is taken back."""
    exact = half_up(amount_micros * tax.rate_micros, _HUNDRED + tax.rate_micros)
    is_other = abs(exact - tax_micros) > unit_micros
    return Tax(tax.name, 0 if is_other else tax.rate_micros, tax_micros)


HEAD_KEYS = frozenset(
    {
        "center.cafe_name",
        "center.timezone",
        "payment.receipt_address",
        "payment.receipt_tax_number",
        "payment.receipt_note",
        "payment.receipt_link",
        "payment.receipt_language",
        "payment.tax_included_in_price",
        "payment.allow_print_logo",
        "payment.print_additional_info",
        "payment.tax_printer_for_cash",
        "center.open_time_start",
        "center.open_time_end",
        "center.join_us",
        *(f"payment.tax{number}_name" for number in range(1, 5)),
        *(f"payment.tax{number}_percentage_micros" for number in range(1, 5)),
    }
)
"""The settings that a head is made of."""
