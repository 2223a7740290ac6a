"""Sums that a currency without decimals does not pay are refused by their names, wherever they
stand in what was sent."""

from __future__ import annotations

from typing import Annotated

import msgspec
import pytest

from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.inputs import (
    Amount,
    Coins,
    FineAmount,
    Percentage,
    SignedAmount,
    check_money,
    decode,
    means,
)
from lanhouse.kit.money import MICROS, paid_decimals, unit_micros


class Row(msgspec.Struct):
    """A line of a sale."""

    amount: Amount
    cost: FineAmount = 0


class Sale(msgspec.Struct):
    """All kinds of numbers that are read like amounts."""

    paid: Annotated[Amount, means("amount_micros")] = 0
    back: SignedAmount = 0
    limit: Amount | None = None
    price: FineAmount = 0
    rate: Percentage = 0
    coins: Coins = 0
    one: Row | None = None
    rows: list[Row] = []


def refused(sent: dict, unit: int = MICROS) -> set[str]:
    data = decode(Sale, sent)
    try:
        check_money(data, unit)
    except InvalidInput as wrong:
        return set(wrong.fields)
    return set()


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ({"paid": "100.50"}, {"paid"}),
        ({"back": "-0.01", "limit": "7.10"}, {"back", "limit"}),
        ({"one": {"amount": "1.5"}}, {"one.amount"}),
        ({"rows": [{"amount": "1"}, {"amount": "1.5"}]}, {"rows.1.amount"}),
        ({"price": "0.000001", "rate": "7.25", "coins": "1.25"}, set()),
        ({"rows": [{"amount": "100.00", "cost": "0.5"}], "paid": "100.00"}, set()),
        ({"back": "-100"}, set()),
    ],
)
def test_a_part_of_the_unit_is_refused(sent: dict, fields: set[str]) -> None:
    assert refused(sent) == fields
    assert refused(sent, 10_000) == set()


@pytest.mark.parametrize(
    ("currency", "decimals", "unit"),
    [("JPY", 0, MICROS), ("VND", 0, MICROS), ("KWD", 2, 10_000), ("EUR", 2, 10_000)],
)
def test_what_a_currency_pays(currency: str, decimals: int, unit: int) -> None:
    assert (paid_decimals(currency), unit_micros(currency)) == (decimals, unit)
