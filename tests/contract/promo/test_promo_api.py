"""Section Promo of the café API, the native calls, the page, and the calls that take a code."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.contract.pages.test_pages import Desk, text_of

NATIVE = "/api/native/v1/promos"
PAGE = "/panel/settings/promos"
BODY = {
    "promo_name": "Summer",
    "promo_qty": "2",
    "promo_bonus_type": "0",
    "promo_bonus_amount": "3.50",
    "promo_bonus_for": "topup",
}


@pytest.fixture
def floor(hall: Hall) -> Floor:
    return Floor(hall.store, hall)


def test_a_code_from_making_to_deleting(client: Client) -> None:
    made = client.ok("POST", "/promo", json=BODY)
    assert made == {
        "promo_id": made["promo_id"],
        "promo_icafe_id": 7777,
        "promo_name": "Summer",
        "promo_qty": 2,
        "promo_used": 0,
        "promo_bonus_type": 0,
        "promo_bonus_amount": "3.50",
        "promo_bonus_for": 0,
        "promo_expire_time_local": "0000-00-00",
        "promo_create_local": made["promo_create_local"],
    }
    one = f"/promo/{made['promo_id']}"
    changed = client.ok("PUT", one, json={"promo_qty": 5, "promo_expire_time_local": "2030-01-31"})
    assert changed == {**made, "promo_qty": 5, "promo_expire_time_local": "2030-01-31"}
    patched = client.ok("PATCH", one, data={"promo_bonus_type": "coin"})
    assert patched == {**changed, "promo_bonus_type": 2}
    listed = client.ok("GET", "/promo")
    assert listed["items"] == [patched]
    assert listed["paging_info"]["total_records"] == 1
    assert client.ok("DELETE", one) == {}
    assert client.ok("GET", "/promo?page=1")["items"] == []
    assert client.refused("DELETE", one) == (400, "Promo not found")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"promo_name": ""}, "promo_name: is required"),
        ({"promo_name": "x" * 51}, "promo_name"),
        ({"promo_name": "y" * 1_000_000}, "promo_name"),
        ({"promo_qty": "0"}, "promo_qty"),
        ({"promo_qty": "many"}, "promo_qty"),
        ({"promo_bonus_amount": "0"}, "promo_bonus_amount: must be more than 0"),
        ({"promo_bonus_amount": "-1"}, "promo_bonus_amount"),
        ({"promo_bonus_amount": "1.001"}, "promo_bonus_amount"),
        ({"promo_bonus_type": "9"}, "promo_bonus_type"),
        ({"promo_bonus_for": "gift"}, "promo_bonus_for"),
        ({"promo_bonus_type": "1", "promo_bonus_for": "1"}, "promo_bonus_type: must be an amount"),
        ({"promo_expire_time_local": "soon"}, "promo_expire_time_local"),
        ({"promo_name": "SUMMER"}, "promo_name: SUMMER already exists"),
    ],
)
def test_bad_input_is_named_and_makes_nothing(
    client: Client, wrong: dict[str, Any], message: str
) -> None:
    client.ok("POST", "/promo", json=BODY)
    code, told = client.refused("POST", "/promo", json={**BODY, "promo_name": "Other", **wrong})
    assert (code, told[: len(message)]) == (400, message)
    assert client.ok("GET", "/promo")["paging_info"]["total_records"] == 1


def test_names_are_kept_as_they_are(client: Client) -> None:
    name = "<b>'; DROP TABLE promo_codes;--</b>"
    assert client.ok("POST", "/promo", json={**BODY, "promo_name": name})["promo_name"] == name


def test_the_native_calls(client: Client) -> None:
    body = {"name": "Ten", "quantity": 3, "gift": "percent", "amount": "10", "purpose": "topup"}
    made = client.raw("POST", NATIVE, json=body).json()
    shown = {**body, "id": made["id"], "used": 0, "amount": "10.00", "expires_local": "0000-00-00"}
    assert made == shown
    one = f"{NATIVE}/{made['id']}"
    assert client.raw("GET", one).json() == shown
    until = "2030-02-01 18:00:00"
    changed = client.raw("PUT", one, json={**body, "expires_local": until}).json()
    assert changed == {**shown, "expires_local": until}
    assert client.raw("GET", NATIVE).json() == [changed]
    assert client.raw("DELETE", one).json() == {}
    assert client.raw("GET", one).status_code == 404
    assert client.raw("GET", f"{NATIVE}/x").status_code == 404


def test_a_code_on_the_calls_that_take_one(client: Client, floor: Floor) -> None:
    client.ok("POST", "/promo", json=BODY)
    client.ok("POST", "/promo", json={**BODY, "promo_name": "New", "promo_bonus_for": 1})
    new = {"member_account": "ada", "member_password": "secret", "promo_code": "new"}
    ada = client.ok("POST", "/members", json=new)["member_id"]
    assert floor.money(ada) == (0, 3_500_000)
    quote = {"member_id": ada, "topup_value": "10", "promo_code": "SUMMER"}
    assert client.ok("POST", "/members/action/fetchBonus", json=quote) == {
        "bonus": "3.50",
        "topup_balance_bonus": "3.50",
        "bonus_coin": "0.00",
    }
    paid = {
        "topup_ids": ada,
        "topup_value": 10,
        "topup_balance_bonus": "3.50",
        "promo_code": "summer",
    }
    client.ok("POST", "/members/action/topup", json=paid)
    assert floor.money(ada) == (10 * EURO, 7 * EURO)
    for path, body in (("topup", paid), ("fetchBonus", quote)):
        refused = client.refused("POST", f"/members/action/{path}", json=body)
        assert refused == (400, "promo_code: has already been used")
    assert client.ok("GET", "/promo")["items"][1]["promo_used"] == 1
    twice = {**new, "member_account": "bob", "promo_code": "summer"}
    refused = client.refused("POST", "/members", json=twice)
    assert refused == (400, "promo_code: cannot be used for registration")
    floor.verify()


def test_the_page_makes_changes_shows_uses_and_deletes(client: Client, floor: Floor) -> None:
    desk = Desk(client, floor.hall.staff["manager"])
    form = {"name": "Flyer", "quantity": "5", "gift": "coin", "amount": "2", "key": "k1"}
    wrong = desk.post(f"{PAGE}/one", {**form, "quantity": "0", "expires_at": "x", "key": "k0"})
    assert wrong.status_code == 400
    assert 'id="quantity-more"' in wrong.text
    assert 'id="expires_at-more"' in wrong.text
    made = desk.post(f"{PAGE}/one", {**form, "expires_at": "2030-01-31"})
    assert made.headers["hx-redirect"] == f"{PAGE}?done=saved"
    ada = floor.add_member("ada")
    client.ok(
        *("POST", "/members/action/topup"),
        json={"topup_ids": ada, "topup_value": 1, "promo_code": "flyer"},
    )
    shown = text_of(desk.get(PAGE))
    assert "Flyer Top-up 2 coins 1 of 5 31 Jan 2030" in shown
    (promo,) = client.ok("GET", "/promo")["items"]
    assert 'value="2030-01-31"' in desk.get(f"{PAGE}/one?id={promo['promo_id']}").text
    desk.post(f"{PAGE}/delete", {"id": promo["promo_id"], "key": "k2"})
    assert "There is no promo code yet." in text_of(desk.get(PAGE))
    assert desk.get(f"{PAGE}/one?id={promo['promo_id']}").status_code == 404
