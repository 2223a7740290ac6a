"""Settings under names of their own: games, buttons, taxes, remote view, pictures."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from lanhouse.cafe.centers.commands.pictures import ShowPicture, show_picture
from lanhouse.cafe.centers.queries.pictures import PICTURES
from lanhouse.cafe.centers.schemas import GROUPS
from lanhouse.kit.pictures import Limit, remade
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.people import bearer_of
from tests.contract.settings.defaults import DEFAULTS

GAMES = [key.wire for key in GROUPS["game"].keys]
BUTTONS = ["show_enable_games", "show_disabled_games", "show_games_icon_view"]
ACTION = "/configs/action"


def test_the_games_have_their_old_names(client: Client, hall: Hall) -> None:
    defaults = {name: DEFAULTS[name] for name in GAMES}
    assert client.ok("GET", f"{ACTION}/gamesSettingsGet") == defaults
    body = {"game_drive": "E:", "startdhcp": 1, "minimum_charge": 5, "unknown": 1}
    changed = {**defaults, "game_drive": "E:", "startdhcp": 1}
    assert client.ok("POST", f"{ACTION}/gamesSettingsSet", json=body) == changed
    assert client.ok("GET", f"{ACTION}/gamesSettingsGet") == changed
    assert client.ok("GET", "/configs") == {**DEFAULTS, "game_drive": "E:", "startdhcp": 1}
    told = client.refused("POST", f"{ACTION}/gamesSettingsSet", json={"game_drive": "games"})
    assert told == (400, "game_drive: must be a drive such as D:")


def test_any_number_but_0_shows_a_button(client: Client, hall: Hall) -> None:
    assert client.ok("GET", f"{ACTION}/gamesButtonStatusGet") == dict.fromkeys(BUTTONS, 0)
    body = {"show_enable_games": 12, "show_disabled_games": -1, "show_games_icon_view": 0}
    shown = {"show_enable_games": 1, "show_disabled_games": 1, "show_games_icon_view": 0}
    assert client.ok("POST", f"{ACTION}/gamesButtonStatusSet", json=body) == shown
    assert client.ok("POST", f"{ACTION}/gamesButtonStatusSet", json={}) == shown
    assert client.ok("GET", f"{ACTION}/gamesButtonStatusGet") == shown
    assert client.ok("GET", "/configs") == {**DEFAULTS, **shown}
    told = client.refused(
        "POST", f"{ACTION}/gamesButtonStatusSet", json={"show_enable_games": "yes"}
    )
    assert told == (400, "show_enable_games: must be a whole number")


def test_taxes(client: Client, hall: Hall) -> None:
    body = {"tax1_name": "VAT", "tax1_percentage": "12.50", "tax_included_in_price": 1}
    client.ok("PUT", "/configs/paymentSettings", json=body)
    taxes = [name for name in DEFAULTS if name.startswith("tax")]
    shown = {name: DEFAULTS[name] for name in taxes} | {
        **{"tax1_name": "VAT", "tax1_percentage": 12.5, "tax_included_in_price": 1},
    }
    assert len(taxes) == 10
    assert client.ok("GET", f"{ACTION}/taxInfo") == shown


def test_there_is_no_remote_view_yet(client: Client, hall: Hall) -> None:
    assert client.ok("GET", f"{ACTION}/vncServerCode") == {"code": ""}


def _picture(colour: str) -> Any:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), colour).save(out, "PNG")
    return remade(out.getvalue(), Limit(1_000, 100), "picture")


@pytest.mark.parametrize("key", list(PICTURES))
def test_a_picture_of_the_settings(client: Client, hall: Hall, key: str) -> None:
    path = f"/memberNewsConfigImage/{key}"
    assert client.refused("GET", path) == (404, "There is no such image.")
    picture = _picture("red")
    hall.store.run_sync(show_picture, ShowPicture(hall.center_id, PICTURES[key], picture))
    answer = client.raw("GET", f"/api/v2/cafe/7777{path}")
    assert (answer.status_code, answer.content) == (200, picture.data)
    assert answer.headers["content-type"] == picture.content_type
    known = {"If-None-Match": answer.headers["etag"]}
    assert client.raw("GET", f"/api/v2/cafe/7777{path}", headers=known).status_code == 304
    other = open_hall(hall.store, 8888)
    theirs = client.raw("GET", f"/api/v2/cafe/8888{path}", key=other.api_key).json()
    assert theirs["code"] == 404


@pytest.mark.parametrize("key", ["admin_password", "logo", "member_logo", "nothing", "..%2flogo"])
def test_no_other_key_is_a_picture(client: Client, hall: Hall, key: str) -> None:
    hall.store.run_sync(show_picture, ShowPicture(hall.center_id, "logo", _picture("red")))
    assert client.call("GET", f"/memberNewsConfigImage/{key}")["code"] == 404


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("GET", "gamesSettingsGet"),
        ("GET", "gamesButtonStatusGet"),
        ("GET", "taxInfo"),
        ("GET", "vncServerCode"),
        ("POST", "gamesSettingsSet"),
        ("POST", "gamesButtonStatusSet"),
    ],
)
def test_who_may_call(client: Client, hall: Hall, method: str, name: str) -> None:
    for role in ("staff", "manager"):
        answer = client.call(method, f"{ACTION}/{name}", key=bearer_of(hall, role))
        assert answer["code"] == (200 if method == "GET" else 403)
    assert client.call(method, f"{ACTION}/{name}", key="wrong")["code"] == 401
    other = open_hall(hall.store, 8888)
    assert client.call(method, f"{ACTION}/{name}", key=other.api_key)["code"] in (401, 403)
