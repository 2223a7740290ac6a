"""Schemathesis over our own OpenAPI documents: whatever fits or breaks the schema, the answer is
an envelope of its wire and never a defect of ours."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from lanhouse.aggregator.signing import signed_headers
from lanhouse.app import all_routes, create_app
from lanhouse.cafe.documented import NOT_BUILT
from lanhouse.ledger.verify import verify_ledger
from lanhouse.settings import AppSettings
from lanhouse.web.openapi import document
from tests.builders import databases
from tests.builders.agents import open_operator
from tests.builders.centers import open_hall
from tests.builders.client import Client
from tests.builders.effort import IS_LONG, effort
from tests.builders.secrets import VAULT
from tests.builders.studio import KEY, enter_studio

pytestmark = pytest.mark.long

ROUTES = [
    route
    for route in all_routes()
    if route.summary != NOT_BUILT and not route.path.endswith("generateApiKey")
]


def _operations(surface: str) -> list[Any]:
    schema = schemathesis.openapi.from_dict(document(surface, ROUTES, "http://testserver"))
    return [found.ok() for found in schema.get_all_operations()]


OPERATIONS = [
    pytest.param(surface, operation, id=f"{surface} {operation.method} {operation.path}")
    for surface in ("cafe", "native", "external", "provider")
    for operation in _operations(surface)
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("schemathesis")
    hall = open_hall(databases.empty_sqlite(folder))
    operator = open_operator(hall.store)
    enter_studio(operator, "https://studio.example")
    app_settings = AppSettings(data_dir=folder, api_rate_per_minute=0)
    app = create_app(app_settings, hall.store, vault=VAULT, with_ticker=False)
    with Client(app, key=hall.api_key) as opened:
        opened.keys = {"cafe": hall.api_key, "native": hall.api_key, "external": operator.key}
        yield opened
        report = hall.store.read_sync(verify_ledger, None)
        assert report.problem is None


@pytest.mark.parametrize(("surface", "operation"), OPERATIONS)
def test_every_answer_is_an_envelope(surface: str, operation: Any, client: Client) -> None:
    @settings(
        max_examples=effort(12, 120),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        derandomize=not IS_LONG,
    )
    @given(case=operation.as_strategy())
    def check(case: Any) -> None:
        sent = case.as_transport_kwargs(base_url="http://testserver")
        url = sent.pop("url").replace("{cafe_id}", "7777")
        if surface == "cafe":
            parts = url.split("/")
            parts[6] = "7777"
            url = "/".join(parts)
        sent = {k: v for k, v in sent.items() if k in ("json", "data", "params", "method")}
        if "data" in sent:
            sent["content"] = sent.pop("data")
        key = client.keys.get(surface, "")
        if surface == "provider":
            body = json.dumps(sent.pop("json")).encode() if "json" in sent else b""
            signed = signed_headers(KEY, sent.get("content", body), int(time.time()))
            sent = {"content": body, **sent, "headers": {"X-Provider": "studio", **signed}}
        response = client.raw(sent.pop("method"), url, key=key, **sent)
        # A notice of a gateway is signed by its sender; no key of ours speaks for it.
        assert response.status_code != 401 or "login" in url or "/payments/notices/" in url
        assert response.status_code < 500, response.text
        if response.headers["content-type"] == "application/json":
            assert isinstance(response.json(), dict | list)

    check()
