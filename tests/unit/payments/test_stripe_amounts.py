"""How Stripe counts amounts (its page on currencies)."""

from __future__ import annotations

import pytest

from lanhouse.cafe.payments.gateways.stripe import from_minor, to_minor
from lanhouse.kit.money import MICROS


@pytest.mark.parametrize(
    ("currency", "units", "counted"),
    [
        ("EUR", 20, 2_000),
        ("JPY", 500, 500),
        ("VND", 20_000, 20_000),
        ("KWD", 5, 5_000),
        ("ISK", 300, 30_000),
        ("UGX", 1_000, 100_000),
        ("MGA", 500, 500),
    ],
)
def test_there_and_back(currency: str, units: int, counted: int) -> None:
    assert to_minor(units * MICROS, currency) == counted
    assert from_minor(counted, currency) == units * MICROS
