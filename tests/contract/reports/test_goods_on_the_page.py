"""The reports page about goods: what was sold with its margin, and what runs low."""

from __future__ import annotations

import pytest

from lanhouse.cafe.orders.commands.giving_back import RefundOrder, refund_order
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.sheets import csv_rows
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import CENT, DESK, EURO, Floor, open_floor
from tests.builders.nouns.orders import place, verify
from tests.contract.pages.test_pages import Desk, text_of

URL = "/panel/reports"


@pytest.fixture
def floor(store: Store, freeze: clock.frozen) -> Floor:
    assert freeze is not None
    return open_floor(store)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


@pytest.fixture
def desk(client: Client, hall: Hall) -> Desk:
    return Desk(client, hall.staff["manager"])


def part(text: str, start: str, end: str) -> str:
    """The words of a card."""
    return text.partition(start)[2].partition(end)[0]


def test_goods_with_their_margin(desk: Desk, floor: Floor) -> None:
    floor.set(
        tax1_percentage_micros=25 * EURO,
        tax_included_in_price=True,
        payment_method_pay_later=True,
    )
    # A piece costs a third of a cent more than 1.00: 5 pieces are 5.02 and not 5 × 1.00.
    cola = floor.add_product("Cola", 20, price_micros=5 * EURO, cost_micros=1_003_334)
    pin = floor.add_product("Pin", 20, coin_price_micros=7 * EURO, cost_micros=EURO)
    dear = floor.add_product("Dear", 20, price_micros=EURO, cost_micros=2 * EURO)
    ada = floor.add_member("ada", balance=20 * EURO)
    floor.give(ada, 10 * EURO, "coin", "coin_issued")
    place(floor, {cola: 5, dear: 1})
    place(floor, {pin: 1}, payment="coin", member_id=ada)
    place(floor, {cola: 1}, payment="later", member_id=ada)  # nobody has paid it
    given = place(floor, {cola: 2}, payment="card").order_id
    cmd = RefundOrder(
        center=floor.center, actor=DESK, order_id=given, pieces={1: 1}, reason="broken"
    )
    floor.run(refund_order, cmd)
    text = text_of(desk.get(URL))
    # 5 and 1 colas stay sold: 24.00 without tax, less 5.02 and 1.00.
    assert "Cola 7 €5.00 €30.00 €17.98" in text
    assert "Dear 1 €0.00 €1.00 −€1.20" in text
    assert "Pin 1 €0.00 €0.00 €0.00" in text
    assert "Together 9 €5.00 €31.00 €16.78" in text
    lines = [list(row) for row in csv_rows(desk.get(f"{URL}.csv?table=goods").text)]
    assert lines == [
        ["name", "pieces", "sold", "given_back", "margin"],
        ["Cola", "7", "30.00", "5.00", "17.98"],
        ["Pin", "1", "0.00", "0.00", "0.00"],
        ["Dear", "1", "1.00", "0.00", "-1.20"],
    ]
    verify(floor)


def test_a_long_period_is_not_added_up(desk: Desk, floor: Floor) -> None:
    place(floor, {floor.add_product("Cola", 20, price_micros=5 * EURO): 1})
    days = f"{URL}?period=days&date_end=2026-03-04&date_start="
    assert "Cola 1 €0.00 €5.00" in text_of(desk.get(f"{days}2026-02-02"))
    text = text_of(desk.get(f"{days}2026-02-01"))
    assert "Shown for at most 31 days." in text
    assert "Cola 1" not in text


def test_what_runs_low_or_is_gone_leads_to_the_goods(desk: Desk, floor: Floor) -> None:
    floor.add_product("Enough", 4, low_stock_at=3)
    floor.add_product("Low <b>", 3, low_stock_at=3)
    gone = floor.add_product("Gone", 0)
    floor.add_product("Endless", 0, is_unlimited=True)
    floor.add_product("Not on sale", 0, is_active=False)
    page = desk.get(f"{URL}?period=yesterday")
    text = part(text_of(page), "Look at these", "PCs best earners")
    assert "Gone Sold out 0 Low <b> 3 left 3 2 products run low or are sold out" in text
    for name in ("Enough", "Endless", "Not on sale"):
        assert name not in text
    assert f'<a href="/panel/products/{gone}">Gone</a>' in page.text
    assert '<a href="/panel/products?stock=low">' in page.text
    assert "Low <b>" not in page.text


def test_nothing_runs_low(desk: Desk, floor: Floor) -> None:
    floor.add_product("Enough", 4, low_stock_at=3)
    text = text_of(desk.get(URL))
    assert "There is enough of everything." in text
    assert "No goods were sold." in text


def test_another_centre_sees_nothing_of_it(client: Client, floor: Floor) -> None:
    cola = floor.add_product("Cola", 1, price_micros=150 * CENT, low_stock_at=3)
    place(floor, {cola: 1})
    open_hall(floor.store, 7778)
    other = Desk(client, "manager7778", "7778")
    text = text_of(other.get(URL))
    assert "Cola" not in text
    assert "There is enough of everything." in text
    assert "Cola" not in other.get(f"{URL}.csv?table=goods").text
