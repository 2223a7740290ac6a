"""The router: literal before parameter, with a way back, and no second route at one path."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.cafe.centers.call import CafeRoutes
from lanhouse.web.application import Router
from lanhouse.web.call import Call
from lanhouse.web.dispatch import Endpoint
from lanhouse.web.routes import PlainRoutes


def _router(*paths: str) -> tuple[Router, dict[str, Any]]:
    endpoints: dict[str, Any] = {path: (lambda *_, p=path: p) for path in paths}
    return Router(endpoints), endpoints


PATHS = ("/health", "/c/{id}/members", "/c/{id}/members/action/topup", "/c/{id}/members/{m}/offers")


@pytest.mark.parametrize(
    ("path", "template", "params"),
    [
        ("/health", "/health", {}),
        ("/c/7/members", "/c/{id}/members", {"id": "7"}),
        ("/c/7/members/action/topup", "/c/{id}/members/action/topup", {"id": "7"}),
        ("/c/7/members/5/offers", "/c/{id}/members/{m}/offers", {"id": "7", "m": "5"}),
        ("/c/7/members/action/offers", "/c/{id}/members/{m}/offers", {"id": "7", "m": "action"}),
    ],
)
def test_paths_are_found(path: str, template: str, params: dict[str, str]) -> None:
    router, endpoints = _router(*PATHS)
    assert router.find(path) == (endpoints[template], params)


@pytest.mark.parametrize("path", ["/", "/c", "/c//members", "/c/7", "/c/7/members/5", "/healthy"])
def test_other_paths_are_not(path: str) -> None:
    assert _router(*PATHS)[0].find(path) is None


def test_two_routes_at_one_path_fail_at_start() -> None:
    with pytest.raises(ValueError, match="two routes"):
        _router("/a/{x}", "/a/{y}")


def test_two_handlers_of_one_call_fail_at_start() -> None:
    """The later one would answer, the earlier one stay in the docs and never be reached."""
    routes = PlainRoutes("Test")
    for method in ("GET", "POST", "GET"):
        routes.route(method, "/a", public=True)(_nothing)
    with pytest.raises(ValueError, match="GET /a: two routes"):
        Endpoint(None, None, routes.all)  # type: ignore[arg-type]
    assert Endpoint(None, None, routes.all[1:]).stats.keys() == {"POST", "GET"}  # type: ignore[arg-type]


async def _nothing(_call: Call) -> None:
    """A handler."""


def test_a_route_without_a_right_cannot_be_declared() -> None:
    routes = CafeRoutes("Test")
    with pytest.raises(ValueError, match="name a right"):
        routes.get("/x")
    with pytest.raises(ValueError, match="name a right"):
        routes.get("/x", right="pcs.view", public=True)
    with pytest.raises(KeyError, match="unknown right"):
        routes.get("/x", right="pcs.look")


def test_paths_are_remembered_up_to_a_bound() -> None:
    router, endpoints = _router("/a/{b}")
    one = endpoints["/a/{b}"]
    for number in range(10_000):
        assert router.find(f"/a/{number}") == (one, {"b": str(number)})
    long = "x" * 50_000
    assert router.find(f"/a/{long}") == (one, {"b": long})
    assert router.find("/b/1") is None
    assert 0 < len(router._found) <= 4096
    assert max(len(path) for path in router._found) <= 200
