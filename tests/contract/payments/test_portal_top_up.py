"""The portal's Top-Up: amount, code, confirmation; without a script, too."""

from __future__ import annotations

import re

import pytest

from lanhouse.db.store import Store
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor
from tests.builders.nouns.payments import payments, tell, told, use_webhook, verify
from tests.builders.phone import Phone
from tests.contract.pages.test_pages import text_of

PAGE = "/portal/hall7777/top-up"


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, pcs_count=1)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


def test_from_amount_to_confirmation(client: Client, floor: Floor) -> None:
    ada = floor.add_member("ada")
    phone = Phone(client, floor, ada)
    assert "Top-Up" not in text_of(phone.get("/portal/hall7777/account"))
    assert "QR top-up is not available" in text_of(phone.get(PAGE))
    assert "<form" not in phone.get(PAGE).text.partition("<main")[2].partition("</main")[0]
    assert "QR top-up is not available" in text_of(phone.post(PAGE, {"amount": "5"}))
    use_webhook(floor)
    # The sign-in of before remembers the centre's settings for a second.
    phone = Phone(client, floor, ada)
    assert f'href="{PAGE}"' in phone.get("/portal/hall7777/account").text
    form = phone.get(PAGE)
    key = re.search(r'name="key" value="([^"]+)"', form.text)
    assert key is not None
    for wrong, reason in (
        ({}, "is required"),
        ({"amount": "0.50"}, "must be at least 1.00"),
        ({"amount": "<script>"}, "This is not an amount"),
        ({"amount": "5", "promo_code": "X"}, "does not exist"),
    ):
        refused = phone.post(PAGE, {**wrong, "key": f"w{reason}"[:40]})
        assert refused.status_code == 400, wrong
        assert reason in text_of(refused)
        assert "<script>" not in refused.text.partition("<main")[2]
    sent = {"quick": "20", "amount": "", "key": key[1]}
    began = phone.post(PAGE, sent)
    assert (began.status_code, began.headers["location"]) == (303, f"{PAGE}/1")
    # "Back" and the button once more: the same payment.
    assert phone.post(PAGE, sent).headers["location"] == f"{PAGE}/1"
    assert len(payments(floor)) == 1
    waits = phone.get(f"{PAGE}/1")
    assert "Waiting for the payment" in text_of(waits)
    assert "https://pay.test/p?n=1&amp;a=20" in waits.text
    assert '<noscript><meta http-equiv="refresh"' in waits.text
    assert phone.get(f"{PAGE}/1/state").json() == {"status": "pending"}
    tell(client, told(1, "20.00"))
    assert phone.get(f"{PAGE}/1/state").json() == {"status": "done"}
    done = phone.get(f"{PAGE}/1")
    assert "Paid. It is on your balance." in text_of(done)
    assert "refresh" not in done.text.partition("</head>")[0]
    assert floor.money(ada) == (20 * EURO, 0)
    verify(floor)


def test_cancel_and_other_people(client: Client, floor: Floor) -> None:
    use_webhook(floor)
    ada, bob = floor.add_member("ada"), floor.add_member("bob")
    phone, other = Phone(client, floor, ada), Phone(client, floor, bob)
    phone.post(PAGE, {"amount": "7.50", "key": "k"})
    assert other.get(f"{PAGE}/1").status_code == 404
    assert other.get(f"{PAGE}/1/state").status_code == 404
    assert other.post(f"{PAGE}/1/cancel", {}).status_code == 404
    foreign = phone.post(f"{PAGE}/1/cancel", {}, Origin="https://evil.test")
    assert foreign.status_code == 403
    assert client.raw("POST", f"{PAGE}/1/cancel", key="").status_code == 303
    assert client.raw("POST", PAGE, data={"amount": "5"}, key="").status_code == 303
    elsewhere = PAGE.replace("hall7777", "hall7778")
    assert phone.post(elsewhere, {"amount": "5"}).status_code == 303
    assert [row.status for row in payments(floor)] == ["pending"]
    assert phone.post(f"{PAGE}/1/cancel", {}).headers["location"] == f"{PAGE}/1"
    assert [row.status for row in payments(floor)] == ["cancelled"]
    assert "was cancelled or not paid in time" in text_of(phone.get(f"{PAGE}/1"))
    assert phone.post(f"{PAGE}/1/cancel", {}).status_code == 303
