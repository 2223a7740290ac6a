"""Top-ups over HTTP: the wire's shapes, forgiving input, and refusals that change nothing."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lanhouse.cafe.centers.schemas import BonusTier
from lanhouse.kit import clock
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.builders.people import bearer_of

TOPUP = "/members/action/topup"


@pytest.fixture
def floor(hall: Hall) -> Floor:
    return Floor(hall.store, hall)


@pytest.fixture
def ada(floor: Floor) -> int:
    return floor.add_member("ada")


@pytest.mark.parametrize(
    "sent",
    [
        {"json": {"topup_ids": "ADA", "topup_value": "10.00"}},
        {"json": {"topup_ids": ["ADA"], "topup_value": 10}},
        {"data": {"topup_ids": "ADA", "topup_value": "10"}},
        {"params": {"topup_ids": "ADA", "topup_value": "10.0"}},
        {"params": {"topup_ids": "ADA"}, "json": {"topup_value": 10.0}},
        {"content": '{"topup_ids": ADA, "topup_value": 10.00, "limit": 7}'},
        {"data": {"topup_ids[]": "ADA", "topup_value": " 10 ", "comment": ""}},
        {"json": {"member_id": "ADA", "topup_value": "10", "icafe_id": "7777"}},
    ],
    ids=lambda sent: json.dumps(sent),
)
def test_every_way_to_send_a_top_up(
    client: Client, floor: Floor, ada: int, sent: dict[str, Any]
) -> None:
    text = json.dumps(sent).replace("ADA", str(ada))
    answer = client.call("POST", TOPUP, **json.loads(text))
    assert answer == {"code": 200, "message": "success", "data": {"order_ids": [1]}}
    assert floor.money(ada) == (10 * EURO, 0)
    assert (floor.till(), floor.till("card")) == (10 * EURO, 0)


def test_several_ids_bonus_coins_and_card(client: Client, floor: Floor, ada: int) -> None:
    bob = floor.add_member("bob")
    body = {
        "topup_ids": f"{ada},{bob}",
        "topup_value": "20.00",
        "topup_balance_bonus": "2.50",
        "add_coin": 1.005,
        "payment_method_credit_card": "on",
        "comment": "party",
    }
    assert client.ok("POST", TOPUP, json=body) == {"order_ids": [1, 2]}
    for member_id in (ada, bob):
        assert floor.money(member_id) == (20 * EURO, 2_500_000)
        assert floor._balances("member", member_id)["coin", "COIN"] == 1_010_000
    assert (floor.till(), floor.till("card")) == (0, 40 * EURO)
    floor.verify()


@pytest.mark.parametrize(
    ("payment", "till"),
    [
        ({}, "cash"),
        ({"payment_method_cash": "on"}, "cash"),
        ({"payment_method_credit_card": 1}, "card"),
        ({"payment_method_qr": "yes"}, "qr"),
        ({"payment_method": 2}, "card"),
        ({"payment_method": "4", "payment_method_qr": "on"}, "qr"),
        ({"payment_method_cash": "off", "payment_method": 0}, "cash"),
    ],
)
def test_how_it_was_paid(
    client: Client, floor: Floor, ada: int, payment: dict[str, Any], till: str
) -> None:
    client.ok("POST", TOPUP, json={"topup_ids": ada, "topup_value": 3, **payment})
    assert floor.till(till) == 3 * EURO


_BAD: list[tuple[dict[str, Any], str]] = [
    ({"topup_ids": None}, "topup_ids: is required"),
    ({"topup_ids": ""}, "topup_ids: is required"),
    ({"topup_ids": "ada"}, "topup_ids: entry 1 must be a whole number"),
    ({"topup_ids": 10**30}, "topup_ids: entry 1 is too large"),
    ({"topup_ids": {"a": 1}}, "topup_ids: entry 1 must be a whole number"),
    ({"topup_ids": "ADA,ADA"}, "topup_ids: must not name a member twice"),
    ({"topup_value": None}, "topup_value: is required"),
    ({"topup_value": "10.001"}, "topup_value: must have at most 2 decimals"),
    ({"topup_value": "1e3"}, "topup_value: must be a plain decimal number"),
    ({"topup_value": "NaN"}, "topup_value: must be a plain decimal number"),
    ({"topup_value": "1,5"}, "topup_value: must be a plain decimal number"),
    ({"topup_value": True}, "topup_value: must be a plain decimal number"),
    ({"topup_value": [1, 2]}, "topup_value: must be a single value"),
    ({"topup_value": 10**19}, "topup_value: is too large"),
    ({"topup_value": "1000000000000.01"}, "topup_value: is too large"),
    ({"topup_value": "1000000000.01"}, "topup_value: must be at most 1000000000"),
    ({"topup_value": "-1000000000.01"}, "topup_value: must be at least -1000000000"),
    ({"add_coin": 10**10}, "add_coin: must be at most 1000000000"),
    ({"topup_value": 0}, "topup_value: must not be 0 without bonus or coins"),
    ({"topup_value": -1}, "comment: is required for a refund"),
    ({"topup_balance_bonus": "0.001"}, "topup_balance_bonus: must have at most 2 decimals"),
    (
        {"topup_balance_bonus": -1, "comment": "x"},
        "topup_value: must have the same sign as bonus and coins",
    ),
    ({"add_coin": "0.0000001"}, "add_coin: must have at most 6 decimals"),
    ({"comment": "x" * 256}, "comment: must be at most 255 characters"),
    ({"comment": {"a": 1}}, "comment: must be text"),
    (
        {"promo_code": "SUMMER"},
        "promo_code: does not exist",
    ),
    ({"payment_method": 1}, "payment_method: must be 0 (cash), 2 (card) or 4 (QR)"),
    (
        {"payment_method_cash": 1, "payment_method_qr": 1},
        "payment_method: must be only one of cash, card and QR",
    ),
    ({"payment_method_qr": "perhaps"}, "payment_method_qr: must be 1 or 0"),
    (
        {"topup_ids": "x", "topup_value": "y"},
        "topup_ids: entry 1 must be a whole number; topup_value: must be a plain decimal number",
    ),
]


@pytest.mark.parametrize(("wrong", "message"), _BAD, ids=[message for _, message in _BAD])
def test_bad_input_is_named_and_changes_nothing(
    client: Client, floor: Floor, ada: int, wrong: dict[str, Any], message: str
) -> None:
    body = {"topup_ids": str(ada), "topup_value": "5.00"} | wrong
    body["topup_ids"] = (
        body["topup_ids"].replace("ADA", str(ada))
        if isinstance(body["topup_ids"], str)
        else body["topup_ids"]
    )
    assert client.refused("POST", TOPUP, json=body) == (400, message)
    assert floor.money(ada) == (0, 0)
    assert floor.till() == 0
    assert floor.logs("TOPUP") == []


def test_unknown_members_and_those_of_others(client: Client, floor: Floor, ada: int) -> None:
    other = Floor(floor.store, open_hall(floor.store, 7778))
    foreign = other.add_member("ada")
    for ids in ("10000000000", str(foreign), f"{ada},{foreign}", "-5", "1"):
        sent = {"topup_ids": ids, "topup_value": 5}
        assert client.refused("POST", TOPUP, json=sent) == (400, "Member not found")
    assert floor.money(ada) == (0, 0)
    assert other.money(foreign) == (0, 0)
    floor.verify()


def test_a_refund_and_what_is_too_much(client: Client, floor: Floor, ada: int) -> None:
    client.ok("POST", TOPUP, json={"topup_ids": ada, "topup_value": 10})
    back = {"topup_ids": ada, "topup_value": "-4.00", "comment": "typing error"}
    assert client.ok("POST", TOPUP, json=back) == {
        "order_ids": [2],
        "paid_back": [{"member_id": ada, "payment_method": 0, "amount": "4.00"}],
    }
    assert client.refused("POST", TOPUP, json=back | {"topup_value": "-6.01"}) == (
        402,
        "not enough balance: 6.00 is left, 6.01 would be taken",
    )
    assert floor.money(ada) == (6 * EURO, 0)
    (row, _) = client.ok("GET", "/billingLogs")["log_list"]
    assert (row["log_event"], row["log_money"], row["log_details"], row["log_staff_name"]) == (
        "TOPUP",
        "-4.00",
        "Comment: typing error",
        "API",
    )


def test_rights_of_people(client: Client, hall: Hall, floor: Floor, ada: int) -> None:
    floor.set(price_bonus=[BonusTier(10 * EURO, bonus_micros=EURO)])
    cashier, manager = bearer_of(hall, "staff"), bearer_of(hall, "manager")
    body = {"topup_ids": ada, "topup_value": 10, "topup_balance_bonus": "1.00"}
    client.ok("POST", TOPUP, json=body, key=cashier)
    too_much = body | {"topup_balance_bonus": "1.01"}
    assert client.refused("POST", TOPUP, json=too_much, key=cashier) == (
        403,
        "You do not have the right for this (members.bonus).",
    )
    assert client.refused("POST", TOPUP, json=too_much, key=manager) == (
        400,
        "comment: is required for a bonus by hand",
    )
    client.ok("POST", TOPUP, json=too_much | {"comment": "a good customer"}, key=manager)
    assert floor.money(ada) == (20 * EURO, 2_010_000)
    assert [log.staff_name for log in floor.logs("TOPUP")] == ["staff7777", "manager7777"]


def test_the_same_key_answers_the_same_bytes(client: Client, floor: Floor, ada: int) -> None:
    body = {"topup_ids": ada, "topup_value": 10}
    headers = {"Idempotency-Key": "till-1:0815"}
    path = f"/api/v2/cafe/7777{TOPUP}"
    first = client.raw("POST", path, json=body, headers=headers)
    again = client.raw("POST", path, json=body, headers=headers)
    assert first.content == again.content
    assert client.refused("POST", TOPUP, json=body | {"topup_value": 11}, headers=headers) == (
        400,
        "this idempotency key was used with other input; nothing was done",
    )
    # Browser programs send a new `_t` with each retry; it is ignored, so this is the same request.
    retry = client.raw("POST", path, json=body | {"_t": 1795264296}, headers=headers)
    assert retry.content == first.content
    assert floor.money(ada) == (10 * EURO, 0)
    # Without a key two equal top-ups are two.
    client.ok("POST", TOPUP, json=body)
    client.ok("POST", TOPUP, json=body)
    assert floor.money(ada) == (30 * EURO, 0)


def test_a_refused_key_reads_the_same_beside_others(client: Client, floor: Floor, ada: int) -> None:
    def send(value: int) -> str:
        headers = {"Idempotency-Key": f"till-1:{value}"}
        body = {"topup_ids": ada, "topup_value": value}
        return client.call("POST", TOPUP, json=body, headers=headers)["message"]

    with ThreadPoolExecutor(8) as tills:
        told = list(tills.map(send, [0, 1, 0, 2, 0, 3, 0, 4]))
    assert told == ["topup_value: must not be 0 without bonus or coins", "success"] * 4
    assert floor.money(ada) == (10 * EURO, 0)


def test_fetch_bonus_only_quotes(
    client: Client, floor: Floor, ada: int, freeze: clock.frozen
) -> None:
    floor.set(
        price_bonus=[
            BonusTier(10 * EURO, bonus_micros=EURO),
            BonusTier(50 * EURO, bonus_micros=9 * EURO),
        ],
        topup_reward_percent=(100, 100, 50, 100, 100, 100, 100),
    )
    path = "/members/action/fetchBonus"
    for sent, bonus in (
        ({"member_id": ada, "topup_value": "50"}, "5.00"),
        ({"topup_ids": str(ada), "topup": 10}, "0.50"),
        ({"member_id": ada, "topup_value": 9.99}, "0.00"),
        ({"member_id": ada, "topup_value": -50}, "0.00"),
        ({"topup_value": 50}, "5.00"),
    ):
        quote = client.ok("POST", path, json=sent)
        assert quote == {"bonus": bonus, "topup_balance_bonus": bonus, "bonus_coin": "0.00"}
    freeze.advance(12 * 3600)
    assert client.ok("POST", path, json={"topup_value": 50})["bonus"] == "10.00"
    assert client.refused("POST", path, json={"member_id": 5, "topup_value": 50}) == (
        400,
        "Member not found",
    )
    assert client.refused("POST", path, json={"member_id": ada}) == (
        400,
        "topup_value: is required",
    )
    assert client.refused("POST", path, json={"topup_value": 50, "promo_code": "X"})[0] == 400
    assert floor.money(ada) == (0, 0)


def test_a_loan(client: Client, floor: Floor, ada: int) -> None:
    path = "/members/action/loan"
    assert client.ok("POST", path, data={"loan_id": ada, "loan_value": "7.50"}) == {
        "order_ids": [1]
    }
    assert floor.money(ada) == (7_500_000, 0)
    client.ok("POST", path, json={"loan_id": ada, "loan_value": -7})
    assert floor._balances("member", ada)["loan", "EUR"] == -500_000
    for sent, refusal in (
        ({"loan_id": ada, "loan_value": -1}, (400, "loan_value: is more than the loan of 0.50")),
        ({"loan_id": ada, "loan_value": 0}, (400, "loan_value: must not be 0")),
        (
            {"loan_id": ada, "loan_value": "1.001"},
            (400, "loan_value: must have at most 2 decimals"),
        ),
        (
            {"loan_id": ada, "loan_value": 10**10},
            (400, "loan_value: must be at most 1000000000"),
        ),
        ({"loan_id": 5, "loan_value": 1}, (400, "Member not found")),
        ({}, (400, "loan_id: is required; loan_value: is required")),
    ):
        assert client.refused("POST", path, json=sent) == refusal
    floor.verify()


def test_orders_and_balance_history(
    client: Client, floor: Floor, ada: int, freeze: clock.frozen
) -> None:
    bob = floor.add_member("bob", balance=9 * EURO)
    for number in range(31):
        client.ok("POST", TOPUP, json={"topup_ids": ada, "topup_value": number + 1})
    client.ok(
        "POST",
        TOPUP,
        json={"topup_ids": ada, "topup_value": -2, "comment": "back", "payment_method": 2},
    )
    first = client.ok("GET", f"/members/{ada}/orders")
    assert first == client.ok("GET", "/memberOrders", params={"member_id": ada})
    assert len(first["orders"]) == 30
    assert first["orders"][0] == {
        "order_no": 32,
        "order_money": "-2.00",
        "order_create_time_local": "2026-03-04 12:00:00",
        "order_payment_method": 2,
        "order_status": 2,
        "order_pc": "",
        "product_name": "Refund",
        "order_item_qty": 1,
        "order_bonus": "0.00",
        "order_coin": "0.00",
        "order_comment": "back",
    }
    assert first["orders"][1]["product_name"] == "Topup"
    assert (first["paging_info"]["total_records"], first["paging_info"]["page"]) == (32, 1)
    rest = client.ok("GET", f"/members/{ada}/orders?page=2")
    assert [order["order_no"] for order in rest["orders"]] == [2, 1]
    assert rest["paging_info"]["page"] == "2"
    assert client.ok("GET", f"/members/{ada}/orders?page=3")["orders"] == []

    history = client.ok("GET", f"/members/{ada}/balanceHistory")
    assert history == client.ok("GET", "/memberBalanceHistory", params={"member_id": ada})
    assert len(history["items"]) == 30
    newest = history["items"][0]
    assert (newest["log_event"], newest["log_card"], newest["log_balance"]) == (
        "TOPUP",
        "-2.00",
        "-2.00",
    )
    assert history["summary"] == {
        "log_bonus": "0.00",
        "log_money": "496.00",
        "log_coin": "0.00",
        "log_spend": "0.00",
        "log_card": "-2.00",
        "log_used_secs": "00:00:00",
    }
    assert client.ok("GET", f"/members/{bob}/orders")["orders"] == []
    for path in (f"/members/{5}/orders", "/members/5/balanceHistory"):
        assert client.refused("GET", path) == (400, "Member not found")
    assert client.refused("GET", "/memberOrders") == (400, "member_id: is required")
    assert client.refused("GET", f"/members/{ada}/orders?page=0") == (
        400,
        "page: must be at least 1",
    )


@pytest.mark.parametrize(
    "path",
    [
        "/members/{}/orders",
        "/members/{}/balanceHistory",
        "/members/{}/offers",
        "/pcSessions/{}/memberSessionHistory",
    ],
)
def test_the_member_of_the_path_is_meant_whatever_the_query_says(
    client: Client, floor: Floor, ada: int, path: str
) -> None:
    wanted = client.ok("GET", path.format(ada))
    assert client.ok("GET", path.format(ada), params={"member_id": 5}) == wanted
    assert client.ok("GET", path.format(ada), json={"member_id": 5}) == wanted
    bob = floor.add_member("bob")
    client.ok("POST", TOPUP, json={"topup_ids": bob, "topup_value": 1})
    assert client.ok("GET", path.format(ada), params={"member_id": bob}) == wanted
