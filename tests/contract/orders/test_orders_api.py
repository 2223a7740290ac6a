"""Orders over HTTP: the desk's, those of seats, and paying them (cafe-wire)."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.auth.tokens import NewToken, issue_token
from lanhouse.cafe.orders.commands.serving import CancelOrder, cancel_order
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import CENT, DESK, EURO, Floor, open_floor
from tests.builders.nouns.orders import order, verify


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, pcs_count=2)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


def device(floor: Floor, pc: str = "PC01") -> str:
    new = NewToken(7777, "pc", "device", floor.pc_ids[pc])
    return floor.run(issue_token, new)


def sell(client: Client, **more: Any) -> Any:
    return client.ok("POST", "/orders", json=more)


def refused(client: Client, path: str, **body: Any) -> tuple[int, str]:
    answer = client.call("POST", path, json=body)
    return answer["code"], answer["message"]


def test_a_sale_at_the_desk_as_real_programs_send_it(client: Client, floor: Floor) -> None:
    cola = floor.add_product("Cola", 9, price_micros=180 * CENT)
    toast = floor.add_product("Toast", 9, price_micros=320 * CENT)
    ada = floor.add_member("ada", balance=10 * EURO)
    sold = sell(
        client,
        product_id=[f"p-{cola}", f"p-{toast}"],
        order_item_qty=[2, 1],
        order_payment_method=1,
        order_member_id=ada,
        order_member_account="ada",
        order_status=2,
    )
    assert sold == {
        "order_no": 1,
        "member_id": ada,
        "qty_changed_products": [{"id": "p-1", "qty": 7}, {"id": "p-2", "qty": 8}],
        "shop_badge": 0,
        "order_status": 2,
        "order_money": "6.80",
    }
    (row,) = floor.logs("SALE")
    assert (row.spend_micros, row.staff_name, row.member_account) == (680 * CENT, "API", "ada")
    assert floor.house("revenue_goods") == 680 * CENT
    # A list may be text with commas, a scalar, or a number; an account stands for its id.
    more = client.ok("POST", "/orders?product_id=1,2&order_item_qty=1,1&order_member_account=ADA")
    assert (more["order_money"], more["member_id"], floor.till()) == ("5.00", ada, 15 * EURO)
    assert sell(client, product_id=cola)["order_money"] == "1.80"
    verify(floor)


def test_what_the_desk_refuses(client: Client, floor: Floor) -> None:
    cola = floor.add_product("Cola", 2, price_micros=2 * EURO)
    ada = floor.add_member("ada", balance=EURO)
    night = floor.add_offer("Night", 900)
    for code, words, body in (
        (402, "the balance is too low", {"order_payment_method": 1, "order_member_id": ada}),
        (400, "order_member_id: is required", {"order_payment_method": 1}),
        (400, "order_payment_method: must be 0", {"order_payment_method": 9}),
        (400, "order_payment_method: is paying later", {"order_payment_method": -2}),
        (400, "order_payment_method: Cola cannot", {"order_payment_method": 3, "member_id": ada}),
        (400, "order_status: must be one of", {"order_status": 3}),
        (400, "order_status: must be one of", {"order_status": 4}),
        (400, "product_id: must have a number", {"order_item_qty": [1, 2]}),
        (400, "product_id: must have a number", {"order_item_qty": [0]}),
        (400, "Cola: only 2 left", {"order_item_qty": [3]}),
        (400, "Product not found", {"product_id": ["p-99"]}),
        (400, "order_member_id: is required", {"product_id": [f"p-{cola}", f"o-{night}"]}),
        (402, "balance", {"product_id": f"o-{night}", "member_id": ada, "payment_method": 1}),
        (400, "Product not found", {"product_id": ["o-99"], "member_id": ada}),
        (400, "product_id: must be a product", {"product_id": ["x-1"]}),
        (400, "product_id: is required", {"product_id": []}),
        (400, "pc_name: there is no such PC", {"pc_name": "PC99"}),
        (400, "order_member_account: does not exist", {"order_member_account": "bob"}),
    ):
        told = refused(client, "/orders", **{"product_id": [f"p-{cola}"], **body})
        assert told[0] in (code, 404), (told, body)
        assert words in told[1], (told, body)
    assert (floor.pieces(cola), floor.till(), floor.money(ada)) == (2, EURO, (EURO, 0))
    assert floor.logs("SALE") == []


def test_packages_are_sold_by_their_ids_with_goods(client: Client, floor: Floor) -> None:
    cola, night = floor.add_product("Cola", 9), floor.add_offer("Night", 900)
    ada = floor.add_member("ada", balance=20 * EURO)
    floor.member(ada, "PC01")
    body = {
        "product_id": [f"o-{night}", f"p-{cola}"],
        "order_item_qty": [1, 2],
        "order_payment_method": 2,
        "pc_name": "PC01",
    }
    headers = {"Idempotency-Key": "packages"}
    sold = client.ok("POST", "/orders", json=body, headers=headers)
    # Nobody was named: it is for who plays at the PC.
    assert (sold["member_id"], sold["order_money"]) == (ada, "11.00")
    assert sold["qty_changed_products"] == [{"id": f"p-{cola}", "qty": 7}]
    assert client.ok("POST", "/orders", json=body, headers=headers) == sold
    assert len(floor.packages(ada)) == 1
    (row,) = client.ok("GET", "/orders")["orders"]
    assert [(item["product_id"], item["order_item_qty"]) for item in row["items"]] == [
        (f"p-{cola}", 2),
        (f"o-{night}", 1),
    ]
    seat = {"payment_method": 1, "items": [{"product_id": f"o-{night}", "qty": 1}]}
    token = device(floor)
    bought = client.ok("POST", "/submitOrder", json=seat, key=token)
    assert bought == {"order_no": 2, "pay_method": 1, "order_status": 2, "order_money": "9.00"}
    later = client.call("POST", "/submitOrder", json={**seat, "payment_method": 0}, key=token)
    assert later["code"] == 400
    assert later["message"].startswith("payment_method: is ")
    assert (len(floor.packages(ada)), floor.money(ada)[0]) == (2, 11 * EURO)
    verify(floor)


def test_the_offer_of_another_centre_is_not_sold(client: Client, floor: Floor) -> None:
    other = Floor(floor.store, open_hall(floor.store, 7778))
    theirs = other.add_offer("Theirs", 100)
    cola, ada = floor.add_product("Cola", 9), floor.add_member("ada", balance=20 * EURO)
    floor.member(ada, "PC01")
    body = {
        "product_id": [f"o-{theirs}", f"p-{cola}"],
        "order_item_qty": [1, 1],
        "pc_name": "PC01",
    }
    told = client.call("POST", "/orders", json=body)
    assert (told["code"], told["message"]) == (400, "Product not found")
    seat = {"payment_method": 1, "items": [{"product_id": f"o-{theirs}", "qty": 1}]}
    told = client.call("POST", "/submitOrder", json=seat, key=device(floor))
    assert (told["code"], told["message"]) == (400, "Product not found")
    assert (floor.packages(ada), floor.pieces(cola), floor.money(ada)[0]) == ([], 9, 20 * EURO)
    assert (floor.till(), other.till()) == (20 * EURO, 0)
    verify(floor)


def test_the_same_key_sells_once(client: Client, floor: Floor) -> None:
    floor.add_product("Cola", 9)
    headers = {"Idempotency-Key": "k1"}
    first = client.ok("POST", "/orders", json={"product_id": "p-1"}, headers=headers)
    assert client.ok("POST", "/orders", json={"product_id": "p-1"}, headers=headers) == first
    other = client.call(
        "POST", "/orders", json={"product_id": "p-1", "order_item_qty": 2}, headers=headers
    )
    assert other["code"] != 200
    assert (floor.pieces(1), floor.till()) == (8, EURO)


def test_an_order_of_a_seat_by_the_token_of_its_pc(client: Client, floor: Floor) -> None:
    floor.set(payment_method_cash_in_client=True)
    floor.add_product("Cola", 9, price_micros=2 * EURO)
    ada = floor.add_member("ada", balance=9 * EURO)
    floor.member(ada, "PC01")
    token = device(floor)
    body = {"payment_method": 1, "items": [{"product_id": "p-1", "qty": 2}], "pc_name": "PC01"}
    paid = client.ok("POST", "/submitOrder", json=body, key=token)
    assert paid == {"order_no": 1, "pay_method": 1, "order_status": 1, "order_money": "4.00"}
    assert floor.money(ada) == (5 * EURO, 0)
    cash = client.ok("POST", "/submitOrder", json={**body, "payment_method": 0}, key=token)
    assert (cash["pay_method"], cash["order_status"]) == (0, 1)
    assert (order(floor, 2).member_id, order(floor, 2).is_owed) == (ada, True)
    for body_, words in (
        ({**body, "pc_name": "PC02"}, "This is the program of PC01."),
        ({**body, "payment_method": 2}, "payment_method: is not taken at a seat"),
        ({**body, "payment_method": -2}, "payment_method: is paying later"),
        ({**body, "items": []}, "items: is required"),
        ({**body, "items": [{"product_id": "p-1", "qty": 0}]}, "items: must have a number"),
    ):
        answer = client.call("POST", "/submitOrder", json=body_, key=token)
        assert words in answer["message"], answer
    # An API key names the PC; a seat at which nobody plays orders nothing.
    answer = client.call("POST", "/submitOrder", json={**body, "pc_name": "PC02"})
    assert answer["message"] == "Nobody plays at PC02."
    assert client.ok("POST", "/submitOrder", json=body)["order_no"] == 3
    verify(floor)


def test_the_token_of_a_pc_opens_nothing_else(client: Client, floor: Floor) -> None:
    token = device(floor)
    assert client.call("GET", "/pcs", key=token)["code"] == 403
    assert client.call("GET", "/orders", key=token)["code"] == 403
    assert client.call("POST", "/orders", json={"product_id": "p-1"}, key=token)["code"] == 403
    assert client.call("GET", "/orders/action/productList", key=token)["code"] == 200
    other = open_hall(floor.store, 7778)
    other_token = floor.run(issue_token, NewToken(other.center_id, "pc", "device", 1))
    assert client.call("GET", "/orders/action/productList", key=other_token)["code"] == 401


def test_paying_an_order_answers_without_an_envelope(client: Client, floor: Floor) -> None:
    floor.set(
        payment_method_cash_in_client=True,
        payment_method_pay_later=True,
        pay_later='{"member_groups":["0"]}',
    )
    floor.add_product("Cola", 9, price_micros=2 * EURO)
    ada = floor.add_member("ada", balance=9 * EURO)
    floor.member(ada, "PC01")
    token = device(floor)
    body = {"payment_method": -2, "items": [{"product_id": "p-1"}]}
    number = client.ok("POST", "/submitOrder", json=body, key=token)["order_no"]

    def pay(key: str = token, **more: Any) -> Any:
        url = "/api/v2/cafe/7777/payOrder"
        return client.raw("POST", url, key=key, json={"order_no": number, **more}).json()

    assert pay(device(floor, "PC02")) == {
        "result": 1,
        "message": "Order not found",
        "type": "",
        "url": "",
        "payment_url": "",
        "qr_image": "",
        "amount": "0.00",
        "order_no": number,
    }
    assert pay(payment_method=0)["type"] == "cash"
    assert (floor.logs("SALE"), order(floor, number).is_owed) == ([], True)
    assert pay(payment_method=4)["message"] == "QR top-up is not available"
    assert pay(payment_method=2)["message"].startswith("payment_method: must be 0")
    done = pay()
    assert (done["result"], done["message"], done["type"]) == (0, "success", "balance")
    assert (done["amount"], floor.money(ada)) == ("2.00", (7 * EURO, 0))
    assert pay() == {**pay(), "result": 1, "message": f"Order {number} is paid already."}
    number = client.ok("POST", "/submitOrder", json={**body, "payment_method": 0}, key=token)[
        "order_no"
    ]
    assert pay(floor.hall.api_key)["type"] == "cash"
    assert floor.till() == 11 * EURO
    number = client.ok("POST", "/submitOrder", json=body, key=token)["order_no"]
    cancelling = CancelOrder(center=floor.center, actor=DESK, order_id=number, reason="no")
    floor.run(cancel_order, cancelling)
    assert pay()["message"] == f"Order {number} was cancelled."
    assert floor.money(ada) == (7 * EURO, 0)
    verify(floor)


def test_the_list_of_orders(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    floor.set(tax1_percentage_micros=10 * EURO, tax_included_in_price=True)
    floor.add_product("Cola", 9, price_micros=220 * CENT)
    ada = floor.add_member("ada")
    sell(client, product_id="p-1", order_item_qty=2, order_member_id=ada, order_status=5)
    sell(client, product_id="p-1", order_payment_method=2, order_comment="no ice", pc_name="pc02")
    sell(client, product_id="p-1", order_status=1)
    listed = client.ok("GET", "/orders?page=1")
    assert [row["order_no"] for row in listed["orders"]] == [3, 2, 1]
    assert (listed["shop_badge"], listed["paging_info"]["total_records"]) == (1, 3)
    assert listed["orders"][2] == {
        "order_no": 1,
        "order_money": "4.40",
        "order_coin": "0.00",
        "order_tax": "0.40",
        "order_refunded": "0.00",
        "order_create_time_local": "2026-03-04 12:00:00",
        "order_payment_method": 0,
        "order_is_paid": 1,
        "order_status": 5,
        "order_pc": "",
        "order_member_id": ada,
        "order_member_account": "ada",
        "order_staff_name": "API",
        "order_comment": "",
        "product_name": "Cola",
        "order_item_qty": 2,
        "items": [
            {
                "product_id": "p-1",
                "product_name": "Cola",
                "order_item_qty": 2,
                "order_item_price": "2.2000000000",
                "order_item_tax": "0.40",
                "order_item_total": "4.40",
            }
        ],
    }
    by_status = client.ok("GET", "/orders?order_status=2")["orders"]
    assert [(row["order_pc"], row["order_comment"]) for row in by_status] == [("PC02", "no ice")]
    of_ada = client.ok("GET", f"/orders?member_id={ada}&page=2")
    assert (of_ada["orders"], of_ada["paging_info"]["total_records"]) == ([], 1)
    assert client.call("GET", "/orders?order_status=9")["code"] == 400


def test_a_pc_lists_what_seats_may_order(client: Client, floor: Floor) -> None:
    floor.add_product("Cola", 9)
    floor.add_product("Counter", 3, is_sold_at_seats=False)

    def names(**more: Any) -> list[str]:
        listed = client.ok("GET", "/orders/action/productList", **more)["product_list"]
        return [row["product_name"] for row in listed]

    assert names() == ["Cola", "Counter"]
    assert names(key=device(floor)) == ["Cola"]


def test_a_set_with_a_package_by_desk_and_seat_and_the_members_list(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    cola, night = floor.add_product("Cola", 9, price_micros=EURO), floor.add_offer("Night", 900)
    ada = floor.add_member("ada", balance=20 * EURO)
    parts = [{"product_id": f"p-{cola}", "qty": 2}, {"product_id": f"o-{night}", "qty": 1}]
    changed = client.ok(
        "POST",
        "/products",
        json={"product_name": "Evening", "product_price": "8.8", "product_combo": parts},
    )
    evening = f"p-{changed['product_id']}"
    body = {"product_id": evening, "order_item_qty": 1, "order_payment_method": 0}
    told = refused(client, "/orders", **body)
    assert told == (400, "order_member_id: is required: a package belongs to somebody")
    freeze.advance(60)
    client.ok("POST", "/members/action/topup", json={"topup_ids": ada, "topup_value": 5})
    freeze.advance(60)
    sold = sell(client, **body, order_member_id=ada)
    assert sold["order_money"] == "8.80"
    floor.member(ada, "PC01")
    seat = {"payment_method": 1, "items": [{"product_id": evening, "qty": 1}]}
    freeze.advance(60)
    assert client.ok("POST", "/submitOrder", json=seat, key=device(floor)) == {
        "order_no": 2,
        "pay_method": 1,
        "order_status": 1,
        "order_money": "8.80",
    }
    listed = client.ok("GET", f"/members/{ada}/orders")
    assert listed == client.ok("GET", "/memberOrders", params={"member_id": ada})
    kept = ("order_type", "order_no", "product_name", "order_item_qty", "order_money")
    assert [tuple(row[name] for name in kept) for row in listed["orders"]] == [
        ("shop", 2, "Evening, Night", 2, "8.80"),
        ("shop", 1, "Evening, Night", 2, "8.80"),
        ("topup", 1, "Topup", 1, "5.00"),
    ]
    seats, desks, topup = listed["orders"]
    assert (seats["order_pc"], seats["order_status"], desks["order_status"]) == ("PC01", 1, 2)
    assert listed["paging_info"]["total_records"] == 3
    # Its numbers and items are those of `orders`.
    of_shop = client.ok("GET", "/orders")["orders"]
    assert [(row["order_no"], row["items"]) for row in of_shop] == [
        (row["order_no"], row["items"]) for row in (seats, desks)
    ]
    assert [item["product_id"] for item in desks["items"]] == [evening, f"o-{night}"]
    assert [item["order_item_total"] for item in desks["items"]] == ["1.60", "7.20"]
    assert topup["items"] == []
    verify(floor)
