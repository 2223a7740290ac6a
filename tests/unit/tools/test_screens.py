"""The scenes of `make screenshots` lead to routes that there are."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from lanhouse.app import all_routes
from tools.screens import HOME, NO_SCREEN, SCENES, Screen, is_told

_PATHS = {
    route.path.replace("{license_name}", HOME.rpartition("/")[2]): route.path
    for route in all_routes()
    if route.method == "GET"
}
_NOWHERE = "/panel/nothing"
"""The page of an address that there is not."""


def _is_route(address: str) -> bool:
    path = urlsplit(address).path
    shapes = (re.sub(r"\{[^}]+\}", "[^/]+", known) for known in _PATHS)
    return path in _PATHS or any(re.fullmatch(shape, path) for shape in shapes)


@pytest.mark.parametrize("screen", SCENES, ids=lambda one: one.name)
def test_a_scene_opens_a_page_and_a_dialog_that_there_are(screen: Screen) -> None:
    assert screen.path == _NOWHERE or _is_route(screen.path)
    assert not screen.dialog or _is_route(screen.dialog)


def test_every_scene_has_a_file_of_its_own() -> None:
    names = [screen.name for screen in SCENES]
    assert sorted(names) == sorted(set(names))


def test_a_route_that_nothing_shows_is_told() -> None:
    assert is_told("/panel/bookings/move")
    assert is_told("/panel/members/{member_id}/photo")
    assert not is_told("/panel/members/{member_id}/unheard-of")


def test_what_has_no_picture_is_a_route() -> None:
    assert set(NO_SCREEN) <= set(_PATHS.values())
