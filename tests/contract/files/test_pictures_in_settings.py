"""The centre's pictures among the settings of the café API, as data URIs (cafe-domain 15)."""

from __future__ import annotations

import io
from base64 import b64decode, b64encode
from typing import Any

import pytest
from PIL import Image

from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.people import bearer_of
from tests.contract.files.test_logo import png

KEYS = {
    "cafe_info_cafe_logo": 512,
    "cafe_info_member_logo": 512,
    "cafe_info_member_portal_logo_192": 192,
    "cafe_info_member_portal_logo_512": 512,
    "manual_topup_qr_code": 600,
}
NO_URI = "must be a picture such as data:image/png;base64,…"


def uri(data: bytes) -> str:
    return f"data:image/png;base64,{b64encode(data).decode()}"


def put(client: Client, **values: Any) -> Any:
    return client.ok("PUT", "/configs/centerSettings", json=values)


def test_pictures_are_put_up_made_anew_and_read_back(client: Client, hall: Hall) -> None:
    sent = uri(png(size=600) + b"<script>")
    now = put(client, **dict.fromkeys(KEYS, sent), free_time_minutes=4)
    assert now["free_time_minutes"] == 4
    assert client.ok("GET", "/configs") == now
    for key, side in KEYS.items():
        kept = b64decode(now[key].removeprefix("data:image/png;base64,"))
        assert b"script" not in kept
        with Image.open(io.BytesIO(kept)) as shown:
            assert (shown.format, shown.size) == ("PNG", (side, side))
        image = client.raw("GET", f"/api/v2/cafe/7777/memberNewsConfigImage/{key}")
        assert image.content == kept
    assert now["cafe_info_cafe_logo_update"] > 1_700_000_000
    assert now["cafe_info_member_logo_update"] > 1_700_000_000
    # Whoever sends back what was read changes nothing, and what is empty stays.
    assert put(client, **now) == now
    assert put(client, **dict.fromkeys(KEYS, "")) == now


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("cafe_info_cafe_logo", "https://a.example/logo.png", NO_URI),
        ("cafe_info_cafe_logo", "data:image/png;base64,###", NO_URI),
        ("cafe_info_cafe_logo", "data:text/html;base64,PGI+", NO_URI),
        ("cafe_info_member_logo", uri(b"no picture"), "must be a PNG, JPEG, WebP or GIF picture"),
        (
            "cafe_info_member_portal_logo_512",
            uri(png(size=200)),
            "must be square, with at least 512 pixels",
        ),
        ("manual_topup_qr_code", ["a", "b"], "must be a single value"),
    ],
)
def test_what_is_no_picture_changes_nothing(
    client: Client, hall: Hall, key: str, value: Any, reason: str
) -> None:
    before = client.ok("GET", "/configs")
    body = {key: value, "free_time_minutes": 5}
    told = client.refused("PUT", "/configs/clientSettings", json=body)
    assert told == (400, f"{key}: {reason}")
    assert client.ok("GET", "/configs") == before


def test_only_the_admin_and_only_in_his_own_centre(client: Client, hall: Hall) -> None:
    other = open_hall(hall.store, 8888)
    body = {"cafe_info_cafe_logo": uri(png(size=64))}
    for role in ("staff", "manager"):
        key = bearer_of(hall, role)
        assert client.refused("PUT", "/configs/centerSettings", json=body, key=key)[0] == 403
    put(client, **body)
    theirs = client.raw("GET", "/api/v2/cafe/8888/configs", key=other.api_key).json()["data"]
    assert theirs["cafe_info_cafe_logo"] == ""
