"""Amounts as people type them."""

from __future__ import annotations

import pytest

from lanhouse.kit.amounts import read_amount
from lanhouse.kit.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("1.5", 1_500_000),
        ("1,50", 1_500_000),
        ("1.50 €", 1_500_000),
        ("€ 1,5", 1_500_000),
        ("EUR 20", 20_000_000),
        (",5", 500_000),
        ("3\u00a0€", 3_000_000),
    ],
)
def test_the_usual_spellings_are_the_same_amount(text: str, micros: int) -> None:
    assert read_amount(text, "EUR", field="amount") == micros


@pytest.mark.parametrize(
    "text", ["", " ", "abc", "1.2.3", "1.234", "1e3", "-5", "--5", "NaN", "1000000000.01"]
)
def test_what_is_not_an_amount_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"^amount: "):
        read_amount(text, "EUR", field="amount")


@pytest.mark.parametrize("text", ["-5", "−5,00 €"])
def test_a_minus_counts_where_it_is_meant(text: str) -> None:
    assert read_amount(text, "EUR", field="amount", signed=True) == -5_000_000


def test_a_currency_without_decimals_takes_none() -> None:
    assert read_amount("20000", "VND", field="amount") == 20_000_000_000
    with pytest.raises(InvalidInput):
        read_amount("20000.5", "VND", field="amount")
