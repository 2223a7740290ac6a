"""Combos that the till finds by itself when all their parts stand on a ticket."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.cafe.desk.queries.shop import Ticket, ticket_of
from lanhouse.cafe.orders.commands.giving_back import RefundOrder, refund_order
from lanhouse.cafe.orders.schemas import Items
from lanhouse.cafe.pricing.rules import Window
from lanhouse.cafe.products.schemas import ComboItem, Source
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.floor import CENT, DESK, EURO, Floor, open_floor
from tests.builders.nouns.orders import order, place, verify


@pytest.fixture
def floor(store: Store, freeze: clock.frozen) -> Floor:
    assert freeze is not None
    return open_floor(store)


def shown(floor: Floor, goods: dict[int, int], who: str = "", discount: int = 0) -> Ticket:
    return floor.store.read_sync(ticket_of, floor.center, Items(goods, {}), who, discount)


def add_set(floor: Floor, name: str, price: int, parts: dict[int, int], **more: Any) -> int:
    combo = tuple(ComboItem(Source.PRODUCT, item, number) for item, number in parts.items())
    return floor.add_product(name, price_micros=price, combo=combo, **more)


def test_a_combo_stands_for_its_parts_and_is_what_is_sold(floor: Floor) -> None:
    cola = floor.add_product("Cola", 9, price_micros=180 * CENT)
    toast = floor.add_product("Toast", 9, price_micros=320 * CENT)
    menu = add_set(floor, "Menu", 450 * CENT, {cola: 1, toast: 1})
    ticket = shown(floor, {cola: 3, toast: 2})
    assert ticket.plan is not None
    assert ticket.items.goods == {cola: 1, menu: 2}
    assert [(line.name, line.quantity) for line in ticket.found] == [("Menu", 2)]
    assert (ticket.saved_micros, ticket.plan.total_micros) == (EURO, 1080 * CENT)
    # The ticket keeps what was put on it, so that one more or less is still one more or less.
    assert [(row.item, row.quantity) for row in ticket.rows] == [(str(cola), 3), (str(toast), 2)]
    sold = place(floor, dict(ticket.items.goods), expected_micros=ticket.plan.total_micros)
    assert sold.total_micros == ticket.plan.total_micros
    assert (floor.pieces(cola), floor.pieces(toast)) == (6, 7)
    assert [line.name for line in order(floor, sold.order_id).lines] == ["Cola", "Menu"]
    # One that was put on it is none that was found.
    by_hand = shown(floor, {menu: 1, cola: 1, toast: 1})
    assert [(line.name, line.quantity) for line in by_hand.found] == [("Menu", 1)]
    assert by_hand.items.goods == {menu: 2}
    verify(floor)


def test_what_saves_most_comes_first(floor: Floor) -> None:
    cola = floor.add_product("Cola", 9, price_micros=2 * EURO)
    toast = floor.add_product("Toast", 9, price_micros=3 * EURO)
    gum = floor.add_product("Gum", 9)
    small = add_set(floor, "Small", 450 * CENT, {cola: 1, toast: 1})
    large = add_set(floor, "Large", 5 * EURO, {cola: 1, toast: 1, gum: 1})
    assert shown(floor, {cola: 2, toast: 2, gum: 1}).items.goods == {small: 1, large: 1}
    two = add_set(floor, "Two", 350 * CENT, {cola: 2})
    assert shown(floor, {cola: 5}).items.goods == {cola: 1, two: 2}


def test_no_combo_is_found_that_could_not_be_sold_or_saves_nothing(floor: Floor) -> None:
    gold = floor.add_member_group("Gold")
    floor.add_member("ada", group_id=gold)
    vip = floor.add_pc_group("VIP")
    cola = floor.add_product("Cola", 9, price_micros=2 * EURO)
    toast = floor.add_product("Toast", 9, price_micros=3 * EURO)
    parts = {cola: 1, toast: 1}
    add_set(floor, "Dear", 5 * EURO, parts)
    add_set(floor, "Off", EURO, parts, is_active=False)
    add_set(floor, "Evening", EURO, parts, window=Window(from_minute=1200, to_minute=1300))
    add_set(floor, "Room", EURO, parts, pc_group_ids=(vip,))
    night = ComboItem(Source.OFFER, floor.add_offer("Night", 100))
    floor.add_product("Packed", combo=(night, ComboItem(Source.PRODUCT, cola, 1)))
    for who in ("", "ada"):
        ticket = shown(floor, parts, who)
        assert (ticket.items.goods, ticket.found, ticket.saved_micros) == (parts, [], 0)
    golden = add_set(floor, "Golden", EURO, parts, member_group_ids=(gold,))
    assert shown(floor, parts).items.goods == parts
    assert shown(floor, parts, "ada").items.goods == {golden: 1}


def test_a_combo_without_the_discount_of_the_parts_is_not_dearer(floor: Floor) -> None:
    """Where the discount of a group, or one by hand, makes the parts cheaper they stay."""
    gold = floor.add_member_group("Gold", product_discount=5000)
    floor.add_member("ada", group_id=gold)
    cola = floor.add_product("Cola", 9, price_micros=2 * EURO)
    toast = floor.add_product("Toast", 9, price_micros=3 * EURO)
    menu = add_set(floor, "Menu", 4 * EURO, {cola: 1, toast: 1}, allows_discount=False)
    parts = {cola: 1, toast: 1}
    assert shown(floor, parts).items.goods == {menu: 1}
    ticket = shown(floor, parts, "ada")
    assert ticket.plan is not None
    assert (ticket.items.goods, ticket.plan.total_micros) == (parts, 250 * CENT)


def test_a_combo_has_cost_the_house_what_its_parts_cost(floor: Floor) -> None:
    """Where nobody typed one for the combo itself; else all of its price would be margin."""
    cola = floor.add_product("Cola", 20, price_micros=180 * CENT, cost_micros=62 * CENT)
    toast = floor.add_product("Toast", 9, price_micros=320 * CENT, cost_micros=110 * CENT)
    menu = add_set(floor, "Menu", 450 * CENT, {cola: 2, toast: 1})
    party = add_set(floor, "Party", 900 * CENT, {cola: 4}, cost_micros=200 * CENT)
    place(floor, {menu: 3, party: 1, cola: 1})
    (row,) = floor.logs("SALE")
    assert row.goods_cost_micros == (3 * 234 + 200 + 62) * CENT
    lines = order(floor, 1).lines
    assert [line.cost_micros for line in lines] == [234 * CENT, 200 * CENT, 62 * CENT]
    # What came back and is on the shelf again takes its cost back with it.
    cmd = RefundOrder(center=floor.center, actor=DESK, order_id=1, pieces={1: 1}, reason="cold")
    floor.run(refund_order, cmd)
    assert floor.logs("SALE")[-1].goods_cost_micros == -234 * CENT
    verify(floor)
