"""The panel's pages of the goods: the list, a product and its stock, counting, groups."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from lanhouse.cafe.products.commands import ProductChange, change_product
from lanhouse.cafe.products.queries import groups_of_center
from lanhouse.cafe.products.schemas import ComboItem, Source
from lanhouse.kit import clock
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.contract.pages.test_pages import Desk, hidden_fields, text_of

PATH = "/panel/products"


@pytest.fixture
def floor(hall: Hall) -> Floor:
    return Floor(hall.store, hall)


@pytest.fixture
def desk(client: Client, floor: Floor) -> Desk:
    return Desk(client, floor.hall.staff["manager"])


def form_in(page: Any, form_id: str = "") -> dict[str, Any]:
    """What a form of the page sends when nothing is touched."""
    found = re.search(rf'<form[^>]*id="{form_id}".*?</form>', page.text, re.S)
    body = found[0] if found else page.text
    sent: dict[str, Any] = {}

    def put(name: str, value: str) -> None:
        old = sent.get(name)
        values = [old] if old is not None and not isinstance(old, list) else old or []
        sent[name] = [*values, html.unescape(value)] if values else html.unescape(value)

    for tag in re.findall(r"<input[^>]*>", body):
        name = re.search(r' name="([^"]*)"', tag)
        is_off = 'type="checkbox"' in tag and " checked" not in tag
        if name and not is_off:
            value = re.search(r' value="([^"]*)"', tag)
            put(name[1], value[1] if value else "")
    for name, options in re.findall(r'<select[^>]* name="([^"]*)".*?>(.*?)</select>', body, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        put(name, chosen[1] if chosen else "")
    for name, text in re.findall(
        r'<textarea[^>]* name="([^"]*)".*?>\n(.*?)</textarea>', body, re.S
    ):
        put(name, text)
    return sent


def error_at(field: str, page: Any) -> str:
    """What stands at a field as its error."""
    pattern = rf'class="lh-error" id="{re.escape(field)}-more">.*?<span>(.*?)</span>'
    found = re.search(pattern, page.text, re.S)
    return html.unescape(found[1]) if found else ""


def test_who_may_open_and_what_each_sees(client: Client, floor: Floor) -> None:
    cola = floor.add_product("Cola", 5, cost_micros=654_321)
    pages = (PATH, f"{PATH}/{cola}", f"{PATH}/add", f"{PATH}/count", f"{PATH}/groups")
    for role, codes in (
        ("staff", [200, 200, 403, 403, 403]),
        ("manager", [200] * 5),
        ("admin", [200] * 5),
    ):
        person = Desk(client, floor.hall.staff[role])
        assert [person.get(path).status_code for path in pages] == codes
    staff = Desk(client, floor.hall.staff["staff"])
    assert "0.654321" not in staff.get(PATH).text
    shown = staff.get(f"{PATH}/{cola}").text
    assert "Put in" in shown
    assert "Take out" not in shown
    assert f"{PATH}/{cola}/edit" not in shown
    assert staff.post(f"{PATH}/{cola}/edit", {"name": "x"}).status_code == 403
    taken = staff.post(f"{PATH}/{cola}/stock", {"pieces": "1", "reason": "x", "is_taken": "1"})
    assert taken.status_code == 403
    assert floor.pieces(cola) == 5


def test_a_product_is_added_once_per_form(floor: Floor, desk: Desk) -> None:
    form = form_in(desk.get(f"{PATH}/add"))
    form |= {"name": "Cola 0.33 l", "price": "1.80", "cost": "0.456789", "quantity": "24"}
    for _ in range(2):
        answer = desk.post(f"{PATH}/add", form)
        assert answer.status_code == 200, text_of(answer)
        assert answer.headers["hx-redirect"] == f"{PATH}?search=Cola+0.33+l&done=added"
    listed = text_of(desk.get(answer.headers["hx-redirect"]))
    assert "Product added." in listed
    assert "1 product" in listed
    made = floor.product(1)
    assert (made.values.price_micros, made.values.cost_micros, made.quantity) == (
        1_800_000,
        456_789,
        24,
    )
    assert made.values.window.weekdays == (1, 2, 3, 4, 5, 6, 7)
    assert (made.values.is_active, made.values.allows_discount) == (True, True)


def test_a_wrong_form_comes_back_with_its_reasons(floor: Floor, desk: Desk) -> None:
    form = form_in(desk.get(f"{PATH}/add"))
    wrong = {
        **form,
        "name": "",
        "price": "1,80",
        "cost": "1.1234567",
        "quantity": "many",
        "low_stock_at": "-1",
        "weekday": [],
        "to_time": "x",
        "part[n00]": "p-9",
    }
    answer = desk.post(f"{PATH}/add", wrong)
    assert answer.status_code == 400
    assert error_at("name", answer) == "is required"
    assert error_at("price", answer) == "This is not an amount. Write it like 12.50"
    assert error_at("cost", answer) == "At most 6 digits after the point"
    assert error_at("low_stock_at", answer) == "must be between 0 and 1000000000"
    assert error_at("weekday", answer) == "is required"
    assert error_at("from_time", answer) == "must be a time window like 08:00-22:00"
    assert 'value="1,80"' in answer.text
    again = desk.post(f"{PATH}/add", {**form, "name": "Menu", "part[n00]": "p-9"})
    assert error_at("combo", again) == "names a product that is not there"
    again = desk.post(f"{PATH}/add", {**form, "name": "Menu", "quantity": "many"})
    assert error_at("quantity", again) == "must be between 0 and 1000000000"
    assert "There are no goods yet." not in text_of(desk.get(PATH))  # the print
    evil = desk.post(f"{PATH}/add", {**form, "name": "<script>alert(1)</script>"})
    assert "<script>alert(1)" not in desk.get(evil.headers["hx-redirect"]).text


def test_a_form_writes_only_what_it_changed(floor: Floor, desk: Desk) -> None:
    cola = floor.add_product("Cola", 5, price_micros=1_234_567, barcode="4001", low_stock_at=2)
    page = desk.get(f"{PATH}/{cola}")
    form = form_in(page, "edit")
    assert (form["price"], form["low_stock_at"], form["from_time"]) == ("1.234567", "2", "00:00")
    changes = {"barcode": "4002", "price_micros": 2 * EURO}
    floor.run(change_product, ProductChange(center=floor.center, product_id=cola, changes=changes))
    sent = {**form, "name": "Cola light", "from_time": "08:00"}
    answer = desk.post(f"{PATH}/{cola}/edit", sent)
    assert answer.headers["hx-redirect"] == f"{PATH}/{cola}?done=saved"
    assert "Saved." in text_of(desk.get(answer.headers["hx-redirect"]))
    values = floor.product(cola).values
    assert (values.name, values.barcode, values.price_micros) == ("Cola light", "4002", 2 * EURO)
    assert (values.window.from_minute, values.window.to_minute) == (480, 1440)
    refused = desk.post(f"{PATH}/{cola}/edit", {**sent, "name": "Black-and-white print"})
    assert error_at("name", refused) == "Black-and-white print already exists"
    untouched = form_in(desk.get(f"{PATH}/{cola}"), "edit")
    before = floor.product(cola)
    assert desk.post(f"{PATH}/{cola}/edit", untouched).status_code == 200
    assert floor.product(cola).values == before.values


def test_a_combo_is_put_together_in_the_form(floor: Floor, desk: Desk) -> None:
    cola, toast = floor.add_product("Cola", 9), floor.add_product("Toast", 4)
    form = form_in(desk.get(f"{PATH}/add"))
    parts = {"part[n00]": f"p-{toast}", "part[n02]": f"p-{cola}", "pieces_of[n02]": "2"}
    desk.post(f"{PATH}/add", {**form, "name": "Menu", "price": "4.5", **parts})
    menu = floor.product(3)
    assert set(menu.values.combo) == {
        ComboItem(Source.PRODUCT, toast, 1),
        ComboItem(Source.PRODUCT, cola, 2),
    }
    page = desk.get(f"{PATH}/3")
    assert "2 × Cola" in text_of(page)
    assert f"{PATH}/3/stock" not in page.text
    form = form_in(page, "edit")
    without = {name: "" if value == f"p-{cola}" else value for name, value in form.items()}
    desk.post(f"{PATH}/3/edit", without)
    assert floor.product(3).values.combo == (ComboItem(Source.PRODUCT, toast, 1),)
    refused = desk.post(f"{PATH}/{toast}/delete", {})
    assert "It is a part of Menu." in text_of(refused)


def test_pieces_come_in_and_go_once_per_form(
    floor: Floor, desk: Desk, freeze: clock.frozen
) -> None:
    cola = floor.add_product("Cola", 5, low_stock_at=5)
    url = f"{PATH}/{cola}/stock"
    assert "running low" in text_of(desk.get(f"{PATH}/{cola}"))
    form = form_in(desk.get(f"{PATH}/{cola}"), "stock")
    for _ in range(2):
        answer = desk.post(url, {**form, "pieces": "24"})
        assert answer.headers["hx-redirect"] == f"{PATH}/{cola}?done=stocked&level=29"
    assert "Stock is 29 now." in text_of(desk.get(answer.headers["hx-redirect"]))
    form = form_in(desk.get(f"{PATH}/{cola}"), "stock")
    less = {**form, "pieces": "2", "is_taken": "1"}
    assert error_at("reason", desk.post(url, less)) == "is required"
    for text in ("", "-3", "1.5", "x", "9" * 15):
        assert error_at("pieces", desk.post(url, {**form, "pieces": text}))
    assert error_at("pieces", desk.post(url, {**form, "pieces": "0"})) == "must not be 0"
    too_many = desk.post(url, {**less, "pieces": "99", "reason": "x"})
    assert "Cola: only 29 left" in text_of(too_many)
    desk.post(url, {**less, "reason": "Dropped"})
    shown = text_of(desk.get(f"{PATH}/{cola}"))
    for words in ("Taken out -2 27 Dropped manager7777", "Came in +24 29", "First stock +5 5"):
        assert words in shown
    assert floor.pieces(cola) == 27


def test_the_history_goes_on(floor: Floor, desk: Desk) -> None:
    cola = floor.add_product("Cola", 1)
    for number in range(25):
        desk.post(f"{PATH}/{cola}/stock", {"pieces": "1", "reason": f"no {number:02d}"})
    page = desk.get(f"{PATH}/{cola}")
    assert "no 24" in page.text
    assert "no 04" not in page.text
    older = html.unescape(re.findall(r'href="([^"]*)" rel="next"', page.text)[0])
    assert "no 04" in desk.get(older).text
    assert desk.get(f"{PATH}/{cola}?cursor=x").status_code == 400


def test_a_stock_take_keeps_what_was_sold_meanwhile(floor: Floor, desk: Desk) -> None:
    cola, tea = floor.add_product("Cola", 10), floor.add_product("Tea", 4)
    floor.add_product("Coffee", is_unlimited=True)
    page = desk.get(f"{PATH}/count")
    assert "Coffee" not in text_of(page)
    form = form_in(page)
    desk.post(f"{PATH}/{cola}/stock", {"pieces": "2", "reason": "x", "is_taken": "1"})
    wrong = desk.post(f"{PATH}/count", {**form, f"counted[p-{cola}]": "x"})
    assert error_at(f"counted[p-{cola}]", wrong) == "must be between 0 and 1000000000"
    assert "is required" in text_of(desk.post(f"{PATH}/count", form))
    # The page is asked anew after a refusal, and goes on showing what it showed.
    form = {**form, f"counted[p-{cola}]": "9", "reason": "Sunday"}
    answer = desk.post(f"{PATH}/count", form)
    assert answer.headers["hx-redirect"] == f"{PATH}?done=counted"
    assert (floor.pieces(cola), floor.pieces(tea)) == (7, 4)
    assert floor.stock_moves(cola)[-1] == ("count", -1, 7)


def test_the_list_is_filtered_searched_and_taken_away(floor: Floor, desk: Desk) -> None:
    drinks = floor.add_product_group("Drinks")
    floor.add_product("Cola", 5, group_id=drinks, low_stock_at=9)
    floor.add_product("Pizza", 0, is_adults_only=True)
    shown = text_of(desk.get(PATH))
    for words in ("Running low 2", "Sold out 1", "5 left", "Adults only", "Not sold"):
        assert words in shown
    assert "Pizza" not in text_of(desk.get(f"{PATH}?group={drinks}"))
    assert "Cola" not in text_of(desk.get(f"{PATH}?stock=sold_out"))
    assert "No product matches “zzz”." in text_of(desk.get(f"{PATH}?search=zzz"))
    assert "There is nothing here." in text_of(desk.get(f"{PATH}?group=99"))
    file = desk.get(f"{PATH}.csv?stock=low")
    assert [line.split(",")[1] for line in file.text.splitlines()[1:]] == ["Pizza", "Cola"]


def test_groups_are_made_changed_and_deleted(floor: Floor, desk: Desk) -> None:
    form = form_in(desk.get(f"{PATH}/groups/add"))
    assert form["guest"] == ["cash", "credit_card", "balance", "qr"]
    answer = desk.post(f"{PATH}/groups/add", {**form, "name": "Drinks", "guest": ["cash"]})
    assert answer.headers["hx-redirect"] == f"{PATH}/groups"
    group = floor.store.read_sync(groups_of_center, 7777)[1]
    assert (group.values.name, group.values.payments.guest) == ("Drinks", ("cash",))
    page = desk.get(f"{PATH}/groups/2")
    sent = {**form_in(page), "parent_id": "1", "description": "cold"}
    desk.post(f"{PATH}/groups/2", sent)
    group = floor.store.read_sync(groups_of_center, 7777)[1]
    assert (group.values.parent_id, group.values.description) == (1, "cold")
    for change, field, reason in (
        ({"name": ""}, "name", "is required"),
        ({"name": "default"}, "name", "default already exists"),
        ({"parent_id": "9"}, "parent_id", "is not a product group of this centre"),
    ):
        assert error_at(field, desk.post(f"{PATH}/groups/2", {**sent, **change})) == reason
    cola = floor.add_product("Cola", group_id=2)
    refused = desk.post(f"{PATH}/groups/2/delete", {})
    assert "Products stand in this group: 1." in text_of(refused)
    desk.post(f"{PATH}/{cola}/delete", {})
    assert desk.post(f"{PATH}/groups/2/delete", {}).headers["hx-redirect"] == f"{PATH}/groups"
    assert f"{PATH}/groups/1/delete" not in desk.get(f"{PATH}/groups/1").text
    for path in ("9", "x", "groups/9", "groups/x"):
        assert desk.get(f"{PATH}/{path}").status_code == 404
    assert hidden_fields(desk.get(f"{PATH}/groups/add"))["key"]
