"""What holds for every form of the panel: bad input is told as such, writes nothing and comes back
as text.

New forms are covered by being registered; nothing has to be added here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args, get_origin, get_type_hints
from urllib.parse import urlencode

import httpx
import msgspec
import pytest
import sqlalchemy as sa

from lanhouse.app import all_routes, create_app
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.orders.queries.checks import check_all_orders
from lanhouse.db.audit import audit_log
from lanhouse.db.store import Read
from lanhouse.ledger.tables import accounts, transfers
from lanhouse.ledger.verify import verify_ledger
from lanhouse.settings import AppSettings
from lanhouse.web.routes import Route
from tests.builders import databases
from tests.builders.centers import open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, furnish, open_floor
from tests.builders.nouns import orders
from tests.builders.secrets import VAULT
from tests.contract.pages.test_pages import Desk

ENDS_SIGN_INS = {
    "POST /panel/account/sign-ins/end": "the browser of this test would be signed out",
    "POST /panel/settings/staff/{staff_id}/sign-ins/end": "likewise",
}
FORMS = [
    route
    for route in all_routes()
    if route.surface == "panel" and route.method == "POST" and route.id not in ENDS_SIGN_INS
    if not route.public
]
FILLED = [route for route in FORMS if route.input_type is not None]
MARK = "<b zq>"
FORM = "application/x-www-form-urlencoded"
JUNK: dict[str, str] = {
    "html": f"{MARK}'\"><script>alert(1)</script>",
    "sql": "x' OR 1=1; DROP TABLE members; --",
    "empty": "",
    "negative": "-1",
    "zero": "0",
    "unknown": "99999999",
    "huge": "9" * 60,
    "long": "x" * 20_000,
    "not a number": "NaN",
    "fraction": "0.001",
    "json": '{"a": [1, {"b": null}]}',
    "odd text": "\u202e\U0001f600",
    "date": "9999-99-99",
}
ODD_PARTS = ["0", "-1", "x", "99999999999", "9" * 40, "%FF"]
_LAST_ROWS = sa.select(
    *(
        sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0)).scalar_subquery()
        for table in (accounts, transfers, billing_logs, audit_log)
    )
)


class World:
    """Two furnished centres on one application, and a browser that is signed in to the first."""

    def __init__(self, client: Client, floor: Floor, other: Floor) -> None:
        self.client = client
        self.floor = floor
        self.other = other
        self.desk = Desk(client, floor.hall.staff["admin"])
        self.foreign = self._furnish(other, "other")
        self.own = self._furnish(floor, "own")
        self._known = self.written()

    @staticmethod
    def _furnish(floor: Floor, name: str) -> dict[str, int]:
        """One of everything that a path or a form can name; ids by the name in the path."""
        member = floor.add_member(f"{name}guest", balance=50 * EURO)
        product = floor.add_product(f"{name} cola", 50)
        offer = floor.add_offer(f"{name} three hours", 500)
        package = floor.sell(offer, member)
        order = orders.place(floor, {product: 1}).order_id
        session = floor.guest("postpaid", "PC01").id
        floor.guest("prepaid", "PC02", paid_micros=5 * EURO)
        bundle = floor.together("postpaid", "PC03", "PC04").bundle.id
        shift = floor.open_shift(floor.hire(f"{name}clerk"), floor.add_till(f"{name} till"))
        return {
            **{"member": member, "member_id": member, "product_id": product, "offer_id": offer},
            **{"package_id": package, "order_id": order, "session": session, "bundle": bundle},
            **{"shift_id": shift, "subject_id": shift, "group_id": 1},
        }

    def written(self) -> list[int]:
        """The last row of each: money, its log, and what anybody did."""
        return self.floor.store.read_sync(_last_rows, None)

    def post(self, route: Route, form: Mapping[str, Any], **parts: str) -> httpx.Response:
        """Send a form; whatever it is refused for has written nothing and reads as text."""
        answer = self.desk.post(url_of(route, self.own, **parts), dict(form))
        check(route, answer)
        before, self._known = self._known, self.written()
        if answer.status_code >= 400:
            assert self._known == before, f"{route.id} refused and wrote: {answer.text[:500]}"
        return answer

    def money(self) -> dict[int, int]:
        """Every balance of both centres, by account."""
        return self.floor.store.read_sync(_balances, None)


def _last_rows(read: Read, _: None) -> list[int]:
    return list(read.all(_LAST_ROWS)[0])


def _balances(read: Read, _: None) -> dict[int, int]:
    return {row.id: row.balance_micros for row in read.all(sa.select(accounts))}


def url_of(route: Route, own: Mapping[str, int], **parts: str) -> str:
    """Its address; each part of the path is the id of something there is, or 1."""
    names = re.findall(r"\{(\w+)\}", route.path)
    return route.path.format(**{name: parts.get(name, str(own.get(name, 1))) for name in names})


def check(route: Route, answer: httpx.Response) -> None:
    """A page or a part of one: no defect of ours, nothing of what was sent is a tag in it, and a
    refusal says what for."""
    text = answer.text
    assert answer.status_code < 500, f"{route.id}: {text[:800]}"
    assert "Traceback" not in text
    kind = answer.headers["content-type"]
    if kind.startswith("application/json"):
        assert answer.json().get("problem") or answer.status_code < 400, text
        return
    assert MARK not in text, f"{route.id} has let a tag through"
    if answer.status_code >= 400:
        assert REASON.search(text), f"{route.id} does not say why: {text[:800]}"


REASON = re.compile(
    r'data-tone="(?:bad|warn)"[^>]*>(?:<svg.*?</svg>)?\s*<span[^>]*>\s*\S|class="lh-error"'
    r'|id="error-message"',
    re.DOTALL,
)
"""What a reader sees of a refusal: a note, a reason beside a field, or the page of an error."""


def fields_of(route: Route) -> dict[str, str]:
    """Its fields with something in each that is of its type."""
    assert route.input_type is not None
    hints = get_type_hints(route.input_type, include_extras=False)
    names = {each.name: each.encode_name for each in msgspec.structs.fields(route.input_type)}
    return {names[name]: plausible(hint) for name, hint in hints.items() if name in names} or {
        "anything": "1"
    }


def plausible(hint: Any) -> str:
    """A text that is read as this type."""
    if get_origin(hint) is Literal:
        return next((str(each) for each in get_args(hint) if each), "")
    if hint is str:
        return "PC01"
    inner = [each for each in get_args(hint) if each is not type(None)]
    return plausible(inner[0]) if inner else "1"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("forms")
    store = databases.empty_sqlite(folder)
    other = Floor(store, open_hall(store, 7778))
    store.run_sync(furnish, (other, 4, 300))
    floor = open_floor(store, pcs_count=4, price_cents=300)
    settings = AppSettings(data_dir=folder, api_rate_per_minute=0)
    with Client(create_app(settings, store, vault=VAULT, with_ticker=False)) as client:
        yield World(client, floor, other)


@pytest.mark.parametrize("route", FORMS, ids=lambda route: route.id)
def test_junk_in_every_field_is_told_as_such(route: Route, world: World) -> None:
    """All fields at once; money never moves by it, whatever else such a form may mean."""
    money = world.money()
    names = fields_of(route) if route.input_type else {"anything": ""}
    for value in JUNK.values():
        world.post(route, dict.fromkeys(names, value))
    world.post(route, {})
    assert world.money() == money


@pytest.mark.parametrize("route", FILLED, ids=lambda route: route.id)
def test_one_wrong_field_among_right_ones_is_told_as_such(route: Route, world: World) -> None:
    """One field after the other, so that no other one is refused in its place; some go through."""
    right = fields_of(route)
    for name in right:
        for value in ("html", "unknown"):
            world.post(route, {**right, name: JUNK[value]})
        world.post(route, {other: value for other, value in right.items() if other != name})
    for name in list(right)[:1]:
        world.post(route, {**right, name: [right[name]] * 3})
        world.post(route, {f"{name}[a][b]": "1"})


@pytest.mark.parametrize("route", FILLED, ids=lambda route: route.id)
def test_what_no_form_can_hold_is_refused(route: Route, world: World) -> None:
    before = world.written()
    name = next(iter(fields_of(route)))
    for body in (
        urlencode({name: "a\u0000b"}).encode(),
        urlencode({name: "x" * 1_000_000}).encode() + b"&" + b"y=" + b"z" * 100_000,
        b"\xff\xfe=%FF",
        "&".join(f"{name}{number}=1" for number in range(1_100)).encode(),
    ):
        sent = {
            **{"Cookie": world.desk.cookie, "X-CSRF-Token": world.desk.csrf},
            **{"HX-Request": "true", "Content-Type": FORM},
        }
        url = url_of(route, world.own)
        answer = world.client.raw("POST", url, content=body, headers=sent)
        check(route, answer)
        assert answer.status_code in (400, 413), f"{route.id}: {answer.status_code}"
    assert world.written() == before


@pytest.mark.parametrize("route", [each for each in FORMS if "{" in each.path], ids=lambda r: r.id)
def test_another_centres_things_are_not_there(route: Route, world: World) -> None:
    """Nor is what has never been anywhere, or cannot be a number."""
    money, others = world.money(), audited(world, world.other)
    names = re.findall(r"\{(\w+)\}", route.path)
    right = fields_of(route) if route.input_type else {}
    for name in names:
        foreign = [str(world.foreign[name])] if name in world.foreign else []
        if name in ("group_id", "subject_id", "job_id", "printer_id", "staff_id"):
            foreign = []  # these are counted by each centre, or there is none
        for part in (*ODD_PARTS, *foreign):
            answer = world.post(route, right, **{name: part})
            assert answer.status_code in (200, 400, 404, 409, 422), answer.status_code
    assert world.money() == money
    assert audited(world, world.other) == others


def audited(world: World, floor: Floor) -> int:
    query = sa.select(sa.func.count()).where(audit_log.c.center_id == floor.hall.center_id)
    return world.floor.store.read_sync(lambda read, _: int(read.scalar(query)), None)


def test_without_its_token_no_form_is_taken(world: World) -> None:
    before = world.written()
    for route in FORMS:
        url = url_of(route, world.own)
        sent = {"Cookie": world.desk.cookie, "HX-Request": "true", "X-CSRF-Token": "wrong"}
        answer = world.client.raw("POST", url, data={"anything": "1"}, headers=sent)
        assert answer.status_code == 403, route.id
    assert world.written() == before


def test_what_was_kept_of_it_is_text_on_every_page(world: World) -> None:
    """Names with tags in them are names: they may be kept, and are shown as they were written."""
    pages = [
        route
        for route in all_routes()
        if route.surface == "panel" and route.method == "GET" and not route.public
    ]
    for route in pages:
        if route.path.endswith((".csv", ".xlsx", "/live", "/events", "news")):
            continue
        answer = world.desk.get(url_of(route, world.own))
        assert answer.status_code < 500, route.id
        assert MARK not in answer.text, route.id


def test_after_all_of_that_the_books_are_clean(world: World) -> None:
    store = world.floor.store
    report = store.read_sync(verify_ledger, None)
    assert report.problem is None
    assert store.read_sync(check_all_orders) is None
    for floor in (world.floor, world.other):
        floor.verify_stock()
