"""Copied halls and floors: like built ones, apart from each other, never over what stands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lanhouse import app
from lanhouse.db.sqlite import SqliteStore
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.settings import AppSettings
from tests.builders import databases
from tests.builders.agents import open_operator
from tests.builders.centers import open_hall
from tests.builders.floor import EURO, open_floor
from tests.builders.secrets import VAULT


@pytest.mark.parametrize("time", ["built", "copied", "copied again"])
def test_a_copied_floor_sells_and_adds_up_like_a_built_one(
    store: Store, freeze: clock.frozen, time: str
) -> None:
    floor = open_floor(store, pcs_count=2, price_cents=150)
    assert floor.pc_ids == {"PC01": 1, "PC02": 2}
    assert floor.session_ids() == [], time
    floor.add_member("ada", balance=5 * EURO)
    floor.guest("postpaid", "PC02")
    freeze.advance(3600)
    floor.check_out("PC02")
    assert floor.session_ids() == [1]
    assert floor.till() == 6_500_000
    floor.verify()


def test_what_stands_already_is_built_into(store: Store) -> None:
    operator = open_operator(store)
    floor = open_floor(store)
    other = open_hall(store, 7778)
    assert operator.fresh().id == operator.agent.id
    assert floor.center.id == 7777
    assert other.api_key != floor.hall.api_key
    floor.verify()


def test_copies_share_nothing(tmp_path: Path) -> None:
    floors = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        floors.append(open_floor(databases.empty_sqlite(tmp_path / name)))
    first, second = floors
    first.add_pc("PC99")
    first.set(point_enable=True)
    assert "PC99" not in second.pc_ids
    assert not second.center.settings.loyalty.point_enable
    for floor in floors:
        databases.close(floor.store)


def _never(*_: object, **__: object) -> None:
    raise AssertionError("each test pays for this")


def test_no_test_looks_through_the_house_again(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What tables, routes and jobs there are is found once per process."""
    settings = AppSettings(data_dir=tmp_path)
    app.create_app(settings, store, vault=VAULT, with_ticker=False)
    databases._all_tables()
    monkeypatch.setattr(databases, "complete_metadata", _never)
    monkeypatch.setattr(app.pkgutil, "walk_packages", _never)
    floor = open_floor(store)
    app.create_app(settings, floor.store, vault=VAULT, with_ticker=False)
    if floor.store.engine.dialect.name == "postgresql":
        assert databases._filled_tables()


def test_an_operator_is_copied_apart_from_the_others(tmp_path: Path) -> None:
    found = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        found.append(open_operator(databases.empty_sqlite(tmp_path / name)))
    first, second = found
    assert (first.key, first.agent) == (second.key, second.agent)
    assert first.store is not second.store
    assert open_operator(second.store, prefix="other").agent.id != second.agent.id
    for each in found:
        databases.close(each.store)


def test_the_line_to_the_server_is_left_as_often_as_wished(postgres_store: Store) -> None:
    for _ in range(2):
        databases._filled_tables()
        databases.hang_up()
        assert databases._process.line is None


_TOLD = """
import sys
from pathlib import Path
from lanhouse.db.sqlite import engine_for
for is_read_only in (False, True):
    with engine_for(Path(sys.argv[1]), read_only=is_read_only).connect() as line:
        names = ("synchronous", "journal_mode", "foreign_keys")
        print(*(line.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names))
"""


def test_the_product_waits_for_the_disk_and_tests_do_not(sqlite_store: SqliteStore) -> None:
    """A commit that was answered outlives the power: FULL (2) in a log, in whichever process."""
    run = [sys.executable, "-c", _TOLD, str(sqlite_store.path)]
    told = subprocess.run(run, capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.split("\n") == ["2 wal 1", "2 wal 1", ""]
    with sqlite_store.engine.connect() as line:
        assert line.exec_driver_sql("PRAGMA synchronous").scalar() == 0
