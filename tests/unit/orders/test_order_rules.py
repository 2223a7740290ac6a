"""Pure decisions about orders."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanhouse.cafe.money.taxes import Tax
from lanhouse.cafe.orders.rules import backs_of, is_adult, line_of, may_follow, parts_of
from lanhouse.cafe.orders.schemas import Goods, Line, Status, Tendered
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import unit_micros

CENT = 10_000


def goods(price: int) -> Goods:
    return Goods(
        id=1,
        name="Cola",
        group_id=1,
        price_micros=price,
        cost_micros=0,
        coin_price_micros=0,
        tax_id=1,
        is_sold_now=True,
        pc_group_ids=(),
        member_group_ids=(),
        allows_discount=True,
        is_sold_at_seats=True,
        is_adults_only=False,
    )


def line(
    price: int, quantity: int, rate: int = 0, discount: int = 0, currency: str = "EUR"
) -> Line:
    tax = Tax("VAT", rate, is_included=True)
    return line_of(1, goods(price), quantity, tax, discount, currency=currency, by_coin=False)


@pytest.mark.parametrize(
    ("birthday", "adult"),
    [("", None), ("2008-03-04", True), ("2008-03-05", False), ("2008-02-29", True)],
)
def test_the_birthday_itself_counts(birthday: str, adult: bool | None) -> None:
    assert is_adult(birthday, date(2026, 3, 4), 18) is adult


def test_a_status_goes_forward_and_leaves_no_end() -> None:
    allowed = {(now, to) for now in Status for to in Status if may_follow(now, to)}
    assert {now for now, _ in allowed} == {"pending", "preparing"}
    assert ("preparing", "pending") in allowed
    assert ("pending", "pending") not in allowed


@given(
    total=st.integers(0, 10**9),
    first=st.integers(0, 10**9),
    given_more=st.integers(0, 10**6),
)
def test_parts_come_to_the_total_or_are_refused(total: int, first: int, given_more: int) -> None:
    rest = total - first
    tendered = [Tendered("card", first), Tendered("cash", None, max(rest, 0) + given_more)]
    try:
        parts = parts_of(total, tendered, may_mix=True)
    except InvalidInput:
        assert first == 0 or rest <= 0
    else:
        assert sum(part.micros for part in parts) == total
        assert all(part.micros > 0 for part in parts)


@given(
    price=st.integers(1, 10**9),
    steps=st.lists(st.integers(1, 20), min_size=1, max_size=8),
    rate=st.integers(0, 30_000_000),
    discount=st.integers(0, 10_000),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_pieces_given_back_one_by_one_come_to_the_line(
    price: int, steps: list[int], rate: int, discount: int, currency: str
) -> None:
    sold = now = line(price, sum(steps), rate, discount, currency)
    for quantity in steps:
        (back,) = backs_of([now], {1: quantity}, currency)
        assert back.total_micros >= 0
        assert back.total_micros % unit_micros(currency) == 0
        now = Line(
            number=1,
            source=sold.source,
            item_id=1,
            name="",
            quantity=sold.quantity,
            price_micros=price,
            net_micros=sold.net_micros,
            tax_micros=sold.tax_micros,
            refunded_quantity=now.refunded_quantity + quantity,
            refunded_net_micros=now.refunded_net_micros + back.net_micros,
            refunded_tax_micros=now.refunded_tax_micros + back.tax_micros,
        )
    assert (now.refunded_net_micros, now.refunded_tax_micros) == (sold.net_micros, sold.tax_micros)
    with pytest.raises(InvalidInput):
        backs_of([now], {1: 1}, currency)
