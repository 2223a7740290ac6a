"""The map editor's page, and what its script sends."""

from __future__ import annotations

import html
import io
import json
import re
from typing import Any

import pytest
from PIL import Image

from lanhouse.cafe.pcs.queries import floor_map
from lanhouse.kit.limits import MAP_PICTURE_BYTES_MAX
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import Floor
from tests.contract.pages.test_pages import Desk

PAGE = "/panel/settings/map"
ROOM = {"name": "Arena", "x": 0, "y": 0, "width": 300, "height": 200, "allows_booking": True}
SEAT = {"name": "PC01", "room": "Arena", "x": 8, "y": 32, "turned": 90}


class Editor(Desk):
    """A browser with the map editor open."""

    def headers(self, **more: str) -> dict[str, str]:
        if not self.csrf:
            self.post("/panel/settings/none", {})  # fetches the form's secret
        return {"Cookie": self.cookie, "X-CSRF-Token": self.csrf, **more}

    def save(self, key: str = "", **body: Any) -> Any:
        headers = self.headers(**({"Idempotency-Key": key} if key else {}))
        return self._client.raw("POST", PAGE, json=body, headers=headers)

    def send(self, data: bytes, version: str) -> Any:
        sent = {"picture": ("plan.html", data, "text/html")}
        path = f"{PAGE}/picture?version={version}"
        return self._client.raw("POST", path, files=sent, headers=self.headers())

    def map(self) -> dict[str, Any]:
        found = re.search(r'data-map="([^"]*)"', self.get(PAGE).text)
        assert found is not None
        return json.loads(html.unescape(found[1]))


@pytest.fixture
def floor(hall: Hall) -> Floor:
    floor = Floor(hall.store, hall)
    floor.add_pcs("PC01", 'PC"><script>alert(1)</script>')
    return floor


@pytest.fixture
def editor(client: Client, floor: Floor) -> Editor:
    return Editor(client, floor.hall.staff["manager"])


def png(width: int = 300, height: int = 150) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(out, "PNG")
    return out.getvalue()


def test_what_is_saved_is_what_the_page_shows_next(editor: Editor, floor: Floor) -> None:
    assert "<script>alert" not in editor.get(PAGE).text
    opened = editor.map()
    strange = {**SEAT, "name": floor_names(floor)[1], "x": 100}
    body = {"version": opened["version"], "rooms": [ROOM], "seats": [SEAT, strange]}
    kept = editor.save("one", **body)
    assert kept.status_code == 200, kept.text
    assert kept.headers["content-type"] == "application/json"
    assert editor.map() == kept.json()
    # The same save sent again is the same save.
    assert editor.save("one", **body).json() == kept.json()
    # Over another map than was seen nothing is saved.
    refused = editor.save("two", version=opened["version"], rooms=[], seats=[])
    assert refused.status_code == 409
    assert refused.json()["problem"].startswith("The map was changed by somebody else")
    assert editor.map() == kept.json()
    wrong = editor.save("three", rooms=[ROOM, {**ROOM, "name": "arena"}], seats=[])
    assert (wrong.status_code, wrong.json()) == (400, {"problem": "rooms: names arena twice"})


def floor_names(floor: Floor) -> list[str]:
    return [pc.name for pc in floor.store.read_sync(floor_map, 7777).pcs]


def test_who_may(client: Client, floor: Floor) -> None:
    staff = Editor(client, floor.hall.staff["staff"])
    assert staff.get(PAGE).status_code == 403
    assert staff.save(rooms=[], seats=[]).status_code == 403
    assert staff.send(png(), "").status_code == 403
    assert PAGE not in staff.get("/panel/computers").text
    admin = Editor(client, floor.hall.staff["admin"])
    assert PAGE in admin.get("/panel/settings/pcs").text
    # Without the secret of the page nobody saves.
    cookie = {"Cookie": admin.cookie}
    answer = client.raw("POST", PAGE, json={"rooms": [], "seats": []}, headers=cookie)
    assert answer.status_code == 403


def test_a_picture_is_made_anew_and_lies_under_the_map(client: Client, editor: Editor) -> None:
    version = editor.map()["version"]
    laid = editor.send(png(), version)
    assert laid.status_code == 200, laid.text
    picture = laid.json()["picture"]
    size = {"x": 0, "y": 0, "width": 300, "height": 150, "percent": 40}
    assert picture == {"address": picture["address"], **size}
    shown = client.raw("GET", picture["address"], key="")
    assert shown.headers["content-type"] == "image/png"
    assert editor.send(png(), version).status_code == 409
    version = laid.json()["version"]
    for data in (b"", b"<svg onload=alert(1)>", b"%PDF"):
        refused = editor.send(data, version)
        assert refused.status_code == 400
        assert refused.json()["problem"].startswith("picture: ")
    over = editor.send(png() + b"\0" * MAP_PICTURE_BYTES_MAX, version)
    assert over.status_code == 400
    assert f"must be at most {MAP_PICTURE_BYTES_MAX} bytes" in over.text
    headers = editor.headers()
    gone = client.raw("POST", f"{PAGE}/picture/remove?version={version}", headers=headers)
    assert gone.json()["picture"] is None
