"""Goods as a file: tried first, line by line what is wrong, all of it or nothing."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.auth.passwords import hash_password
from lanhouse.cafe.products.queries import groups_of_center, products_of_center
from lanhouse.cafe.products.schemas import ComboItem, Product, Source
from lanhouse.db.audit import audit_log
from lanhouse.kit import limits
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import CENT, EURO, Floor
from tests.contract.pages.test_pages import Desk, text_of

PAGE = "/panel/products/import"


@pytest.fixture
def floor(hall: Hall) -> Floor:
    return Floor(hall.store, hall)


class Browser(Desk):
    """A desk that sends files."""

    def send(self, what: str, text: str | bytes) -> Any:
        self.post("/panel/settings/none", {})  # fetches the form's secret
        headers = {"Cookie": self.cookie, "X-CSRF-Token": self.csrf, "HX-Request": "true"}
        data = text if isinstance(text, bytes) else text.encode()
        sent = {"file": ("goods.csv", data, "text/csv")}
        return self._client.raw("POST", f"{PAGE}/{what}", files=sent, headers=headers)


@pytest.fixture
def desk(client: Client, floor: Floor) -> Browser:
    return Browser(client, "manager7777")


def goods(floor: Floor) -> dict[str, Product]:
    found = floor.store.read_sync(products_of_center, floor.center.id)
    return {each.values.name: each for each in found if each.id > 0}


FILE = """name,group,price,cost,tax,barcode,quantity,low_stock_at,is_adults_only,sold_on,sold_at
Cola,Drinks,2.5,0.612345,1,54000,24,6,0,7|1|2|3|4|5|6|,00:00-24:00
Beer,drinks,3,1,2,,0,0,1,5|6|,18:00-02:00
"""


def test_a_trial_changes_nothing_and_the_file_then_all_of_it(desk: Browser, floor: Floor) -> None:
    tried = desk.send("check", FILE)
    assert tried.status_code == 200
    told = text_of(tried)
    assert "This was a trial; nothing was changed yet." in told
    assert "New products 2 Changed products 0 Already so 0 New groups Drinks" in told
    assert goods(floor) == {}
    assert len(floor.store.read_sync(groups_of_center, 7777)) == 1
    done = text_of(desk.send("file", FILE))
    assert "The file is in." in done
    assert "New products 2 Changed products 0 Already so 0 New groups Drinks" in done
    found = goods(floor)
    cola, beer = found["Cola"], found["Beer"]
    assert (cola.values.price_micros, cola.values.cost_micros) == (250 * CENT, 612_345)
    assert (cola.quantity, cola.values.low_stock_at, cola.values.barcode) == (24, 6, "54000")
    assert floor.stock_moves(cola.id) == [("opening", 24, 24)]
    assert (beer.values.tax_id, beer.values.is_adults_only) == (2, True)
    assert beer.values.group_id == cola.values.group_id
    window = beer.values.window
    assert (window.weekdays, window.from_minute, window.to_minute) == ((5, 6), 1080, 120)
    # The same file again makes nothing twice.
    again = text_of(desk.send("file", FILE))
    assert "New products 0 Changed products 0 Already so 2" in again
    assert goods(floor) == found
    assert floor.stock_moves(cola.id) == [("opening", 24, 24)]
    floor.verify_stock()


def test_what_is_taken_away_comes_back_as_it_was(desk: Browser, floor: Floor) -> None:
    desk.send("file", FILE)
    part = goods(floor)["Cola"].id
    floor.add_product('=Menu, "big"', combo=(ComboItem(Source.PRODUCT, part, 2),))
    before = goods(floor)
    file = desk.get("/panel/products.csv").content
    told = text_of(desk.send("file", file))
    assert "New products 0 Changed products 0 Already so 4" in told, "the print is one of them"
    assert goods(floor) == before
    # By their numbers they may be renamed.
    renamed = file.decode().replace("Cola", "Kola").replace(",2.5,", ",2.75,")
    assert "Changed products 1 Already so 3" in text_of(desk.send("file", renamed))
    kola = goods(floor)["Kola"]
    assert (kola.id, kola.values.price_micros, kola.quantity) == (part, 275 * CENT, 24)


def test_every_wrong_line_is_told_and_none_is_kept(desk: Browser, floor: Floor) -> None:
    floor.add_product("Water", 5, barcode="777")
    bad = (
        "id,name,price,tax,quantity,barcode,sold_at\n"
        ",Fine,1.00,1,1,,\n"
        ",,1,1,1,,\n"
        ",Dear,a lot,1,1,,\n"
        ",Fine,1,1,1,,\n"
        "99,Ghost,1,1,1,,\n"
        ",Taxed,1,7,1,,\n"
        ",Short,1\n"
        ",Less,1,1,-3,,\n"
        ",Late,1,1,1,,25:00-26:00\n"
    )
    told = text_of(desk.send("file", bad))
    assert "6 lines are wrong. Nothing was changed." in told
    for line in (
        "3 name: is required",
        "4 price: This is not an amount. Write it like 12.50",
        "7 tax: must be between 0 and 3",
        "8 line: must have 7 cells",
        "9 quantity: must be between 0 and 1000000000",
        "10 sold_at: must lie between 00:00 and 24:00",
    ):
        assert line in told
    assert set(goods(floor)) == {"Water"}
    # What only the shop itself can know is told in the same way, of every line.
    worse = (
        "id,name,price,barcode\n,Fine,1.00,\n,FINE,2.00,\n99,Ghost,1.00,\n,Scanned,1.00,777\n"
        ",Good,1.00,\n"
    )
    for what in ("check", "file"):
        told = text_of(desk.send(what, worse))
        assert "3 lines are wrong. Nothing was changed." in told
        assert "3 name: is the product of line 2" in told
        assert "4 id: is the number of no product; leave it empty for a new" in told
        assert "5 barcode: is that of Water" in told
        assert set(goods(floor)) == {"Water"}


def test_stock_is_no_matter_of_a_file(desk: Browser, floor: Floor) -> None:
    water = floor.add_product("Water", 5)
    told = text_of(desk.send("file", "name,price,quantity\nwater,2.00,50\n"))
    assert "stays as it is; count it under Stock-take: Water" in told
    assert "Changed products 1" in told
    product = floor.product(water)
    assert (product.quantity, product.values.price_micros) == (5, 2 * EURO)
    assert product.values.name == "water"


def test_a_file_of_a_country_with_commas(desk: Browser, floor: Floor) -> None:
    told = text_of(desk.send("file", "\ufeffName;Price;Description\r\nCola;2,50;cold, wet\r\n"))
    assert "New products 1" in told
    cola = goods(floor)["Cola"].values
    assert (cola.price_micros, cola.description) == (250 * CENT, "cold, wet")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is required"),
        (b"price\n1\n", "must begin with a line of headings"),
        (b"name,colour\nCola,red\n", "must begin with a line of headings"),
        (b"name,name\nCola,red\n", "must begin with a line of headings"),
        (b"name\n", "has no lines"),
        (b"name\n\xff\xfe\n", "must be a CSV file in UTF-8"),
        (b'name\n"Cola\n', "must be a CSV file in UTF-8"),
        (b"name\n" + b"x\n" * 502, "must have at most 501 lines"),
        (b"name\nCola\x00\n", "is wrong. Nothing was changed."),
    ],
)
def test_what_is_no_file_of_goods(desk: Browser, floor: Floor, data: bytes, reason: str) -> None:
    assert reason in text_of(desk.send("file", data))
    assert goods(floor) == {}


def test_a_full_shop_takes_no_more(
    desk: Browser, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lanhouse.cafe.products.commands.MAX_PRODUCT", 1)
    told = text_of(desk.send("file", "name\nOne\nTwo\n"))
    assert "3 A centre can have at most 1 products." in told
    assert goods(floor) == {}
    assert limits.MAX_PRODUCT == 500


def test_only_who_may_change_goods(client: Client, floor: Floor) -> None:
    cashier = Browser(client, "staff7777")
    assert cashier.get(PAGE).status_code == 403
    assert cashier.send("file", FILE).status_code == 403
    assert goods(floor) == {}


def test_goods_of_another_centre(client: Client, desk: Browser, floor: Floor) -> None:
    other = Floor(floor.store, open_hall(floor.store, 7778))
    other.set(licence_password=hash_password("correct horse"))
    other.add_product("Cola", 9, price_micros=2 * EURO)
    other.add_product("Water", 9)
    floor.add_product("Water")
    wrong = desk.post(f"{PAGE}/other", {"license_name": "hall7778", "license_password": "battery"})
    assert wrong.status_code == 422
    assert set(goods(floor)) == {"Water"}
    form = {"license_name": "hall7778", "license_password": "correct horse"}
    told = text_of(desk.post(f"{PAGE}/other", form))
    assert "1 product was taken over." in told
    assert "Left out, because the name is in use here or parts are missing: Water" in told
    assert (goods(floor)["Cola"].quantity, goods(floor)["Cola"].values.price_micros) == (
        0,
        2 * EURO,
    )
    calls = floor.store.read_sync(
        lambda read: read.all(
            sa.select(audit_log.c.ids).where(
                audit_log.c.call.like("%/other"), audit_log.c.subject == "products"
            )
        )
    )
    assert [row.ids for row in calls] == [{"other_center_id": 7778}]
