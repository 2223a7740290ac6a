"""One bill, several payers: the parts are the whole, to the micro."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanhouse.cafe.money.sharing import CENT, Payer, check_payers, even_parts, spread
from lanhouse.kit.errors import InvalidInput

MICROS = st.integers(min_value=0, max_value=10**15)


@pytest.mark.parametrize(
    ("total", "count", "step", "parts"),
    [
        (10_000_000, 3, CENT, [3_340_000, 3_330_000, 3_330_000]),
        (20_000, 3, CENT, [10_000, 10_000, 0]),
        (1_000_000, 3, 50_000, [350_000, 350_000, 300_000]),
        (1_010_000, 2, 50_000, [510_000, 500_000]),
        (7, 2, CENT, [7, 0]),
        (0, 4, CENT, [0, 0, 0, 0]),
    ],
)
def test_parts_are_as_equal_as_coins_allow(
    total: int, count: int, step: int, parts: list[int]
) -> None:
    assert even_parts(total, count, step) == parts


@given(MICROS, st.integers(1, 50), st.sampled_from([CENT, 50_000, 100_000, 1_000_000]))
def test_the_parts_are_the_whole(total: int, count: int, step: int) -> None:
    parts = even_parts(total, count, step)
    assert sum(parts) == total
    assert len(parts) == count
    assert min(parts) >= 0
    assert max(parts) - min(parts) < 2 * step


@given(st.lists(st.integers(0, 10**9), max_size=8), st.integers(1, 6))
def test_every_sum_is_paid_and_every_payer_pays_his_part(dues: list[int], count: int) -> None:
    payers = [
        Payer(f"tender{number}", micros)
        for number, micros in enumerate(even_parts(sum(dues), count, 1))
        if micros
    ]
    shared = spread(dues, payers)
    assert [sum(part.micros for part in parts) for parts in shared] == dues
    for payer in payers:
        mine = [p.micros for parts in shared for p in parts if p.tender == payer.tender]
        assert sum(mine) == payer.amount_micros
        assert min(mine) > 0


@pytest.mark.parametrize("amounts", [[5], [4, 7], [10, 0], [12, -2], []])
def test_other_parts_are_refused(amounts: list[int]) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_payers([Payer("cash", micros) for micros in amounts], 10)
    assert list(refused.value.fields) == ["payers"]
