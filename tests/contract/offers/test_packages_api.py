"""All fields of offers, who bought them, and taking packages back over HTTP (cafe-domain 3)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lanhouse.cafe.offers.commands.refunding import PackageRefund, refund_package
from lanhouse.cafe.offers.queries.buyers import bought_package
from lanhouse.kit import clock
from lanhouse.kit.errors import NotFound
from tests.builders.centers import open_hall
from tests.builders.client import Client
from tests.builders.floor import DESK, EURO, Floor

PLAIN = {"product_name": "Pass", "product_price": "4.50", "product_mins": 180}
NATIVE = "/api/native/v1"


def make(client: Client, **more: Any) -> int:
    return client.ok("POST", "/offers", json={**PLAIN, **more})["product_id"]


def answer(client: Client, method: str, path: str, **options: Any) -> tuple[int, Any]:
    """Status and body of a native call."""
    response = client.raw(method, path, **options)
    return response.status_code, response.json()


def test_every_field_is_read_back(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    vip, gold = floor.add_pc_group("VIP"), floor.add_member_group("Gold")
    sent = {
        "product_description": "quiet hours",
        "product_cost": "1.25",
        "product_coin_price": "40.00",
        "product_tax_id": 4,
        "product_priority": 7,
        "product_auto_start": 1,
        "product_enable_weekday": "1|2|",
        "product_enable_time": "22:00-08:00",
        "product_show_weekday": "5|6|",
        "product_show_time": "20:00-23:00",
        "product_available_date_local_from": "2026-03-10 08:00:00",
        "product_available_date_local_to": "2026-04-10 20:00:00",
        "product_expired_days": 3,
        "product_expired_hours": 5,
        "product_pc_groups": json.dumps([str(vip)]),
        "product_member_groups": json.dumps([str(gold)]),
        "product_is_promoted": 1,
        "product_enable_discount": 1,
        "product_enable_client": 0,
        "product_barcode": "4006381333931",
        "product_is_active": 0,
    }
    made = client.ok("POST", "/offers", json={**PLAIN, **sent})
    one = f"/offers/{made['product_id']}"
    read = client.ok("GET", one)
    assert read == made
    weekdays = {"product_enable_weekday": "1|2|", "product_show_weekday": "5|6|"}
    assert {name: read[name] for name in sent} == {**sent, **weekdays}
    assert (read["product_expired_type"], read["product_enable_code"]) == (1, 1)
    cleared = client.ok(
        "PUT",
        one,
        json={
            "product_available_date_local_from": None,
            "product_available_date_local_to": "2026-03-31",
            "product_expired_type": 0,
            "product_pc_groups": ["0"],
            "product_barcode": None,
            "product_show_time": "00:00-24:00",
        },
    )
    changed = {
        "product_available_date_local_from": None,
        "product_available_date_local_to": "2026-04-01 00:00:00",
        "product_expired_type": 0,
        "product_expired_days": 0,
        "product_expired_hours": 0,
        "product_pc_groups": '["0"]',
        "product_barcode": "",
        "product_enable_code": 0,
        "product_show_time": "00:00-24:00",
    }
    assert {name: value for name, value in cleared.items() if value != read[name]} == changed


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"product_pc_groups": ["99"]}, "product_pc_groups: must be PC groups of the centre"),
        (
            {"product_member_groups": ["99"]},
            "product_member_groups: must be member groups of the centre",
        ),
        (
            {
                "product_available_date_local_from": "2026-03-10",
                "product_available_date_local_to": "2026-03-09",
            },
            "product_available_date_local_to: must lie after the begin of the period",
        ),
        ({"product_tax_id": 1}, "product_tax_id: must be at least 4"),
        ({"product_pc_name": "PC01"}, "product_pc_name: must be empty; use the groups of PCs"),
        ({"product_show_time": "9"}, "product_show_time: must be a time window like 08:00-22:00"),
        ({"product_coin_price": "-1"}, "product_coin_price: must not have a sign"),
    ],
)
def test_a_wrong_limit_is_refused_by_field(
    client: Client, floor: Floor, change: dict[str, Any], message: str
) -> None:
    assert client.refused("POST", "/offers", json={**PLAIN, **change}) == (400, message)
    offer = make(client)
    before = client.ok("GET", f"/offers/{offer}")
    assert client.refused("PUT", f"/offers/{offer}", json=change) == (400, message)
    assert client.ok("GET", f"/offers/{offer}") == before


def test_what_is_not_sold_here_is_not_offered_here(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    vip = floor.add_pc_group("VIP")
    floor.add_pc("VIP1", vip)
    standard = make(client, product_pc_groups=[str(0), str(vip)], product_name="all")
    only_vip = make(client, product_pc_groups=[str(vip)], product_name="vip")
    later = make(client, product_enable_time="13:00-14:00", product_name="later")
    hidden = make(client, product_show_time="13:00-14:00", product_name="hidden")

    def offered(*names: str) -> list[int]:
        init = client.ok("POST", "/pcSessions/initOffer", json={"pcs": list(names)})
        assert [row["pc_name"] for row in init["pcs"]] == list(names)
        return [row["product_id"] for row in init["offers"]]

    assert offered("PC01") == [standard]
    assert offered("VIP1") == [standard, only_vip]
    assert offered("PC01", "VIP1") == [standard]
    body = {"pcs": "PC01", "offer_id": only_vip, "offer_payment_method": 10}
    assert client.refused("POST", "/pcSessions/addOffer", json=body) == (
        *(400, "vip cannot be used on a PC of this group"),
    )
    assert client.refused("POST", "/pcSessions/addOffer", json={**body, "offer_id": hidden}) == (
        *(400, "hidden is not sold at this time"),
    )
    floor.add_member("ada", balance=9 * EURO)
    member = {"pc_name": "PC01", "member_account": "ada"}
    client.ok("POST", "/pcSessions/memberSession", json=member)
    # Who plays already may buy for an hour that comes.
    assert offered("PC01") == [standard, later]
    shop = client.ok("GET", "/orders/action/productList")["product_list"]
    rows = {row["product_id"]: row for row in shop}
    assert rows[f"o-{only_vip}"]["product_pc_groups"] == json.dumps([str(vip)]).replace(" ", "")
    assert rows[f"o-{hidden}"]["product_show_time"] == "13:00-14:00"
    assert (floor.till(), floor.house("revenue_offer")) == (9 * EURO, 0)
    floor.verify()


def test_who_bought_it_and_what_would_go_back(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    offer = make(client)
    ada, bob = floor.add_member("ada"), floor.add_member("bob")
    floor.sell(offer, ada, "card")
    taken = floor.sell(offer, bob)
    floor.take_back(taken)
    floor.member(ada)
    freeze.advance(3600)
    found = client.ok("GET", f"/offers/{offer}/check")
    assert found["paging_info"]["total_records"] == 2
    second, first = found["items"]
    assert {name: first[name] for name in ("member_account", "member_offer_left_seconds")} == {
        "member_account": "ada",
        "member_offer_left_seconds": 7200,
    }
    # Two of three hours are left.
    assert (first["member_offer_refundable"], first["member_offer_refund_refused"]) == ("3.00", "")
    assert (first["product_price"], first["offer_payment_method"]) == ("4.50", 12)
    assert (second["member_account"], second["member_offer_is_refunded"]) == ("bob", 1)
    assert (second["member_offer_refundable"], second["member_offer_refund"]) == (None, "4.50")
    assert second["member_offer_refund_refused"] == "the package was given back already"
    assert client.ok("GET", f"/offers/{offer}/check?page=2")["items"] == []
    # What was sold outlives the offer; what never was there has no buyers.
    client.ok("DELETE", f"/offers/{offer}")
    assert len(client.ok("GET", f"/offers/{offer}/check")["items"]) == 2
    assert client.refused("GET", "/offers/99/check") == (400, "Product not found")


def test_a_package_is_taken_back_once_whatever_is_sent_again(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    ada = floor.add_member("ada")
    package = floor.sell(make(client), ada)
    path = f"{NATIVE}/packages/{package}"
    status, shown = answer(client, "GET", path)
    assert (status, shown["member_offer_refundable"]) == (200, "4.50")
    headers = {"Idempotency-Key": "undo-1"}
    assert answer(client, "POST", f"{path}/refund", json={"amount": "4.49"})[0] == 422
    assert floor.till() == 4_500_000
    body = {"amount": "4.50", "comment": "wrong one"}
    answers = [
        answer(client, "POST", f"{path}/refund", json=body, headers=headers) for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert answers[0] == (
        200,
        {
            "member_offer_id": package,
            "amount": "4.50",
            "cash": "4.50",
            "card": "0.00",
            "balance": "0.00",
            "bonus": "0.00",
            "coin": "0.00",
            "used_seconds": 0,
        },
    )
    status, _ = answer(client, "POST", f"{path}/refund", json=body)
    assert status == 422
    assert (floor.till(), floor.house("revenue_offer")) == (0, 0)
    sold, back = floor.logs("OFFER")
    assert (sold.cash_micros, back.cash_micros, back.cost_micros) == (
        *(4_500_000, -4_500_000, -4_500_000),
    )
    (row,) = client.ok("GET", f"/members/{ada}/offers")
    assert (row["member_offer_is_refunded"], row["member_offer_left_seconds"]) == (1, 0)
    status, _ = answer(client, "POST", f"{NATIVE}/packages/999/refund", json={})
    assert status == 404
    floor.verify()


def test_coins_pay_by_the_number_of_the_wire(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    offer = make(client, product_coin_price="40")
    ada = floor.add_member("ada", balance=EURO)
    floor.give(ada, 50 * EURO, "coin", "coin_issued")
    member = {"pc_name": "PC01", "member_account": "ada"}
    client.ok("POST", "/pcSessions/memberSession", json=member)
    body = {"pcs": "PC01", "offer_id": offer, "offer_payment_method": 13}
    assert client.ok("POST", "/pcSessions/addOffer", json=body)["status_connect_time_left"] == (
        "03:30:00"
    )
    assert client.refused("POST", "/pcSessions/addOffer", json=body) == (
        *(402, "there are not enough coins"),
    )
    (row,) = floor.logs("OFFER")
    assert (row.coin_micros, row.cost_micros) == (-40 * EURO, 0)
    floor.verify()


def test_the_package_of_another_centre_is_none_of_this_one(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    package = floor.sell(make(client), floor.add_member("ada"))
    other = Floor(floor.store, open_hall(floor.store, center_id=8888), {})
    offers = {"center": other.center, "actor": DESK}
    with pytest.raises(NotFound):
        other.run(refund_package, PackageRefund(**offers, member_offer_id=package))
    found = floor.store.read_sync(bought_package, other.center, package, clock.now())
    assert found is None
    assert (floor.till(), other.house("cash")) == (4_500_000, 0)
