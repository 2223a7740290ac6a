"""What the desk is shown of quick sums, card prices, further players, and other currencies."""

from __future__ import annotations

import html
import json
import re

import pytest

from lanhouse.cafe.centers.commands import CurrencyChoice, choose_currency
from lanhouse.kit import clock
from lanhouse.kit.money import MICROS
from tests.builders.client import Client
from tests.builders.floor import Floor
from tests.contract.pages.test_pages import Desk, client, desk, floor, hidden_fields

__all__ = ["client", "desk", "floor"]

START = "/panel/computers/start?pc=PC01"
CHECK_OUT = "/panel/computers/check-out"


def text(page: str) -> str:
    """The words of a page, between single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_quick_sums_fill_the_field(desk: Desk, floor: Floor) -> None:
    floor.set(price_button=json.dumps([{"min": "45"}, {"money": "7.00"}]))
    page = desk.get(START).text
    found = re.findall(r'data-set="amount" data-value="([\d.]+)"', page)
    assert found == ["2.25", "7.00"]  # 3.00 an hour


def test_the_sum_of_a_check_out_follows_the_tender(
    desk: Desk, floor: Floor, freeze: clock.frozen
) -> None:
    floor.set(credit_card_price_rate=110)
    floor.guest("postpaid", "PC01")
    freeze.advance(3600)
    by_cash = hidden_fields(desk.get(f"{CHECK_OUT}?pc=PC01"))
    by_card = hidden_fields(desk.get(f"{CHECK_OUT}?pc=PC01&payment=card"))
    assert (by_cash["due"], by_card["due"]) == ("3000000", "3300000")
    # The sum for cash, sent with a card, is shown anew and takes nothing.
    told = desk.post(CHECK_OUT, {**by_cash, "payment": "card"})
    assert told.status_code == 409
    assert floor.till("card") == 0
    assert "by card 110" in text(told.text)
    assert "data-done" in desk.post(CHECK_OUT, {**by_card, "payment": "card"}).text
    assert floor.till("card") == 3_300_000


def test_a_check_out_without_a_card_price_asks_nothing_anew(desk: Desk, floor: Floor) -> None:
    floor.guest("postpaid", "PC01")
    assert 'hx-trigger="change"' not in desk.get(f"{CHECK_OUT}?pc=PC01").text


def test_a_console_asks_how_many_play(
    client: Client, desk: Desk, floor: Floor, freeze: clock.frozen
) -> None:
    floor.add_pc("PS1", console_type=5)
    assert 'name="players"' not in desk.get("/panel/computers/start?pc=PS1").text
    path = f"/api/v2/cafe/{floor.hall.center_id}/configs/paymentSettings"
    client.call("PUT", path, json={"extra_player_price": 1}, key=floor.hall.api_key)
    assert 'name="players"' not in desk.get(START).text
    page = desk.get("/panel/computers/start?pc=PS1&players=3")
    assert 'name="players"' in page.text
    # 3.00 for one and 1.00 for each of two more: the quick sums say so too.
    assert re.findall(r'data-set="amount" data-value="([\d.]+)"', page.text)[1] == "5.00"
    sale = {**hidden_fields(page), "kind": "guest", "amount": "5", "payment": "cash"}
    assert "data-done" in desk.post("/panel/computers/start", {**sale, "players": "3"}).text
    session = floor.session(floor.session_ids()[0])
    assert session.segments[0].tariff.players == 3
    assert session.expires_at is not None
    assert (session.expires_at - session.started_at).total_seconds() == 3600
    told = desk.post(
        "/panel/computers/start",
        {**hidden_fields(desk.get(START)), "kind": "guest", "amount": "4", "players": "2"},
    )
    assert told.status_code == 400
    assert not floor.is_busy("PC01")


def test_yen_are_whole_from_the_button_to_the_receipt(
    client: Client, desk: Desk, floor: Floor, freeze: clock.frozen
) -> None:
    floor.run(choose_currency, CurrencyChoice(floor.hall.center_id, "JPY"))
    floor.set_price(40_050)
    page = desk.get(START)
    assert re.findall(r'data-set="amount" data-value="([\d.]+)"', page.text)[:2] == ["200", "401"]
    sale = {**hidden_fields(page), "kind": "guest", "payment": "cash"}
    told = desk.post("/panel/computers/start", {**sale, "amount": "400.5"})
    assert told.status_code == 400
    assert "This currency has no digits after the point" in told.text
    assert not floor.is_busy("PC01")
    assert "data-done" in desk.post("/panel/computers/start", {**sale, "amount": "401"}).text
    freeze.advance(1800)
    out = hidden_fields(desk.get(f"{CHECK_OUT}?pc=PC01"))
    assert out["due"] == str(-201 * MICROS)
    assert "data-done" in desk.post(CHECK_OUT, {**out, "back": ""}).text
    receipt = text(desk.get(f"/panel/receipts/{floor.session_ids()[0]}").text)
    assert "¥200" in receipt
    assert "¥201" in receipt
    assert "¥200." not in receipt


@pytest.mark.parametrize(
    ("currency", "given"),
    [
        ("EUR", ["150.00", "200.00", "500.00"]),
        ("JPY", ["150", "500", "1000", "2000", "5000"]),
    ],
)
def test_the_shop_offers_the_notes_of_its_currency(
    desk: Desk, floor: Floor, currency: str, given: list[str]
) -> None:
    """As a check-out does: those with which the sum may be paid, the smallest first."""
    floor.run(choose_currency, CurrencyChoice(floor.hall.center_id, currency))
    floor.add_product("Ramune", 9, price_micros=150 * MICROS)
    page = desk.get("/panel/shop/pay?item[1]=1").text
    assert re.findall(r'data-set="received" data-value="([\d.]+)"', page) == given
