"""Taking goods of another centre of this server over (seed: Products, Import product)."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.auth.passwords import hash_password
from lanhouse.cafe.products.queries import groups_of_center, products_of_center
from lanhouse.cafe.products.schemas import ComboItem, Source
from lanhouse.db.store import Store
from lanhouse.kit import limits
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor
from tests.builders.people import bearer_of

IMPORT = "/products/action/importProducts"
WORD = "correct horse"


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, pcs_count=0)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


@pytest.fixture
def other(floor: Floor) -> Floor:
    """Centre 7778, which has a licence password and sells drinks."""
    found = Floor(floor.store, open_hall(floor.store, 7778))
    found.set(licence_password=hash_password(WORD))
    return found


def ask(client: Client, **change: Any) -> dict[str, Any]:
    return {"license_name": "hall7778", "license_password": WORD, **change}


def names(floor: Floor) -> list[str]:
    found = floor.store.read_sync(products_of_center, floor.hall.center_id)
    return [each.values.name for each in found if each.id > 0]


def test_goods_come_with_their_groups_and_without_pieces(
    client: Client, floor: Floor, other: Floor
) -> None:
    drinks = other.add_product_group("Drinks")
    other.add_product_group("Empty")
    cola = other.add_product("Cola", 9, group_id=drinks, barcode="4001", price_micros=1_234_567)
    toast = other.add_product("Toast", 3)
    vip = other.add_pc_group("VIP")
    other.add_product("Sekt", 3, pc_group_ids=(vip,), barcode="4002", is_adults_only=True)
    other.add_product("Pass", 3, barcode="4003")
    other.add_product(
        "Menu", combo=(ComboItem(Source.PRODUCT, cola, 2), ComboItem(Source.PRODUCT, toast))
    )
    floor.add_product("Vase", barcode="4002")
    floor.add_offer("Hour", 300, barcode="4003")
    floor.add_product("TOAST", 7)
    done = client.ok("POST", IMPORT, json=ask(client))
    assert done == {"imported": 4, "left_out": ["Toast"]}
    assert names(floor) == ["Vase", "TOAST", "Cola", "Sekt", "Pass", "Menu"]
    found = {each.values.name: each for each in floor.store.read_sync(products_of_center, 7777)}
    assert (found["Cola"].quantity, found["Cola"].values.price_micros) == (0, 1_234_567)
    sekt = found["Sekt"].values
    assert (sekt.barcode, sekt.is_active, sekt.is_adults_only) == ("", False, True)
    assert found["Pass"].values.barcode == ""
    parts = [(part.name, part.item.quantity) for part in found["Menu"].parts]
    assert parts == [("TOAST", 1), ("Cola", 2)]
    groups = floor.store.read_sync(groups_of_center, 7777)
    assert [group.values.name for group in groups] == ["Default", "Drinks"]
    assert client.ok("POST", IMPORT, json=ask(client))["imported"] == 0
    assert names(other) == ["Cola", "Toast", "Sekt", "Pass", "Menu"]
    floor.verify_stock()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"license_name": ""}, "license_name: is required"),
        ({"license_password": ""}, "license_password: is required"),
        (
            {"license_name": "nobody"},
            "license_name: there is no such centre on this server",
        ),
        ({"license_password": "wrong"}, "The licence password is wrong."),
        (
            {"license_name": "hall7777"},
            "That centre has no licence password; its Admin sets one first.",
        ),
    ],
)
def test_what_is_refused(
    client: Client, floor: Floor, other: Floor, change: dict[str, Any], message: str
) -> None:
    other.add_product("Cola")
    assert client.refused("POST", IMPORT, json=ask(client, **change)) == (400, message)
    assert names(floor) == []


def test_too_many_and_the_same_centre_change_nothing(
    client: Client, floor: Floor, other: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        other.add_product(f"Cola {number}", price_micros=EURO)
    assert limits.MAX_PRODUCT == 500
    monkeypatch.setattr("lanhouse.cafe.products.commands.MAX_PRODUCT", 2)
    refused = client.refused("POST", IMPORT, json=ask(client))
    assert refused == (400, "A centre can have at most 2 products.")
    assert names(floor) == []
    floor.set(licence_password=hash_password(WORD))
    client.ok("GET", "/products")
    staff = bearer_of(floor.hall, "staff")
    assert client.refused("POST", IMPORT, json=ask(client), key=staff)[0] == 403
