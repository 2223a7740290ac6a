"""When the desk asks once more."""

from __future__ import annotations

import pytest

from lanhouse.cafe.desk.queries.unusual import Bounds, NotConfirmed


@pytest.mark.parametrize(
    ("above", "minutes", "amount", "seconds", "asks"),
    [
        (100, 10, 100, 600, False),
        (100, 10, 101, 600, True),
        (100, 10, -101, None, True),
        (100, 10, 100, 601, True),
        (100, 10, 100, None, False),
        (0, 10, 10**15, 600, False),
        (100, 0, 100, 10**9, False),
    ],
)
def test_a_bound_is_passed_by_more_than_it(
    above: int, minutes: int, amount: int, seconds: int | None, asks: bool
) -> None:
    bounds = Bounds(above, minutes)
    if asks:
        with pytest.raises(NotConfirmed):
            bounds.check(amount, seconds, confirmed_micros=0)
        with pytest.raises(NotConfirmed):
            bounds.check(amount, seconds, confirmed_micros=amount + 1)
    else:
        bounds.check(amount, seconds, confirmed_micros=0)
    bounds.check(amount, seconds, confirmed_micros=amount)
