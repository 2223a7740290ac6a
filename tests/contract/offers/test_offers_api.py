"""Offers over HTTP: setting up, selling, using (seed: Offers; cafe-domain 3)."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.kit import clock
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.builders.people import bearer_of


def make(client: Client, **more: Any) -> Any:
    body = {"product_name": "3 hours", "product_price": "4.50", "product_mins": 180, **more}
    return client.ok("POST", "/offers", json=body)


def test_an_offer_from_making_to_deleting(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    made = make(client, product_priority=5, product_expired_days=2)
    assert made == {
        "product_id": made["product_id"],
        "product_name": "3 hours",
        "product_description": "",
        "product_price": "4.50",
        "product_cost": "0.00",
        "product_coin_price": "0.00",
        "product_tax_id": 4,
        "product_mins": 180,
        "product_priority": 5,
        "product_auto_start": 0,
        "product_enable_weekday": "7|1|2|3|4|5|6|",
        "product_enable_time": "00:00-24:00",
        "product_show_weekday": "7|1|2|3|4|5|6|",
        "product_show_time": "00:00-24:00",
        "product_available_date_local_from": None,
        "product_available_date_local_to": None,
        "product_expired_type": 1,
        "product_expired_days": 2,
        "product_expired_hours": 0,
        "product_pc_name": None,
        "product_pc_groups": '["0"]',
        "product_member_groups": '["0"]',
        "product_is_promoted": 0,
        "product_enable_discount": 0,
        "product_enable_client": 1,
        "product_enable_code": 0,
        "product_barcode": "",
        "product_group_id": -1,
        "product_has_image": 0,
        "product_is_active": 1,
        "product_update": 1_772_625_600,
    }
    one = f"/offers/{made['product_id']}"
    assert client.ok("GET", one) == made
    body = {"product_name": "Day", "product_price": 9, "product_mins": 600, "product_is_active": 0}
    changed = client.ok("PUT", one, json=body)
    assert (changed["product_name"], changed["product_price"]) == ("Day", "9.00")
    assert changed["product_is_active"] == 0
    # What was not sent stays.
    assert (changed["product_priority"], changed["product_expired_days"]) == (5, 2)
    listed = client.ok("GET", "/offers")
    assert [row["product_name"] for row in listed["items"]] == ["Day"]
    assert listed["paging_info"]["total_records"] == 1
    assert client.ok("DELETE", one) == {}
    for method in ("GET", "DELETE"):
        assert client.refused(method, one) == (400, "Product not found")
    assert client.refused("PUT", one, json=body) == (400, "Product not found")
    assert client.refused("GET", "/offers/x") == (400, "Product not found")


def test_the_address_says_which_offer_is_meant(client: Client, floor: Floor) -> None:
    first, second = make(client), make(client, product_name="Night")
    body = {"product_id": first["product_id"], "product_name": "Day", "product_price": 9}

    changed = client.ok("PUT", f"/offers/{second['product_id']}", json={**body, "product_mins": 60})
    assert changed["product_id"] == second["product_id"]
    assert client.ok("GET", f"/offers/{first['product_id']}") == first
    client.ok("DELETE", f"/offers/{second['product_id']}", json=body)
    assert [row["product_id"] for row in client.ok("GET", "/offers")["items"]] == [
        first["product_id"]
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"product_name": ""}, "product_name: is required"),
        ({"product_price": "x"}, "product_price: must be a plain decimal number"),
        ({"product_mins": 0}, "product_mins: must be at least 1"),
        (
            {"product_enable_time": "9-5"},
            "product_enable_time: must be a time window like 08:00-22:00",
        ),
        (
            {"product_enable_weekday": "9"},
            "product_enable_weekday: must be weekdays like 7|1|2|3|4|5|6| (7 = Sunday)",
        ),
    ],
)
def test_wrong_offers_are_refused_by_field(
    client: Client, floor: Floor, change: dict[str, Any], message: str
) -> None:
    body = {"product_name": "3 hours", "product_price": "4.50", "product_mins": 180, **change}
    assert client.refused("POST", "/offers", json=body) == (400, message)
    assert client.ok("GET", "/offers")["items"] == []


def test_hours_groups_and_names_are_refused_in_one_round(client: Client, floor: Floor) -> None:
    body = {"product_name": "3 hours", "product_price": "4.50", "product_mins": 180}
    made = client.ok("POST", "/offers", json=body)
    wrong = {
        "product_enable_time": "9-5",
        "product_show_weekday": "9",
        "product_pc_groups": ["99"],
        "product_member_groups": ["98"],
        "product_pc_name": "PC01",
    }
    _, told = client.refused("POST", "/offers", json={**body, **wrong})
    for field in ("product_name", *wrong):
        assert field in told, told
    _, told = client.refused("PUT", f"/offers/{made['product_id']}", json=wrong)
    for field in wrong:
        assert field in told, told
    assert client.ok("GET", "/offers")["items"] == [made]


def test_a_name_is_given_once(client: Client, floor: Floor) -> None:
    make(client)
    body = {"product_name": "3 hours", "product_price": 1, "product_mins": 1}
    assert client.refused("POST", "/offers", json=body) == (
        400,
        "product_name: already exists",
    )


def test_an_offer_guest_plays_the_package(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    offer = make(client)
    init = client.ok("POST", "/pcSessions/initOffer", json={"pcs": "PC01"})
    assert [row["product_id"] for row in init["offers"]] == [offer["product_id"]]
    body = {"pcs": "PC01", "offer_id": f"o-{offer['product_id']}", "offer_payment_method": 12}
    started = client.ok("POST", "/pcSessions/addOffer", json=body)
    assert started["member_group_id"] == -4
    assert started["status_connect_time_left"] == "03:00:00"
    assert len(started["member_password"]) == 8
    assert (floor.till("card"), floor.house("revenue_offer")) == (4_500_000, 4_500_000)
    freeze.advance(3600)
    (package,) = client.ok("GET", f"/members/{started['member_id']}/offers")
    assert (package["product_seconds"], package["member_offer_left_seconds"]) == (10_800, 7_200)
    done = client.ok("POST", "/pcSessions/checkout", json={"pc_name": "PC01"})
    assert (done["pc_cost"], done["pc_change"]) == ("0.00", "0.00")
    (package,) = client.ok("GET", f"/members/{started['member_id']}/offers")
    assert package["member_offer_left_seconds"] == 7_200
    floor.verify()


def test_a_member_buys_a_package_from_the_balance_during_play(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    offer = make(client)
    ada = floor.add_member("ada", balance=6 * EURO)
    member = {"pc_name": "PC01", "member_account": "ada"}
    client.ok("POST", "/pcSessions/memberSession", json=member)
    freeze.advance(3600)
    body = {"pcs": "PC01", "offer_id": offer["product_id"], "offer_payment_method": 1}
    code, message = client.refused("POST", "/pcSessions/addOffer", json=body)
    assert (code, message) == (402, "the balance is too low")
    floor.give(ada, EURO)
    started = client.ok("POST", "/pcSessions/addOffer", json=body)
    # 2.00 are played, 4.50 paid for the package, 0.50 buy another 15 minutes after it.
    assert started["status_connect_time_left"] == "03:15:00"
    freeze.advance(3600)
    done = client.ok("POST", "/pcSessions/checkout", json={"pc_name": "PC01"})
    assert done["pc_cost"] == "2.00"
    assert floor.money(ada) == (500_000, 0)
    floor.verify()


@pytest.mark.parametrize("offer_id", ["x", "o-", "99", "-1", "9" * 30])
def test_an_offer_that_does_not_exist(client: Client, floor: Floor, offer_id: str) -> None:
    body = {"pcs": "PC01", "offer_id": offer_id}
    code, _ = client.refused("POST", "/pcSessions/addOffer", json=body)
    assert code == 400
    assert client.refused("GET", "/members/1/offers") == (400, "Member not found")
    assert not floor.is_busy("PC01")


def test_who_may_set_up_offers(client: Client, floor: Floor) -> None:
    body = {"product_name": "3 hours", "product_price": "4.50", "product_mins": 180}
    code, _ = client.refused("POST", "/offers", json=body, key=bearer_of(floor.hall, "staff"))
    assert code == 403
    assert client.ok("POST", "/offers", json=body, key=bearer_of(floor.hall, "manager"))
