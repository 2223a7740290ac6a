"""LANHOUSE_AGGREGATOR=off: nothing of the aggregator answers, works or is read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.app import (
    JOB_FILES,
    ROUTE_FILES,
    _modules_of,
    all_kinds,
    all_routes,
    create_app,
)
from lanhouse.db.store import Store, Tx
from lanhouse.jobs.outbound import Means, Outbound
from lanhouse.settings import AppSettings
from tests.builders.client import Client
from tests.builders.secrets import VAULT

AGGREGATOR = "lanhouse.aggregator."


@pytest.fixture
def settings(tmp_path: Path) -> AppSettings:
    return AppSettings(
        data_dir=tmp_path, api_rate_per_minute=0, aggregator=False, geo_file="/no/such/file.csv"
    )


@pytest.fixture
def left_out(sqlite_store: Store, settings: AppSettings) -> Iterator[Client]:
    app = create_app(settings, sqlite_store, vault=VAULT, with_ticker=False)
    with Client(app) as opened:
        yield opened


def _is_of_aggregator(route: Any) -> bool:
    return route.surface in ("external", "game", "provider")


def test_its_calls_answer_as_unknown(left_out: Client) -> None:
    whole, cafe = all_routes(), all_routes(with_aggregator=False)
    kept = [route.id for route in whole if not _is_of_aggregator(route)]
    assert kept == [route.id for route in cafe]
    for route in filter(_is_of_aggregator, whole):
        path = route.path.replace("{", "").replace("}", "")
        answer = left_out.raw(route.method, path, key="lha_something")
        assert answer.status_code == 404, path
    unknown = left_out.raw("POST", "/external/balance", key="lha_x", json={}).json()
    never = left_out.raw("POST", "/external/neverThere", key="lha_x", json={}).json()
    assert (
        unknown
        == never
        == {
            "ok": False,
            "error": {"code": "NOT_FOUND", "message": "there is no such call"},
        }
    )


def test_the_documentation_has_none_of_them(left_out: Client) -> None:
    document = left_out.raw("GET", "/openapi/external.json")
    assert "/external/deposit" not in document.text


def test_none_of_its_work_is_done(sqlite_store: Store, settings: AppSettings) -> None:
    means = Means(store=sqlite_store, vault=VAULT, outbound=Outbound(""), settings=settings)
    for kind in all_kinds(means):
        does = [getattr(kind, name) for name in kind.__struct_fields__]
        assert not [each for each in does if _module_of(each).startswith(AGGREGATOR)]
    found = _modules_of(*JOB_FILES, *ROUTE_FILES, with_aggregator=False)
    assert found
    assert not [module for module in found if module.__name__.startswith(AGGREGATOR)]


def _module_of(value: Any) -> str:
    return getattr(value, "__module__", "") or ""


def test_its_tables_are_not_touched(sqlite_store: Store, settings: AppSettings) -> None:
    """They may even be gone."""

    def drop(tx: Tx, _: None) -> None:
        tx.raw.execute("PRAGMA defer_foreign_keys = ON")
        for name in ("house_acts", "house_rounds", "report_hours", "player_hours"):
            tx.raw.execute(f"DROP TABLE {name}")

    sqlite_store.run_sync(drop, None)
    app = create_app(settings, sqlite_store, vault=VAULT, with_ticker=False)
    with Client(app) as opened:
        assert opened.raw("GET", "/health").status_code == 200
        assert opened.raw("POST", "/external/games", key="lha_x").status_code == 404
    left = sqlite_store.read_sync(lambda read: sa.inspect(read._connection).get_table_names())
    assert "house_acts" not in left
