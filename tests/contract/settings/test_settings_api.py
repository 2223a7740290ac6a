"""Settings: read under their wire names, changed by group, effective at once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lanhouse.kit import clock
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.builders.people import bearer_of
from tests.contract.settings.defaults import DEFAULTS


@pytest.fixture
def floor(hall: Hall, freeze: clock.frozen) -> Floor:
    floor = Floor(hall.store, hall)
    floor.add_pc("PC01")
    floor.add_price("Day", 200)
    return floor


def test_a_new_centre_has_the_defaults(client: Client, floor: Floor) -> None:
    assert client.ok("GET", "/configs") == DEFAULTS


@pytest.mark.parametrize(
    ("group", "body", "shown"),
    [
        (
            "paymentSettings",
            {
                "minimum_charge": "1.50",
                "free_time_minutes": "5",
                "free_minutes_once": "1",
                "prepaid_session_change_method": "keep",
                "disable_prepaid": "on",
                "disable_postpaid": 1,
                "postpaid_max_balance": 20,
                "allow_balance_for_pc_time": "0",
                "default_price_fills_gaps": "0",
                "desk_confirm_above": "250.50",
                "desk_confirm_minutes": "600",
            },
            {
                "minimum_charge": 1.5,
                "free_time_minutes": 5,
                "free_minutes_once": 1,
                "prepaid_session_change_method": "keep",
                "disable_prepaid": 1,
                "disable_postpaid": 1,
                "postpaid_max_balance": 20,
                "allow_balance_for_pc_time": 0,
                "default_price_fills_gaps": 0,
                "desk_confirm_above": 250.5,
                "desk_confirm_minutes": 600,
            },
        ),
        (
            "loyaltySettings",
            {
                "point_enable": 1,
                "use_bonus_first": True,
                "price_bonus": '[{"amount": 200, "bonus": "20"}, {"amount": "100", "bonus": 5.5}]',
                "topup_reward_percent": "100,100,100,100,100,70,70",
            },
            {
                "point_enable": 1,
                "use_bonus_first": 1,
                "price_bonus": json.dumps(
                    [
                        {"amount": "100.00", "bonus": "5.50"},
                        {"amount": "200.00", "bonus": "20.00"},
                    ],
                    separators=(",", ":"),
                ),
                "topup_reward_percent": "[100,100,100,100,100,70,70]",
            },
        ),
        (
            "loyaltySettings",
            {"bonus_unit": 1, "price_bonus": [{"amount": 100, "bonus": 10}]},
            {"bonus_unit": 1, "price_bonus": '[{"amount":"100.00","bonus":"10"}]'},
        ),
        (
            "centerSettings",
            {
                "timezone": "Asia/Manila",
                "cafe_name": "The Hall",
                "currency": "€",
                "cors_origins": ["https://a.example", "http://localhost:3000"],
            },
            {
                "timezone": "+08:00",
                "timezone_name": "Asia/Manila",
                "cafe_name": "The Hall",
                "cors_origins": ["https://a.example", "http://localhost:3000"],
            },
        ),
        (
            "centerSettings",
            {"timezone": "+05:30"},
            {"timezone": "+05:30", "timezone_name": "Asia/Kolkata"},
        ),
        ("memberSettings", {"default_member_group": ""}, {}),
    ],
)
def test_settings_are_changed_and_the_others_stay(
    client: Client, floor: Floor, group: str, body: dict[str, Any], shown: dict[str, Any]
) -> None:
    assert client.ok("PUT", f"/configs/{group}", json={**body, "unknown_key": 1}) == {
        **DEFAULTS,
        **shown,
    }
    assert client.ok("GET", "/configs") == {**DEFAULTS, **shown}


@pytest.mark.parametrize(
    ("group", "body", "reason"),
    [
        (
            "paymentSettings",
            {"minimum_charge": "-1", "free_time_minutes": 1441, "disable_prepaid": "maybe"},
            (
                "minimum_charge: must not have a sign; free_time_minutes: must be at most 1440;"
                " disable_prepaid: must be 1 or 0"
            ),
        ),
        (
            "paymentSettings",
            {"prepaid_session_change_method": "burn"},
            "prepaid_session_change_method: must be one of keep, return",
        ),
        (
            "paymentSettings",
            {"postpaid_max_balance": "1.001"},
            "postpaid_max_balance: must have at most 2 decimals",
        ),
        ("loyaltySettings", {"price_bonus": "[{]"}, "price_bonus: is not valid JSON"),
        (
            "loyaltySettings",
            {"price_bonus": [{"amount": 0, "bonus": "x"}]},
            (
                "price_bonus.0.amount: must be more than 0;"
                " price_bonus.0.bonus: must be a plain decimal number"
            ),
        ),
        (
            "loyaltySettings",
            {"price_bonus": [{"amount": 1, "bonus": 1}, {"amount": "1.00", "bonus": 2}]},
            "price_bonus: names an amount twice",
        ),
        (
            "loyaltySettings",
            {"bonus_unit": 1, "price_bonus": [{"amount": 1, "bonus": "1.5"}]},
            "price_bonus: must hold whole percentages up to 1000",
        ),
        (
            "loyaltySettings",
            {"topup_reward_percent": "100,100"},
            "topup_reward_percent: must have at least 7 entries",
        ),
        ("loyaltySettings", {"bonus_unit": 2}, "bonus_unit: must be one of 0, 1"),
        (
            "centerSettings",
            {"timezone": "Mars/Olympus", "currency": "$"},
            (
                "timezone: must be a time zone such as Europe/Lisbon or +08:00;"
                " currency: is EUR and cannot be changed: amounts are booked in it"
            ),
        ),
        (
            "centerSettings",
            {"cors_origins": ["https://a.example/path"]},
            "cors_origins: entry 1 must be an origin such as https://booking.example",
        ),
        (
            "memberSettings",
            {"default_member_group": 99},
            "default_member_group: is not a member group of this centre",
        ),
        (
            "memberSettings",
            {"new_member_offer": 99},
            "new_member_offer: is not a package of this centre",
        ),
        (
            "memberSettings",
            {"default_member_group": -1},
            "default_member_group: is not a member group of this centre",
        ),
    ],
)
def test_a_wrong_value_is_named_and_nothing_changes(
    client: Client, floor: Floor, group: str, body: dict[str, Any], reason: str
) -> None:
    assert client.refused("PUT", f"/configs/{group}", json=body) == (400, reason)
    assert client.ok("GET", "/configs") == DEFAULTS


@pytest.mark.parametrize(
    "group", ["centerSettings", "paymentSettings", "loyaltySettings", "memberSettings"]
)
@pytest.mark.parametrize("body", [b"{", b"[1]", b"\xff", b'{"a": "\\u0000"}'])
def test_broken_bodies_get_an_envelope(client: Client, group: str, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    code, message = client.refused("PUT", f"/configs/{group}", content=body, headers=headers)
    assert code == 400
    assert message.split(":")[0] in ("body", "a")


def test_a_changed_setting_takes_effect_at_once(client: Client, floor: Floor) -> None:
    body = {"pc_name": "PC01", "pc_cost": "2.00", "payment_method": 20}
    client.ok("PUT", "/configs/paymentSettings", json={"disable_prepaid": 1})
    code, message = client.refused("POST", "/pcSessions/addTimeMoney", json=body)
    assert code == 400
    assert "prepaid" in message
    client.ok("PUT", "/configs/paymentSettings", json={"disable_prepaid": 0})
    client.ok("POST", "/pcSessions/addTimeMoney", json=body)


def test_another_zone_prices_a_running_session_from_now(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    floor.add_price("Evening", 600, time="21:00-22:00")
    session = floor.guest("postpaid", "PC01")
    freeze.advance(3600)
    client.ok("PUT", "/configs/centerSettings", json={"timezone": "+08:00"})
    freeze.advance(3600)
    assert floor.session(session.id).cost_micros(clock.now()) == 8 * EURO


def test_each_centre_has_its_own_and_only_the_admin_changes_them(
    client: Client, hall: Hall, floor: Floor
) -> None:
    other = open_hall(hall.store, 8888)
    client.ok("PUT", "/configs/paymentSettings", json={"free_time_minutes": 9})
    theirs = client.raw("GET", "/api/v2/cafe/8888/configs", key=other.api_key).json()["data"]
    assert (theirs["cafe_id"], theirs["free_time_minutes"]) == (8888, 0)
    for role in ("staff", "manager"):
        token = bearer_of(hall, role)
        assert client.call("GET", "/configs", key=token)["code"] == 200
        changed = client.call(
            "PUT", "/configs/paymentSettings", key=token, json={"free_time_minutes": 1}
        )
        assert changed["code"] == 403
    assert client.call("GET", "/configs", key="wrong")["code"] == 401
    assert client.ok("GET", "/configs")["free_time_minutes"] == 9


def test_the_sum_that_is_confirmed_follows_the_default_price_until_it_is_set(
    client: Client, floor: Floor
) -> None:
    def put(**body: Any) -> Any:
        return client.ok("PUT", "/configs/paymentSettings", json=body)["desk_confirm_above"]

    assert client.ok("GET", "/configs")["desk_confirm_above"] is None
    floor.set_price(250)
    assert client.ok("GET", "/configs")["desk_confirm_above"] == 1250
    assert put(desk_confirm_above=1250) == 1250  # sent back as it was read
    floor.set_price(300)
    assert put(desk_confirm_minutes=0) == 1500
    assert put(desk_confirm_above=0) == 0
    floor.set_price(400)
    assert client.ok("GET", "/configs")["desk_confirm_above"] == 0
    assert put(desk_confirm_above="100") == 100
    told = client.refused("PUT", "/configs/paymentSettings", json={"desk_confirm_minutes": 527041})
    assert told == (400, "desk_confirm_minutes: must be at most 527040")
