"""Orders of goods that are paid by QR code."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.auth.tokens import NewToken, issue_token
from lanhouse.cafe.orders.commands.serving import CancelOrder, cancel_order
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import DESK, EURO, Floor, open_floor
from tests.builders.nouns.orders import order
from tests.builders.nouns.payments import (
    API,
    notices,
    payments,
    tell,
    told,
    use_webhook,
    verify,
)


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    floor = open_floor(sqlite_store, pcs_count=2)
    floor.add_product("Cola", 9, price_micros=2 * EURO)
    return floor


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


def token_of(floor: Floor, member_id: int) -> str:
    return floor.run(issue_token, NewToken(7777, "member", "bearer", member_id))


def pay(client: Client, number: int, key: str = "", **more: Any) -> Any:
    body = {"order_no": number, "payment_method": 4, **more}
    options = {"key": key} if key else {}
    return client.raw("POST", f"{API}/payOrder", json=body, **options).json()


def on_the_tab(client: Client, member_id: int) -> int:
    sold = client.ok(
        "POST",
        "/orders",
        json={
            "product_id": "p-1",
            "order_payment_method": -2,
            "order_member_id": member_id,
            "order_status": 1,
        },
    )
    return sold["order_no"]


@pytest.fixture
def ada(floor: Floor) -> int:
    return floor.add_member("ada")


def test_without_a_gateway(client: Client, floor: Floor, ada: int) -> None:
    floor.set(payment_method_pay_later=True)
    number = on_the_tab(client, ada)
    assert pay(client, number)["message"] == "QR top-up is not available"
    assert payments(floor) == []


def test_an_order_goes_on_when_its_money_came(client: Client, floor: Floor, ada: int) -> None:
    use_webhook(floor, payment_method_pay_later=True, payment_method_qr=False)
    number = on_the_tab(client, ada)
    bob = floor.add_member("bob")
    assert pay(client, number, token_of(floor, bob))["message"] == "Order not found"
    begun = pay(client, number, token_of(floor, ada))
    assert (begun["result"], begun["type"], begun["amount"]) == (0, "webhook", "2.00")
    assert order(floor, number).is_owed
    assert tell(client, told(begun["order_no"], "2.00"))[1]["outcome"] == "credited"
    paid = order(floor, number)
    assert (paid.is_owed, paid.payment, paid.status) == (False, "qr", "pending")
    assert (floor.till("qr"), floor.money(ada)) == (2 * EURO, (0, 0))
    [row] = payments(floor)
    assert (row.went_to, row.status, row.order_id) == ("order", "done", number)
    [sale] = floor.logs("SALE")
    assert (sale.qr_micros, sale.transfer_id) == (2 * EURO, row.transfer_id)
    assert pay(client, number)["message"] == f"Order {number} is paid already."
    verify(floor)


def test_an_order_is_paid_as_it_was_ordered_where_nobody_says_how(
    client: Client, floor: Floor, ada: int
) -> None:
    """What a client sends: the number of the order and no more (cafe-wire, Member side)."""
    use_webhook(floor)
    floor.give(ada, EURO, "balance")
    floor.member(ada, "PC01")
    mine = token_of(floor, ada)
    body = {"payment_method": 4, "items": [{"product_id": "p-1", "qty": 1}], "pc_name": "PC01"}
    number = client.ok("POST", "/submitOrder", json=body, key=mine)["order_no"]
    for headers in ({}, {"Idempotency-Key": "pay-1"}):
        asked = client.raw(
            "POST", f"{API}/payOrder", json={"order_no": number}, key=mine, headers=headers
        ).json()
        assert (asked["result"], asked["type"], asked["amount"]) == (0, "webhook", "2.00"), asked
        assert asked["payment_url"].startswith("https://pay.test/")
    assert tell(client, told(asked["order_no"], "2.00"))[1]["outcome"] == "credited"
    assert not order(floor, number).is_owed
    verify(floor)


def test_an_order_that_is_gone_leaves_the_money_on_the_balance(
    client: Client, floor: Floor, ada: int
) -> None:
    use_webhook(floor, payment_method_pay_later=True)
    first, second = on_the_tab(client, ada), on_the_tab(client, ada)
    for number in (first, second):
        assert pay(client, number)["result"] == 0
    cancelling = CancelOrder(center=floor.center, actor=DESK, order_id=first, reason="no")
    floor.run(cancel_order, cancelling)
    assert tell(client, told(1, "2.00"))[1]["outcome"] == "credited"
    assert (payments(floor)[0].went_to, floor.money(ada)) == ("balance", (2 * EURO, 0))
    # Paid from the balance meanwhile: the same.
    assert pay(client, second, payment_method=1)["result"] == 0
    assert client.ok("POST", "/manual/pay", json={"order_no": 2})["order_status"] == 2
    assert (payments(floor)[1].went_to, floor.money(ada)) == ("balance", (2 * EURO, 0))
    verify(floor)


def test_nobody_is_there_for_the_money(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    use_webhook(floor, payment_method_cash_in_client=True)
    guest = floor.add_member("guest")
    floor.give(guest, 5 * EURO, "balance")
    floor.member(guest, "PC01")
    token = floor.run(issue_token, NewToken(7777, "pc", "device", floor.pc_ids["PC01"]))
    body = {"payment_method": 0, "items": [{"product_id": "p-1"}]}
    number = client.ok("POST", "/submitOrder", json=body, key=token)["order_no"]
    assert pay(client, number, token)["result"] == 0
    client.ok("POST", "/pcSessions/checkout", json={"pc_name": "PC01"})
    cancelling = CancelOrder(center=floor.center, actor=DESK, order_id=number, reason="no")
    floor.run(cancel_order, cancelling)
    client.ok(
        "POST",
        "/members/action/topup",
        json={"topup_ids": guest, "topup_value": "-5", "comment": "out"},
    )
    # While the payment waits he is not deleted.
    freeze.advance(61 * 60)
    client.ok("POST", "/members/action/multiDelete", json={"member_ids": guest})
    assert client.refused("POST", "/manual/pay", json={"order_no": 1}) == (
        400,
        f"Order {number} needs no payment any more.",
    )
    assert tell(client, told(1, "2.00"))[1]["outcome"] == "nobody"
    assert [(row.state, row.outcome) for row in notices(floor)] == [("open", "nobody")]
    assert payments(floor)[0].status == "pending"
    verify(floor)


def test_goods_that_are_not_sold_by_code(client: Client, floor: Floor, ada: int) -> None:
    use_webhook(floor, payment_method_pay_later=True)
    number = on_the_tab(client, ada)
    group = client.ok("GET", "/productGroups")
    assert group is not None
    for wrong in (None, "x", 10**30, [1, 2], "<b>"):
        answer = pay(client, number, order_no=wrong)
        assert answer.get("result", 1) == 1
    assert pay(client, 99)["message"] == "Order not found"
    assert payments(floor) == []
