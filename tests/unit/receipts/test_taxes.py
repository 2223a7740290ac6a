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
    assert included_tax(amount_cents * CENT, rate_micros) == tax_cents * CENT


def test_taxes_are_rounded_once_a_line_and_summed() -> None:
    items = [
        Item(kind="goods", amount_micros=100 * CENT, tax_number=4),
        Item(kind="goods", amount_micros=100 * CENT, tax_number=4),
        Item(kind="goods", amount_micros=107 * CENT, tax_number=1),
        Item(kind="goods", amount_micros=100 * CENT, tax_number=2),
        Item(kind="topup", amount_micros=1000 * CENT),
    ]
    assert taxes_in(head(), items) == (
        Tax("Food", 7 * MICROS, 7 * CENT),
        Tax("VAT", 19 * MICROS, 32 * CENT),
    )


def test_no_tax_stands_where_prices_hold_none() -> None:
    without = Head(name="Hall", zone_name="UTC", taxes=(TaxRate("VAT", 19 * MICROS),) * 4)
    assert taxes_in(without, [Item(kind="time", amount_micros=119 * CENT, tax_number=4)]) == ()
