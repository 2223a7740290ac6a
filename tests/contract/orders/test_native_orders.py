"""Orders by the native calls: an integrator needs no café wire for a shop."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import CENT, EURO, Floor, open_floor
from tests.builders.nouns.orders import order, place, verify
from tests.builders.people import bearer_of

URL = "/api/native/v1/orders"
CASH = [{"by": "cash"}]


@pytest.fixture
def floor(store: Store, freeze: clock.frozen) -> Floor:
    assert freeze is not None
    floor = open_floor(store, pcs_count=2)
    floor.set(payment_method_pay_later=True, payment_method_mixed=True)
    return floor


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


def ask(client: Client, method: str, url: str, status: int = 200, **options: Any) -> Any:
    answer = client.raw(method, url, key=options.pop("key", client.key), **options)
    assert answer.status_code == status, answer.text
    return answer.json()


def sell(client: Client, code: int = 200, /, **body: Any) -> Any:
    return ask(client, "POST", URL, code, json=body)


def test_an_order_is_placed_with_its_change_and_read(client: Client, floor: Floor) -> None:
    floor.set(tax1_percentage_micros=23 * EURO, tax_included_in_price=True)
    cola = floor.add_product("Cola", 9, price_micros=180 * CENT)
    placed = sell(
        client,
        lines=[{"product_id": cola, "quantity": 2}, {"product_id": cola}],
        payments=[{"by": "card", "amount": "2.00"}, {"by": "cash", "given": "5.00"}],
        discount="10",
        discount_reason="friend",
        note="no ice",
        expected_total="4.86",
    )
    assert placed == {
        "id": 1,
        "member_id": 0,
        "status": "done",
        "payment": "mixed",
        "total": "4.86",
        "change": "2.14",
        "stock": [{"product_id": cola, "quantity": 6}],
        "pending": 0,
    }
    assert (floor.till(), floor.till("card")) == (286 * CENT, 2 * EURO)
    shown = ask(client, "GET", f"{URL}/1")
    assert (shown["placed_at"], shown["paid_at"]) == (shown["changed_at"], shown["placed_at"])
    at = shown["placed_at"]
    assert shown == {
        "id": 1,
        "placed_at": at,
        "source": "api",
        "status": "done",
        "payment": "mixed",
        "paid_at": at,
        "is_owed": False,
        "is_refunded": False,
        "total": "4.86",
        "tax": "0.91",
        "coins": "0.00",
        "refunded": "0.00",
        "refunded_coins": "0.00",
        "discount": "10.00",
        "discount_reason": "friend",
        "member_id": 0,
        "member_account": "",
        "pc_name": "",
        "note": "no ice",
        "staff_id": 0,
        "staff_name": "API",
        "changed_at": at,
        "changed_by_name": "API",
        "reason": "",
        "lines": [
            {
                "number": 1,
                "source": "product",
                "item_id": cola,
                "name": "Cola",
                "quantity": 3,
                "price": "1.8",
                "discount": "10.00",
                "tax_id": 1,
                "tax_rate": "23",
                "is_tax_included": True,
                "tax": "0.91",
                "total": "4.86",
                "coins": "0.00",
                "returned_quantity": 0,
                "refunded": "0.00",
                "refunded_coins": "0.00",
                "member_offer_id": None,
            }
        ],
        "payments": [
            {"by": "card", "amount": "2.00", "given": "0.00", "change": "0.00", "at": at},
            {"by": "cash", "amount": "2.86", "given": "5.00", "change": "2.14", "at": at},
        ],
    }
    verify(floor)


def test_the_same_key_places_once(client: Client, floor: Floor) -> None:
    cola = floor.add_product("Cola", 9)
    headers = {"Idempotency-Key": "k1"}
    body = {"lines": [{"product_id": cola}], "payments": CASH}
    first = ask(client, "POST", URL, json=body, headers=headers)
    assert ask(client, "POST", URL, json=body, headers=headers) == first
    other = {"lines": [{"product_id": cola, "quantity": 2}], "payments": CASH}
    ask(client, "POST", URL, 409, json=other, headers=headers)
    back = {"reason": "broken", "lines": [{"number": 1, "quantity": 1}]}
    for _ in range(2):
        ask(client, "POST", f"{URL}/1/refund", json=back, headers={"Idempotency-Key": "k2"})
    assert (floor.pieces(cola), floor.till()) == (9, 0)
    verify(floor)


def test_what_is_refused_leaves_nothing_behind(client: Client, floor: Floor) -> None:
    cola = floor.add_product("Cola", 2, price_micros=2 * EURO)
    ada = floor.add_member("ada", balance=EURO)
    one = [{"product_id": cola}]
    for status, field, body in (
        (400, "lines", {"lines": [], "payments": CASH}),
        (400, "lines", {"lines": [{"product_id": cola, "quantity": 0}], "payments": CASH}),
        (400, "payments", {"payments": [{"by": "cash"}, {"by": "cash"}]}),
        (400, "payments", {"payments": [{"by": "cash", "amount": "1.00"}]}),
        (400, "payments", {"payments": [{"by": "cash", "given": "1.00"}]}),
        (400, "payments", {"payments": [{"by": "shells"}]}),
        (400, "payments", {"payments": [{"by": "coin"}], "member_id": ada}),
        (400, "payment", {}),
        (400, "payment", {"payments": CASH, "payment": "later"}),
        (400, "payment", {"payment": "seat"}),
        (400, "member_id", {"payment": "later"}),
        (400, "pc_name", {"payments": CASH, "pc_name": "PC99"}),
        (400, "discount", {"payments": CASH, "discount": "100.01"}),
        (400, "status", {"payments": CASH, "status": "cancelled"}),
        (402, "", {"payments": [{"by": "balance"}], "member_id": ada}),
        (404, "", {"lines": [{"product_id": 99}], "payments": CASH}),
        (404, "", {"payments": CASH, "member_id": 99_999}),
        (422, "", {"payments": CASH, "expected_total": "1.99"}),
        (422, "", {"lines": [{"product_id": cola, "quantity": 3}], "payments": CASH}),
    ):
        told = sell(client, status, **{"lines": one, **body})["error"]
        if field:
            assert any(name.startswith(field) for name in told["fields"]), (told, body)
    assert sell(client, 422, lines=one, payments=CASH, expected_total="1")["error"]["code"] == (
        "TOTAL_CHANGED"
    )
    assert (floor.pieces(cola), floor.till(), floor.money(ada)) == (2, EURO, (EURO, 0))
    assert floor.logs("SALE") == []


def test_an_order_is_brought_and_a_tab_is_paid_at_once(client: Client, floor: Floor) -> None:
    cola = floor.add_product("Cola", 9, price_micros=2 * EURO)
    ada = floor.add_member("ada", balance=20 * EURO)
    body = {"lines": [{"product_id": cola}], "payment": "later", "member_id": ada}
    sell(client, **body, status="pending")
    placed = sell(client, **body, status="pending")
    assert (placed["payment"], placed["pending"], floor.till()) == ("later", 2, 20 * EURO)
    assert ask(client, "POST", f"{URL}/1/advance", json={"to": "preparing"})["status"] == (
        "preparing"
    )
    brought = ask(client, "POST", f"{URL}/1/advance", json={"to": "done"})
    assert (brought["status"], brought["is_owed"]) == ("done", True)
    told = ask(client, "POST", f"{URL}/1/advance", 422, json={"to": "done"})
    assert told["error"]["code"] == "WRONG_STATUS"
    ask(client, "POST", f"{URL}/1/advance", 400, json={"to": "cancelled"})
    pay = {"order_ids": [1, 2], "payments": [{"by": "balance"}]}
    ask(client, "POST", f"{URL}/pay", 422, json={**pay, "expected_total": "2.00"})
    ask(client, "POST", f"{URL}/pay", 400, json={**pay, "payments": [{"by": "coin"}]})
    ask(client, "POST", f"{URL}/pay", 404, json={**pay, "order_ids": [1, 99]})
    assert floor.money(ada) == (20 * EURO, 0)
    paid = ask(client, "POST", f"{URL}/pay", json={**pay, "expected_total": "4.00"})
    assert paid == {"order_ids": [1, 2], "total": "4.00", "change": "0.00"}
    assert ask(client, "POST", f"{URL}/pay", 422, json=pay)["error"]["code"] == "WRONG_STATUS"
    assert floor.money(ada) == (16 * EURO, 0)
    verify(floor)


def test_cash_is_taken_when_an_order_is_brought(client: Client, floor: Floor) -> None:
    floor.set(payment_method_cash_in_client=True)
    cola = floor.add_product("Cola", 9, price_micros=2 * EURO)
    sell(client, lines=[{"product_id": cola}], payment="seat", status="pending", pc_name="PC01")
    ask(client, "POST", f"{URL}/1/advance", 422, json={"to": "done"})
    assert floor.till() == 0
    body = {"to": "done", "payments": [{"by": "cash", "given": "5.00"}]}
    done = ask(client, "POST", f"{URL}/1/advance", json=body)
    assert (done["payments"][0]["change"], done["is_owed"], done["pc_name"]) == (
        "3.00",
        False,
        "PC01",
    )
    assert floor.till() == 2 * EURO
    verify(floor)


def test_cancelling_and_giving_back_go_the_way_it_came(client: Client, floor: Floor) -> None:
    cola = floor.add_product("Cola", 9, price_micros=2 * EURO)
    lines = [{"product_id": cola, "quantity": 3}]
    sell(client, lines=lines, payments=[{"by": "card"}], status="pending")
    gone = ask(client, "POST", f"{URL}/1/cancel", json={"reason": "left"})
    assert (gone["status"], gone["reason"], gone["refunded"]) == ("cancelled", "left", "6.00")
    assert gone["payments"][1]["amount"] == "-6.00"
    assert (floor.till("card"), floor.pieces(cola)) == (0, 9)
    ask(client, "POST", f"{URL}/1/cancel", 422, json={})
    sell(client, lines=lines, payments=[{"by": "card"}])
    back = {"lines": [{"number": 1, "quantity": 1}], "returns_goods": False}
    told = ask(client, "POST", f"{URL}/2/refund", json=back)
    assert told == {"id": 2, "by_tender": {"card": "2.00"}, "coins": "0.00"}
    assert (floor.till("card"), floor.pieces(cola)) == (4 * EURO, 6)
    for wrong in (
        [{"number": 1, "quantity": 3}],
        [{"number": 2, "quantity": 1}],
        [{"number": 1, "quantity": 1}, {"number": 1, "quantity": 1}],
        [],
    ):
        ask(client, "POST", f"{URL}/2/refund", 400, json={"lines": wrong})
    ask(client, "POST", f"{URL}/2/refund", json={})
    assert ask(client, "GET", f"{URL}/2")["is_refunded"] is True
    ask(client, "POST", f"{URL}/2/refund", 422, json={})
    assert (floor.till("card"), floor.pieces(cola)) == (0, 8)
    verify(floor)


def test_the_list_by_filter_and_cursor(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    cola = floor.add_product("Cola", 99)
    ada = floor.add_member("ada")
    place(floor, {cola: 1})
    place(floor, {cola: 1}, payment="later", member_id=ada)
    freeze.advance(86_400)
    sell(client, lines=[{"product_id": cola}], payments=CASH, status="pending")
    place(floor, {cola: 1}, payment="later", member_id=ada)
    ask(client, "POST", f"{URL}/4/cancel", json={})

    def ids(**params: Any) -> list[int]:
        return [row["id"] for row in ask(client, "GET", URL, params=params)["rows"]]

    assert ids() == [4, 3, 2, 1]
    assert ids(status="pending") == [3]
    assert ids(member_id=ada) == [4, 2]
    assert ids(member_id=ada, is_owed=1) == [2]
    assert ids(date_start="2026-03-05") == [4, 3]
    assert ids(date_end="2026-03-04") == [2, 1]
    assert ids(date_start="2026-03-04", date_end="2026-03-04", status="done") == [2, 1]
    first = ask(client, "GET", URL, params={"limit": 3})
    rest = ask(client, "GET", URL, params={"limit": 3, "cursor": first["next_cursor"]})
    assert [row["id"] for row in first["rows"]] == [4, 3, 2]
    assert ([row["id"] for row in rest["rows"]], rest["next_cursor"]) == ([1], None)
    for wrong in ({"status": "x"}, {"cursor": "x"}, {"date_end": "9999-12-31"}, {"limit": 0}):
        ask(client, "GET", URL, 400, params=wrong)
    assert ask(client, "GET", f"{URL}/99", 404)["error"]["message"] == "Order not found"


def test_another_centre_neither_reads_nor_moves_it(client: Client, floor: Floor) -> None:
    cola = floor.add_product("Cola", 9)
    place(floor, {cola: 1})
    other = open_hall(floor.store, 7778).api_key
    assert ask(client, "GET", URL, key=other)["rows"] == []
    ask(client, "GET", f"{URL}/1", 404, key=other)
    for act, body in (
        ("1/refund", {}),
        ("1/cancel", {}),
        ("1/advance", {"to": "pending"}),
        ("pay", {"order_ids": [1], "payments": CASH}),
    ):
        ask(client, "POST", f"{URL}/{act}", 404, json=body, key=other)
    assert order(floor, 1).refunded_micros == 0
    assert floor.till() == EURO


def test_a_person_says_why_and_has_the_rights(client: Client, floor: Floor) -> None:
    floor.add_product("Beer", 9, is_adults_only=True)
    staff = bearer_of(floor.hall, "staff")
    body = {"lines": [{"product_id": 1}], "payments": CASH}
    told = ask(client, "POST", URL, 400, json=body, key=staff)
    assert told["error"]["fields"].keys() == {"is_age_checked"}
    body["is_age_checked"] = True
    ask(client, "POST", URL, 403, json={**body, "discount": "5", "discount_reason": "x"}, key=staff)
    ask(client, "POST", URL, json=body, key=staff)
    assert (order(floor, 1).source, order(floor, 1).staff_name) == ("desk", "staff7777")
    ask(client, "POST", f"{URL}/1/refund", 400, json={}, key=staff)
    ask(client, "POST", f"{URL}/1/refund", json={"reason": "spilt"}, key=staff)
    assert floor.till() == 0
    verify(floor)


def test_a_package_is_a_line_of_its_own_and_goes_back_alone(client: Client, floor: Floor) -> None:
    cola, night = floor.add_product("Cola", 9), floor.add_offer("Night", 900)
    ada = floor.add_member("ada")
    lines = [{"product_id": cola}, {"offer_id": night, "quantity": 2}]
    for wrong in ({}, {"product_id": cola, "offer_id": night}):
        told = sell(client, 400, lines=[wrong], payments=CASH, member_id=ada)
        assert "lines" in told["error"]["fields"]
    given = [{"by": "cash", "given": "20.00"}]
    placed = sell(client, lines=lines, payments=given, member_id=ada, expected_total="19.00")
    assert (placed["total"], placed["change"]) == ("19.00", "1.00")
    found = ask(client, "GET", f"{URL}/{placed['id']}")
    bought = [line["member_offer_id"] for line in found["lines"]]
    assert found["payments"] == [
        {
            "by": "cash",
            "amount": "19.00",
            "given": "20.00",
            "change": "1.00",
            "at": found["paid_at"],
        }
    ]
    assert bought == [None, *(each.member_offer_id for each in floor.packages(ada))]
    body = {"lines": [{"number": 3, "quantity": 1}], "reason": "twice"}
    back = ask(client, "POST", f"{URL}/{placed['id']}/refund", json=body)
    assert back["by_tender"] == {"cash": "9.00"}
    assert [each.refunded_at is None for each in floor.packages(ada)] == [True, False]
    pending = sell(client, lines=lines, payments=CASH, member_id=ada, status="pending")
    gone = ask(client, "POST", f"{URL}/{pending['id']}/cancel", json={"reason": "left"})
    # The answer knows already what went back of the packages.
    assert (gone["status"], gone["refunded"], gone["is_refunded"]) == ("cancelled", "19.00", True)
    verify(floor)


def test_the_offer_of_another_centre_is_not_sold(client: Client, floor: Floor) -> None:
    other = Floor(floor.store, open_hall(floor.store, 7778))
    theirs = other.add_offer("Theirs", 100)
    cola, ada = floor.add_product("Cola", 9), floor.add_member("ada")
    lines = [{"product_id": cola}, {"offer_id": theirs}]
    told = sell(client, 422, lines=lines, payments=CASH, member_id=ada)
    assert told["error"]["message"] == "Product not found"
    assert (floor.packages(ada), floor.pieces(cola), floor.till(), other.till()) == ([], 9, 0, 0)
    verify(floor)
