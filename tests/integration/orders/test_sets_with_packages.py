"""Combos with a package in them: how their price is shared, sold and given back (decision 0136)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lanhouse.auth.actors import Actor
from lanhouse.cafe.desk.queries.shop import ticket_of
from lanhouse.cafe.offers.commands.refunding import PackageRefund, refund_package
from lanhouse.cafe.orders.commands.giving_back import RefundOrder, refund_order
from lanhouse.cafe.orders.commands.placing import place_order
from lanhouse.cafe.orders.rules import LINES_MAX
from lanhouse.cafe.orders.schemas import Items, Source, Status
from lanhouse.cafe.products.errors import SoldOut
from lanhouse.cafe.products.schemas import ComboItem
from lanhouse.cafe.products.schemas import Source as ItemSource
from lanhouse.cafe.reports.queries import goods_sold, offers_sold
from lanhouse.cafe.reports.schemas import ReportFilter
from lanhouse.db.store import Store
from lanhouse.kit.errors import AppError, BalanceTooLow, InvalidInput, Refused
from tests.builders.floor import CENT, DESK, EURO, Floor, later, open_floor
from tests.builders.nouns.orders import at_once, order, place, placing, verify

SEAT = Actor(kind="nobody", center_id=7777)


@pytest.fixture
def floor(store: Store) -> Floor:
    return open_floor(store)


def packed(floor: Floor, price: int = 1000 * CENT, **more: Any) -> tuple[int, int, int]:
    """A set of a cola (4.00) and a night (9.00); the set, the cola and the night."""
    cola = floor.add_product("Cola", 9, price_micros=4 * EURO)
    night = floor.add_offer("Night", 900)
    parts = (ComboItem(ItemSource.PRODUCT, cola), ComboItem(ItemSource.OFFER, night))
    return floor.add_product("Evening", price_micros=price, combo=parts, **more), cola, night


def back(floor: Floor, order_id: int, pieces: dict[int, int] | None = None) -> Any:
    cmd = RefundOrder(
        center=floor.center, actor=DESK, order_id=order_id, pieces=pieces, reason="wrong"
    )
    return floor.run(refund_order, cmd)


def lines(floor: Floor, order_id: int) -> list[tuple[str, int, int]]:
    return [(line.name, line.quantity, line.total_micros) for line in order(floor, order_id).lines]


def test_a_set_is_sold_as_its_goods_and_its_package(floor: Floor) -> None:
    ada = floor.add_member("ada")
    evening, cola, _ = packed(floor)
    sold = place(floor, {evening: 2}, member_id=ada, expected_micros=20 * EURO)
    # 10.00 x 9 / 13 is 6.92 and a bit: the goods get what is left.
    assert lines(floor, sold.order_id) == [
        ("Evening", 2, 616 * CENT),
        ("Night", 1, 692 * CENT),
        ("Night", 1, 692 * CENT),
    ]
    assert (floor.till(), floor.house("revenue_offer"), floor.house("revenue_goods")) == (
        20 * EURO,
        1384 * CENT,
        616 * CENT,
    )
    assert floor.pieces(cola) == 7
    assert [package.price_micros for package in floor.packages(ada)] == [692 * CENT] * 2
    wanted = ReportFilter(center_id=7777, start_at=later(-86_400), end_at=later(86_400))
    goods, offers = (
        [(row.name, row.number, row.micros) for row in floor.store.read_sync(query, wanted)]
        for query in (goods_sold, offers_sold)
    )
    assert goods == [("Evening", 2, 616 * CENT)]
    assert offers == [("Night", 2, 1384 * CENT)]
    verify(floor)
    # One of its packages, then all that is left: each part gives back its own share.
    back(floor, sold.order_id, {2: 1})
    assert (floor.till(), floor.pieces(cola)) == (1308 * CENT, 7)
    verify(floor)
    back(floor, sold.order_id)
    assert (floor.till(), floor.pieces(cola), order(floor, sold.order_id).is_refunded) == (
        0,
        9,
        True,
    )
    assert floor.house("revenue_offer") == floor.house("revenue_goods") == 0
    verify(floor)


def test_the_package_of_a_set_goes_back_at_its_owners_page_too(floor: Floor) -> None:
    ada = floor.add_member("ada", balance=30 * EURO)
    evening, _, _ = packed(floor)
    sold = place(floor, {evening: 1}, member_id=ada, payment="balance")
    assert floor.money(ada) == (20 * EURO, 0)
    (package,) = floor.packages(ada)
    floor.run(
        refund_package,
        PackageRefund(center=floor.center, actor=DESK, member_offer_id=package.member_offer_id),
    )
    assert floor.money(ada) == (2692 * CENT, 0)
    assert [line.refunded_quantity for line in order(floor, sold.order_id).lines] == [0, 1]
    verify(floor)


@pytest.mark.parametrize("is_included", [True, False])
def test_each_part_has_its_own_tax(floor: Floor, is_included: bool) -> None:
    floor.set(
        tax1_percentage_micros=20 * EURO,
        tax4_percentage_micros=10 * EURO,
        tax_included_in_price=is_included,
    )
    ada = floor.add_member("ada")
    evening, _, _ = packed(floor, tax_id=1)
    sold = place(floor, {evening: 1}, member_id=ada)
    taxes = [(line.net_micros, line.tax_micros) for line in order(floor, sold.order_id).lines]
    assert taxes == (
        [(257 * CENT, 51 * CENT), (629 * CENT, 63 * CENT)]
        if is_included
        else [(308 * CENT, 62 * CENT), (692 * CENT, 69 * CENT)]
    )
    verify(floor)
    back(floor, sold.order_id)
    assert floor.house("tax") == floor.till() == 0
    verify(floor)


def test_coins_are_shared_as_money_is(floor: Floor) -> None:
    ada = floor.add_member("ada")
    evening, _, _ = packed(floor, coin_price_micros=13 * EURO)
    floor.give(ada, 20 * EURO, "coin", "coin_issued")
    sold = place(floor, {evening: 1}, member_id=ada, payment="coin")
    # The parts have no price in coins: what they cost in money says what they are worth.
    assert [line.coin_micros for line in order(floor, sold.order_id).lines] == [
        4 * EURO,
        9 * EURO,
    ]
    verify(floor)
    back(floor, sold.order_id)
    assert order(floor, sold.order_id).refunded_coin_micros == 13 * EURO
    verify(floor)


def test_a_set_of_packages_alone_is_done_at_once(floor: Floor) -> None:
    ada = floor.add_member("ada")
    day, night = floor.add_offer("Day", 500), floor.add_offer("Night", 1000)
    parts = (ComboItem(ItemSource.OFFER, day, 2), ComboItem(ItemSource.OFFER, night))
    both = floor.add_product("Both", price_micros=1000 * CENT, combo=parts)
    sold = place(floor, {both: 1}, member_id=ada, status=Status.PENDING)
    found = order(floor, sold.order_id)
    assert found.status == Status.DONE
    assert lines(floor, sold.order_id) == [
        ("Both", 1, 0),
        ("Day", 1, 250 * CENT),
        ("Day", 1, 250 * CENT),
        ("Night", 1, 500 * CENT),
    ]
    verify(floor)
    back(floor, sold.order_id)
    assert floor.till() == 0
    assert order(floor, sold.order_id).is_refunded
    verify(floor)


def test_the_rules_of_packages_hold_for_sets(floor: Floor) -> None:
    ada = floor.add_member("ada", balance=5 * EURO)
    evening, cola, _ = packed(floor)

    def refuse(error: type[Exception], match: str, *args: Any, **more: Any) -> None:
        with pytest.raises(error, match=match):
            place(floor, *args, **more)
        assert floor.logs("SALE") == floor.logs("OFFER") == []
        assert floor.pieces(cola) == 9
        verify(floor)

    refuse(InvalidInput, "member_id", {evening: 1})
    floor.set(payment_method_pay_later=True)
    refuse(InvalidInput, "payment", {evening: 1}, member_id=ada, payment="later")
    refuse(BalanceTooLow, "balance", {evening: 1}, member_id=ada, payment="balance")
    refuse(InvalidInput, "wanted", {evening: LINES_MAX}, member_id=ada)
    refuse(SoldOut, "Cola", {evening: 10}, member_id=ada)
    floor.set(allow_offer_session=False)
    refuse(Refused, "switched off", {evening: 1}, member_id=ada)


def test_a_seat_buys_a_set_from_the_balance(floor: Floor) -> None:
    ada = floor.add_member("ada", balance=30 * EURO)
    floor.member(ada)
    evening, _, _ = packed(floor)
    sold = place(
        floor,
        {evening: 1},
        source=Source.SEAT,
        actor=SEAT,
        pc_name="PC01",
        payment="balance",
        status=Status.PENDING,
    )
    assert order(floor, sold.order_id).member_id == ada
    assert len(floor.packages(ada)) == 1
    verify(floor)


def test_the_till_finds_a_set_with_a_package(floor: Floor) -> None:
    ada = floor.add_member("ada")
    evening, cola, night = packed(floor)
    ticket = floor.store.read_sync(ticket_of, floor.center, Items({cola: 2}, {night: 1}), "ada", 0)
    assert ticket.plan is not None
    assert ticket.items == Items({cola: 1, evening: 1}, {})
    assert (ticket.saved_micros, ticket.plan.total_micros) == (3 * EURO, 14 * EURO)
    assert ticket.has_packages
    sold = place(
        floor, dict(ticket.items.goods), member_id=ada, expected_micros=ticket.plan.total_micros
    )
    assert sold.total_micros == 14 * EURO
    named = floor.store.read_sync(ticket_of, floor.center, Items({evening: 1}, {}), "", 0)
    assert "belongs to somebody" in str(named.refusal)
    verify(floor)


def test_many_buy_sets_at_once(floor: Floor) -> None:
    """Sets beside goods in one batch: each has its owner, and no piece is sold twice."""
    ada, bob = floor.add_member("ada"), floor.add_member("bob")
    evening, cola, _ = packed(floor)
    orders = [({evening: 1}, ada), ({cola: 1}, 0), ({evening: 1}, bob)] * 4
    sold = asyncio.run(
        at_once(
            floor.store,
            [(place_order, placing(floor, wanted, member_id=who)) for wanted, who in orders],
        )
    )
    done = [each for each in sold if not isinstance(each, AppError)]
    assert (len(done), floor.pieces(cola)) == (9, 0)
    assert all(isinstance(each, SoldOut) for each in sold if isinstance(each, AppError))
    verify(floor)
