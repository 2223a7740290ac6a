"""Settings by group on the native API: read, changed, cleared to the default."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import GROUPS
from lanhouse.cafe.centers.tables import centers
from lanhouse.db.store import Read, Tx
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.builders.people import bearer_of

PAYMENT = {
    "minimum_charge": "0.00",
    "free_time_minutes": 0,
    "free_minutes_once": False,
    "prepaid_session_change_method": "return",
    "disable_prepaid": False,
    "disable_postpaid": False,
    "postpaid_max_balance": "0.00",
    "loan_max_per_member": "0.00",
    "allow_balance_for_pc_time": True,
    "default_price_fills_gaps": True,
    "desk_confirm_above": None,
    "desk_confirm_minutes": 1440,
}


def ask(client: Client, method: str, group: str, **options: Any) -> Any:
    """Status and body."""
    answer = client.raw(method, f"/api/native/v1/settings/{group}", **options)
    return answer.status_code, answer.json()


def test_a_group_is_read_changed_and_cleared(client: Client, hall: Hall) -> None:
    status, before = ask(client, "GET", "payment")
    assert (status, {**before, **PAYMENT}) == (200, before)
    body = {"minimum_charge": "1.5", "free_minutes_once": 1, "desk_confirm_minutes": 60}
    changed = {"minimum_charge": "1.50", "free_minutes_once": True, "desk_confirm_minutes": 60}
    assert ask(client, "PUT", "payment", json=body) == (200, {**before, **changed})
    assert ask(client, "GET", "payment") == (200, {**before, **changed})
    cleared = {"minimum_charge": None, "desk_confirm_minutes": None}
    left = {**before, "free_minutes_once": True}
    assert ask(client, "PUT", "payment", json=cleared) == (200, left)
    assert client.ok("GET", "/configs")["minimum_charge"] == 0


def test_clearing_gives_back_what_follows_something_else(client: Client, hall: Hall) -> None:
    Floor(hall.store, hall).set_price(250)
    assert (
        ask(client, "PUT", "payment", json={"desk_confirm_above": 10})[1]["desk_confirm_above"]
        == "10.00"
    )
    cleared = ask(client, "PUT", "payment", json={"desk_confirm_above": None})[1]
    assert cleared["desk_confirm_above"] == "1250.00"


def test_the_centre_is_named_by_its_zone_and_code(client: Client, hall: Hall) -> None:
    given = {"timezone": "Europe/Lisbon", "currency": "EUR", "cors_origins": ["https://a.example"]}
    secret = {"license_password": "", "license_password_set": False}
    before = ask(client, "GET", "center")[1]
    shown = {**before, "cafe_name": "Hall 7777", **given, **secret}
    assert ask(client, "PUT", "center", json=given) == (200, shown)
    status, told = ask(client, "PUT", "center", json={"timezone": None, "cafe_name": ""})
    reasons = {"cafe_name": "must not be empty", "timezone": "must not be empty"}
    assert (status, told["error"]["fields"]) == (400, reasons)
    assert ask(client, "GET", "center") == (200, shown)


def test_tiers_are_lists(client: Client, hall: Hall) -> None:
    tiers = [{"amount": "100.00", "bonus": "10"}]
    body = {"bonus_unit": 1, "price_bonus": tiers, "topup_reward_percent": [0] * 7}
    status, shown = ask(client, "PUT", "loyalty", json=body)
    assert (status, shown["price_bonus"], shown["topup_reward_percent"]) == (200, tiers, [0] * 7)
    assert ask(client, "PUT", "loyalty", json={"price_bonus": None})[1]["price_bonus"] == []


@pytest.mark.parametrize("group", list(GROUPS))
def test_who_may_read_and_change(client: Client, hall: Hall, group: str) -> None:
    for role, status in (("staff", 403), ("manager", 403), ("admin", 200)):
        token = bearer_of(hall, role)
        assert ask(client, "GET", group, key=token)[0] == 200
        assert ask(client, "PUT", group, key=token, json={})[0] == status
    assert ask(client, "GET", group, key="wrong")[0] == 401
    assert ask(client, "GET", "nothing")[0] == 404


def test_the_other_centre_keeps_its_own(client: Client, hall: Hall) -> None:
    other = open_hall(hall.store, 8888)
    ask(client, "PUT", "payment", json={"free_time_minutes": 9})
    assert ask(client, "GET", "payment", key=other.api_key)[1]["free_time_minutes"] == 0


def test_what_another_release_has_stored_is_kept(client: Client, hall: Hall) -> None:
    def leave(tx: Tx, _: None) -> None:
        kept = {"payment": {"of_tomorrow": 1}, "shop": {"hide_sold_out_items": True}}
        tx.run(sa.update(centers).values(settings=kept))

    def stored(read: Read, _: None) -> Any:
        return read.scalar(sa.select(centers.c.settings))

    hall.store.run_sync(leave, None)
    assert ask(client, "PUT", "payment", json={"minimum_charge": 2})[0] == 200
    assert hall.store.read_sync(stored, None) == {
        "payment": {"of_tomorrow": 1, "minimum_charge_micros": 2 * EURO},
        "shop": {"hide_sold_out_items": True},
    }
    ask(client, "PUT", "payment", json={"minimum_charge": None})
    assert hall.store.read_sync(stored, None)["payment"] == {"of_tomorrow": 1}
