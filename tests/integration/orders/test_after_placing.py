"""Orders that were placed before: brought, paid, cancelled and given back, by two desks at once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lanhouse.auth.actors import Actor
from lanhouse.cafe.members.commands.changing import MembersNamed, delete_members
from lanhouse.cafe.money.errors import NeedsShift
from lanhouse.cafe.orders.commands.giving_back import RefundOrder, refund_order
from lanhouse.cafe.orders.commands.paying import PayOrders, pay_orders
from lanhouse.cafe.orders.commands.placing import place_order
from lanhouse.cafe.orders.commands.serving import Advance, CancelOrder, advance, cancel_order
from lanhouse.cafe.orders.errors import OrderNotFound, WrongStatus
from lanhouse.cafe.orders.queries import count_open, count_pending, tab_of
from lanhouse.cafe.orders.schemas import Source, Status, Tendered
from lanhouse.cafe.products.commands import ProductChange, change_product
from lanhouse.cafe.products.errors import SoldOut
from lanhouse.cafe.shifts.queries import handover_of, shift_by_id
from lanhouse.db.store import Store
from lanhouse.kit.errors import BalanceTooLow, Forbidden, InvalidInput, Refused
from tests.builders.floor import CENT, DESK, EURO, Floor, open_floor
from tests.builders.nouns.orders import at_once, order, place, placing, verify

EVERYBODY = '{"member_groups":["0"]}'
NOBODY = '{"member_groups":[]}'
SEAT = Actor(kind="nobody", center_id=7777)
BARE = Actor(kind="staff", center_id=7777, staff_id=3, staff_name="Al", role="staff")


@pytest.fixture
def floor(store: Store) -> Floor:
    made = open_floor(store)
    made.set(payment_method_cash_in_client=True, payment_method_pay_later=True, pay_later=EVERYBODY)
    return made


def move(floor: Floor, order_id: int, to: Status, tender: str = "", actor: Actor = DESK) -> None:
    tendered = (Tendered(tender),) if tender else ()
    floor.run(
        advance,
        Advance(center=floor.center, actor=actor, order_id=order_id, to=to, tendered=tendered),
    )


def pay(floor: Floor, *ids: int, tendered: Any = None, actor: Actor = DESK, **more: Any) -> Any:
    return floor.run(
        pay_orders,
        PayOrders(
            center=floor.center,
            actor=actor,
            order_ids=ids,
            tendered=tendered or [Tendered("cash")],
            **more,
        ),
    )


def cancel(floor: Floor, order_id: int, reason: str = "sold out", actor: Actor = DESK) -> None:
    cmd = CancelOrder(center=floor.center, actor=actor, order_id=order_id, reason=reason)
    floor.run(cancel_order, cmd)


def refund(floor: Floor, order_id: int, actor: Actor = DESK, **more: Any) -> Any:
    more.setdefault("reason", "broken")
    cmd = RefundOrder(center=floor.center, actor=actor, order_id=order_id, **more)
    return floor.run(refund_order, cmd)


def from_seat(floor: Floor, wanted: dict[int, int], payment: str = "seat", **more: Any) -> int:
    placed = place(
        floor,
        wanted,
        payment=payment,
        source=Source.SEAT,
        actor=SEAT,
        status=Status.PENDING,
        pc_name="PC01",
        **more,
    )
    return placed.order_id


def test_an_order_from_a_seat_is_made_brought_and_paid(floor: Floor) -> None:
    cola = floor.add_product("Cola", 5, price_micros=2 * EURO)
    session = floor.guest("postpaid")
    order_id = from_seat(floor, {cola: 2})
    found = order(floor, order_id)
    assert (found.member_id, found.pc_name, found.is_owed) == (session.member_id, "PC01", True)
    assert (floor.pieces(cola), floor.till(), floor.logs("SALE")) == (3, 0, [])
    assert floor.store.read_sync(count_pending, 7777) == 1
    move(floor, order_id, Status.PREPARING)
    assert floor.store.read_sync(count_pending, 7777) == 0
    assert floor.store.read_sync(count_open, 7777) == 1
    with pytest.raises(WrongStatus, match="is not paid yet"):
        move(floor, order_id, Status.DONE)
    move(floor, order_id, Status.DONE, "cash")
    assert (order(floor, order_id).payment, floor.till()) == ("cash", 4 * EURO)
    for to in Status:
        with pytest.raises(WrongStatus):
            move(floor, order_id, to, "cash")
    assert floor.till() == 4 * EURO
    verify(floor)


def test_a_seat_orders_for_who_plays_there_and_for_nobody_else(floor: Floor) -> None:
    cola = floor.add_product("Cola", 5)
    bob = floor.add_member("bob", balance=9 * EURO)
    with pytest.raises(Refused, match=r"Nobody plays at PC01\."):
        from_seat(floor, {cola: 1})
    ada = floor.add_member("ada", balance=9 * EURO)
    floor.member(ada)
    with pytest.raises(Refused, match="Nobody plays"):
        from_seat(floor, {cola: 1}, "balance", member_id=bob)
    order_id = from_seat(floor, {cola: 1}, "balance")
    assert order(floor, order_id).member_id == ada
    assert (floor.money(ada), floor.money(bob)) == ((8 * EURO, 0), (9 * EURO, 0))
    floor.set(payment_method_cash_in_client=False, pay_later=NOBODY)
    for payment, why in (("seat", "switched off"), ("later", "this group may not")):
        with pytest.raises(InvalidInput, match=why):
            from_seat(floor, {cola: 1}, payment)
    verify(floor)


def test_a_tab_stays_with_its_guest_when_the_seat_has_another(floor: Floor) -> None:
    cola = floor.add_product("Cola", 9, price_micros=2 * EURO)
    first = floor.guest("postpaid").member_id
    one = place(floor, {cola: 1}, payment="later", pc_name="PC01").order_id
    two = place(floor, {cola: 2}, payment="later", member_id=first).order_id
    floor.check_out("PC01")
    second = floor.guest("postpaid").member_id
    assert floor.store.read_sync(tab_of, 7777, second) == []
    owed = floor.store.read_sync(tab_of, 7777, first)
    assert [each.id for each in owed] == [one, two]
    other = place(floor, {cola: 1}, payment="later", pc_name="PC01").order_id
    with pytest.raises(InvalidInput, match="one customer"):
        pay(floor, one, other)
    paid = pay(floor, one, two, tendered=[Tendered("cash", None, 10 * EURO)])
    assert (paid.total_micros, paid.change_micros) == (6 * EURO, 4 * EURO)
    assert sum(order(floor, each).change_micros for each in (one, two)) == 4 * EURO
    assert floor.till() == 6 * EURO
    assert [row.cash_micros for row in floor.logs("SALE")] == [2 * EURO, 4 * EURO]
    verify(floor)


def test_a_tab_paid_in_several_ways_and_from_a_balance(floor: Floor) -> None:
    floor.set(payment_method_mixed=True)
    cola = floor.add_product("Cola", 9, price_micros=3 * EURO)
    ada = floor.add_member("ada", balance=4 * EURO)
    ids = [place(floor, {cola: 1}, payment="later", member_id=ada).order_id for _ in range(2)]
    with pytest.raises(BalanceTooLow):
        pay(floor, *ids, tendered=[Tendered("balance")])
    pay(floor, *ids, tendered=[Tendered("balance", 4 * EURO), Tendered("card")])
    assert [order(floor, each).payment for each in ids] == ["balance", "mixed"]
    assert (floor.money(ada), floor.till("card")) == ((0, 0), 2 * EURO)
    assert [row.spend_micros for row in floor.logs("SALE")] == [3 * EURO, EURO]
    verify(floor)


def test_the_price_of_an_order_stays_until_it_is_paid(floor: Floor) -> None:
    cola = floor.add_product("Cola", 9, price_micros=3 * EURO)
    ada = floor.add_member("ada")
    order_id = place(floor, {cola: 1}, payment="later", member_id=ada).order_id
    changes = {"price_micros": 9 * EURO}
    floor.run(change_product, ProductChange(center=floor.center, product_id=cola, changes=changes))
    assert pay(floor, order_id).total_micros == 3 * EURO


def test_cancelling_gives_goods_and_money_back(floor: Floor) -> None:
    cola = floor.add_product("Cola", 5, price_micros=2 * EURO)
    ada = floor.add_member("ada", balance=9 * EURO)
    floor.member(ada)
    paid, unpaid = from_seat(floor, {cola: 2}, "balance"), from_seat(floor, {cola: 1})
    with pytest.raises(InvalidInput, match="reason: is required"):
        cancel(floor, paid, "")
    cancel(floor, paid)
    cancel(floor, unpaid)
    assert (floor.pieces(cola), floor.money(ada), floor.till()) == (5, (9 * EURO, 0), 9 * EURO)
    assert [row.spend_micros for row in floor.logs("SALE")] == [4 * EURO, -4 * EURO]
    for order_id in (paid, unpaid):
        assert order(floor, order_id).status == "cancelled"
        with pytest.raises(WrongStatus, match="was cancelled"):
            pay(floor, order_id)
        with pytest.raises(WrongStatus, match="was cancelled"):
            cancel(floor, order_id)
        with pytest.raises(WrongStatus):
            refund(floor, order_id)
    assert floor.pieces(cola) == 5
    verify(floor)


def test_only_who_may_refund_strikes_what_was_brought_off_a_tab(floor: Floor) -> None:
    cola = floor.add_product("Cola", 5)
    ada = floor.add_member("ada")
    order_id = place(floor, {cola: 1}, payment="later", member_id=ada).order_id
    with pytest.raises(Forbidden):
        cancel(floor, order_id, actor=BARE)
    cancel(floor, order_id)
    assert (floor.pieces(cola), order(floor, order_id).is_owed) == (5, False)
    verify(floor)


def test_a_refund_goes_back_by_the_tender_that_it_came_by(floor: Floor) -> None:
    cola = floor.add_product("Cola", 9, price_micros=2 * EURO)
    ada = floor.add_member("ada", balance=2 * EURO)
    ways = {"cash": {"cash": 2}, "card": {"card": 2}, "balance": {"balance": 2}, "qr": {"cash": 2}}
    for payment, back in ways.items():
        order_id = place(floor, {cola: 1}, payment=payment, member_id=ada).order_id
        done = refund(floor, order_id)
        assert done.by_tender == {tender: euros * EURO for tender, euros in back.items()}
        with pytest.raises(WrongStatus, match="given back already"):
            refund(floor, order_id)
    # The QR money is there still, and the cash that it went back as is not.
    assert (floor.till("card"), floor.till("qr"), floor.till()) == (0, 2 * EURO, 0)
    assert (floor.money(ada), floor.pieces(cola), floor.house("tax")) == ((2 * EURO, 0), 9, 0)
    with pytest.raises(Forbidden):
        refund(floor, place(floor, {cola: 1}).order_id, actor=BARE)
    verify(floor)


def test_pieces_go_back_to_the_cent_and_opened_ones_stay_out(floor: Floor) -> None:
    floor.set(tax1_percentage_micros=7 * EURO, tax_included_in_price=True)
    gum = floor.add_product("Gum", 9, price_micros=333_333, cost_micros=100_000)
    order_id = place(floor, {gum: 3}, payment="card").order_id
    assert order(floor, order_id).total_micros == EURO
    back = [refund(floor, order_id, pieces={1: 1}).total_micros for _ in range(2)]
    back.append(refund(floor, order_id, pieces={1: 1}, returns_goods=False).total_micros)
    assert back == [33 * CENT, 34 * CENT, 33 * CENT]
    assert (floor.till("card"), floor.house("tax"), floor.house("revenue_goods")) == (0, 0, 0)
    assert floor.pieces(gum) == 8
    assert [row.goods_cost_micros for row in floor.logs("SALE")] == [
        30 * CENT,
        -10 * CENT,
        -10 * CENT,
        0,
    ]
    with pytest.raises(WrongStatus):
        refund(floor, order_id, pieces={1: 1})
    verify(floor)


def test_a_mixed_payment_goes_back_as_a_whole_only(floor: Floor) -> None:
    floor.set(
        payment_method_mixed=True, tax1_percentage_micros=23 * EURO, tax_included_in_price=True
    )
    cola = floor.add_product("Cola", 9, price_micros=3 * EURO)
    ada = floor.add_member("ada", balance=EURO)
    tendered = [Tendered("balance", EURO), Tendered("card", 2 * EURO), Tendered("cash")]
    order_id = place(floor, {cola: 2}, tendered=tendered, member_id=ada).order_id
    with pytest.raises(InvalidInput, match="goes back as a whole"):
        refund(floor, order_id, pieces={1: 1})
    done = refund(floor, order_id)
    assert done.by_tender == {"balance": EURO, "card": 2 * EURO, "cash": 3 * EURO}
    assert (floor.money(ada), floor.till("card"), floor.house("tax")) == ((EURO, 0), 0, 0)
    assert [row.spend_micros for row in floor.logs("SALE")] == [EURO, -EURO]
    verify(floor)


def test_coins_go_back_as_coins(floor: Floor) -> None:
    ada = floor.add_member("ada")
    floor.give(ada, 60 * EURO, "coin", "coin_issued")
    sticker = floor.add_product("Sticker", 5, coin_price_micros=60 * EURO)
    order_id = place(floor, {sticker: 1}, payment="coin", member_id=ada).order_id
    done = refund(floor, order_id)
    assert (done.by_tender, done.coin_micros) == ({}, 60 * EURO)
    place(floor, {sticker: 1}, payment="coin", member_id=ada)
    verify(floor)


def test_an_order_of_another_centre_is_unknown(floor: Floor) -> None:
    order_id = place(floor, {floor.add_product("Cola", 5): 1}).order_id
    for number in (order_id + 1, 10**12):
        with pytest.raises(OrderNotFound):
            refund(floor, number)


def test_a_shift_that_closed_during_a_sale_takes_nothing(floor: Floor) -> None:
    floor.set(shift_required=True)
    cola = floor.add_product("Cola", 5, price_micros=2 * EURO)
    kim = floor.hire("kim")
    shift_id = floor.open_shift(kim, floor.add_till())
    ada = floor.add_member("ada")
    order_id = place(floor, {cola: 1}, payment="later", member_id=ada, actor=kim).order_id
    paid = place(floor, {cola: 1}, actor=kim).order_id
    floor.count(kim, shift_id, 2 * EURO)
    floor.close_shift(kim, shift_id)
    for act in (
        lambda: pay(floor, order_id, actor=kim),
        lambda: refund(floor, paid, actor=kim),
        lambda: place(floor, {cola: 1}, actor=kim),
    ):
        with pytest.raises(NeedsShift):
            act()
    assert (floor.pieces(cola), order(floor, order_id).is_owed) == (3, True)
    verify(floor)


def test_two_cashiers_take_one_order_once(floor: Floor) -> None:
    cola = floor.add_product("Cola", 50, price_micros=2 * EURO)
    floor.guest("postpaid")
    for _ in range(3):
        order_id = from_seat(floor, {cola: 1})
        before = floor.till()
        served = Advance(
            center=floor.center,
            actor=DESK,
            order_id=order_id,
            to=Status.DONE,
            tendered=(Tendered("cash"),),
        )
        refused = CancelOrder(center=floor.center, actor=DESK, order_id=order_id, reason="no")
        paid = PayOrders(
            center=floor.center, actor=DESK, order_ids=[order_id], tendered=[Tendered("cash")]
        )
        calls: list[tuple[Any, Any]] = [
            (advance, served),
            (pay_orders, paid),
            (cancel_order, refused),
            (advance, served),
        ]
        done = asyncio.run(at_once(floor.store, calls))
        assert all(isinstance(each, WrongStatus) for each in done if isinstance(each, Exception))
        now = order(floor, order_id)
        # Paid and cancelled can both be: then the money went back.
        kept = 0 if now.status == "cancelled" else 2 * EURO
        assert floor.till() - before == kept
        assert (now.status == "cancelled") == (now.refunded_micros == now.total_micros) or (
            now.paid_at is None
        )
        verify(floor)


def test_forty_orders_for_fifteen_pieces_sell_fifteen(floor: Floor) -> None:
    cola = floor.add_product("Cola", 15, price_micros=EURO)
    toast = floor.add_product("Toast", 100, price_micros=EURO)
    ada = floor.add_member("ada", balance=100 * EURO)
    calls: list[tuple[Any, Any]] = []
    for number in range(40):
        payment = ("cash", "balance")[number % 2]
        calls.append(
            (
                place_order,
                placing(floor, {toast: 1, cola: 1}, payment=payment, member_id=ada),
            )
        )
    done = asyncio.run(at_once(floor.store, calls))
    refused = [each for each in done if isinstance(each, BaseException)]
    assert len(refused) == 25
    assert all(isinstance(each, SoldOut) for each in refused)
    assert (floor.pieces(cola), floor.pieces(toast)) == (0, 85)
    assert floor.house("revenue_goods") == 30 * EURO
    verify(floor)


def test_what_is_owed_is_not_spent_twice_and_its_debtor_not_deleted(floor: Floor) -> None:
    cola = floor.add_product("Cola", 9, price_micros=3 * EURO)
    ada = floor.add_member("ada", balance=4 * EURO)
    order_id = place(floor, {cola: 1}, payment="later", member_id=ada).order_id
    with pytest.raises(BalanceTooLow):
        place(floor, {cola: 1}, payment="balance", member_id=ada)
    with pytest.raises(Refused, match="still has to pay cannot be deleted: ada"):
        floor.run(delete_members, MembersNamed(center=floor.center, actor=DESK, member_ids=[ada]))
    pay(floor, order_id, tendered=[Tendered("balance")])
    assert floor.money(ada) == (EURO, 0)
    verify(floor)


def test_open_orders_go_with_the_shift_or_hold_it(floor: Floor) -> None:
    floor.set(shift_required=True)
    cola = floor.add_product("Cola", 9, price_micros=2 * EURO)
    kim, bo = floor.hire("kim"), floor.hire("bo")
    shift_id = floor.open_shift(kim, floor.add_till())
    ada = floor.add_member("ada")
    waits = place(floor, {cola: 1}, actor=kim, status=Status.PENDING).order_id
    owed = place(floor, {cola: 1}, actor=kim, payment="later", member_id=ada).order_id
    place(floor, {cola: 1}, actor=kim)
    floor.count(kim, shift_id, 4 * EURO)
    floor.set(clear_orders_before_shift_end=True)
    with pytest.raises(Refused, match="Orders that still have to be brought: 1"):
        floor.close_shift(kim, shift_id)
    floor.set(clear_orders_before_shift_end=False)
    floor.close_shift(kim, shift_id, next_id=bo.staff_id)

    def handed(read: Any) -> Any:
        shift = shift_by_id(read, 7777, shift_id)
        assert shift is not None
        return handover_of(read, shift)

    assert [row.id for row in floor.store.read_sync(handed).orders] == [waits, owed]
    verify(floor)
