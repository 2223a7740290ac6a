"""Reading the audit log: filters, pages by where one stood, and the page of the panel."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lanhouse.db.cursors import cursor_text
from lanhouse.kit import clock
from tests.builders.client import Client
from tests.builders.exports import exported
from tests.builders.floor import Floor
from tests.builders.people import bearer_of
from tests.contract.pages.test_pages import Desk, text_of

URL = "/api/native/v1/audit"
PRICES = "/api/native/v1/prices"


def price(client: Client, name: str, **options: Any) -> int:
    body = {"name": name, "price_per_hour": "2.00"}
    return client.raw("POST", PRICES, json=body, **options).json()["id"]


def read(client: Client, **params: Any) -> Any:
    return client.raw("GET", URL, params=params)


def test_filters_find_by_who_call_thing_and_time(client: Client, floor: Floor) -> None:
    admin = bearer_of(floor.hall, "admin")
    first = price(client, "One")
    second = price(client, "Two", key=admin)
    client.raw("DELETE", f"{PRICES}/{first}", key=admin)
    everything = read(client).json()["rows"]
    person = everything[0]["actor_id"]

    def found(**params: Any) -> list[tuple[str, int]]:
        rows = read(client, **params).json()["rows"]
        return [(row["call"].partition(" ")[0], row["subject_id"]) for row in rows]

    assert found() == [("DELETE", first), ("POST", second), ("POST", first)]
    assert found(staff_id=person) == [("DELETE", first), ("POST", second)]
    assert found(actor_kind="api_key") == [("POST", first)]
    assert found(call=f"POST {PRICES}") == [("POST", second), ("POST", first)]
    assert found(subject="price", subject_id=first) == [("DELETE", first), ("POST", first)]
    assert found(subject="offer") == []
    assert found(start_at=everything[1]["at"]) == [("DELETE", first), ("POST", second)]
    assert found(end_at=everything[1]["at"]) == [("POST", first)]
    assert everything[0]["actor_name"] == "admin7777"
    assert everything[2]["actor_name"] is None
    assert everything[0]["before"]["name"] == "One"


def test_pages_go_on_from_where_one_stood(client: Client, floor: Floor) -> None:
    made = [price(client, f"P{number}") for number in range(5)]
    seen: list[int] = []
    cursor = ""
    while True:
        page = read(client, limit=2, cursor=cursor).json()
        seen += [row["subject_id"] for row in page["rows"]]
        # What is added meanwhile moves no page.
        price(client, f"Later {len(seen)}")
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made[::-1]


def test_it_is_taken_away_as_a_file_and_that_is_written_down(client: Client, floor: Floor) -> None:
    made = price(client, "=One")
    price(client, "Two")
    for form in ("csv", "xlsx"):
        rows = exported(client, f"{URL}.{form}", subject="price", subject_id=made)
        assert [(row["subject_id"], row["actor_kind"]) for row in rows] == [(str(made), "api_key")]
        assert json.loads(rows[0]["after"])["name"] == "=One"
        note, *_ = read(client).json()["rows"]
        assert (note["subject"], note["call"]) == ("audit", f"GET {URL}.{form}")
    page = Desk(client, "admin7777").get("/panel/settings/audit?subject=price")
    for form in ("csv", "xlsx"):
        url = f"/panel/settings/audit.{form}?subject=price"
        assert f'href="{url}"' in page.text
        assert Desk(client, "admin7777").get(url).status_code == 200


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"cursor": "x"}, "cursor"),
        ({"cursor": "1-" + "9" * 30}, "cursor"),
        ({"cursor": cursor_text("", (clock.from_micros(1), 2**63))}, "cursor"),
        ({"cursor": cursor_text("", ("a\x00", 1))}, "cursor"),
        ({"cursor": cursor_text("call", (clock.from_micros(1), 1))}, "cursor"),
        ({"subject_id": 3}, "subject_id"),
        ({"start_at": "2026-01-01"}, "start_at"),
        ({"end_at": "soon"}, "end_at"),
    ],
)
def test_what_is_no_filter_is_refused_by_name(
    client: Client, params: dict[str, Any], field: str
) -> None:
    answer = read(client, **params)
    assert answer.status_code == 400
    assert field in answer.text


def test_only_the_admin_reads_it(client: Client, floor: Floor) -> None:
    for role in ("staff", "manager"):
        key = bearer_of(floor.hall, role)
        assert client.raw("GET", URL, key=key).status_code == 403
        assert Desk(client, f"{role}7777").get("/panel/settings/audit").status_code == 403


def test_the_page_shows_values_and_filters(client: Client, floor: Floor) -> None:
    made = price(client, "Night")
    body = {"name": "Night", "price_per_hour": "2.50"}
    client.raw("PUT", f"{PRICES}/{made}", json=body)
    admin = Desk(client, "admin7777")
    page = admin.get("/panel/settings/audit").text
    assert '<span class="lh-muted">price per hour</span> <s>€2.00</s> <b>€2.50</b>' in page
    assert f"Price {made}</a>" in page
    assert "PUT /api/native/v1/prices/{price_id}" in page
    only = admin.get(f"/panel/settings/audit?subject=price+{made + 1}").text
    assert "Nothing has been changed" in only


def test_the_page_speaks_of_settings_as_their_forms_do(client: Client, floor: Floor) -> None:
    settings = "/api/native/v1/settings/payment"
    client.raw("PUT", settings, json={"minimum_charge": "1.50", "disable_postpaid": True})
    group = {"name": "Gold", "product_discount": "12.5"}
    client.raw("POST", "/api/native/v1/member-groups", json=group)
    admin = Desk(client, "admin7777")
    page = text_of(admin.get("/panel/settings/audit"))
    assert "Smallest bill for time €0.00 €1.50" in page
    assert "no yes" in page
    assert "product discount 12.5 %" in page
    german = text_of(admin.get("/panel/settings/audit", **{"Accept-Language": "de"}))
    assert "Mitgliedergruppe" in german
    assert "nein ja" in german
