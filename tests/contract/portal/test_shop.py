"""The portal's Shop: to the seat, packages, the sum before; without a script."""

from __future__ import annotations

import pytest

from lanhouse.cafe.orders.queries import order_by_id
from lanhouse.cafe.sessions.queries import packages_owned
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor
from tests.builders.phone import HOME, Phone, fields_of
from tests.contract.pages.test_pages import text_of

PAGE = f"{HOME}/shop"


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, pcs_count=2)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


def test_order_to_the_seat(client: Client, floor: Floor) -> None:
    cola = floor.add_product("Cola", 5, price_micros=5 * EURO // 2)
    ada = floor.add_member("ada", balance=20 * EURO)
    phone = Phone(client, floor, ada)
    away = phone.get(PAGE)
    assert "start a session first" in text_of(away)
    wanted = {"item": [f"p-{cola}"], "qty": ["2"]}
    assert "Start a session first" in text_of(phone.post(f"{PAGE}/review", wanted))
    floor.member(ada, "PC02")
    assert "Cola" in text_of(phone.get(PAGE))
    asked = phone.post(f"{PAGE}/review", wanted)
    assert "Order to PC02, €5.00" in text_of(asked)
    form = {**fields_of(asked, PAGE), **wanted, "payment": "balance"}
    done = phone.post(PAGE, form)
    assert done.headers["location"] == f"{PAGE}/1"
    assert phone.post(PAGE, form).headers["location"] == f"{PAGE}/1"
    order = floor.store.read_sync(order_by_id, 7777, 1)
    assert order is not None
    assert (order.pc_name, order.status, order.total_micros) == ("PC02", "pending", 5 * EURO)
    assert floor.store.read_sync(order_by_id, 7777, 2) is None
    assert floor.money(ada) == (15 * EURO, 0)
    assert "Your order is in." in text_of(phone.get(f"{PAGE}/1"))
    other = Phone(client, floor, floor.add_member("bob"))
    assert other.get(f"{PAGE}/1").status_code == 404
    for wrong in (
        {"item": [], "qty": []},
        {"item": ["p-1"], "qty": []},
        {"item": ["x"], "qty": ["1"]},
        {"item": ["p-99999"], "qty": ["1"]},
        {"item": [f"p-{cola}"], "qty": ["-1"]},
        {"item": [f"p-{cola}"], "qty": ["99999999"]},
        {**wanted, "payment": "cash"},
        {**wanted, "shown": "1"},
        {"item": [f"p-{cola}"], "qty": ["9"]},
        {**wanted, "note": "n" * 300},
    ):
        assert phone.post(PAGE, {"payment": "balance", **wrong}).status_code >= 400, wrong
    assert phone.post(PAGE, form, Origin="https://evil.test").status_code == 403
    assert floor.money(ada) == (15 * EURO, 0)


def test_packages_need_no_seat(client: Client, floor: Floor) -> None:
    offer = floor.add_offer("Night", 500)
    hidden = floor.add_offer("Desk only", 100, is_sold_at_seats=False)
    ada = floor.add_member("ada", balance=6 * EURO)
    phone = Phone(client, floor, ada)
    shown = text_of(phone.get(PAGE))
    assert "Night" in shown
    assert "Desk only" not in shown
    wanted = {"item": [f"o-{offer}"], "qty": ["1"]}
    asked = phone.post(f"{PAGE}/review", wanted)
    assert "Buy, €5.00" in text_of(asked)
    form = {**fields_of(asked, PAGE), **wanted, "payment": "balance"}
    assert phone.post(PAGE, form).headers["location"] == f"{PAGE}/1"
    phone.post(PAGE, form)
    assert floor.money(ada) == (EURO, 0)
    (owned,) = floor.store.read_sync(packages_owned, 7777, ada, clock.now())
    assert owned.name == "Night"
    assert "Night" in text_of(phone.get(PAGE))
    poor = phone.post(PAGE, {**wanted, "payment": "balance", "key": "more"})
    assert poor.status_code == 402
    secret = {"item": [f"o-{hidden}"], "qty": ["1"], "payment": "balance"}
    assert phone.post(PAGE, secret).status_code >= 400
    assert floor.money(ada) == (EURO, 0)
