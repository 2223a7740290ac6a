"""The house itself takes payments: its own code with the amount in it, or its picture."""

from __future__ import annotations

import base64
from io import BytesIO
from urllib.parse import unquote

import pytest
from PIL import Image

from lanhouse.db.store import Store
from lanhouse.kit.merchant_qr import checksum
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor
from tests.builders.nouns.payments import API, payments, verify

TEXT = "00020101021126150011com.example5204799953039785802DE5904Hall6006Berlin6304"


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, pcs_count=1)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


def test_a_code_with_the_amount(client: Client, floor: Floor) -> None:
    ada = floor.add_member("ada")
    body = {"payment_gateway": "manual", "mini_qr_payment": 5}
    client.ok("PUT", "/configs/paymentSettings", json=body)
    ask = {"member_account": "ada", "topup_amount": "12.30"}

    def begin() -> dict[str, object]:
        return client.raw("POST", f"{API}/getTopupUrl", json=ask).json()

    assert begin()["message"] == "QR top-up is not available"
    client.ok("PUT", "/configs/paymentSettings", json={"qr_payload": TEXT + checksum(TEXT)})
    begun = begin()
    assert (begun["result"], begun["type"], begun["amount"]) == (0, "manual", "12.30")
    payload = str(begun["payment_url"])
    assert "540512.30" in payload
    assert "62070503LH1" in payload
    assert checksum(payload[:-4]) == payload[-4:]
    assert unquote(str(begun["url"])).startswith("data:image/svg+xml")
    ask["topup_amount"] = "4.99"
    assert begin()["message"] == "topup_amount: must be at least 5.00"
    assert client.ok("POST", "/manual/pay", json={"order_no": 1})["order_status"] == 2
    assert floor.money(ada) == (12_300_000, 0)
    assert floor.till("qr") == 12_300_000
    verify(floor)


def test_its_picture_as_it_is(client: Client, floor: Floor) -> None:
    floor.add_member("ada")
    picture = BytesIO()
    Image.new("RGB", (40, 40), "white").save(picture, "PNG")
    data = f"data:image/png;base64,{base64.b64encode(picture.getvalue()).decode()}"
    client.ok(
        "PUT",
        "/configs/paymentSettings",
        json={"payment_gateway": "manual", "manual_topup_qr_code": data},
    )
    body = {"member_account": "ada", "topup_amount": "5"}
    begun = client.raw("POST", f"{API}/getTopupUrl", json=body).json()
    assert (begun["result"], begun["payment_url"]) == (0, "")
    assert begun["url"].startswith("/files/")
    assert client.raw("GET", begun["url"], key="").status_code == 200
    assert payments(floor)[0].amount_micros == 5 * EURO
