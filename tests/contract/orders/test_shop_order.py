"""The order of what the shop sells, and its prices with or without decimals (decision 0140)."""

from __future__ import annotations

import json
import re

import pytest

from lanhouse.db.store import Store
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import CENT, EURO, Floor, open_floor
from tests.contract.pages.test_pages import Desk

TILES = "/panel/shop/tiles"


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    floor = open_floor(sqlite_store, pcs_count=1)
    floor.add_product("apple", 3, price_micros=3 * EURO)
    floor.add_product("Cola", 9, price_micros=180 * CENT)
    floor.add_product("Bread", 5, price_micros=2 * EURO)
    floor.add_offer("Zulu", 100)
    floor.add_offer("Alfa", 900)
    return floor


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


def tiles(desk: Desk) -> list[str]:
    return re.findall(r"<b>([^<]+)</b>", desk.get(TILES).text)


@pytest.mark.parametrize(
    ("order_by", "order", "goods", "packages"),
    [
        ("", "", ["apple", "Bread", "Cola"], ["Zulu", "Alfa"]),
        ("name", "desc", ["Cola", "Bread", "apple"], ["Zulu", "Alfa"]),
        ("price", "asc", ["Cola", "Bread", "apple"], ["Zulu", "Alfa"]),
        ("product_price", "DESC", ["apple", "Bread", "Cola"], ["Alfa", "Zulu"]),
        ("qty", "asc", ["apple", "Bread", "Cola"], None),
        ("id", "", ["apple", "Cola", "Bread"], ["Zulu", "Alfa"]),
        ("something", "up", ["apple", "Bread", "Cola"], ["Zulu", "Alfa"]),
    ],
)
def test_till_and_list_are_in_the_order_of_the_setting(
    client: Client,
    floor: Floor,
    order_by: str,
    order: str,
    goods: list[str],
    packages: list[str] | None,
) -> None:
    look = {"order_by": order_by, "order": order, "serial_port": "COM1"}
    client.ok("PUT", "/configs/memberSettings", json={"shop_settings": look})
    kept = client.ok("GET", "/configs")["shop_settings"]
    assert json.loads(kept) == look
    shown = tiles(Desk(client, "admin7777"))
    listed = [
        row["product_name"]
        for row in client.ok("GET", "/orders/action/productList")["product_list"]
    ]
    for found in (shown, listed):
        assert [name for name in found if name in goods] == goods
        if packages is not None:
            assert [name for name in found if name in packages] == packages


def test_whole_prices_stand_without_decimals_and_cents_are_never_hidden(
    client: Client, floor: Floor
) -> None:
    desk = Desk(client, "admin7777")

    def prices() -> list[str]:
        return re.findall(r"lh-money lh-strong\">([^<]+)<", desk.get(TILES).text)

    assert prices() == ["€3", "€2", "€1.80", "€1", "€9"]
    client.ok("PUT", "/configs/memberSettings", json={"shop_show_decimal": 1})
    assert prices() == ["€3.00", "€2.00", "€1.80", "€1.00", "€9.00"]
