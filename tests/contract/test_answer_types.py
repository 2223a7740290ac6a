"""OpenAPI shows the answer of every call; that real ones are so, tests/builders/answers.py proves
at each call of each test.
"""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.aggregator.absent import ABSENT_CALLS
from lanhouse.app import all_routes
from lanhouse.cafe.documented import NOT_BUILT
from lanhouse.web.replies import Reply, Stream
from lanhouse.web.routes import Route
from tests.builders.answers import NotAsDocumented, answer_schema, check, is_told

NOT_YET = frozenset(
    {
        "DELETE /api/native/v1/prices/{price_id}",
        "DELETE /api/v2/cafe/{cafe_id}/offers/{product_id}",
        "DELETE /api/v2/cafe/{cafe_id}/pcs",
        "GET /api/native/v1/prices",
        "GET /api/native/v1/prices/{price_id}",
        "GET /api/v2/cafe/{cafe_id}/base/query",
        "GET /api/v2/cafe/{cafe_id}/members",
        "GET /api/v2/cafe/{cafe_id}/members/action/memberInitData",
        "GET /api/v2/cafe/{cafe_id}/members/action/suggestMembers",
        "GET /api/v2/cafe/{cafe_id}/members/{member_id}",
        "GET /api/v2/cafe/{cafe_id}/members/{member_id}/offers",
        "GET /api/v2/cafe/{cafe_id}/offers",
        "GET /api/v2/cafe/{cafe_id}/offers/{product_id}",
        "GET /api/v2/cafe/{cafe_id}/onlinePcList",
        "GET /api/v2/cafe/{cafe_id}/pcList",
        "GET /api/v2/cafe/{cafe_id}/pcs",
        "GET /api/v2/cafe/{cafe_id}/pcs/action/consoleDetail",
        "GET /api/v2/cafe/{cafe_id}/pcs/action/getPcsList",
        "GET /api/v2/cafe/{cafe_id}/pcs/action/member_pcs",
        "GET /api/v2/cafe/{cafe_id}/pcs/action/member_rooms",
        "GET /api/v2/cafe/{cafe_id}/pcs/action/rooms",
        "GET /api/v2/cafe/{cafe_id}/pricePcGroups",
        "GET /api/v2/cafe/{cafe_id}/prices",
        "POST /api/native/v1/jobs",
        "POST /api/native/v1/jobs/{job_id}/cancel",
        "POST /api/native/v1/prices",
        "POST /api/v2/cafe/{cafe_id}/members",
        "POST /api/v2/cafe/{cafe_id}/members/action/addGuest",
        "POST /api/v2/cafe/{cafe_id}/members/action/memberInfo",
        "POST /api/v2/cafe/{cafe_id}/members/action/multiDelete",
        "POST /api/v2/cafe/{cafe_id}/members/action/multiUpdate",
        "POST /api/v2/cafe/{cafe_id}/members/action/resetPassword",
        "POST /api/v2/cafe/{cafe_id}/offers",
        "POST /api/v2/cafe/{cafe_id}/pcSessions/initOffer",
        "POST /api/v2/cafe/{cafe_id}/pcs",
        "POST /api/v2/cafe/{cafe_id}/pcs/action/multiPcInfo",
        "POST /api/v2/cafe/{cafe_id}/pcs/action/savePcLayout",
        "POST /api/v2/cafe/{cafe_id}/pcs/action/setOutOfOrder",
        "PUT /api/native/v1/prices/{price_id}",
        "PUT /api/v2/cafe/{cafe_id}/members/{member_id}",
        "PUT /api/v2/cafe/{cafe_id}/offers/{product_id}",
        "PUT /api/v2/cafe/{cafe_id}/pcs",
    }
)
"""Calls that still answer dicts built by hand; this list only gets shorter."""

ABSENT = frozenset(f"/external/{name}" for name in ABSENT_CALLS)
BUILT = [
    route
    for route in all_routes()
    if route.surface in ("cafe", "external", "native")
    and route.summary != NOT_BUILT
    and route.path not in ABSENT
    and route.output_type not in (Reply, Stream)
]


@pytest.mark.parametrize("route", BUILT, ids=lambda route: f"{route.surface} {route.id}")
def test_the_document_shows_the_answer(route: Route) -> None:
    assert is_told(answer_schema(route)) is (route.id not in NOT_YET)


def test_the_list_names_calls_that_there_are() -> None:
    assert {route.id for route in BUILT} >= NOT_YET


@pytest.mark.parametrize(
    "schema",
    [{}, {"type": "object"}, {"type": "array", "items": {"type": "object"}}, {"anyOf": [{}]}],
)
def test_an_object_that_may_be_any_tells_nothing(schema: dict[str, Any]) -> None:
    assert not is_told(schema)


@pytest.mark.parametrize(
    "data",
    [
        b'{"bonus":"1.00"}',
        b'{"bonus":1,"topup_balance_bonus":"1.00"}',
        b'{"bonus":"1.00","topup_balance_bonus":"1.00","more":1}',
        b"null",
    ],
    ids=["a key left out", "another type", "a key too many", "nothing"],
)
def test_an_answer_that_is_not_as_documented_is_refused(data: bytes) -> None:
    (route,) = (route for route in BUILT if route.path.endswith("/fetchBonus"))
    right = b'{"bonus":"1.00","topup_balance_bonus":"1.00"}'
    check(route, b'{"code":200,"message":"success","data":' + right + b"}")
    with pytest.raises(NotAsDocumented):
        check(route, b'{"code":200,"message":"success","data":' + data + b"}")
