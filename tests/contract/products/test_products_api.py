"""Goods over HTTP (seed: Products, Product groups; cafe-wire, Orders and products)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import Floor, open_floor
from tests.builders.people import bearer_of


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, pcs_count=1)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


def make(client: Client, **more: Any) -> Any:
    return client.ok("POST", "/products", json={"product_name": "Cola 0.33 l", **more})


def test_a_product_from_making_to_deleting(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    made = make(
        client,
        product_price="1.234567",
        product_cost="0.5000000000",
        product_qty="24",
        product_coin_price="1.005",
        product_barcode="4001",
        product_low_stock=6,
    )
    assert made == {
        "product_id": 1,
        "product_name": "Cola 0.33 l",
        "product_description": "",
        "product_group_id": 1,
        "product_qty": 24,
        "product_unlimited": 0,
        "product_low_stock": 6,
        "product_price": "1.2345670000",
        "product_cost": "0.5000000000",
        "product_coin_price": "1.01",
        "product_tax_id": 1,
        "product_barcode": "4001",
        "product_enable_code": 1,
        "product_enable_client": 1,
        "product_enable_discount": 1,
        "product_is_active": 1,
        "product_is_promoted": 0,
        "product_adult_only": 0,
        "product_combo": None,
        "product_show_weekday": "7|1|2|3|4|5|6|",
        "product_show_time": "00:00-24:00",
        "product_pc_group": '["0"]',
        "product_pc_groups": '["0"]',
        "product_member_group": '["0"]',
        "product_member_groups": '["0"]',
        "product_group_payment_method": '{"guest": ["cash", "credit_card", "balance", "qr"],'
        ' "member": ["cash", "credit_card", "balance", "qr"]}',
        "product_icon": None,
        "product_has_image": 0,
        "has_image": 0,
        "product_update": 1_772_625_600,
    }
    assert client.ok("GET", "/products/1") == client.ok("GET", "/products/p-1") == made
    changed = client.ok(
        "PUT",
        "/products/1",
        json={"product_name": "Cola", "product_barcode": "", "product_show_time": "08:00-22:00"},
    )
    assert changed == {
        **made,
        "product_name": "Cola",
        "product_barcode": "",
        "product_enable_code": 0,
        "product_show_time": "08:00-22:00",
    }
    again = client.ok("PUT", "/products/1", json={"product_show_weekday": "1|2|", "product_qty": 1})
    assert (again["product_show_weekday"], again["product_show_time"]) == ("1|2|", "08:00-22:00")
    assert again["product_qty"] == 24
    assert client.ok("DELETE", "/products/1") == {}
    for method in ("GET", "DELETE", "PUT"):
        assert client.refused(method, "/products/1") == (400, "Product not found")
    for wrong in ("x", "o-1", "9" * 30):
        assert client.refused("GET", f"/products/{wrong}") == (400, "Product not found")


def test_the_print_is_a_product_of_every_centre(client: Client, floor: Floor) -> None:
    shown = client.ok("GET", "/products/p--3")
    assert (shown["product_id"], shown["product_unlimited"]) == (-3, 1)
    client.ok("PUT", "/products/-3", json={"product_price": "0.10", "product_is_active": "on"})
    (row,) = client.ok("GET", "/orders/action/productList")["product_list"]
    assert (row["product_id"], row["product_price"]) == ("p--3", "0.1000000000")
    code, message = client.refused("DELETE", "/products/-3")
    assert (code, message) == (400, "The print is part of the system; switch it off instead.")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"product_name": ""}, "product_name: is required"),
        ({"product_price": "1.1234567"}, "product_price: must have at most 6 decimals"),
        ({"product_price": "-1"}, "product_price: must not have a sign"),
        ({"product_price": "1e3"}, "product_price: must be a plain decimal number"),
        ({"product_price": "1000000001"}, "product_price: must be at most 1000000000"),
        ({"product_cost": "x"}, "product_cost: must be a plain decimal number"),
        ({"product_qty": -1}, "product_qty: must be at least 0"),
        ({"product_group_id": 9}, "product_group_id: is not a product group of this centre"),
        ({"product_tax_id": 4}, "product_tax_id: must be 1, 2, 3, or 0 for none"),
        ({"product_pc_groups": "[77]"}, "product_pc_groups: is not a PC group of this centre"),
        (
            {"product_member_groups": ["77"]},
            "product_member_groups: is not a member group of this centre",
        ),
        (
            {"product_show_weekday": "9", "product_show_time": "9-5"},
            (
                "product_show_weekday: must be weekdays like 7|1|2|3|4|5|6| (7 = Sunday);"
                " product_show_time: must be a time window like 08:00-22:00"
            ),
        ),
        (
            {"product_combo": [{"product_id": "x-1"}]},
            "product_combo: must be a product or an offer such as p-1 or o-1",
        ),
        (
            {"product_combo": [{"product_id": "p-9"}]},
            "product_combo: names a product that is not there",
        ),
        ({"product_name": "x" * 101}, "product_name: must be at most 100 characters"),
        ({"product_barcode": "x" * 51}, "product_barcode: must be at most 50 characters"),
        (
            {"product_name": "BLACK-and-white print"},
            "product_name: BLACK-and-white print already exists",
        ),
    ],
)
def test_wrong_products_are_refused_by_field(
    client: Client, floor: Floor, change: dict[str, Any], message: str
) -> None:
    body = {"product_name": "Cola", "product_price": "1.80", **change}
    assert client.refused("POST", "/products", json=body) == (400, message)
    assert client.ok("GET", "/products")["paging_info"]["total_records"] == 1


def test_names_are_texts_and_nothing_else(client: Client, floor: Floor) -> None:
    evil = "'; DROP TABLE products; -- <script>alert(1)</script> %s"
    row = make(client, product_name=evil, product_description=evil)
    assert (row["product_name"], row["product_description"]) == (evil, evil)
    found = client.ok("GET", "/products", params={"search_text": "'; drop"})
    assert [each["product_id"] for each in found["items"]] == [row["product_id"]]


def test_parameters_come_from_anywhere(client: Client, floor: Floor) -> None:
    made = client.ok(
        "POST", "/products", params={"product_name": "Tea"}, data={"product_unlimited": "on"}
    )
    assert (made["product_name"], made["product_unlimited"]) == ("Tea", 1)


def test_pieces_come_in_and_go(client: Client, floor: Floor) -> None:
    make(client, product_qty=5)
    one = "/products/1/restock"
    assert client.ok("GET", one, params={"restock_count": "24"}) == {
        "product_id": 1,
        "product_qty": 29,
    }
    taken = client.ok("GET", one, params={"restock_count": -9, "comment": "broken"})
    assert taken["product_qty"] == 20
    for count, message in (
        ("", "restock_count: is required"),
        ("x", "restock_count: must be a whole number"),
        ("0", "restock_count: must not be 0"),
        ("-21", "Cola 0.33 l: only 20 left"),
        ("99999999999", "restock_count: must be at most 1000000000"),
    ):
        assert client.refused("GET", one, params={"restock_count": count}) == (400, message)
    assert client.ok("GET", "/products/1")["product_qty"] == 20
    assert client.refused("GET", "/products/9/restock", params={"restock_count": 1}) == (
        400,
        "Product not found",
    )
    refused = client.refused("GET", "/products/-3/restock", params={"restock_count": 1})
    assert refused == (400, "Black-and-white print: its pieces are not counted")
    assert floor.stock_moves(1) == [("opening", 5, 5), ("restock", 24, 29), ("destock", -9, 20)]


def test_a_restock_that_is_sent_again_counts_once(client: Client, floor: Floor) -> None:
    make(client, product_qty=5)
    for _ in range(2):
        sent = {"params": {"restock_count": 3}, "headers": {"Idempotency-Key": "r1"}}
        assert client.ok("GET", "/products/1/restock", **sent)["product_qty"] == 8
    assert floor.pieces(1) == 8


def test_low_stock_stands_in_the_log(client: Client, floor: Floor) -> None:
    make(client, product_qty=5, product_low_stock=4)
    client.ok("GET", "/products/1/restock", params={"restock_count": -2})
    logs = client.ok("GET", "/billingLogs", params={"event": "RESTOCKNOTIFY"})
    (row,) = logs["log_list"]
    assert (row["log_event"], row["log_details"]) == ("RESTOCKNOTIFY", "Cola 0.33 l: 3")


def test_a_cashier_fills_up_and_no_more(client: Client, floor: Floor) -> None:
    make(client, product_qty=5)
    key = bearer_of(floor.hall, "staff")
    sent = {"key": key}
    assert client.ok("GET", "/products/1/restock", params={"restock_count": 1}, **sent)
    url = "/products/1/restock"
    code, message = client.refused("GET", url, params={"restock_count": -1, "comment": "x"}, **sent)
    assert (code, message) == (403, "You do not have the right for this (products.correct_stock).")
    assert client.refused("PUT", "/products/1", json={"product_price": 0}, **sent)[0] == 403
    assert floor.pieces(1) == 6


def test_the_list_is_searched_ordered_and_paged(client: Client, floor: Floor) -> None:
    drinks = client.ok("POST", "/productGroups", json={"product_group_name": "Drinks"})
    group_id = drinks["product_group_id"]
    for number in range(51):
        floor.add_product(f"Cola {number:02d}", number, group_id=group_id)
    floor.add_product("Sticker", is_promoted=True, coin_price_micros=1_000_000)
    asked = {"product_group_id": group_id, "sort_name": "product_qty", "sort": "desc", "page": 2}
    page = client.ok("GET", "/products", params=asked)
    assert [row["product_name"] for row in page["items"]] == ["Cola 00"]
    assert page["paging_info"]["total_records"] == 51
    assert page["paging_info"]["page"] == "2"
    assert client.ok("GET", "/products", params={"page": 9})["items"] == []
    for params, names in (
        ({"search_text": "COLA 07"}, ["Cola 07"]),
        ({"product_group_id": -4}, ["Sticker"]),
        ({"product_group_id": -2}, ["Sticker"]),
        ({"product_group_id": -1}, []),
        ({"search_text": "nothing"}, []),
    ):
        rows = client.ok("GET", "/products", params=params)["items"]
        assert [row["product_name"] for row in rows] == names
    code, message = client.refused("GET", "/products", params={"sort_name": "secret"})
    assert (code, message.partition(" one of ")[0]) == (400, "sort_name: must be")


def test_a_combo_loses_its_parts_one_by_one(client: Client, floor: Floor) -> None:
    cola, toast = floor.add_product("Cola", 9), floor.add_product("Toast", 3)
    offer = client.ok(
        "POST", "/offers", json={"product_name": "1 h", "product_price": 3, "product_mins": 60}
    )
    parts = [
        {"product_id": f"p-{cola}", "qty": 2},
        {"product_id": toast, "product_source": "product"},
        {"product_id": f"o-{offer['product_id']}"},
    ]
    menu = make(client, product_name="Menu", product_price=5, product_combo=json.dumps(parts))
    assert menu["product_combo"] == [
        {"product_id": "p-1", "product_source": "product", "product_name": "Cola", "qty": 2},
        {"product_id": "p-2", "product_source": "product", "product_name": "Toast", "qty": 1},
        {"product_id": "o-1", "product_source": "offer", "product_name": "1 h", "qty": 1},
    ]
    assert (menu["product_qty"], menu["product_unlimited"]) == (3, 0)
    one = f"/products/{menu['product_id']}/productComboItem"
    body: dict[str, Any] = {"product_source": "offer", "product_id": 1}
    assert len(client.ok("DELETE", one, json=body)["product_combo"]) == 2
    assert client.refused("DELETE", one, json=body) == (400, "It is not a part of this product")
    for wrong in ({"product_source": "x", "product_id": 1}, {"product_id": "p-x"}):
        assert client.refused("DELETE", one, json=wrong)[0] == 400
    client.ok("DELETE", one, json={"product_id": "p-1"})
    assert client.ok("DELETE", one, json={"product_id": "p-2"})["product_combo"] is None


def test_groups_from_making_to_deleting(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    listed = client.ok("GET", "/productGroups")["items"]
    assert [(row["product_group_id"], row["product_group_name"]) for row in listed] == [
        (-1, "Offers"),
        (1, "Default"),
    ]
    made = client.ok("POST", "/productGroups", json={"product_group_name": "Drinks"})
    assert made == {
        "product_group_icafe_id": 7777,
        "product_group_id": 2,
        "product_parent_group_id": 0,
        "product_group_name": "Drinks",
        "product_group_desc": "",
        "product_group_icon": None,
        "product_group_update": "2026-03-04 12:00:00",
        "product_group_payment_method": '{"guest": ["cash", "credit_card", "balance", "qr"],'
        ' "member": ["cash", "credit_card", "balance", "qr"]}',
        "has_icon": 0,
    }
    chosen = {"guest": ["cash"], "member": ["balance", "cash"]}
    change = {"product_group_payment_method": json.dumps(chosen), "product_parent_group_id": 1}
    changed = client.ok("PATCH", "/productGroups/2", json=change)
    assert (
        changed["product_group_payment_method"]
        == '{"guest": ["cash"], "member": ["cash", "balance"]}'
    )
    assert (changed["product_group_name"], changed["product_parent_group_id"]) == ("Drinks", 1)
    again = client.ok("PUT", "/productGroups/2", json={"product_group_name": "Cold drinks"})
    assert (again["product_group_name"], again["product_parent_group_id"]) == ("Cold drinks", 1)
    client.ok("PUT", "/productGroups/2", json={"product_group_name": "Drinks"})
    make(client, product_group_id=2)
    for method, path, body, message in (
        ("POST", "", {"product_group_name": "DRINKS"}, "product_group_name: DRINKS already exists"),
        ("POST", "", {}, "product_group_name: is required"),
        (
            "PUT",
            "/2",
            {"product_parent_group_id": 9},
            "product_parent_group_id: is not a product group of this centre",
        ),
        (
            "PUT",
            "/-1",
            {"product_group_name": "x"},
            "This group is part of the system and cannot be changed.",
        ),
        ("PUT", "/99", {"product_group_name": "x"}, "Product group not found"),
        ("DELETE", "/2", {}, "Products stand in this group: 1."),
        ("DELETE", "/1", {}, "Every shop has this group; it cannot be deleted."),
        ("DELETE", "/x", {}, "Product group not found"),
    ):
        assert client.refused(method, f"/productGroups{path}", json=body) == (400, message)
    client.ok("DELETE", "/products/1")
    assert client.ok("DELETE", "/productGroups/2") == {}


def test_the_shop_lists_goods_and_packages(client: Client, floor: Floor) -> None:
    client.ok(
        "POST", "/offers", json={"product_name": "3 h", "product_price": 9, "product_mins": 180}
    )
    make(client, product_price="1.80", product_qty=2)
    make(client, product_name="Hidden", product_is_active=0)
    make(client, product_name="Gone", product_qty=0)
    shop = client.ok("GET", "/orders/action/productList")
    assert shop["product_group_list"] == [
        {"product_group_id": -1, "product_group_name": "Offers", "product_parent_group_id": 0},
        {"product_group_id": 1, "product_group_name": "Default", "product_parent_group_id": 0},
    ]
    rows = {row["product_id"]: row for row in shop["product_list"]}
    assert list(rows) == ["p-1", "p-3", "o-1"]
    assert (rows["p-1"]["product_qty"], rows["p-1"]["product_price"]) == (2, "1.8000000000")
    offer = client.ok("GET", "/offers/1")
    assert rows["o-1"]["product_price"] == offer["product_price"] == "9.00"
    assert rows["o-1"]["product_mins"] == offer["product_mins"]
    assert rows["o-1"]["product_group_id"] == offer["product_group_id"] == -1
    client.ok("PUT", "/configs/shopSettings", json={"hide_sold_out_items": 1})
    shown = client.ok("GET", "/orders/action/productList")["product_list"]
    assert [row["product_id"] for row in shown] == ["p-1", "o-1"]
