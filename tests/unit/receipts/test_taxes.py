"""The taxes that are in what was sold."""

from __future__ import annotations

import pytest

from lanhouse.cafe.receipts.rules import included_tax, taxes_in
from lanhouse.cafe.receipts.schemas import Head, Item, Tax, TaxRate
from lanhouse.kit.money import MICROS

CENT = 10_000


def head() -> Head:
    taxes = (TaxRate("Food", 7 * MICROS), TaxRate(), TaxRate(), TaxRate("VAT", 19 * MICROS))
    return Head(name="Hall", zone_name="UTC", taxes=taxes, is_tax_included=True)


@pytest.mark.parametrize(
    ("amount_cents", "rate_micros", "tax_cents"),
    [
        (11900, 19 * MICROS, 1900),
        (100, 19 * MICROS, 16),
        (1, 19 * MICROS, 0),
        (-11900, 19 * MICROS, -1900),
        (10750, 7_500_000, 750),
        (500, 0, 0),
        (21, 100 * MICROS, 11),  # 10.5 cents
    ],
)
def test_the_tax_in_an_amount(amount_cents: int, rate_micros: int, tax_cents: int) -> None:
    assert included_tax(amount_cents * CENT, rate_micros, "EUR") == tax_cents * CENT


def test_taxes_are_rounded_once_a_line_and_summed() -> None:
    items = [
        Item(kind="goods", amount_micros=100 * CENT, tax_number=4),
        Item(kind="goods", amount_micros=100 * CENT, tax_number=4),
        Item(kind="goods", amount_micros=107 * CENT, tax_number=1),
        Item(kind="goods", amount_micros=100 * CENT, tax_number=2),
        Item(kind="topup", amount_micros=1000 * CENT),
    ]
    assert taxes_in(head(), items, "EUR") == (
        Tax("Food", 7 * MICROS, 7 * CENT),
        Tax("VAT", 19 * MICROS, 32 * CENT),
    )


def test_no_tax_stands_where_prices_hold_none() -> None:
    without = Head(name="Hall", zone_name="UTC", taxes=(TaxRate("VAT", 19 * MICROS),) * 4)
    assert (
        taxes_in(without, [Item(kind="time", amount_micros=119 * CENT, tax_number=4)], "EUR") == ()
    )


def test_the_tax_is_rounded_once_and_to_what_is_paid_in_the_currency() -> None:
    # 500 yen hold 45.45 of 10 %; a receipt that says 45.45 could not be paid.
    assert included_tax(500 * MICROS, 10 * MICROS, "JPY") == 45 * MICROS
    assert included_tax(1_250_000, 5 * MICROS, "KWD") == 60_000
    # 0.0049995 is no cent, although it is 0.005000 to the sixth place.
    assert included_tax(1_900_000, 263_826, "EUR") == 0
