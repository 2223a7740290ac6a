"""The table of documented calls: each is built and tested, or says that it is not built."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from lanhouse.app import all_routes
from lanhouse.cafe.documented import NOT_BUILT, documented_calls
from lanhouse.web.routes import Route
from tests.builders.client import Client

_TESTS = Path(__file__).parent
_GENERIC = {"test_documented.py", "test_every_route.py"}
ROUTES = [r for r in all_routes() if r.surface in ("cafe", "external", "native")]
# Those outside a café's path ask for no key (test_wire.py calls each).
MISSING = [route for route in ROUTES if route.summary == NOT_BUILT and not route.public]
BUILT = [route for route in ROUTES if route.summary != NOT_BUILT]


@cache
def _test_text() -> str:
    files = sorted(_TESTS.rglob("test_*.py"))
    return "\n".join(path.read_text() for path in files if path.name not in _GENERIC)


def _name(route: Route) -> str:
    """The last literal part of the path: what a test of the call has to spell out."""
    literal = [part for part in route.path.split("/") if part and not part.startswith("{")]
    return literal[-1]


@pytest.mark.parametrize("route", BUILT, ids=lambda r: r.id)
def test_every_built_call_has_a_behaviour_test(route: Route) -> None:
    spelled = re.search(rf"(?<!\w){re.escape(_name(route))}(?!\w)", _test_text())
    assert spelled, f"no contract test calls {route.id}"


@pytest.mark.parametrize("route", MISSING, ids=lambda r: r.id)
def test_a_call_that_is_not_built_says_so(route: Route, client: Client) -> None:
    path = re.sub(r"\{\w+\}", "1", route.path.partition("{cafe_id}")[2])
    code, message = client.refused(route.method, path)
    assert code == 400
    assert message.endswith("is not part of this release of Lanhouse")
    assert client.refused(route.method, path, key="") == (401, "Unauthenticated.")


def test_the_table_is_whole() -> None:
    calls = documented_calls()
    assert len(calls) == len({call[1:] for call in calls})
    seed = [call for call in calls if call[0] != "Observed"]
    assert len(seed) == 155
