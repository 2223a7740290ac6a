"""The centre's other pictures: put up by the Admin, answered by key, shown where they belong."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from tests.builders.centers import PASSWORD, Hall, password_hash
from tests.builders.client import Client
from tests.builders.floor import Floor
from tests.contract.files.test_logo import png
from tests.contract.pages.test_pages import Desk, text_of

PAGE = "/panel/settings/logo"
PATHS = {
    "cafe_info_member_logo": "member",
    "cafe_info_member_portal_logo_192": "portal-192",
    "cafe_info_member_portal_logo_512": "portal-512",
    "manual_topup_qr_code": "topup-code",
}


class Browser(Desk):
    """A desk that puts pictures up."""

    def put(self, path: str, data: bytes) -> Any:
        self.post("/panel/settings/none", {})  # fetches the form's secret
        headers = {"Cookie": self.cookie, "X-CSRF-Token": self.csrf, "HX-Request": "true"}
        sent = {"picture": ("picture", data, "image/png")}
        return self._client.raw("POST", f"{PAGE}/{path}", files=sent, headers=headers)


def image(client: Client, key: str, **headers: str) -> Any:
    path = f"/api/v2/cafe/7777/memberNewsConfigImage/{key}"
    return client.raw("GET", path, headers=headers)


@pytest.mark.parametrize("key", PATHS)
def test_a_picture_is_answered_under_its_key(client: Client, hall: Hall, key: str) -> None:
    assert image(client, key).json()["code"] == 404
    desk = Browser(client, "admin7777")
    assert desk.put(PATHS[key], png(size=600) + b"<script>").status_code == 200
    answer = image(client, key)
    assert answer.headers["content-type"] == "image/png"
    assert b"script" not in answer.content
    side = 192 if key.endswith("192") else 512 if "logo" in key else 600
    with Image.open(io.BytesIO(answer.content)) as shown:
        assert (shown.format, shown.size) == ("PNG", (side, side))
    etag = answer.headers["etag"]
    assert image(client, key, **{"If-None-Match": etag}).status_code == 304
    others = [each for each in PATHS if each != key]
    assert [image(client, each).json()["code"] for each in others] == [404, 404, 404]
    assert desk.post(f"{PAGE}/{PATHS[key]}/remove", {}).status_code == 200
    assert image(client, key).json()["code"] == 404


@pytest.mark.parametrize(
    ("path", "data", "reason"),
    [
        ("member", b"", "is required"),
        ("topup-code", b"<svg/>", "is a drawing (SVG)"),
        ("portal-192", png(size=100), "must be square, with at least 192 pixels"),
        ("portal-512", b"MZ\x00", "must be a PNG, JPEG, WebP or GIF picture"),
    ],
)
def test_what_does_not_fit_is_refused(
    client: Client, hall: Hall, path: str, data: bytes, reason: str
) -> None:
    refused = Browser(client, "admin7777").put(path, data)
    assert reason in text_of(refused)
    assert all(image(client, key).json()["code"] == 404 for key in PATHS)
    assert Browser(client, "manager7777").put(path, png(size=600)).status_code == 403


def test_members_see_theirs(client: Client, hall: Hall) -> None:
    floor = Floor(hall.store, hall)
    floor.add_member("rui_s", password_hash=password_hash())
    desk = Browser(client, "admin7777")
    assert client.raw("GET", "/logo/hall7777/member", key="").status_code == 302
    desk.put("member", png("blue", 40))
    desk.put("portal-192", png(size=200))
    desk.put("topup-code", png("green", 50))
    logo = client.raw("GET", "/logo/hall7777/member", key="")
    with Image.open(io.BytesIO(logo.content)) as shown:
        assert shown.convert("RGB").getpixel((1, 1)) == (0, 0, 255)
    assert client.raw("GET", "/logo/hall7777", key="").status_code == 302, "staff see another one"
    client.ok("PUT", "/configs/centerSettings", json={"cafe_info_member_portal_name": "Club Hall"})
    sign_in = client.raw("GET", "/portal/hall7777", key="")
    assert "Club Hall" in text_of(sign_in)
    assert 'href="/logo/hall7777/manifest"' in sign_in.text
    manifest = client.raw("GET", "/logo/hall7777/manifest", key="")
    assert manifest.headers["content-type"] == "application/manifest+json"
    told = manifest.json()
    assert (told["name"], told["start_url"]) == ("Club Hall", "/portal/hall7777")
    [icon] = told["icons"]
    assert icon["sizes"] == "192x192"
    assert client.raw("GET", icon["src"], key="").headers["content-type"] == "image/png"
    form = {"account": "rui_s", "password": PASSWORD}
    signed = client.raw("POST", "/portal/hall7777", key="", data=form)
    cookie = signed.headers["set-cookie"].partition(";")[0]
    page = client.raw("GET", "/portal/hall7777/account", key="", headers={"Cookie": cookie})
    assert "Pay by QR code" in text_of(page)
    etag = image(client, "manual_topup_qr_code").headers["etag"].strip('"')
    assert f'src="/files/{etag}"' in page.text
    assert client.raw("GET", "/logo/nobody/manifest", key="").status_code == 404
