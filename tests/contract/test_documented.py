"""The table of documented calls: each is built and tested, or says that it is not built.

That each built call is really made by a behaviour test is judged after the last test of a whole run
and told as a failure of this file (tests/builders/recorder.py).
"""

from __future__ import annotations

import re

import pytest

from lanhouse.app import all_routes
from lanhouse.cafe.documented import NOT_BUILT, documented_calls
from lanhouse.web.routes import Route
from tests.builders.client import Client

ROUTES = [r for r in all_routes() if r.surface in ("cafe", "external", "provider", "native")]
# Those outside a café's path ask for no key (test_wire.py calls each).
MISSING = [route for route in ROUTES if route.summary == NOT_BUILT and not route.public]


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
