"""Everything that is sold goes back by the tender that it came by: each thing by each tender, and
by several where that is possible (decision 0078)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lanhouse.cafe.money.sharing import Payer
from lanhouse.cafe.orders.commands.giving_back import RefundOrder, refund_order
from lanhouse.cafe.orders.schemas import Tendered
from lanhouse.cafe.sessions.schemas import POSTPAID, PREPAID
from lanhouse.cafe.topups.commands import top_up
from lanhouse.cafe.topups.schemas import TopUp
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.floor import CENT, DESK, EURO, Floor, open_floor
from tests.builders.nouns.orders import place
from tests.builders.nouns.orders import verify as verify_orders

HOUR = 3600
TENDERS = ("cash", "card", "qr")
PRICE = 4 * EURO


def _time(floor: Floor, tender: str, freeze: clock.frozen) -> int:
    """Two hours, of which one is played: half goes back."""
    floor.pay(PRICE, "PC01", payment=tender)
    freeze.advance(HOUR)
    floor.check_out("PC01")
    return PRICE // 2


def _several_pcs(floor: Floor, tender: str, freeze: clock.frozen) -> int:
    done = floor.together(PREPAID, "PC01", "PC02", minutes=60, payment=tender)
    freeze.advance(HOUR // 2)
    floor.check_out(bundle_id=done.bundle.id)
    return PRICE // 2


def _package(floor: Floor, tender: str, freeze: clock.frozen) -> int:
    package = floor.sell(floor.add_offer("pass", 400), floor.add_member("ada"), tender)
    floor.take_back(package, comment="wrong one")
    return 0


def _package_in_part(floor: Floor, tender: str, freeze: clock.frozen) -> int:
    """One of its three hours is played: 2.66 go back, rounded down."""
    package = floor.sell(floor.add_offer("pass", 400), ada := floor.add_member("ada"), tender)
    floor.member(ada)
    freeze.advance(HOUR)
    floor.take_back(package, comment="wrong one")
    return PRICE - 266 * CENT


def _top_up(floor: Floor, tender: str, freeze: clock.frozen) -> int:
    ada = floor.add_member("ada")
    of = {"center": floor.center, "actor": DESK, "member_ids": [ada]}
    floor.run(top_up, TopUp(**of, value_micros=PRICE, payment=tender))
    floor.run(top_up, TopUp(**of, value_micros=-PRICE, comment="wrong one"))
    return 0


def _goods(floor: Floor, tender: str, freeze: clock.frozen) -> int:
    cola = floor.add_product("Cola", 9, price_micros=PRICE)
    placed = place(floor, {cola: 1}, payment=tender)
    cmd = RefundOrder(center=floor.center, actor=DESK, order_id=placed.order_id, reason="warm")
    floor.run(refund_order, cmd)
    return 0


def _goods_in_part(floor: Floor, tender: str, freeze: clock.frozen) -> int:
    cola = floor.add_product("Cola", 9, price_micros=PRICE // 4)
    placed = place(floor, {cola: 4}, payment=tender)
    cmd = RefundOrder(
        center=floor.center, actor=DESK, order_id=placed.order_id, pieces={1: 3}, reason="warm"
    )
    floor.run(refund_order, cmd)
    return PRICE // 4


SALES: dict[str, Callable[[Floor, str, clock.frozen], int]] = {
    "time": _time,
    "time on several PCs": _several_pcs,
    "a package": _package,
    "a package in part": _package_in_part,
    "a top-up": _top_up,
    "goods": _goods,
    "goods in part": _goods_in_part,
}
"""Sell for 4.00 by a tender and take it back; answers what the house keeps."""


@pytest.mark.parametrize("tender", TENDERS)
@pytest.mark.parametrize("name", SALES)
@pytest.mark.parametrize("tax", [0, 19], ids=["no tax", "tax"])
def test_it_goes_back_by_the_tender_it_came_by(
    store: Store, freeze: clock.frozen, name: str, tender: str, tax: int
) -> None:
    """QR money alone comes back in cash: it cannot be sent without a gateway that refunds."""
    floor = open_floor(store)
    taxes = {f"tax{slot}_percentage_micros": tax * EURO for slot in range(1, 5)}
    floor.set(tax_included_in_price=True, **taxes)
    kept = SALES[name](floor, tender, freeze)
    expected: dict[str, int] = dict.fromkeys(TENDERS, 0)
    if tender == "qr":
        expected |= {"qr": PRICE, "cash": kept - PRICE}
    else:
        expected[tender] = kept
    assert {each: floor.till(each) for each in TENDERS} == expected
    sold = [floor.house(f"revenue_{each}") for each in ("time", "offer", "goods")]
    # What is left of the sale has its own tax, and nothing of what went back.
    assert sum(sold) + floor.house("tax") == kept
    assert abs(floor.house("tax") - kept * tax / (100 + tax)) <= CENT
    verify_orders(floor)


def test_goods_paid_in_several_ways_go_back_by_all_of_them(store: Store) -> None:
    floor = open_floor(store)
    floor.set(payment_method_mixed=True)
    ada = floor.add_member("ada", balance=EURO)
    cola = floor.add_product("Cola", 9, price_micros=PRICE)
    tendered = [Tendered("balance", EURO), Tendered("card", EURO), Tendered("cash")]
    placed = place(floor, {cola: 1}, tendered=tendered, member_id=ada)
    before = [floor.till("cash") - 2 * EURO, 0, 0]  # the balance came in cash
    assert floor.till("card") == EURO
    cmd = RefundOrder(center=floor.center, actor=DESK, order_id=placed.order_id, reason="warm")
    floor.run(refund_order, cmd)
    assert [floor.till(each) for each in TENDERS] == before == [EURO, 0, 0]
    assert floor.money(ada) == (EURO, 0)
    verify_orders(floor)


def test_time_paid_in_several_ways_goes_back_newest_first(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    floor.pay(2 * EURO, "PC01", payment="card")
    floor.pay(EURO, "PC01", payment="qr")
    floor.pay(EURO, "PC01", payment="cash")
    freeze.advance(HOUR // 2)
    floor.check_out("PC01")
    # 3.00 of 4.00: the cash, the QR money in cash, and half of what came by card.
    assert [floor.till(each) for each in TENDERS] == [-EURO, EURO, EURO]
    floor.verify()


def test_a_bill_of_several_payers_takes_each_tender(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    floor.set(payment_method_mixed=True, tax4_percentage_micros=19 * EURO)
    floor.guest(POSTPAID)
    freeze.advance(2 * HOUR)
    payers = (Payer("card", 3 * EURO), Payer("cash", 176 * CENT))
    floor.check_out("PC01", payers=payers)
    assert [floor.till(each) for each in TENDERS] == [176 * CENT, 3 * EURO, 0]
    assert (floor.house("revenue_time"), floor.house("tax")) == (PRICE, 76 * CENT)
    floor.verify()


def test_several_pcs_at_the_card_price_are_one_bill_and_one_refund(
    store: Store, freeze: clock.frozen
) -> None:
    """Who pays for all by card pays each PC's card price, and gets back what was not played of it
    on the card, in one act."""
    floor = open_floor(store)
    floor.set(credit_card_price_rate=110)
    vip = floor.add_pc_group("VIP")
    floor.add_pc("VIP01", vip)
    floor.add_price("VIP", 300, pc_group_id=vip)
    total = 550 * CENT
    done = floor.together(PREPAID, "PC01", "VIP01", minutes=60, payment="card", total_micros=total)
    assert [one.taken_micros for one in done.started] == [220 * CENT, 330 * CENT]
    assert {one.session.terms.is_by_card for one in done.started} == {True}
    # Another PC joins for the rest, in cash: at the plain price.
    freeze.advance(HOUR // 2)
    joined = floor.join(done.bundle.id, "PC02", payment="cash")
    assert joined.taken_micros == EURO
    freeze.advance(HOUR // 4)
    ends = floor.check_out(bundle_id=done.bundle.id)
    by_pc = {end.session.pc_name: (end.bill.total_micros, end.back.by_tender) for end in ends}
    assert by_pc == {
        "PC01": (165 * CENT, {"card": 55 * CENT}),
        "VIP01": (248 * CENT, {"card": 82 * CENT}),
        "PC02": (50 * CENT, {"cash": 50 * CENT}),
    }
    assert [floor.till(each) for each in TENDERS] == [50 * CENT, 413 * CENT, 0]
    floor.verify()


@pytest.mark.parametrize(("payment", "total"), [("card", 440 * CENT), ("cash", 400 * CENT)])
def test_a_postpaid_bundle_has_the_card_price_where_one_card_pays_all(
    store: Store, freeze: clock.frozen, payment: str, total: int
) -> None:
    floor = open_floor(store)
    floor.set(credit_card_price_rate=110)
    done = floor.together(POSTPAID, "PC01", "PC02")
    freeze.advance(HOUR)
    ends = floor.check_out(bundle_id=done.bundle.id, payment=payment)
    assert sum(end.bill.total_micros for end in ends) == floor.till(payment) == total
    assert sum(floor.till(each) for each in TENDERS) == total
    floor.verify()
