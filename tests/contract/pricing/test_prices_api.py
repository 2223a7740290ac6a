"""Prices: read by the café API, written by the native one."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.kit.limits import MAX_PRICE
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import CENT, EURO, Floor
from tests.builders.people import bearer_of

PRICES = "/api/native/v1/prices"


def test_a_price_from_making_to_deleting(client: Client, floor: Floor) -> None:
    group, gold = floor.add_pc_group("VIP"), floor.add_member_group("Gold")
    body = {
        "name": " Night ",
        "pc_group_id": group,
        "member_group_id": gold,
        "weekdays": "5|6|",
        "window": "21:00-08:00",
        "price_per_hour": 1.5,
    }
    made = client.raw("POST", PRICES, json=body)
    assert made.status_code == 200, made.text
    price_id = made.json()["id"]
    one = f"/api/native/v1/prices/{price_id}"
    assert made.json() == {
        **body,
        "id": price_id,
        "name": "Night",
        "price_per_hour": "1.50",
        "is_default": False,
    }
    assert client.raw("GET", one).json() == made.json()
    assert client.ok("GET", "/prices")[1] == {
        "price_id": price_id,
        "price_icafe_id": 7777,
        "price_name": "Night",
        "price_pc_group_id": group,
        "pc_group_name": "VIP",
        "price_member_group_id": gold,
        "member_group_name": "Gold",
        "price_weekday": "5|6|",
        "price_time": "21:00-08:00",
        "price_price1": "1.50",
    }
    changed = client.raw("PUT", one, json={"name": "N", "price_per_hour": 2})
    assert changed.json() == {
        "id": price_id,
        "name": "N",
        "pc_group_id": None,
        "member_group_id": None,
        "weekdays": "7|1|2|3|4|5|6|",
        "window": "00:00-24:00",
        "price_per_hour": "2.00",
        "is_default": False,
    }
    assert client.raw("DELETE", one).json() == {"deleted": True}
    assert client.raw("GET", one).status_code == 404
    assert client.raw("DELETE", one).status_code == 404
    unknown = client.raw("PUT", one, json={"name": "N", "price_per_hour": 2})
    assert unknown.status_code == 404
    assert [row["name"] for row in client.raw("GET", PRICES).json()] == ["Default"]


@pytest.mark.parametrize("price_id", ["x", "-5", "1.5", "99999999999999999999"])
def test_what_is_no_price_is_not_found(client: Client, floor: Floor, price_id: str) -> None:
    body = {"name": "N", "price_per_hour": 2}
    for method in ("GET", "PUT", "DELETE"):
        told = client.raw(method, f"{PRICES}/{price_id}", json=body)
        assert told.status_code == 404, (method, told.text)
        assert told.json() == {"error": {"code": "NOT_FOUND", "message": "Price not found"}}


def test_the_address_says_which_price_is_meant(client: Client, floor: Floor) -> None:
    made = client.raw("POST", PRICES, json={"name": "Night", "price_per_hour": 3}).json()
    (first, _) = client.raw("GET", PRICES).json()
    one = f"{PRICES}/{made['id']}"

    body = {"price_id": first["id"], "name": "Late", "price_per_hour": 4}
    assert client.raw("PUT", one, json=body).json()["id"] == made["id"]
    assert client.raw("GET", f"{PRICES}/{first['id']}").json() == first
    assert client.raw("GET", f"{one}?price_id={first['id']}").json()["name"] == "Late"
    assert client.raw("DELETE", one, json={"price_id": first["id"]}).status_code == 200
    assert client.raw("GET", PRICES).json() == [first]


def test_a_rule_for_any_group_says_so(client: Client, floor: Floor) -> None:
    (row,) = client.ok("GET", "/prices")
    assert row["price_pc_group_id"] is None
    assert row["pc_group_name"] is None
    assert row["price_member_group_id"] is None
    assert row["member_group_name"] is None


def test_price_pc_groups(client: Client, floor: Floor) -> None:
    vip = floor.add_pc_group("VIP")
    assert client.ok("GET", "/pricePcGroups") == [
        {"pc_group_id": 0, "pc_group_name": "Default"},
        {"pc_group_id": vip, "pc_group_name": "VIP"},
    ]


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"name": None}, {"name": "is required"}),
        ({"name": "x" * 101}, {"name": "must be at most 100 characters"}),
        ({"name": "Default"}, {"name": "is in use already"}),
        ({"price_per_hour": "-1"}, {"price_per_hour": "must not have a sign"}),
        ({"price_per_hour": "1.001"}, {"price_per_hour": "must have at most 2 decimals"}),
        ({"price_per_hour": "1000000.01"}, {"price_per_hour": "must be at most 1000000"}),
        ({"pc_group_id": 99}, {"pc_group_id": "is not a PC group of this centre"}),
        ({"member_group_id": 99}, {"member_group_id": "is not a member group of this centre"}),
        (
            {"weekdays": "8", "window": "8-9"},
            {
                "weekdays": "must be weekdays like 7|1|2|3|4|5|6| (7 = Sunday)",
                "window": "must be a time window like 08:00-22:00",
            },
        ),
    ],
)
def test_wrong_fields_are_named(
    client: Client, floor: Floor, change: dict[str, Any], fields: dict[str, str]
) -> None:
    body = {"name": "New", "price_per_hour": "1.00", **change}
    response = client.raw("POST", PRICES, json=body)
    assert response.status_code == 400
    assert response.json()["error"]["fields"] == fields
    assert len(client.raw("GET", PRICES).json()) == 1


def test_system_groups_of_guests_may_have_a_price(client: Client, floor: Floor) -> None:
    body = {"name": "Prepaid", "price_per_hour": "1.00", "member_group_id": -2, "pc_group_id": 0}
    assert client.raw("POST", PRICES, json=body).json()["member_group_id"] == -2
    row = client.ok("GET", "/prices")[1]
    assert (row["pc_group_name"], row["member_group_name"]) == ("Default", "Prepaid")


def test_the_cap_on_prices(client: Client, floor: Floor) -> None:
    for number in range(MAX_PRICE):
        floor.add_price(f"p{number}", 100)
    response = client.raw("POST", PRICES, json={"name": "More", "price_per_hour": 1})
    assert response.status_code == 422
    assert response.json()["error"]["message"].startswith(f"There are {MAX_PRICE} prices already")


def test_only_the_admin_sets_prices(client: Client, floor: Floor) -> None:
    body = {"name": "New", "price_per_hour": "1.00"}
    for role, status in (("staff", 403), ("manager", 403), ("admin", 200)):
        key = bearer_of(floor.hall, role)
        assert client.raw("POST", PRICES, json=body, key=key).status_code == status
        assert client.raw("GET", PRICES, key=key).status_code == 200
    assert client.raw("POST", PRICES, json=body, key="").status_code == 401


def test_a_price_is_real_money(client: Client, floor: Floor) -> None:
    client.raw("POST", PRICES, json={"name": "Exact", "price_per_hour": "0.10", "window": ""})
    rules = client.raw("GET", PRICES).json()
    assert rules[1]["price_per_hour"] == "0.10"
    assert rules[1]["window"] == "00:00-24:00"
    assert CENT == 10_000


def test_default_without_a_price_is_listed_by_the_native_api_alone(
    client: Client, hall: Hall
) -> None:
    floor = Floor(hall.store, hall)
    floor.add_pc("PC01")
    floor.add_member("ada", balance=5 * EURO)
    (default,) = client.raw("GET", PRICES).json()
    assert default == {
        "id": default["id"],
        "name": "Default",
        "pc_group_id": None,
        "member_group_id": None,
        "weekdays": "7|1|2|3|4|5|6|",
        "window": "00:00-24:00",
        "price_per_hour": None,
        "is_default": True,
    }
    assert client.ok("GET", "/prices") == []
    refusal = 'PC01: no price: set the price of "Default"'
    for call, body in (
        ("memberSession", {"pc_name": "PC01", "member_account": "ada"}),
        ("addTimeMoney", {"pc_name": "PC01", "pc_cost": "5.00"}),
        ("postpaidSession", {"pcs": ["PC01"]}),
    ):
        told = client.refused("POST", f"/pcSessions/{call}", json=body)
        assert told == (400, refusal), call
    assert floor.session_ids() == []

    one = f"{PRICES}/{default['id']}"
    priced = client.raw("PUT", one, json={"name": "Default", "price_per_hour": "2.50"})
    assert priced.json() == {**default, "price_per_hour": "2.50"}
    (listed,) = client.ok("GET", "/prices")
    assert (listed["price_name"], listed["price_price1"]) == ("Default", "2.50")
    body = {"pc_name": "PC01", "member_account": "ada"}
    client.ok("POST", "/pcSessions/memberSession", json=body)
    (row,) = client.ok("GET", "/pcList")
    assert (row["price_name"], row["status_total_time"]) == ("Default", "02:00:00")


def test_of_default_only_the_price_changes(client: Client, floor: Floor) -> None:
    (default,) = client.raw("GET", PRICES).json()
    one = f"{PRICES}/{default['id']}"
    renamed = client.raw("PUT", one, json={"name": "Day", "price_per_hour": 3})
    assert (renamed.status_code, renamed.json()["error"]["message"]) == (
        409,
        'The price "Default" cannot be renamed: every centre has it.',
    )
    gone = client.raw("DELETE", one)
    assert (gone.status_code, gone.json()["error"]["message"]) == (
        409,
        'The price "Default" cannot be deleted: every centre has it.',
    )
    body = {"name": "Default", "price_per_hour": 3, "member_group_id": -2, "window": "08:00-22:00"}
    narrowed = client.raw("PUT", one, json=body)
    assert narrowed.status_code == 400
    assert narrowed.json()["error"]["fields"] == {
        "member_group_id": 'must be any (null) for "Default"',
        "window": 'must be 00:00-24:00 for "Default"',
    }
    unpriced = client.raw("PUT", one, json={"name": "Default", "price_per_hour": None})
    assert unpriced.json()["error"]["fields"] == {"price_per_hour": "is required"}
    assert client.raw("GET", PRICES).json() == [default]


def test_the_api_does_not_ask_once_more(client: Client, floor: Floor) -> None:
    client.ok("POST", "/pcSessions/addTimeMoney", json={"pc_name": "PC01", "pc_cost": "99999"})
    assert floor.till() == 99_999 * EURO
