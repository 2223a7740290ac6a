"""What goods had cost, in currencies with and without decimals (decision 0118)."""

from __future__ import annotations

import pytest

from lanhouse.cafe.orders.rules import shares_of
from lanhouse.cafe.orders.schemas import Line
from lanhouse.cafe.products.panel.forms import form_of
from lanhouse.cafe.products.schemas import Product, ProductValues, Source
from lanhouse.kit import clock

UNIT = 1_000_000


@pytest.mark.parametrize(
    ("currency", "cost", "pieces", "micros"),
    [
        ("JPY", 12_500_000, 3, 38 * UNIT),
        ("JPY", 12_400_000, 1, 12 * UNIT),
        ("EUR", 12_500_000, 3, 37_500_000),
        ("EUR", 333_333, 2, 670_000),
    ],
)
def test_a_cost_is_rounded_to_what_is_paid(
    currency: str, cost: int, pieces: int, micros: int
) -> None:
    line = Line(
        number=1,
        source=Source.PRODUCT,
        item_id=1,
        name="Tea",
        quantity=5,
        price_micros=UNIT,
        cost_micros=cost,
        net_micros=5 * UNIT,
    )
    assert line.cost_of(pieces, currency) == micros


@pytest.mark.parametrize(
    ("currency", "cost", "typed"),
    [
        ("JPY", 250 * UNIT, "250"),
        ("JPY", 12_500_000, "12.5"),
        ("EUR", 2 * UNIT, "2.00"),
        ("EUR", 333_333, "0.333333"),
        ("EUR", 0, ""),
    ],
)
def test_a_cost_is_shown_as_it_is_typed(currency: str, cost: int, typed: str) -> None:
    values = ProductValues(name="Tea", group_id=-1, price_micros=UNIT, cost_micros=cost)
    product = Product(id=1, values=values, quantity=0, updated_at=clock.now())
    assert form_of(product, currency).cost == typed


@pytest.mark.parametrize(
    ("micros", "weights", "step", "shares"),
    [
        (1000, [9, 4], 10, [690, 310]),
        (1005, [1, 1, 1], 10, [330, 330, 345]),
        (7, [0, 0], 1, [3, 4]),
        (0, [5, 5], 10, [0, 0]),
        (1000, [0, 5], 10, [0, 1000]),
        (1000, [3], 10, [1000]),
    ],
)
def test_shares_are_whole_steps_and_together_all(
    micros: int, weights: list[int], step: int, shares: list[int]
) -> None:
    assert shares_of(micros, weights, step) == shares
