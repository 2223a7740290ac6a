"""Lines, taxes and times of goods on plain values (cafe-domain 10)."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanhouse.cafe.centers.schemas import PaymentSettings
from lanhouse.cafe.groups.rules import group_ids, group_text
from lanhouse.cafe.money.taxes import NO_TAX, Tax, line_total, tax_of
from lanhouse.cafe.pricing.rules import Window
from lanhouse.cafe.products.rules import is_sold_at, payments_of, runs_low
from lanhouse.cafe.products.schemas import ComboItem, Part, Product, ProductValues, Source

EURO = 1_000_000
PERCENT = 1_000_000


def tax(rate: int, *, is_included: bool) -> Tax:
    return Tax("VAT", rate * PERCENT, is_included)


@pytest.mark.parametrize(
    ("price", "quantity", "rate", "is_included", "net", "of_tax"),
    [
        (1_800_000, 2, 23, True, 2_930_000, 670_000),
        (1_800_000, 2, 23, False, 3_600_000, 830_000),
        (1_000_000, 1, 0, False, 1_000_000, 0),
        # A piece of 0.333333: the line is rounded, not the piece.
        (333_333, 3, 0, False, 1_000_000, 0),
        (333_333, 1, 0, False, 330_000, 0),
        # Half-up: 0.005 is a cent, and so is a tax of half a cent.
        (5_000, 1, 0, False, 10_000, 0),
        (50_000, 1, 10, False, 50_000, 10_000),
        (0, 7, 23, True, 0, 0),
    ],
)
def test_a_line_is_rounded_once_and_its_tax_once(
    price: int, quantity: int, rate: int, is_included: bool, net: int, of_tax: int
) -> None:
    total = line_total(price, quantity, tax(rate, is_included=is_included))
    assert (total.net_micros, total.tax_micros) == (net, of_tax)


def test_a_discount_is_taken_off_before_the_line_is_rounded() -> None:
    assert line_total(1_990_000, 3, NO_TAX, discount=1_250).total_micros == 5_220_000


@given(
    price=st.integers(0, 10**12),
    quantity=st.integers(1, 1000),
    rate=st.integers(0, 100 * PERCENT),
    discount=st.integers(0, 10_000),
    is_included=st.booleans(),
)
def test_net_and_tax_make_whole_cents(
    price: int, quantity: int, rate: int, discount: int, is_included: bool
) -> None:
    total = line_total(price, quantity, Tax("", rate, is_included), discount)
    exact = Fraction(price * quantity * (10_000 - discount), 10_000)
    amount = total.total_micros if is_included else total.net_micros
    assert abs(amount - exact) <= 5_000
    assert total.net_micros % 10_000 == total.tax_micros % 10_000 == 0
    share = Fraction(rate, 100 * PERCENT)
    assert abs(total.tax_micros - total.net_micros * share) <= 5_000 * (1 + share)


def test_taxes_come_from_the_settings() -> None:
    payment = PaymentSettings(
        tax2_name="VAT", tax2_percentage_micros=7 * PERCENT, tax_included_in_price=True
    )
    assert tax_of(payment, 2) == Tax("VAT", 7 * PERCENT, is_included=True)
    assert tax_of(payment, 1).rate_micros == 0
    assert tax_of(payment, 0) is NO_TAX
    assert tax_of(payment, 5) is NO_TAX


def test_a_product_is_sold_inside_its_window_by_the_wall_clock() -> None:
    night = ProductValues(name="Pizza", window=Window((1,), 22 * 60, 2 * 60))
    zone = ZoneInfo("Europe/Berlin")
    monday = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)
    assert is_sold_at(night, monday, zone)
    assert is_sold_at(night, datetime(2026, 3, 3, 0, 59, tzinfo=UTC), zone)
    assert not is_sold_at(night, datetime(2026, 3, 3, 1, 0, tzinfo=UTC), zone)
    assert not is_sold_at(night, datetime(2026, 3, 3, 21, 30, tzinfo=UTC), zone)
    idle = ProductValues(name="Pizza", is_active=False)
    assert not is_sold_at(idle, monday, zone)


def test_a_stock_runs_low_once_on_its_way_down() -> None:
    assert runs_low(6, 5, 5)
    assert runs_low(9, 0, 5)
    assert not runs_low(5, 4, 5)
    assert not runs_low(4, 9, 5)
    assert runs_low(1, 0, 0)


def test_a_combo_has_as_many_as_its_scarcest_part() -> None:
    def combo(*left: int | None) -> Product:
        parts = tuple(
            Part(ComboItem(Source.PRODUCT, number, 2), "part", each)
            for number, each in enumerate(left)
        )
        return Product(
            id=1,
            values=ProductValues(name="Menu", is_unlimited=True),
            quantity=99,
            parts=parts,
            updated_at=datetime(2026, 3, 2, tzinfo=UTC),
        )

    assert combo(9, 5).left == 2
    assert combo(9, None).left == 4
    assert combo(None).left is None
    assert combo(1, 50).is_sold_out
    assert not combo(1, 50).is_low


def test_groups_and_ways_to_pay_are_kept_in_one_form() -> None:
    assert group_text([5, 3, 5]) == "|3|5|"
    assert group_text([]) == ""
    assert group_ids("|-5|3|") == (-5, 3)
    assert payments_of(["qr", "cash", "cash"], []).guest == ("cash", "qr")
