"""What holds for every call that writes: one wrong field among right ones is told as such and
writes nothing, however long it is, and nobody reaches what another centre has.

New calls are covered by being registered; nothing has to be added here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_type_hints

import msgspec
import pytest

from lanhouse.app import all_routes, create_app
from lanhouse.cafe.documented import NOT_BUILT
from lanhouse.cafe.orders.queries.checks import check_all_orders
from lanhouse.ledger.verify import verify_ledger
from lanhouse.settings import AppSettings
from lanhouse.web.routes import Route
from tests.builders import databases
from tests.builders.centers import open_hall
from tests.builders.client import Client
from tests.builders.floor import Floor, furnish, open_floor
from tests.builders.secrets import VAULT
from tests.contract.pages.test_every_form import JUNK, World, audited, plausible
from tests.contract.test_every_route import check

ENDS_THE_KEY = "the key of this test would end"
LEFT_OUT = {"POST /api/v2/cafe/{cafe_id}/configs/action/generateApiKey": ENDS_THE_KEY}
CALLS = [
    route
    for route in all_routes()
    if route.surface in ("cafe", "native") and route.method != "GET" and not route.public
    if route.summary != NOT_BUILT and route.input_type is not None and route.id not in LEFT_OUT
]
FIELDS_MAX = 25
_THINGS = {
    **dict.fromkeys(("topup_ids", "member_ids", "loan_id", "order_member_id"), "member_id"),
    **dict.fromkeys(("order_no", "order_ids"), "order_id"),
    **dict.fromkeys(("session_id", "session_ids"), "session"),
    **{"bundle_id": "bundle", "product_offer_id": "offer_id"},
}
"""What fields name, where they are not called as in the path."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("bodies")
    store = databases.empty_sqlite(folder)
    other = Floor(store, open_hall(store, 7778))
    store.run_sync(furnish, (other, 4, 300))
    floor = open_floor(store, pcs_count=4, price_cents=300)
    settings = AppSettings(data_dir=folder, api_rate_per_minute=0)
    app = create_app(settings, store, vault=VAULT, with_ticker=False)
    with Client(app, key=floor.hall.api_key) as client:
        yield World(client, floor, other)


def _things(world: World, name: str, *, foreign: bool) -> int | None:
    ids = world.foreign if foreign else world.own
    return ids.get(_THINGS.get(name, name))


def _right(route: Route, world: World) -> dict[str, Any]:
    """Its fields with something in each that is of its type; ids are of what there is."""
    assert route.input_type is not None
    hints = get_type_hints(route.input_type, include_extras=False)
    fields = msgspec.structs.fields(route.input_type)
    return {
        each.encode_name: _things(world, each.encode_name, foreign=False)
        or plausible(hints[each.name])
        for each in fields
    }


def _send(route: Route, world: World, body: dict[str, Any], **parts: int) -> bool:
    """Send it; answers whether it was done. What is refused has written nothing."""
    url = route.path.replace("{cafe_id}", "7777")
    while "{" in url:
        name = url[url.index("{") + 1 : url.index("}")]
        value = parts.get(name) or world.own.get(name, 1)
        url = url.replace(f"{{{name}}}", str(value))
    before = world.written()
    answer = world.client.raw(
        route.method, url, content=json.dumps(body), headers={"Content-Type": "application/json"}
    )
    check(route, answer)
    is_json = answer.headers["content-type"] == "application/json"
    told = answer.json() if is_json else {}
    is_done = answer.status_code < 400
    if is_done and route.surface == "cafe" and isinstance(told, dict):
        is_done = told.get("code", 200) == 200 and told.get("result", 0) == 0
    if not is_done:
        assert world.written() == before, f"{route.id} refused and wrote: {answer.text[:500]}"
    return is_done


def _others(world: World) -> Any:
    """All that the other centre has in its books, and what was done there."""
    kinds = ("cash", "card", "revenue_time", "revenue_goods", "revenue_offer")
    member = world.foreign["member_id"]
    house = [world.other.house(kind) for kind in kinds]
    return house, world.other.money(member), audited(world, world.other)


@pytest.mark.parametrize("route", CALLS, ids=lambda route: f"{route.surface} {route.id}")
def test_one_wrong_field_among_right_ones(route: Route, world: World) -> None:
    right = _right(route, world)
    # Of the settings, which are hundreds in one form, some: tests/contract/settings walks them all.
    for name in list(right)[:: 1 + len(right) // FIELDS_MAX]:
        for value in (JUNK["html"], 99_999_999):
            _send(route, world, {**right, name: value})
        _send(route, world, {other: value for other, value in right.items() if other != name})


@pytest.mark.parametrize("route", CALLS, ids=lambda route: f"{route.surface} {route.id}")
def test_a_megabyte_in_a_field_is_refused(route: Route, world: World) -> None:
    for name in list(_right(route, world))[:3]:
        body = {**_right(route, world), name: "x" * 1_000_000}
        assert not _send(route, world, body), f"{route.id} takes a megabyte as {name}"


@pytest.mark.parametrize("route", CALLS, ids=lambda route: f"{route.surface} {route.id}")
def test_what_another_centre_has_is_not_reached(route: Route, world: World) -> None:
    """By an id in a field or in the path."""
    before = _others(world)
    right = _right(route, world)
    for name in right:
        foreign = _things(world, name, foreign=True)
        if foreign is not None:
            _send(route, world, {**right, name: foreign})
    for name, foreign in world.foreign.items():
        if f"{{{name}}}" in route.path:
            _send(route, world, right, **{name: foreign})
    assert _others(world) == before


def test_after_all_of_that_the_books_are_clean(world: World) -> None:
    store = world.floor.store
    assert store.read_sync(verify_ledger, None).problem is None
    assert store.read_sync(check_all_orders) is None
    for floor in (world.floor, world.other):
        floor.verify_stock()
