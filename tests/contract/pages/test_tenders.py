"""The desk offers the ways to pay that the centre takes, and no others."""

from __future__ import annotations

import re

import httpx
import pytest

from lanhouse.kit import clock
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.contract.pages.test_pages import Desk, client, desk, floor, hidden_fields

__all__ = ["client", "desk", "floor"]

CASH, CARD, QR = "payment_method_cash", "payment_method_credit_card", "payment_method_qr"


def refuse(client: Client, floor: Floor, *switches: str) -> None:
    """Switch ways to pay off, as another browser does."""
    path = f"/api/v2/cafe/{floor.hall.center_id}/configs/paymentSettings"
    client.call("PUT", path, json=dict.fromkeys(switches, 0), key=floor.hall.api_key)


def tenders(page: httpx.Response) -> list[tuple[str, bool]]:
    """The choices, and which one is chosen."""
    found = re.findall(r'<input[^>]*name="payment"[^>]*>', page.text)
    return [(re.search(r'value="(\w+)"', one)[1], " checked" in one) for one in found]  # type: ignore[index]


@pytest.mark.parametrize("address", ["/panel/computers/start?pc=PC01", "/panel/members/top-up"])
def test_a_sale_offers_what_is_taken_and_chooses_the_first(
    client: Client, desk: Desk, floor: Floor, address: str
) -> None:
    assert tenders(desk.get(address)) == [("cash", True), ("card", False), ("qr", False)]
    refuse(client, floor, CASH)
    assert tenders(desk.get(address)) == [("card", True), ("qr", False)]


def test_a_check_out_too(client: Client, desk: Desk, floor: Floor, freeze: clock.frozen) -> None:
    floor.guest("postpaid", "PC01")
    freeze.advance(3600)
    refuse(client, floor, CASH, CARD)
    assert tenders(desk.get("/panel/computers/check-out?pc=PC01")) == [("qr", True)]


def test_an_older_page_that_pays_by_what_is_off_is_told(
    client: Client, desk: Desk, floor: Floor
) -> None:
    form = hidden_fields(desk.get("/panel/computers/start?pc=PC01"))
    refuse(client, floor, CASH)
    sale = {**form, "kind": "guest", "amount": "3", "payment": "cash"}
    told = desk.post("/panel/computers/start", sale)
    assert told.status_code == 400
    assert "is cash, which the settings of the centre do not take" in told.text
    assert tenders(told)[0] == ("card", True)
    assert (floor.till(), floor.is_busy("PC01")) == (0, False)
    assert "data-done" in desk.post("/panel/computers/start", {**sale, "payment": "card"}).text
    assert floor.till("card") == 3 * EURO


def test_without_a_way_to_pay_only_what_is_paid_later_is_begun(
    client: Client, desk: Desk, floor: Floor
) -> None:
    floor.add_offer("3 hours", 600)
    refuse(client, floor, CASH, CARD, QR)
    page = desk.get("/panel/computers/start?pc=PC01").text
    kinds = re.findall(r'name="kind"[^>]*value="(\w+)"', page)
    assert "postpaid" in kinds
    assert not {"guest", "package"} & set(kinds)
