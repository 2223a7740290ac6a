"""The panel's pages of payments: confirmed, cancelled, credited, given back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from lanhouse.db.store import Store
from lanhouse.jobs.tables import queue
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor
from tests.builders.nouns.payments import (
    API,
    notices,
    payments,
    tell,
    told,
    use_webhook,
    verify,
)
from tests.contract.pages.test_pages import Desk, text_of

LIST = "/panel/payments"


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    floor = open_floor(sqlite_store, pcs_count=1)
    use_webhook(floor)
    floor.add_member("ada")
    return floor


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


def begin(client: Client, amount: str = "20") -> int:
    body = {"member_account": "ada", "topup_amount": amount}
    return client.raw("POST", f"{API}/getTopupUrl", json=body).json()["order_no"]


def ada_of(floor: Floor) -> int:
    return payments(floor)[0].member_id


def test_confirm_and_cancel(client: Client, floor: Floor) -> None:
    desk = Desk(client, "staff7777")
    assert "No payment waits." in text_of(desk.get(LIST))
    first, second = begin(client), begin(client, "7.50")
    shown = text_of(desk.get(LIST))
    assert "20.00" in shown
    assert "7.50" in shown
    assert "/api/native/v1/" not in shown
    done = desk.post(f"{LIST}/{first}/confirm", {"key": "k1"})
    assert done.headers["hx-redirect"] == f"{LIST}/{first}?done=confirmed"
    assert desk.post(f"{LIST}/{first}/confirm", {"key": "k1"}).status_code == 200
    assert "is done already" in text_of(desk.post(f"{LIST}/{first}/confirm", {"key": "k2"}))
    page = text_of(desk.get(f"{LIST}/{first}?done=confirmed"))
    assert "confirmed by staff7777" in page
    assert "The payment is confirmed." in page
    desk.post(f"{LIST}/{second}/cancel", {"key": "k3", "reason": "<b>changed</b> his mind"})
    assert "<b>changed" not in desk.get(f"{LIST}/{second}").text
    assert "was cancelled" in text_of(desk.post(f"{LIST}/{second}/confirm", {"key": "k4"}))
    assert [row.status for row in payments(floor)] == ["done", "cancelled"]
    assert floor.money(ada_of(floor)) == (20 * EURO, 0)
    assert "No payment waits." in text_of(desk.get(LIST))
    assert "Cancelled" in text_of(desk.get(f"{LIST}?all=1"))
    # What comes for it all the same is credited, and flagged.
    assert tell(client, told(second, "7.50"))[1]["outcome"] == "late"
    assert floor.money(ada_of(floor)) == (27_500_000, 0)
    assert desk.get(f"{LIST}/99").status_code == 404
    assert desk.get(f"{LIST}/x").status_code == 404
    verify(floor)


def test_confirming_offers_a_shift(client: Client, floor: Floor) -> None:
    number = begin(client)
    floor.set(shift_required=True)
    desk = Desk(client, "staff7777")
    refused = desk.post(f"{LIST}/{number}/confirm", {"key": "k1"})
    assert "You have no open shift" in text_of(refused)
    assert payments(floor)[0].status == "pending"


def test_another_amount_is_credited_by_a_manager(client: Client, floor: Floor) -> None:
    number = begin(client)
    tell(client, told(number, "15.00"))
    tell(client, told("?", "3.00", "pay_2"))
    bob = floor.add_member("bob")
    assert Desk(client, "staff7777").get(f"{LIST}/notices").status_code == 403
    desk = Desk(client, "manager7777")
    listed = text_of(desk.get(f"{LIST}/notices"))
    assert "Another amount" in listed
    assert "Unknown order" in listed
    no_reason = desk.post(f"{LIST}/notices/1/credit", {"account": "", "reason": "", "key": "a"})
    assert "is required" in text_of(no_reason)
    unknown = desk.post(f"{LIST}/notices/2/credit", {"account": "", "reason": "x", "key": "b"})
    assert "is required" in text_of(unknown)
    nobody = desk.post(f"{LIST}/notices/2/credit", {"account": "zed", "reason": "x", "key": "c"})
    assert "Member not found" in text_of(nobody)
    done = desk.post(f"{LIST}/notices/1/credit", {"account": "", "reason": "he knows", "key": "d"})
    assert done.headers["hx-redirect"].endswith("?done=credited")
    again = desk.post(f"{LIST}/notices/1/credit", {"account": "", "reason": "he knows", "key": "e"})
    assert "Somebody has settled this already." in text_of(again)
    desk.post(f"{LIST}/notices/2/credit", {"account": "BOB", "reason": "his slip", "key": "f"})
    assert floor.money(ada_of(floor)) == (15 * EURO, 0)
    assert floor.money(bob) == (3 * EURO, 0)
    assert floor.till("qr") == 18 * EURO
    assert [row.state for row in notices(floor)] == ["credited", "credited"]
    # The order that it was meant for is called off.
    assert payments(floor)[0].status == "cancelled"
    assert "Everything that came fitted its order." in text_of(desk.get(f"{LIST}/notices"))
    assert "manager7777" in text_of(desk.get(f"{LIST}/notices/1"))
    verify(floor)


def test_what_the_service_cannot_give_back_is_noted(client: Client, floor: Floor) -> None:
    tell(client, told("?", "3.00"))
    desk = Desk(client, "manager7777")
    sent = desk.post(f"{LIST}/notices/1/refund", {"reason": "sent back", "key": "a"})
    assert sent.headers["hx-redirect"].endswith("?done=refunded")
    [row] = notices(floor)
    assert (row.state, row.reason, row.transfer_id) == ("refunded", "sent back", None)
    assert floor.till("qr") == 0
    assert floor.store.read_sync(lambda read: read.all(sa.select(queue))) == []
    assert desk.get(f"{LIST}/notices/9").status_code == 404
    verify(floor)


def test_another_currency_is_not_credited(client: Client, floor: Floor) -> None:
    begin(client)
    tell(client, {**told(1, "20.00"), "currency": "USD"})
    desk = Desk(client, "manager7777")
    page = desk.get(f"{LIST}/notices/1")
    assert "20.00 USD" in text_of(page)
    assert "/credit" not in page.text
    refused = desk.post(f"{LIST}/notices/1/credit", {"account": "ada", "reason": "x", "key": "a"})
    assert "It came in USD" in text_of(refused)
    assert floor.money(ada_of(floor)) == (0, 0)


def test_the_settings_page(client: Client, floor: Floor) -> None:
    desk = Desk(client, "admin7777")
    page = desk.get("/panel/settings/payment").text
    assert 'name="payment_notice_secret"' in page
    assert "notice key" not in page
    shown = client.ok("GET", "/configs")
    assert (shown["payment_notice_secret"], shown["payment_notice_secret_set"]) == ("", 1)
    assert (shown["stripe_secret_key"], shown["stripe_secret_key_set"]) == ("", 0)
    told_at = f"{client_base()}/api/native/v1/centers/7777/payments/notices/webhook"
    assert told_at in desk.get(LIST).text
    for key, value, reason in (
        ("qr_payload", "hello", "qr_payload: is not the text of a payment QR code"),
        ("payment_url", "https://{order_no}/", "payment_url: must name its server without braces"),
        (
            "payment_url",
            "http://pay.test/",
            "payment_url: must be an address that begins with https://",
        ),
    ):
        answer = client.refused("PUT", "/configs/paymentSettings", json={key: value})
        assert answer == (400, reason)


def client_base() -> str:
    return "http://127.0.0.1:8000"
