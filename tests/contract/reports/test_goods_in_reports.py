"""Goods in reportData and in a shift's detail: every figure by hand (cafe-domain 11)."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.cafe.orders.commands.giving_back import RefundOrder, refund_order
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import CENT, DESK, EURO, Floor, open_floor
from tests.builders.nouns.orders import place, verify


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


def report(client: Client) -> Any:
    return client.ok("GET", "/reports/reportData?date_start=2026-03-04&date_end=2026-03-04")


def test_goods_in_every_line_of_the_report(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    floor.set(tax1_percentage_micros=25 * EURO, tax_included_in_price=True)
    cola = floor.add_product("Cola", 20, price_micros=5 * EURO, cost_micros=EURO)
    pin = floor.add_product("Pin", 20, coin_price_micros=7 * EURO, cost_micros=EURO)
    ada = floor.add_member("ada", balance=20 * EURO)
    floor.give(ada, 10 * EURO, "coin", "coin_issued")
    before = report(client)
    place(floor, {cola: 3})
    place(floor, {cola: 2}, payment="card")
    place(floor, {cola: 1}, payment="balance", member_id=ada)
    place(floor, {pin: 1}, payment="coin", member_id=ada)
    given = place(floor, {cola: 2}).order_id
    cmd = RefundOrder(
        center=floor.center, actor=DESK, order_id=given, pieces={1: 1}, reason="broken"
    )
    floor.run(refund_order, cmd)
    now = report(client)
    sale = now["sale"]
    # 8 colas: 40.00 of which 8.00 tax; 35.00 in money; they cost 8.00.
    assert sale["product"] == {"number": 5, "cost": 8, "tax": 8, "total": 40, "profit": 19}
    assert {
        name: sale[name]["total"] for name in ("cash", "credit_card", "by_balance", "coin")
    } == {
        "cash": 25,
        "credit_card": 10,
        "by_balance": 5,
        "coin": 7,
    }
    assert now["refund"]["sale"]["product"] == {"number": 1, "amount": 5}
    assert now["refund"]["sale"]["cash"] == {"number": 1, "amount": 5}
    income = now["income"]
    assert income["cash"] - before["income"]["cash"] == 20
    assert (income["credit_card"], income["by_balance"], income["coin"]) == (10, 5, 7)
    # One cola came back, and with it its tax and its cost.
    assert (income["tax"], income["cost"]) == (7, 7)
    assert income["profit"] - before["income"]["profit"] == 20 + 10 - 7 - 7
    assert now["topup"] == before["topup"]
    assert now["product_sales_items"] == [
        {"product_name": "Cola", "order_number": 8, "order_total": 40, "order_refunded": 5},
        {"product_name": "Pin", "order_number": 1, "order_total": 0, "order_refunded": 0},
    ]
    chart = client.ok(
        "GET", "/reports/reportChart?date_start=2026-03-04&date_end=2026-03-04&chart_type=income"
    )
    sums = {series["name"]: sum(series["data"]) for series in chart["series"]}
    assert sums["Profit"] == income["profit"]
    verify(floor)


def test_the_chart_of_goods_has_a_series_for_each_group(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    """As the documents show it ("Drink"); what is gone with its group counts as Default."""
    floor.set(payment_method_pay_later=True)
    drinks, snacks = floor.add_product_group("Drink"), floor.add_product_group("Snack")
    cola = floor.add_product("Cola", 20, price_micros=2 * EURO, group_id=drinks)
    chips = floor.add_product("Chips", 20, price_micros=3 * EURO, group_id=snacks)
    pen = floor.add_product("Pen", 20, price_micros=EURO)
    place(floor, {cola: 2, chips: 1})
    place(floor, {pen: 1}, payment="card")
    place(floor, {cola: 5}, payment="later", member_id=floor.add_member("ada"))

    def chart(**more: str) -> dict[str, int]:
        days = {"date_start": "2026-03-01", "date_end": "2026-03-04", "chart_type": "product"}
        found = client.ok("GET", "/reports/reportChart", params=days | more)
        assert found["categories"][-1] == "2026-03-04"
        assert all(not any(series["data"][:-1]) for series in found["series"])
        return {series["name"]: series["data"][-1] for series in found["series"]}

    assert chart() == {"Offers": 0, "Default": 1, "Drink": 4, "Snack": 3}
    assert chart(log_staff_name="nobody")["Drink"] == 0
    client.ok("DELETE", f"/products/{chips}")
    client.ok("DELETE", f"/productGroups/{snacks}")
    assert chart() == {"Offers": 0, "Default": 4, "Drink": 4}
    assert report(client)["product_group_list"] == [
        {"product_group_id": -1, "product_group_name": "Offers"},
        {"product_group_id": 1, "product_group_name": "Default"},
        {"product_group_id": drinks, "product_group_name": "Drink"},
    ]


def test_goods_in_the_detail_of_a_shift(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    kim = floor.hire("kim")
    shift_id = floor.open_shift(kim, floor.add_till(), 10)
    cola = floor.add_product("Cola", 20, price_micros=150 * CENT)
    place(floor, {cola: 2}, actor=kim)
    place(floor, {cola: 1}, payment="card", actor=kim)
    detail = client.ok("GET", f"/reports/shiftDetail/-{shift_id}")
    assert (detail["shop_cash_amount"], detail["shop_card_amount"]) == ("3.00", "1.50")
    sold = {"product_name": "Cola", "sold": 3, "cash": "3.00", "stock": 17}
    assert detail["shop_sales"] == [sold]
    floor.count(kim, shift_id, 13 * EURO)
    floor.close_shift(kim, shift_id)
    freeze.advance(60)
    place(floor, {cola: 4})
    closed = client.ok("GET", f"/reports/shiftDetail/{shift_id}")
    # As it was at the close, whatever was sold since.
    assert (closed["cash"], closed["shop_sales"]) == ("3.00", [sold])
    verify(floor)
