"""The centre's logo: put up by the Admin, seen by everybody, and nothing but a picture."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lanhouse.app import create_app
from lanhouse.db.store import Store
from lanhouse.kit.limits import BODY_BYTES_MAX, LOGO_BYTES_MAX
from lanhouse.settings import AppSettings
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.contract.pages.test_pages import Desk, text_of

PAGE = "/panel/settings/logo"
CALL = "/configs/action/centerLogo"


def png(colour: str = "red", size: int = 20) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def halls(sqlite_store: Store) -> tuple[Hall, Hall]:
    return open_hall(sqlite_store), open_hall(sqlite_store, 7778)


@pytest.fixture
def client(halls: tuple[Hall, Hall], tmp_path: Path) -> Iterator[Client]:
    settings = AppSettings(data_dir=tmp_path, api_rate_per_minute=0)
    app = create_app(settings, halls[0].store, with_ticker=False)
    with Client(app, key=halls[0].api_key, base="/api/v2/cafe/7777") as opened:
        yield opened


class Browser(Desk):
    """A desk that sends files."""

    def send(self, data: bytes, name: str = "logo") -> Any:
        self.post("/panel/settings/none", {})  # fetches the form's secret
        headers = {"Cookie": self.cookie, "X-CSRF-Token": self.csrf, "HX-Request": "true"}
        sent = {name: ("evil.html", data, "text/html")}
        return self._client.raw("POST", PAGE, files=sent, headers=headers)


def logo_of(client: Client, **headers: str) -> Any:
    return client.raw("GET", f"/api/v2/cafe/7777{CALL}", headers=headers)


def test_without_a_logo_the_call_is_404_and_pages_show_ours(client: Client) -> None:
    assert client.refused("GET", CALL) == (404, "There is no logo.")
    ours = client.raw("GET", "/logo/hall7777", key="")
    assert ours.status_code == 302
    assert ours.headers["location"].startswith("/static/img/logo.svg")
    assert client.raw("GET", "/logo/nobody", key="").status_code == 302


def test_a_logo_is_made_anew_and_served_to_be_shown_only(client: Client) -> None:
    desk = Browser(client, "admin7777")
    page = desk.send(png() + b"<script>alert(1)</script>")
    assert page.status_code == 200
    answer = logo_of(client)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert b"script" not in answer.content
    with Image.open(io.BytesIO(answer.content)) as shown:
        assert (shown.size, shown.getpixel((1, 1))[:3]) == ((20, 20), (255, 0, 0))
    etag = answer.headers["etag"]
    again = logo_of(client, **{"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    # Pages show the same one.
    seen = client.raw("GET", "/logo/hall7777", key="")
    assert (seen.content, seen.headers["cache-control"]) == (answer.content, "public, no-cache")
    url = f"/files/{etag.strip(chr(34))}"
    assert url in page.text
    kept = client.raw("GET", url, key="")
    assert kept.content == answer.content
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert client.raw("GET", url, key="", headers={"If-None-Match": etag}).status_code == 304
    assert client.raw("GET", "/files/7777-0", key="").status_code == 404


def test_another_logo_has_another_etag_and_none_is_none_again(client: Client) -> None:
    desk = Browser(client, "admin7777")
    desk.send(png("red"))
    first = logo_of(client).headers["etag"]
    desk.send(png("blue"))
    second = logo_of(client, **{"If-None-Match": first})
    assert second.status_code == 200
    assert second.headers["etag"] != first
    assert desk.post(f"{PAGE}/remove", {}).status_code == 200
    assert client.refused("GET", CALL) == (404, "There is no logo.")


def test_a_logo_belongs_to_its_centre(client: Client, halls: tuple[Hall, Hall]) -> None:
    Browser(client, "admin7777").send(png())
    assert client.refused("GET", CALL, key=halls[1].api_key)[0] == 401
    other = client.raw("GET", f"/api/v2/cafe/7778{CALL}", key=halls[1].api_key)
    assert other.json()["code"] == 404
    assert client.raw("GET", "/logo/hall7778", key="").status_code == 302


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is required"),
        (b"hello", "must be a PNG, JPEG, WebP or GIF picture"),
        (b"<svg onload='1'/>", "is a drawing (SVG), which can hold programs"),
        (png(size=5000), "has 5000 x 5000 pixels"),
    ],
)
def test_what_is_no_logo_changes_nothing(client: Client, data: bytes, reason: str) -> None:
    desk = Browser(client, "admin7777")
    desk.send(png())
    before = logo_of(client).headers["etag"]
    refused = desk.send(data)
    assert 'aria-invalid="true"' in refused.text
    assert reason in text_of(refused)
    assert logo_of(client).headers["etag"] == before


def test_only_the_admin_puts_one_up(client: Client) -> None:
    for account in ("staff7777", "manager7777"):
        desk = Browser(client, account)
        assert desk.get(PAGE).status_code == 403
        assert desk.send(png()).status_code == 403
    assert client.refused("GET", CALL)[0] == 404


def test_an_upload_may_be_larger_than_a_call_but_has_its_own_end(client: Client) -> None:
    desk = Browser(client, "admin7777")
    padded = png() + b"\0" * (BODY_BYTES_MAX + 1)
    assert desk.send(padded).status_code == 200
    over = desk.send(png() + b"\0" * LOGO_BYTES_MAX)
    assert over.status_code == 400
    assert f"must be at most {LOGO_BYTES_MAX} bytes" in over.text
    # Everybody else's limit is what it was.
    body = {"kind": "x" * BODY_BYTES_MAX}
    other = client.raw("POST", "/api/native/v1/jobs", json=body)
    assert f"must be at most {BODY_BYTES_MAX} bytes" in other.text
