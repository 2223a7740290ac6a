"""OpenAPI shows the answer of every call; that real ones are so, tests/builders/answers.py proves
at each call of each test.
"""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.app import all_routes
from lanhouse.cafe.documented import NOT_BUILT
from lanhouse.web.replies import Reply, Stream
from lanhouse.web.routes import Route
from tests.builders.answers import NotAsDocumented, answer_schema, check, is_told

BUILT = [
    route
    for route in all_routes()
    if route.surface in ("cafe", "external", "provider", "native")
    and route.summary != NOT_BUILT
    and route.output_type not in (Reply, Stream)
]


@pytest.mark.parametrize("route", BUILT, ids=lambda route: f"{route.surface} {route.id}")
def test_the_document_shows_the_answer(route: Route) -> None:
    assert is_told(answer_schema(route))


@pytest.mark.parametrize(
    "schema",
    [{}, {"type": "object"}, {"type": "array", "items": {"type": "object"}}, {"anyOf": [{}]}],
)
def test_an_object_that_may_be_any_tells_nothing(schema: dict[str, Any]) -> None:
    assert not is_told(schema)


@pytest.mark.parametrize(
    "data",
    [
        b'{"bonus":"1.00","topup_balance_bonus":"1.00"}',
        b'{"bonus":1,"topup_balance_bonus":"1.00","bonus_coin":"0.00"}',
        b'{"bonus":"1.00","topup_balance_bonus":"1.00","bonus_coin":"0.00","more":1}',
        b"null",
    ],
    ids=["a key left out", "another type", "a key too many", "nothing"],
)
def test_an_answer_that_is_not_as_documented_is_refused(data: bytes) -> None:
    (route,) = (route for route in BUILT if route.path.endswith("/fetchBonus"))
    right = b'{"bonus":"1.00","topup_balance_bonus":"1.00","bonus_coin":"0.00"}'
    check(route, b'{"code":200,"message":"success","data":' + right + b"}")
    with pytest.raises(NotAsDocumented):
        check(route, b'{"code":200,"message":"success","data":' + data + b"}")
