"""Packages on an order: sold by their own rules, paid with the goods, given back by their own."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lanhouse.auth.actors import Actor
from lanhouse.cafe.desk.queries.shop import ticket_of
from lanhouse.cafe.logs.rules import RangeIn, range_of
from lanhouse.cafe.money.errors import NeedsShift
from lanhouse.cafe.offers.commands import keep_package
from lanhouse.cafe.offers.commands.refunding import PackageRefund, refund_package
from lanhouse.cafe.orders.commands import carrying_out
from lanhouse.cafe.orders.commands.giving_back import RefundOrder, refund_order
from lanhouse.cafe.orders.commands.placing import place_order
from lanhouse.cafe.orders.commands.serving import CancelOrder, cancel_order
from lanhouse.cafe.orders.errors import TotalChanged, WrongStatus
from lanhouse.cafe.orders.schemas import Items, Source, Status, Tendered
from lanhouse.cafe.pricing.rules import Window
from lanhouse.cafe.products.errors import SoldOut
from lanhouse.cafe.reports.queries import goods_sold, offers_sold
from lanhouse.cafe.reports.queries.charts import ChartType, ChartWanted, chart_of
from lanhouse.cafe.reports.schemas import ReportFilter
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, BalanceTooLow, InvalidInput, Refused
from tests.builders.centers import open_hall
from tests.builders.floor import CENT, DESK, EURO, Floor, later, open_floor
from tests.builders.nouns.orders import at_once, order, place, placing, verify

SEAT = Actor(kind="nobody", center_id=7777)


@pytest.fixture
def floor(store: Store) -> Floor:
    return open_floor(store)


def back(floor: Floor, order_id: int, pieces: dict[int, int] | None = None) -> Any:
    cmd = RefundOrder(
        center=floor.center, actor=DESK, order_id=order_id, pieces=pieces, reason="wrong"
    )
    return floor.run(refund_order, cmd)


def refuse(floor: Floor, error: type[Exception], match: str, *args: Any, **more: Any) -> None:
    """Nothing of a refused order is left: no package, no stock, no money."""
    with pytest.raises(error, match=match):
        place(floor, *args, **more)
    assert floor.logs("SALE") == floor.logs("OFFER") == []
    verify(floor)


def reported(floor: Floor) -> tuple[dict[str, tuple[int, int]], dict[str, tuple[int, int]]]:
    """Goods and packages of the report: number and money by name."""
    wanted = ReportFilter(center_id=7777, start_at=later(-86_400), end_at=later(86_400))

    def of(query: Any) -> dict[str, tuple[int, int]]:
        rows = floor.store.read_sync(query, wanted)
        return {row.name: (row.number, row.micros) for row in rows}

    return of(goods_sold), of(offers_sold)


def test_goods_and_packages_are_sold_together_and_told_apart(floor: Floor) -> None:
    floor.set(tax1_percentage_micros=23 * EURO, tax_included_in_price=True)
    ada = floor.add_member("ada")
    cola, night = floor.add_product("Cola", 5, price_micros=2 * EURO), floor.add_offer("Night", 900)
    cash = [Tendered("cash", None, 50 * EURO)]
    sold = place(floor, {cola: 2}, packages={night: 2}, member_id=ada, tendered=cash)
    assert (sold.total_micros, sold.change_micros) == (22 * EURO, 28 * EURO)
    assert sold.levels == ((cola, 3),)
    found = order(floor, sold.order_id)
    packages = floor.packages(ada)
    assert [(line.source, line.quantity, line.member_offer_id) for line in found.lines] == [
        ("product", 2, None),
        *(("offer", 1, package.member_offer_id) for package in packages),
    ]
    assert (found.tax_micros, found.tenders, found.change_micros) == (
        found.lines[0].tax_micros,
        ["cash"],
        28 * EURO,
    )
    assert (floor.house("revenue_offer"), floor.till()) == (18 * EURO, 22 * EURO)
    assert floor.house("revenue_goods") + floor.house("tax") == 4 * EURO
    (goods,) = floor.logs("SALE")
    assert (goods.cost_micros, goods.details) == (4 * EURO, f"#{sold.order_id}: 2 x Cola")
    assert [(row.cost_micros, row.details) for row in floor.logs("OFFER")] == [
        (9 * EURO, "Night")
    ] * 2
    assert reported(floor) == ({"Cola": (2, 4 * EURO)}, {"Night": (2, 18 * EURO)})
    verify(floor)


@pytest.mark.parametrize("is_included", [True, False])
def test_the_tax_of_packages_is_on_their_lines_whatever_is_given_back(
    floor: Floor, is_included: bool
) -> None:
    floor.set(
        tax1_percentage_micros=19 * EURO,
        tax4_percentage_micros=7 * EURO,
        tax_included_in_price=is_included,
    )
    ada = floor.add_member("ada", balance=20 * EURO)
    cola, night = floor.add_product("Cola", 9, price_micros=185 * CENT), floor.add_offer("N", 799)
    sold = place(floor, {cola: 1}, packages={night: 2}, member_id=ada)
    package = 799 * CENT if is_included else 855 * CENT
    tax = 52 * CENT if is_included else 56 * CENT
    assert [(line.total_micros, line.tax_micros) for line in order(floor, sold.order_id).lines][
        1:
    ] == [(package, tax)] * 2
    verify(floor)
    back(floor, sold.order_id, {2: 1})
    assert order(floor, sold.order_id).refunded_micros == package
    assert floor.house("revenue_offer") == package - tax
    verify(floor)
    place(floor, {cola: 1}, packages={night: 1}, member_id=ada, payment="balance")
    refund_of(floor, ada)
    verify(floor)


def refund_of(floor: Floor, member_id: int) -> None:
    """Give the newest package back from the member's own list."""
    newest = floor.packages(member_id)[-1].member_offer_id
    cmd = PackageRefund(center=floor.center, actor=DESK, member_offer_id=newest)
    floor.run(refund_package, cmd)


def test_a_package_is_no_product_of_its_number_in_the_chart(floor: Floor) -> None:
    ada = floor.add_member("ada")
    cola, night = floor.add_product("Cola", 5, price_micros=2 * EURO), floor.add_offer("Night", 900)
    assert cola == night, "the case that is looked at"
    place(floor, {cola: 2}, packages={night: 1}, member_id=ada)
    wanted = ReportFilter(center_id=7777, start_at=later(-86_400), end_at=later(86_400))
    today = clock.now().astimezone(floor.center.zone).date()
    span = range_of(RangeIn(date_start=today, date_end=today), floor.center.zone, today)
    chart = floor.store.read_sync(chart_of, ChartWanted(wanted, span, ChartType.PRODUCT))
    sums = {name: sum(amounts) for name, amounts in chart.series.items() if any(amounts)}
    assert sums == {"Offers": 9 * EURO, "Default": 4 * EURO}


def test_what_the_till_shows_is_what_is_charged(floor: Floor) -> None:
    gold = floor.add_member_group("Gold", product_discount=1000, offer_discount=2500)
    ada = floor.add_member("ada", balance=20 * EURO, group_id=gold)
    cola = floor.add_product("Cola", 5, price_micros=2 * EURO)
    night = floor.add_offer("Night", 999, allows_discount=True)
    items = Items({cola: 1}, {night: 1})
    shown = floor.store.read_sync(ticket_of, floor.center, items, "ada", 0)
    assert shown.plan is not None
    assert [(line.name, line.discount, line.total_micros) for line in shown.plan.lines] == [
        ("Cola", 1000, 180 * CENT),
        ("Night", 2500, 749 * CENT),
    ]
    more: dict[str, Any] = {"packages": {night: 1}, "member_id": ada, "payment": "balance"}
    with pytest.raises(TotalChanged):
        place(floor, {cola: 1}, expected_micros=shown.plan.total_micros + CENT, **more)
    sold = place(floor, {cola: 1}, expected_micros=shown.plan.total_micros, **more)
    assert sold.total_micros == 929 * CENT
    assert floor.money(ada) == (1071 * CENT, 0)
    # A discount by hand is the goods'; on a package alone it is refused.
    by_hand = {"discount": 5000, "discount_reason": "Birthday"}
    assert place(floor, {cola: 1}, **more, **by_hand).total_micros == (100 + 749) * CENT
    with pytest.raises(InvalidInput, match="discount: is for goods"):
        place(floor, {}, **more, **by_hand)
    verify(floor)


def test_balance_bonus_and_coins_pay_as_if_one_was_bought_after_the_other(floor: Floor) -> None:
    floor.set(bonus_buy_offer=True, max_bonus_percentage=50)
    ada = floor.add_member("ada", balance=10 * EURO, bonus=9 * EURO)
    floor.give(ada, 100 * EURO, "coin", "coin_issued")
    cola = floor.add_product("Cola", 9, price_micros=2 * EURO, coin_price_micros=10 * EURO)
    night = floor.add_offer("Night", 600, coin_price_micros=40 * EURO)
    more: dict[str, Any] = {"packages": {night: 2}, "member_id": ada}
    # The goods take 2 of the 10; 6 for the first package leave 2, and the bonus pays its half.
    refuse(floor, BalanceTooLow, "balance", {cola: 1}, payment="balance", **more)
    floor.give(ada, EURO)
    sold = place(floor, {cola: 1}, payment="balance", **more)
    assert floor.money(ada) == (0, 6 * EURO)
    assert [each.from_bonus_micros for each in floor.packages(ada)] == [0, 3 * EURO]
    given = back(floor, sold.order_id)
    assert (given.by_tender, given.total_micros) == ({"balance": 14 * EURO}, 14 * EURO)
    assert floor.money(ada) == (11 * EURO, 9 * EURO)
    with pytest.raises(BalanceTooLow):
        place(floor, {cola: 3}, payment="coin", **more)
    coins = place(floor, {cola: 2}, payment="coin", **more)
    assert (coins.total_micros, order(floor, coins.order_id).coin_micros) == (0, 100 * EURO)
    assert back(floor, coins.order_id).coin_micros == 100 * EURO
    assert order(floor, coins.order_id).is_refunded
    verify(floor)


def test_what_cannot_be_is_refused_by_field(floor: Floor, freeze: clock.frozen) -> None:
    floor.set(
        payment_method_pay_later=True,
        payment_method_mixed=True,
        payment_method_cash_in_client=True,
        pay_later='{"member_groups":["0"]}',
    )
    ada = floor.add_member("ada", balance=EURO)
    gold = floor.add_member_group("Gold")
    cola, night = floor.add_product("Cola", 5), floor.add_offer("Night", 900)
    never = floor.add_offer("Never", 900, show_window=Window(from_minute=780, to_minute=840))
    golden = floor.add_offer("Golden", 900, member_group_ids=(gold,))
    adults = floor.add_product("Beer", 5, is_adults_only=True)
    mixed = [Tendered("card", EURO), Tendered("cash")]
    one: dict[str, Any] = {"packages": {night: 1}}
    refuse(floor, InvalidInput, "member_id: is required", {cola: 1}, **one)
    refuse(floor, InvalidInput, "payment:", {}, payment="later", member_id=ada, **one)
    refuse(floor, InvalidInput, "tendered:", {}, tendered=mixed, member_id=ada, **one)
    refuse(floor, BalanceTooLow, "balance", {}, payment="balance", member_id=ada, **one)
    refuse(floor, Refused, "not sold for coins", {}, payment="coin", member_id=ada, **one)
    refuse(floor, Refused, "not found", {cola: 1}, packages={10**9: 1}, member_id=ada)
    refuse(floor, Refused, "group of customers", {}, packages={golden: 1}, member_id=ada)
    refuse(floor, Refused, "not sold at this time", {}, packages={never: 1}, member_id=ada)
    refuse(floor, InvalidInput, "wanted", {cola: 1}, packages={night: 100}, member_id=ada)
    refuse(floor, InvalidInput, "wanted", {cola: 1}, packages={night: 0}, member_id=ada)
    refuse(floor, InvalidInput, "is_age_checked", {adults: 1}, member_id=ada, **one)
    refuse(floor, SoldOut, "Cola", {cola: 6}, member_id=ada, **one)
    floor.set(allow_offer_session=False)
    refuse(floor, Refused, "switched off", {cola: 1}, member_id=ada, **one)


def test_a_package_of_another_pc_group_is_not_brought_to_this_pc(floor: Floor) -> None:
    vip = floor.add_pc_group("VIP")
    ada = floor.add_member("ada")
    cola, room = floor.add_product("Cola", 5), floor.add_offer("Room", 900, pc_group_ids=(vip,))
    more: dict[str, Any] = {"packages": {room: 1}, "member_id": ada}
    refuse(floor, Refused, "PC of this group", {cola: 1}, pc_name="PC01", **more)
    assert place(floor, {cola: 1}, **more).total_micros == 10 * EURO


def test_a_seat_buys_for_who_plays_there_and_plays_on_it_at_once(floor: Floor) -> None:
    ada = floor.add_member("ada", balance=20 * EURO)
    floor.member(ada)
    cola, night = floor.add_product("Cola", 5), floor.add_offer("Night", 900)
    desk_only = floor.add_offer("Desk", 100, is_sold_at_seats=False)
    more: dict[str, Any] = {"source": Source.SEAT, "actor": SEAT, "pc_name": "PC01"}
    with pytest.raises(Refused, match="at the desk only"):
        place(floor, {cola: 1}, packages={desk_only: 1}, payment="balance", **more)
    with pytest.raises(InvalidInput, match="payment"):
        place(floor, {cola: 1}, packages={night: 1}, payment="seat", **more)
    sold = place(
        *(floor, {}),
        packages={night: 1},
        payment="balance",
        status=Status.PENDING,
        **more,
    )
    # There is nothing to bring, so that nobody in the kitchen waits for it.
    assert (sold.status, sold.member_id, sold.pending) == (Status.DONE, ada, 0)
    (package,) = floor.packages(ada)
    assert package.payment == "balance"
    both = place(
        *(floor, {cola: 1}),
        packages={night: 1},
        payment="balance",
        status=Status.PENDING,
        **more,
    )
    assert (both.status, both.pending) == (Status.PENDING, 1)
    cancelled = CancelOrder(
        center=floor.center, actor=DESK, order_id=both.order_id, reason="pressed twice"
    )
    floor.run(cancel_order, cancelled)
    assert [each.refunded_at is None for each in floor.packages(ada)] == [True, False]
    assert (floor.pieces(cola), floor.money(ada)[0]) == (5, 11 * EURO)
    verify(floor)


def test_a_guest_buys_what_his_session_can_use(floor: Floor, freeze: clock.frozen) -> None:
    """A guest's account ends with the session, and a package that it cannot use would be lost."""
    vip = floor.add_pc_group("VIP")
    cola, night = floor.add_product("Cola", 5), floor.add_offer("Night", 900)
    late = floor.add_offer("Late", 900, window=Window(from_minute=1320, to_minute=1380))
    room = floor.add_offer("Room", 900, pc_group_ids=(vip,))
    owes = floor.guest("postpaid", "PC01").member_id
    refuse(floor, Refused, "cannot be added", {cola: 1}, packages={night: 1}, member_id=owes)
    floor.pay(4 * EURO, "PC02")  # two hours, from noon on
    paid = floor.session(floor.session_ids()[-1]).member_id
    refuse(floor, Refused, "before this session", {cola: 1}, packages={late: 1}, member_id=paid)
    refuse(floor, Refused, "PC of this group", {cola: 1}, packages={room: 1}, member_id=paid)
    sold = place(floor, {cola: 1}, packages={night: 1}, pc_name="PC02")
    assert sold.member_id == paid
    freeze.advance(3 * 3600)
    assert floor.is_busy("PC02")
    (settled,) = floor.check_out("PC02")
    # The package paid for all of it, so that the money comes back.
    assert settled.back.handed_out == {"cash": 4 * EURO}
    refuse_args: dict[str, Any] = {"packages": {night: 1}, "member_id": paid}
    with pytest.raises(AppError):
        place(floor, {cola: 1}, **refuse_args)
    verify(floor)


def test_packages_go_back_by_their_own_rule(floor: Floor, freeze: clock.frozen) -> None:
    floor.set(refund_within_minutes=10)
    ada = floor.add_member("ada")
    cola, night = floor.add_product("Cola", 5), floor.add_offer("Night", 900)
    sold = place(floor, {cola: 2}, packages={night: 2}, payment="qr", member_id=ada)
    # One of them only; QR money comes back in cash.
    assert back(floor, sold.order_id, {2: 1}).by_tender == {"cash": 9 * EURO}
    assert [line.left for line in order(floor, sold.order_id).lines] == [2, 0, 1]
    with pytest.raises(InvalidInput, match="not given back yet"):
        back(floor, sold.order_id, {2: 1})
    floor.member(ada)
    freeze.advance(60 * 20)
    with pytest.raises(Refused, match="Night: the package was used"):
        back(floor, sold.order_id)
    assert floor.pieces(cola) == 3
    assert back(floor, sold.order_id, {1: 2}).total_micros == 2 * EURO
    assert floor.pieces(cola) == 5
    assert not order(floor, sold.order_id).is_refunded
    verify(floor)


def test_a_part_of_a_package_that_was_used_goes_back_and_ends_the_order(
    floor: Floor, freeze: clock.frozen
) -> None:
    ada = floor.add_member("ada")
    night = floor.add_offer("Night", 900, minutes=60)
    sold = place(floor, {}, packages={night: 1}, member_id=ada)
    floor.member(ada)
    freeze.advance(60 * 20)
    assert back(floor, sold.order_id).by_tender == {"cash": 6 * EURO}
    found = order(floor, sold.order_id)
    assert (found.is_refunded, found.refunded_micros) == (True, 6 * EURO)
    with pytest.raises(WrongStatus, match="given back already"):
        back(floor, sold.order_id)
    assert floor.till() == 3 * EURO
    verify(floor)


def test_a_package_given_back_at_its_owners_page_is_back_in_the_order(floor: Floor) -> None:
    ada = floor.add_member("ada")
    cola, night = floor.add_product("Cola", 5), floor.add_offer("Night", 900)
    sold = place(floor, {cola: 1}, packages={night: 1}, payment="card", member_id=ada)
    floor.take_back(floor.packages(ada)[0].member_offer_id, comment="wrong one")
    found = order(floor, sold.order_id)
    assert [line.left for line in found.lines] == [1, 0]
    assert (found.refunded_micros, found.payments[-1].amount_micros) == (9 * EURO, -9 * EURO)
    assert (found.payments[-1].tender, found.payments[-1].staff_id) == ("card", DESK.staff_id)
    assert back(floor, sold.order_id).by_tender == {"card": EURO}
    assert (order(floor, sold.order_id).is_refunded, floor.till("card")) == (True, 0)
    verify(floor)


def test_two_desks_give_one_package_back_once(floor: Floor) -> None:
    ada = floor.add_member("ada")
    cola, night = floor.add_product("Cola", 9), floor.add_offer("Night", 900)
    for _ in range(3):
        sold = place(floor, {cola: 1}, packages={night: 1}, member_id=ada, status=Status.DONE)
        package = floor.packages(ada)[-1].member_offer_id
        whole = RefundOrder(center=floor.center, actor=DESK, order_id=sold.order_id, reason="no")
        alone = PackageRefund(center=floor.center, actor=DESK, member_offer_id=package)
        done = asyncio.run(
            at_once(
                floor.store,
                [(refund_order, whole), (refund_package, alone), (refund_order, whole)],
            )
        )
        assert all(isinstance(each, AppError) for each in done if isinstance(each, Exception))
        found = order(floor, sold.order_id)
        assert (found.is_refunded, found.refunded_micros) == (True, 10 * EURO)
        assert floor.till() == 0
        verify(floor)


def test_ten_orders_for_a_balance_that_suffices_for_three(floor: Floor) -> None:
    ada = floor.add_member("ada", balance=31 * EURO)
    cola, night = floor.add_product("Cola", 50), floor.add_offer("Night", 900)
    cmd = placing(floor, {cola: 1}, packages={night: 1}, payment="balance", member_id=ada)
    done = asyncio.run(at_once(floor.store, [(place_order, cmd)] * 10))
    assert sum(isinstance(each, BalanceTooLow) for each in done) == 7
    assert (len(floor.packages(ada)), floor.money(ada)[0], floor.pieces(cola)) == (3, EURO, 47)
    verify(floor)


def test_without_a_shift_neither_goods_nor_packages_are_sold(floor: Floor) -> None:
    floor.set(shift_required=True)
    kim = floor.hire("kim")
    ada = floor.add_member("ada")
    cola, night = floor.add_product("Cola", 5), floor.add_offer("Night", 900)
    more: dict[str, Any] = {"packages": {night: 1}, "member_id": ada, "actor": kim}
    refuse(floor, NeedsShift, "shift", {cola: 1}, **more)
    assert (floor.packages(ada), floor.pieces(cola)) == ([], 5)
    floor.open_shift(kim, floor.add_till())
    sold = place(floor, {cola: 1}, **more)
    shifts = {row.shift_id for row in (*floor.logs("SALE"), *floor.logs("OFFER"))}
    assert len(shifts) == 1
    assert None not in shifts
    assert sold.total_micros == 10 * EURO


def test_an_order_that_breaks_off_in_the_middle_leaves_nothing(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Money has moved and the first of two packages is written when the power fails."""
    ada = floor.add_member("ada", balance=50 * EURO)
    cola, night = floor.add_product("Cola", 5), floor.add_offer("Night", 900)
    written: list[int] = []

    def falls(tx: Any, center_id: int, member_id: int, plan: Any, transfer_id: Any) -> Any:
        if written:
            raise RuntimeError("the power fails")
        sold = keep_package(tx, center_id, member_id, plan, transfer_id)
        written.append(sold.package.member_offer_id)
        return sold

    monkeypatch.setattr(carrying_out, "keep_package", falls)
    for payment in ("cash", "balance"):
        written.clear()
        with pytest.raises(RuntimeError, match="the power fails"):
            place(floor, {cola: 2}, packages={night: 2}, payment=payment, member_id=ada)
        assert written
        assert floor.logs("SALE") == floor.logs("OFFER") == floor.packages(ada) == []
        assert (floor.till(), floor.pieces(cola)) == (50 * EURO, 5)
        assert floor.money(ada) == (50 * EURO, 0)
        assert floor.house("revenue_offer") == floor.house("revenue_goods") == 0
        verify(floor)
    monkeypatch.undo()
    place(floor, {cola: 2}, packages={night: 2}, member_id=ada)
    assert (len(floor.packages(ada)), floor.till()) == (2, 70 * EURO)
    verify(floor)


def test_an_offer_of_another_centre_is_none(floor: Floor) -> None:
    other = Floor(floor.store, open_hall(floor.store, 7778))
    theirs = other.add_offer("Theirs", 100)
    ada, cola = floor.add_member("ada"), floor.add_product("Cola", 5)
    with pytest.raises(Refused, match="Product not found"):
        place(floor, {cola: 1}, packages={theirs: 1}, member_id=ada)
    assert floor.logs("SALE") == floor.packages(ada) == []
    assert (floor.till(), other.till(), floor.pieces(cola)) == (0, 0, 5)
    verify(floor)
