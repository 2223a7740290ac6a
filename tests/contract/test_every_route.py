"""What holds for every route of every API: who may call it, and that bad input is told as such.

New routes are covered by being registered; nothing has to be added here.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from lanhouse.aggregator.signing import signed_headers
from lanhouse.app import all_routes, create_app
from lanhouse.auth.rights import RIGHTS, rights_of
from lanhouse.cafe.documented import NOT_BUILT
from lanhouse.cafe.staff.queries import staff_by_account
from lanhouse.ledger.verify import verify_ledger
from lanhouse.settings import AppSettings
from lanhouse.web.routes import Route
from tests.builders import databases
from tests.builders.agents import open_operator
from tests.builders.centers import PASSWORD, Hall, open_hall
from tests.builders.client import Client
from tests.builders.secrets import VAULT
from tests.builders.studio import KEY, enter_studio

BEARER = [
    route
    for route in all_routes()
    if route.surface in ("cafe", "native") and route.summary != NOT_BUILT
]
EXTERNAL = [route for route in all_routes() if route.surface == "external"]
PROVIDER = [route for route in all_routes() if route.surface == "provider"]
GUARDED = [route for route in BEARER if not route.public and route.right in RIGHTS]


def _id(route: Route) -> str:
    return f"{route.surface} {route.id}"


def _url(route: Route, value: str = "1", cafe_id: int = 7777) -> str:
    url = route.path.replace("{cafe_id}", str(cafe_id))
    while "{" in url:
        url = url[: url.index("{")] + value + url[url.index("}") + 1 :]
    return url


class Callers:
    """The clients of the authorisation table on one running application."""

    def __init__(self, client: Client, hall: Hall, other: Hall, agent_key: str) -> None:
        self.client = client
        self.hall = hall
        self.other = other
        self.agent_key = agent_key
        self.tokens = {role: self._token(role) for role in ("staff", "manager", "admin")}

    def _token(self, role: str) -> str:
        body = {"cafe_id": 7777, "account": f"{role}7777", "password": PASSWORD}
        url = "/api/native/v1/auth/staff-login"
        return self.client.raw("POST", url, key="", json=body).json()["token"]

    def set_rights(self, role: str, **differences: list[str]) -> None:
        account = f"{role}7777"
        person = self.hall.store.read_sync(lambda r, _: staff_by_account(r, 7777, account), None)
        assert person is not None
        url = f"/api/native/v1/staff/{person.id}/rights"
        answer = self.client.raw("PUT", url, key=self.hall.api_key, json=differences)
        assert answer.status_code == 200, answer.text

    def key_for(self, route: Route) -> str:
        keys = {"external": self.agent_key, "provider": KEY}
        return keys.get(route.surface, self.hall.api_key)

    def send(self, route: Route, key: str, **options: Any) -> Any:
        if route.surface == "provider":
            return self._send_signed(route, key, **options)
        return self.client.raw(route.method, _url(route), key=key, **options)

    def _send_signed(self, route: Route, key: str, **options: Any) -> Any:
        body = options.pop("content", None)
        if body is None:
            body = json.dumps(options.pop("json", {})).encode()
        body = body.encode() if isinstance(body, str) else body
        signed = signed_headers(key, body, int(time.time()))
        headers = {"X-Provider": "studio", **signed, **options.pop("headers", {})}
        url = _url(route)
        return self.client.raw("POST", url, key="", content=body, headers=headers, **options)

    def code(self, route: Route, key: str) -> int:
        response = self.send(route, key)
        if route.surface == "cafe":
            assert response.status_code == 200, response.text
            content = response.headers["content-type"]
            return response.json()["code"] if content == "application/json" else 200
        return response.status_code


@pytest.fixture(scope="module")
def callers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callers]:
    folder = tmp_path_factory.mktemp("callers")
    store = databases.empty_sqlite(folder)
    # Person 1 works elsewhere: else a call about him would end the sign-ins of this table.
    other, hall = open_hall(store, 7778), open_hall(store)
    settings = AppSettings(data_dir=folder, api_rate_per_minute=0)
    app = create_app(settings, store, vault=VAULT, with_ticker=False)
    with Client(app, key=hall.api_key) as client:
        operator = open_operator(store)
        enter_studio(operator, "https://studio.example")
        yield Callers(client, hall, other, operator.key)


@pytest.mark.parametrize("route", GUARDED, ids=_id)
def test_nobody_is_unauthenticated(route: Route, callers: Callers) -> None:
    assert callers.code(route, "") == 401
    assert callers.code(route, "lhk_wrong") == 401


@pytest.mark.parametrize("route", [r for r in GUARDED if r.surface == "cafe"], ids=_id)
def test_another_centre_is_unauthenticated(route: Route, callers: Callers) -> None:
    assert callers.code(route, callers.other.api_key) == 401


@pytest.mark.parametrize("route", GUARDED, ids=_id)
def test_staff_without_the_right_are_forbidden(route: Route, callers: Callers) -> None:
    for role, token in callers.tokens.items():
        if route.right not in rights_of(role):
            assert callers.code(route, token) == 403


@pytest.mark.parametrize(
    "route", [r for r in GUARDED if not r.path.endswith("generateApiKey")], ids=_id
)
def test_the_right_one_is_let_in(route: Route, callers: Callers) -> None:
    for role, token in callers.tokens.items():
        if route.right in rights_of(role):
            assert callers.code(route, token) not in (401, 403, 500)
    assert callers.code(route, callers.hall.api_key) not in (401, 403, 500)


@pytest.mark.parametrize(
    "route", [r for r in GUARDED if not r.path.endswith("generateApiKey")], ids=_id
)
def test_a_granted_and_a_withheld_right_decide(route: Route, callers: Callers) -> None:
    """What a person may do beyond the role, and what not although the role would."""
    for role in ("staff", "manager"):
        if route.right in rights_of(role):
            callers.set_rights(role, withheld=[route.right])
            assert callers.code(route, callers.tokens[role]) == 403
        else:
            callers.set_rights(role, granted=[route.right])
            assert callers.code(route, callers.tokens[role]) not in (401, 403, 500)
        callers.set_rights(role)


VALUES: dict[str, Any] = {
    "text": "x",
    "empty": "",
    "null": None,
    "negative": -1,
    "zero": 0,
    "huge": 10**30,
    "huge text": "9" * 5000,
    "fraction": 0.001,
    "not a number": "NaN",
    "exponent": "1e400",
    "list": [[[]]],
    "object": {"a": {"b": 1}},
    "true": True,
    "control": "a\u0000b",
    "odd text": "\u202e\ud83d\ude00 '\";--<script>",
    "half a character": "\ud83d",
    "date": "9999-99-99",
}
JSON = {"Content-Type": "application/json"}
BODIES = [b"{", b"[]", b"3", b"\xff\xfe\x00", b'{"a":', b"", b"a=1&a[]=2&a[b]=3", b"{}" * 10]
KINDS = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data", "x/y", ""]


def _fields(route: Route) -> list[str]:
    if route.input_type is None:
        return ["anything"]
    names = [f.encode_name for f in msgspec.structs.fields(route.input_type)]
    return names or ["anything"]


def check(route: Route, response: Any) -> None:
    """An answer of this wire: JSON in its envelope, never a page, never a defect of ours."""
    assert response.status_code < 500, response.text
    kind = response.headers["content-type"]
    if kind != "application/json":
        assert kind.startswith(("text/csv", "application/vnd.openxmlformats", "image/")), kind
        return
    body = response.json()
    if route.surface == "cafe" and "result" not in body:
        assert response.status_code == 200
        assert isinstance(body["code"], int)
        assert isinstance(body["message"], str)
        assert body["code"] != 500, body
        assert ("data" in body) is (body["code"] == 200)
    if route.surface == "external":
        assert response.status_code in (200, 400, 413, 415)
        assert body["ok"] is (response.status_code == 200 and "error" not in body)
        assert ("result" in body) is body["ok"]
    if route.surface == "provider":
        assert response.status_code == 200
        assert body["ok"] is ("error" not in body)
    assert "Traceback" not in response.text


@pytest.mark.parametrize("route", EXTERNAL, ids=_id)
def test_only_an_agents_key_opens_the_external_api(route: Route, callers: Callers) -> None:
    for key in ("", "lha_wrong", callers.hall.api_key, callers.tokens["admin"]):
        response = callers.send(route, key, json={})
        assert response.status_code == 401
        assert response.json()["error"]["code"] == "AGENT_NOT_FOUND"
    assert callers.send(route, callers.agent_key, json={}).status_code == 200


@pytest.mark.parametrize("route", PROVIDER, ids=_id)
def test_only_a_signature_opens_the_provider_port(route: Route, callers: Callers) -> None:
    for key in ("", "lhs_wrong", callers.hall.api_key, callers.agent_key):
        response = callers.send(route, key, json={})
        assert response.status_code == 401
        assert response.json()["error"]["code"] == "UNAUTHENTICATED"
    for key in (callers.hall.api_key, callers.agent_key, KEY):
        response = callers.client.raw("POST", _url(route), key=key, json={})
        assert response.status_code == 401
    assert callers.send(route, KEY, json={}).status_code == 200


@pytest.mark.parametrize("route", [*BEARER, *EXTERNAL, *PROVIDER], ids=_id)
def test_bad_values_are_told_as_such(route: Route, callers: Callers) -> None:
    key = callers.key_for(route)
    if route.path.endswith("generateApiKey"):
        return
    for value in VALUES.values():
        body = dict.fromkeys(_fields(route), value)
        check(route, callers.send(route, key, content=json.dumps(body), headers=JSON))
        if isinstance(value, str | int):
            # As much of it as the client writes into one query beside as many fields.
            most = 15_000 // max(1, len(body))
            encoded = str(value)[:500].encode("utf-8", "surrogatepass")[:most]
            check(route, callers.send(route, key, params=dict.fromkeys(body, encoded)))


@pytest.mark.parametrize("route", [*BEARER, *EXTERNAL, *PROVIDER], ids=_id)
def test_broken_bodies_are_told_as_such(route: Route, callers: Callers) -> None:
    for kind in KINDS:
        for body in BODIES:
            headers = {"Content-Type": kind} if kind else {}
            response = callers.send(route, callers.key_for(route), content=body, headers=headers)
            check(route, response)


@pytest.mark.parametrize("value", ["0", "-1", "x", "99999999999", "9" * 40, "%00", "a%2Fb", "%FF"])
@pytest.mark.parametrize(
    "route", [r for r in BEARER if r.path.replace("{cafe_id}", "").count("{")], ids=_id
)
def test_odd_path_values_are_told_as_such(route: Route, value: str, callers: Callers) -> None:
    url = _url(route, value)
    check(route, callers.client.raw(route.method, url, key=callers.hall.api_key))


def test_after_all_of_that_the_books_are_clean(callers: Callers) -> None:
    report = callers.hall.store.read_sync(verify_ledger, None)
    assert report.problem is None
