"""A bill's lines in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from lanhouse.cafe.metering.rules import BillLine
from lanhouse.cafe.receipts.wire import Words, _bill_line  # pyright: ignore[reportPrivateUsage]

AT = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("currency", "price"), [("€", "3.34/h"), ("BHD", ".345/h"), ("JPY", " 3/h")]
)
def test_the_price_of_an_hour_has_the_decimals_of_its_currency(currency: str, price: str) -> None:
    line = BillLine(
        kind="time",
        what="Day",
        from_at=AT,
        to_at=AT + timedelta(hours=1),
        price_per_hour=Fraction(3_345_678),
        amount_micros=3_000_000,
        why="",
    )
    more = list(_bill_line(line, Words("en", currency, "UTC")))[1]
    assert more.text.endswith(price), more.text
