"""Which way money goes back (decision 0078)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanhouse.cafe.money.tenders import CameBy, WayBack, pay_back

CAME = [CameBy("card", 5), CameBy("cash", 3), CameBy("qr", 4), CameBy("card", 2)]


@pytest.mark.parametrize(
    ("amount", "named", "by_tender", "other"),
    [
        pytest.param(0, "", {}, 0, id="nothing"),
        pytest.param(4, "", {"card": 4}, 0, id="the newest first"),
        pytest.param(7, "", {"card": 5, "cash": 2}, 0, id="split where they differ"),
        pytest.param(14, "", {"card": 7, "cash": 7}, 0, id="QR cannot be paid out: cash"),
        pytest.param(20, "", {"card": 7, "cash": 13}, 0, id="nobody knows how the rest came: cash"),
        pytest.param(7, "cash", {"cash": 7}, 5, id="all of it by the tender that is named"),
        pytest.param(14, "card", {"card": 14}, 7, id="cash and QR on the card"),
        pytest.param(20, "card", {"card": 20}, 13, id="what is unknown counts as cash"),
        pytest.param(8, "qr", {"cash": 8}, 5, id="named QR is cash too"),
        pytest.param(8, "balance", {"balance": 8}, 8, id="it stays"),
    ],
)
def test_the_way_back(amount: int, named: str, by_tender: dict[str, int], other: int) -> None:
    back = pay_back(CAME, amount, named)
    assert back.by_tender == by_tender
    assert back.other_micros == other


def test_each_part_tells_how_it_came() -> None:
    back = pay_back(CAME, 14, "cash")
    assert back.ways == (
        WayBack("card", "cash", 7),
        WayBack("cash", "cash", 3),
        WayBack("qr", "cash", 4),
    )
    assert back.other == [WayBack("card", "cash", 7)]


def test_what_stays_is_not_handed_out() -> None:
    assert pay_back(CAME, 8, "balance").handed_out_micros == 0
    assert pay_back(CAME, 8).handed_out_micros == 8


@given(
    st.lists(st.tuples(st.sampled_from(["cash", "card", "qr"]), st.integers(1, 100))),
    st.integers(0, 500),
    st.sampled_from(["", "cash", "card", "qr", "balance"]),
)
def test_all_of_it_goes_back_and_no_card_gets_more_than_it_paid(
    came: list[tuple[str, int]], amount: int, named: str
) -> None:
    back = pay_back([CameBy(*each) for each in came], amount, named)
    assert sum(back.by_tender.values()) == amount
    assert all(way.micros > 0 for way in back.ways)
    if not named:
        assert back.other == []
        paid_by_card = sum(micros for tender, micros in came if tender == "card")
        assert back.by_tender.get("card", 0) <= paid_by_card
