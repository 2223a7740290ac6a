"""Goods by the native calls: lists by cursor, files, stock-takes, the history."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import Floor, open_floor
from tests.builders.people import bearer_of

URL = "/api/native/v1/products"
MOVES = "/api/native/v1/stock-movements"
TAKES = "/api/native/v1/stock-takes"


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, pcs_count=0)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


def ask(client: Client, method: str, url: str, status: int = 200, **options: Any) -> Any:
    answer = client.raw(method, url, key=options.pop("key", client.key), **options)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_product_from_making_to_deleting(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    floor.set(tax1_name="VAT", tax1_percentage_micros=23_000_000, tax_included_in_price=False)
    body = {"name": "Cola", "price": "1.80", "cost": "0.456789", "quantity": 5, "low_stock_at": 5}
    made = ask(client, "POST", URL, json={**body, "sold_at": "22:00-06:00"})
    assert made == {
        "id": 1,
        "name": "Cola",
        "description": "",
        "group_id": 1,
        "price": "1.8",
        "price_to_pay": "2.21",
        "tax": "0.41",
        "cost": "0.456789",
        "coin_price": "0",
        "tax_id": 1,
        "barcode": "",
        "sold_on": "7|1|2|3|4|5|6|",
        "sold_at": "22:00-06:00",
        "pc_group_ids": [],
        "member_group_ids": [],
        "is_active": True,
        "is_promoted": False,
        "allows_discount": True,
        "is_sold_at_seats": True,
        "is_adults_only": False,
        "is_unlimited": False,
        "quantity": 5,
        "left": 5,
        "low_stock_at": 5,
        "is_low": True,
        "is_sold_out": False,
        "is_on_sale": False,
        "combo": [],
        "picture_url": "",
        "updated_at": made["updated_at"],
    }
    assert ask(client, "GET", f"{URL}/1") == made
    put = ask(client, "PUT", f"{URL}/1", json={"name": "Fanta", "quantity": 99})
    assert (put["name"], put["price"], put["quantity"]) == ("Fanta", "0", 5)
    combo = ask(client, "POST", URL, json={"name": "Six", "combo": [{"id": 1, "quantity": 2}]})
    assert (combo["left"], combo["is_unlimited"], combo["combo"][0]["name"]) == (2, True, "Fanta")
    ask(client, "DELETE", f"{URL}/1", 422)
    ask(client, "DELETE", f"{URL}/{combo['id']}")
    ask(client, "DELETE", f"{URL}/1")
    assert ask(client, "GET", f"{URL}/1", 404)["error"]["message"] == "Product not found"
    wrong = ask(client, "POST", URL, 400, json={"name": "x", "sold_on": "8", "sold_at": "x"})
    assert wrong["error"]["fields"].keys() == {"sold_on", "sold_at"}


def test_the_list_goes_on_by_cursor_and_is_taken_as_a_file(client: Client, floor: Floor) -> None:
    for number in range(5):
        floor.add_product(f"Cola {number}", number)
    floor.add_product("=1+1", is_unlimited=True, barcode="4711")
    asked = {"sort_name": "quantity", "is_descending": "1", "limit": 4}
    first = ask(client, "GET", URL, params=asked)
    assert [row["quantity"] for row in first["rows"]] == [4, 3, 2, 1]
    rest = ask(client, "GET", URL, params={**asked, "cursor": first["next_cursor"]})
    assert (len(rest["rows"]), rest["next_cursor"]) == (3, None)
    assert len(ask(client, "GET", URL, params={"stock": "sold_out"})["rows"]) == 1
    assert ask(client, "GET", URL, params={"search": "4711"})["rows"][0]["name"] == "=1+1"
    ask(client, "GET", URL, 400, params={"sort_name": "x"})
    ask(client, "GET", URL, 400, params={"cursor": "x"})
    file = client.raw("GET", f"{URL}.csv", key=client.key)
    lines = file.text.removeprefix("\ufeff").splitlines()
    assert lines[0].startswith("id,name,group,price,cost,coin_price,tax,barcode,quantity")
    assert lines[1].startswith("6,'=1+1,Default,1,0,0,1,4711,,0,1,1,0,7|1|2|3|4|5|6|,")
    assert len(lines) == 8
    sheet = client.raw("GET", f"{URL}.xlsx", key=client.key)
    assert sheet.content.startswith(b"PK")
    staff = bearer_of(floor.hall, "staff")
    moves = client.raw("GET", f"{MOVES}.xlsx", key=client.key)
    assert moves.content.startswith(b"PK")
    for url in (f"{URL}.csv", f"{MOVES}.csv", f"{MOVES}.xlsx"):
        assert client.raw("GET", url, key=staff).status_code == 403
    rows = ask(client, "GET", "/api/native/v1/audit", params={"subject": "products"})["rows"]
    assert [row["call"] for row in rows] == [
        f"GET {MOVES}.xlsx",
        f"GET {URL}.xlsx",
        f"GET {URL}.csv",
    ]


def test_stock_comes_goes_and_is_counted(client: Client, floor: Floor) -> None:
    cola, tea = floor.add_product("Cola", 10), floor.add_product("Tea", 3)
    one = f"{URL}/{cola}/stock"
    assert ask(client, "POST", one, json={"pieces": 6}) == {"product_id": cola, "quantity": 16}
    staff, manager = bearer_of(floor.hall, "staff"), bearer_of(floor.hall, "manager")
    less = {"pieces": -1, "reason": "broken"}
    ask(client, "POST", one, 403, json=less, key=staff)
    ask(client, "POST", one, 400, json={"pieces": -1}, key=manager)
    assert ask(client, "POST", one, json=less, key=manager)["quantity"] == 15
    lines = [
        {"product_id": cola, "counted": 14, "expected": 16},
        {"product_id": tea, "counted": 5},
    ]
    ask(client, "POST", TAKES, 403, json={"lines": lines}, key=staff)
    taken = ask(client, "POST", TAKES, json={"lines": lines, "reason": "Sunday"}, key=manager)
    assert taken["levels"] == [
        {"product_id": cola, "quantity": 13},
        {"product_id": tea, "quantity": 5},
    ]
    again = [{"product_id": tea, "counted": 5}]
    assert ask(client, "POST", TAKES, json={"lines": again})["levels"][0]["quantity"] == 5
    for wrong in ([], [*again, *again], [{"product_id": tea, "counted": -1}]):
        ask(client, "POST", TAKES, 400, json={"lines": wrong})
    ask(client, "POST", TAKES, 404, json={"lines": [{"product_id": 99, "counted": 1}]})
    rows = ask(client, "GET", MOVES, params={"product_id": cola, "limit": 2})
    assert [(row["kind"], row["pieces"], row["after"]) for row in rows["rows"]] == [
        ("count", -2, 13),
        ("destock", -1, 15),
    ]
    assert (rows["rows"][1]["reason"], rows["rows"][1]["staff_name"]) == ("broken", "manager7777")
    older = ask(client, "GET", MOVES, params={"product_id": cola, "cursor": rows["next_cursor"]})
    assert [row["kind"] for row in older["rows"]] == ["restock", "opening"]
    file = client.raw("GET", f"{MOVES}.csv", key=manager, params={"kind": "count"})
    assert [line.split(",")[1:6] for line in file.text.splitlines()[1:]] == [
        ["Tea", "count", "2", "3", "5"],
        ["Cola", "count", "-2", "15", "13"],
    ]
    audit = ask(client, "GET", "/api/native/v1/audit", params={"subject": "product"})["rows"]
    assert {"before": {"quantity": 3}, "after": {"quantity": 5}} in [
        {"before": row["before"], "after": row["after"]} for row in audit
    ]
