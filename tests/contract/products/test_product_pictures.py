"""What a product looks like: put up, shown in the list and on the wire, and taken down."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.contract.files.test_logo import png
from tests.contract.pages.test_pages import Desk, text_of

NATIVE = "/api/native/v1/products"


class Browser(Desk):
    """A desk that sends pictures."""

    def put(self, product_id: int, data: bytes) -> Any:
        self.post("/panel/settings/none", {})  # fetches the form's secret
        headers = {"Cookie": self.cookie, "X-CSRF-Token": self.csrf, "HX-Request": "true"}
        sent = {"picture": ("x", data, "image/png")}
        path = f"/panel/products/{product_id}/picture"
        return self._client.raw("POST", path, files=sent, headers=headers)


def cola(client: Client) -> int:
    made = client.raw("POST", NATIVE, json={"name": "Cola", "price": "2.5"})
    assert made.status_code == 200, made.text
    assert made.json()["picture_url"] == ""
    return made.json()["id"]


def test_a_picture_is_shown_where_the_product_is(client: Client, hall: Hall) -> None:
    product_id = cola(client)
    desk = Browser(client, "manager7777")
    part = desk.put(product_id, png(size=900) + b"<script>")
    assert part.status_code == 200
    shown = client.raw("GET", f"{NATIVE}/{product_id}").json()
    url = shown["picture_url"]
    assert url.startswith("/files/7777-")
    assert url in part.text
    picture = client.raw("GET", url, key="")
    assert picture.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert b"script" not in picture.content
    with Image.open(io.BytesIO(picture.content)) as made:
        assert (made.format, made.size) == ("PNG", (480, 480))
    etag = picture.headers["etag"]
    assert client.raw("GET", url, key="", headers={"If-None-Match": etag}).status_code == 304
    row = client.ok("GET", f"/products/p-{product_id}")
    assert (row["product_has_image"], row["has_image"]) == (1, 1)
    assert f'src="{url}"' in desk.get("/panel/products").text
    assert f'src="{url}"' in desk.get("/panel/shop").text
    assert f'src="{url}"' in desk.get(f"/panel/products/{product_id}").text
    # Whoever changes the product keeps its picture.
    changed = {"name": "Cola 0.5", "price": "3"}
    kept = client.raw("PUT", f"{NATIVE}/{product_id}", json=changed).json()
    assert (kept["name"], kept["picture_url"]) == ("Cola 0.5", url)
    assert desk.post(f"/panel/products/{product_id}/picture/remove", {}).status_code == 200
    assert client.raw("GET", f"{NATIVE}/{product_id}").json()["picture_url"] == ""
    assert client.ok("GET", f"/products/p-{product_id}")["product_has_image"] == 0


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "is required"), (b"<svg/>", "is a drawing (SVG)"), (b"MZ", "must be a PNG, JPEG")],
)
def test_what_is_no_picture_changes_nothing(
    client: Client, hall: Hall, data: bytes, reason: str
) -> None:
    product_id = cola(client)
    desk = Browser(client, "manager7777")
    assert reason in text_of(desk.put(product_id, data))
    assert client.raw("GET", f"{NATIVE}/{product_id}").json()["picture_url"] == ""


def test_only_who_may_and_only_ones_own(client: Client, hall: Hall) -> None:
    open_hall(hall.store, 7778)
    product_id = cola(client)
    assert Browser(client, "staff7777").put(product_id, png()).status_code == 403
    other = Browser(client, "admin7778", center="7778")
    assert other.put(product_id, png()).status_code == 404
    assert client.raw("GET", f"{NATIVE}/{product_id}").json()["picture_url"] == ""
