"""Selling goods: what moves in the ledger, the log and the stock, and what is refused whole."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from lanhouse.auth.actors import Actor
from lanhouse.auth.rights import rights_of
from lanhouse.cafe.money.errors import NeedsShift
from lanhouse.cafe.orders.commands.placing import place_order
from lanhouse.cafe.orders.errors import TotalChanged
from lanhouse.cafe.orders.schemas import Source, Status, Tendered
from lanhouse.cafe.pricing.rules import Window
from lanhouse.cafe.products.commands import ProductChange, change_product
from lanhouse.cafe.products.errors import SoldOut
from lanhouse.cafe.products.schemas import ComboItem, GroupPayments
from lanhouse.cafe.products.schemas import Source as ItemSource
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import BalanceTooLow, Forbidden, InvalidInput, Refused
from tests.builders.floor import CENT, DESK, EURO, Floor, open_floor
from tests.builders.nouns.orders import order, place, placing, verify

CASHIER = Actor(
    kind="staff",
    center_id=7777,
    staff_id=2,
    staff_name="Bo",
    role="staff",
    rights=rights_of("staff"),
)
SEAT = Actor(kind="nobody", center_id=7777)
MIXED = [Tendered("card", 2 * EURO), Tendered("cash", None, 5 * EURO)]


@pytest.fixture
def floor(store: Store) -> Floor:
    return open_floor(store)


def refuse(floor: Floor, error: type[Exception], wanted: dict[int, int], **more: Any) -> Any:
    """Nothing of a refused order is left: no order, no stock, no money."""
    with pytest.raises(error) as refused:
        place(floor, wanted, **more)
    assert floor.logs("SALE") == []
    verify(floor)
    return refused.value


def test_a_sale_takes_stock_and_cash_and_tells_the_log(floor: Floor) -> None:
    floor.set(tax1_percentage_micros=23 * EURO, tax_included_in_price=True)
    cola = floor.add_product("Cola", 5, price_micros=180 * CENT, cost_micros=62 * CENT)
    toast = floor.add_product("Toast", 5, price_micros=320 * CENT, cost_micros=110 * CENT)
    sold = place(floor, {cola: 2, toast: 1}, tendered=[Tendered("cash", None, 10 * EURO)])
    assert (sold.total_micros, sold.change_micros) == (680 * CENT, 320 * CENT)
    assert sold.levels == ((cola, 3), (toast, 4))
    found = order(floor, sold.order_id)
    assert (found.status, found.payment, found.tenders) == ("done", "cash", ["cash"])
    # 3.60 and 3.20 hold 0.67 and 0.60: each line is rounded once, and the sum is theirs.
    assert [(line.net_micros, line.tax_micros) for line in found.lines] == [
        (293 * CENT, 67 * CENT),
        (260 * CENT, 60 * CENT),
    ]
    assert (floor.till(), floor.house("revenue_goods"), floor.house("tax")) == (
        680 * CENT,
        553 * CENT,
        127 * CENT,
    )
    (row,) = floor.logs("SALE")
    assert (row.cash_micros, row.cost_micros, row.tax_micros) == (680 * CENT,) * 2 + (127 * CENT,)
    assert (row.goods_cost_micros, row.spend_micros) == (234 * CENT, 0)
    assert row.details == f"#{sold.order_id}: 2 x Cola, 1 x Toast"
    verify(floor)


def test_tax_on_top_and_fine_prices(floor: Floor) -> None:
    floor.set(tax2_percentage_micros=10 * EURO, tax_included_in_price=False)
    page = floor.add_product("Page", is_unlimited=True, price_micros=33_333, tax_id=2)
    sold = place(floor, {page: 3})
    # 3 x 0.033333 is 0.099999: 0.10, and 0.01 of tax on top.
    assert sold.total_micros == 11 * CENT
    assert order(floor, sold.order_id).tax_micros == CENT
    verify(floor)


def test_the_discount_of_a_group_and_one_by_hand(floor: Floor) -> None:
    gold = floor.add_member_group("Gold", product_discount=1000)
    ada = floor.add_member("ada", balance=20 * EURO, group_id=gold)
    cola = floor.add_product("Cola", 9, price_micros=2 * EURO)
    gum = floor.add_product("Gum", 9, price_micros=EURO, allows_discount=False)
    sold = place(floor, {cola: 1, gum: 1}, payment="balance", member_id=ada)
    assert sold.total_micros == 280 * CENT
    assert floor.money(ada) == (1720 * CENT, 0)
    (row,) = floor.logs("SALE")
    assert (row.spend_micros, row.cash_micros, row.member_id) == (280 * CENT, 0, ada)
    more = {"discount": 2500, "discount_reason": "Birthday", "member_id": ada}
    assert place(floor, {cola: 1, gum: 1}, **more).total_micros == 225 * CENT
    with pytest.raises(Forbidden):
        place(floor, {cola: 1}, actor=CASHIER, **more)
    with pytest.raises(InvalidInput, match="discount_reason: is required"):
        place(floor, {cola: 1}, discount=100)
    assert floor.pieces(cola) == 7
    verify(floor)


def test_several_ways_to_pay_at_once(floor: Floor) -> None:
    cola = floor.add_product("Cola", 5, price_micros=3 * EURO)
    refuse(floor, InvalidInput, {cola: 2}, tendered=MIXED)
    floor.set(payment_method_mixed=True)
    sold = place(floor, {cola: 2}, tendered=MIXED)
    assert sold.change_micros == EURO
    assert (floor.till("card"), floor.till("cash")) == (2 * EURO, 4 * EURO)
    found = order(floor, sold.order_id)
    assert (found.payment, found.tenders) == ("mixed", ["card", "cash"])
    assert len(floor.logs("SALE")) == 1
    for tendered in (
        [Tendered("card", 2 * EURO), Tendered("cash", 3 * EURO)],
        [Tendered("card", 7 * EURO), Tendered("cash")],
        [Tendered("card"), Tendered("card", EURO)],
        [Tendered("card", 6 * EURO), Tendered("cash")],
        [Tendered("coin", EURO), Tendered("cash")],
        [Tendered("cash", None, 5 * EURO)],
    ):
        with pytest.raises(InvalidInput):
            place(floor, {cola: 2}, tendered=tendered)
    assert floor.pieces(cola) == 3
    verify(floor)


def test_coins_pay_for_what_has_a_price_in_coins(floor: Floor) -> None:
    ada = floor.add_member("ada")
    floor.give(ada, 150 * EURO, "coin", "coin_issued")
    sticker = floor.add_product("Sticker", 5, coin_price_micros=60 * EURO, cost_micros=EURO)
    cola = floor.add_product("Cola", 5)
    sold = place(floor, {sticker: 2}, payment="coin", member_id=ada)
    assert (sold.total_micros, order(floor, sold.order_id).coin_micros) == (0, 120 * EURO)
    (row,) = floor.logs("SALE")
    assert (row.coin_micros, row.cost_micros, row.goods_cost_micros) == (-120 * EURO, 0, 0)
    with pytest.raises(BalanceTooLow, match="too few coins"):
        place(floor, {sticker: 1}, payment="coin", member_id=ada)
    with pytest.raises(InvalidInput, match="Cola cannot be paid this way"):
        place(floor, {cola: 1}, payment="coin", member_id=ada)
    assert (floor.pieces(sticker), floor.till()) == (3, 0)
    verify(floor)


def test_too_little_stock_or_balance_leaves_nothing_behind(floor: Floor) -> None:
    ada = floor.add_member("ada", balance=EURO)
    cola = floor.add_product("Cola", 2, price_micros=2 * EURO)
    toast = floor.add_product("Toast", 2)
    refuse(floor, SoldOut, {toast: 1, cola: 3})
    refuse(floor, BalanceTooLow, {cola: 1}, payment="balance", member_id=ada)
    assert (floor.pieces(cola), floor.pieces(toast), floor.money(ada)) == (2, 2, (EURO, 0))


def test_what_was_played_already_cannot_buy_goods(floor: Floor, freeze: clock.frozen) -> None:
    ada = floor.add_member("ada", balance=2 * EURO)
    cola = floor.add_product("Cola", 9, price_micros=EURO)
    floor.member(ada)
    freeze.advance(1800)
    place(floor, {cola: 1}, payment="balance", member_id=ada, pc_name="PC01")
    with pytest.raises(BalanceTooLow):
        place(floor, {cola: 1}, payment="balance", member_id=ada)
    assert floor.money(ada) == (EURO, 0)
    verify(floor)


def test_a_price_that_changed_since_it_was_shown_is_refused(floor: Floor) -> None:
    cola = floor.add_product("Cola", 2, price_micros=2 * EURO)
    changes = {"price_micros": 250 * CENT}
    floor.run(change_product, ProductChange(center=floor.center, product_id=cola, changes=changes))
    refused = refuse(floor, TotalChanged, {cola: 1}, expected_micros=2 * EURO)
    assert refused.total_micros == 250 * CENT
    assert place(floor, {cola: 1}, expected_micros=250 * CENT).total_micros == 250 * CENT


def test_a_combo_takes_its_parts(floor: Floor) -> None:
    cola, toast = floor.add_product("Cola", 3), floor.add_product("Toast", 1)
    parts = (ComboItem(ItemSource.PRODUCT, cola, 2), ComboItem(ItemSource.PRODUCT, toast))
    menu = floor.add_product("Menu", price_micros=3 * EURO, combo=parts)
    refuse(floor, SoldOut, {menu: 1, toast: 1})
    assert place(floor, {menu: 1, cola: 1}).total_micros == 4 * EURO
    assert (floor.pieces(cola), floor.pieces(toast)) == (0, 0)
    verify(floor)


@pytest.mark.parametrize(
    ("values", "source", "words"),
    [
        ({"is_active": False}, Source.DESK, "is not sold now"),
        ({"window": Window(from_minute=60, to_minute=120)}, Source.DESK, "is not sold now"),
        ({"is_sold_at_seats": False}, Source.SEAT, "at the desk only"),
        ({"member_group_ids": (-1,)}, Source.DESK, "is not for this customer"),
        ({"pc_group_ids": (1,)}, Source.SEAT, "is not sold at this PC"),
        ({"is_adults_only": True}, Source.DESK, "is_age_checked: Beer is for adults only"),
        ({"is_adults_only": True}, Source.SEAT, "is for adults only"),
    ],
)
def test_what_is_not_sold_now_here_or_to_this_customer(
    floor: Floor, freeze: clock.frozen, values: dict[str, Any], source: Source, words: str
) -> None:
    assert floor.add_pc_group("VIP") == 1
    beer = floor.add_product("Beer", 5, **values)
    ada = floor.add_member("ada", balance=5 * EURO)
    floor.member(ada)
    with pytest.raises((Refused, InvalidInput), match=words):
        place(floor, {beer: 1}, payment="balance", source=source, member_id=ada, pc_name="PC01")
    assert floor.pieces(beer) == 5


def test_adults_are_asked_for_their_age(floor: Floor, freeze: clock.frozen) -> None:
    beer = floor.add_product("Beer", 5, is_adults_only=True)
    child = floor.add_member("child", balance=EURO, birthday="2008-03-05")
    adult = floor.add_member("adult", balance=EURO, birthday="2008-03-04")
    assert clock.now() == datetime(2026, 3, 4, 12, tzinfo=UTC)
    with pytest.raises(Refused, match="for adults only"):
        place(floor, {beer: 1}, member_id=child, is_age_checked=True)
    place(floor, {beer: 1}, member_id=adult)
    place(floor, {beer: 1}, is_age_checked=True)
    assert floor.pieces(beer) == 3


def test_a_group_says_how_its_goods_are_paid(floor: Floor) -> None:
    payments = GroupPayments(("cash",), ("cash", "balance"))
    group = floor.add_product_group("Hot food", payments=payments)
    toast = floor.add_product("Toast", 9, group_id=group)
    ada = floor.add_member("ada", balance=5 * EURO)
    guest = floor.guest("postpaid").member_id
    place(floor, {toast: 1}, payment="balance", member_id=ada)
    for payment, member_id in (("card", ada), ("balance", guest), ("card", 0)):
        with pytest.raises(InvalidInput, match="tendered: Toast cannot be paid this way"):
            place(floor, {toast: 1}, payment=payment, member_id=member_id)
    floor.set(payment_method_cash=False)
    with pytest.raises(InvalidInput, match="payment: is cash"):
        place(floor, {toast: 1})
    assert floor.pieces(toast) == 8


def test_a_shift_is_needed_and_counts_it(floor: Floor) -> None:
    floor.set(shift_required=True)
    cola = floor.add_product("Cola", 5, price_micros=2 * EURO)
    kim = floor.hire("kim")
    refuse(floor, NeedsShift, {cola: 1}, actor=kim)
    assert floor.pieces(cola) == 5
    shift_id = floor.open_shift(kim, floor.add_till(), 10)
    place(floor, {cola: 2}, actor=kim)
    report = floor.report(shift_id)
    assert report.figures.goods.cash_micros == 4 * EURO
    assert report.figures.expected_micros == 14 * EURO
    assert [(sold.name, sold.number, sold.cash_micros) for sold in report.goods] == [
        ("Cola", 2, 4 * EURO)
    ]
    verify(floor)


def test_many_orders_of_one_desk_are_one_batch(floor: Floor) -> None:
    cola = floor.add_product("Cola", 7, price_micros=2 * EURO)
    toast = floor.add_product("Toast", 100, price_micros=EURO)
    ada = floor.add_member("ada")
    cmds = [
        placing(floor, {cola: 3, toast: 1}),
        placing(floor, {cola: 5}),
        placing(floor, {toast: 2}, payment="card", member_id=ada),
        placing(floor, {toast: 2}, member_id=99),
        placing(floor, {}),
        placing(floor, {cola: 4}, status=Status.PREPARING),
        placing(floor, {cola: 1}, expected_micros=EURO),
    ]
    batch = place_order.batch  # type: ignore[attr-defined]
    assert {batch.key_of(cmd) for cmd in cmds} == {(7777, "staff", 1)}
    outcomes = floor.run(batch.run, cmds)
    assert [type(each).__name__ for each in outcomes] == [
        "Placed",
        "SoldOut",
        "Placed",
        "MemberNotFound",
        "InvalidInput",
        "Placed",
        "TotalChanged",
    ]
    assert [each.total_micros for each in outcomes if hasattr(each, "order_id")] == [
        7 * EURO,
        2 * EURO,
        8 * EURO,
    ]
    assert (floor.pieces(cola), floor.pieces(toast)) == (0, 97)
    assert (floor.till(), floor.till("card")) == (15 * EURO, 2 * EURO)
    assert len(floor.logs("SALE")) == 3
    verify(floor)


def test_what_needs_a_balance_or_a_pc_is_in_no_batch(floor: Floor) -> None:
    batch = place_order.batch  # type: ignore[attr-defined]
    for more in (
        {"payment": "balance", "member_id": 1},
        {"payment": "later", "member_id": 1},
        {"pc_name": "PC01"},
        {"tendered": MIXED},
    ):
        assert batch.key_of(placing(floor, {1: 1}, **more)) is None
    bo = placing(floor, {1: 1}, actor=CASHIER)
    assert batch.key_of(bo) != batch.key_of(placing(floor, {1: 1}, actor=DESK))
