"""Fixtures: a store on each database, a centre with keys, and a client on the real application."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest

from lanhouse.app import create_app  # wires the followers of the café, too
from lanhouse.auth import passwords
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.settings import AppSettings
from tests.builders import answers, databases, door
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.effort import IS_LONG, SEED, is_in_part
from tests.builders.lock_order import LockOrder, install
from tests.builders.recorder import Recorder, built_calls
from tests.builders.secrets import QUICK_HASHER, VAULT

LOCKS = LockOrder()
install(LOCKS)
door.install()
answers.install()

# 50 ms of two cores for each of thousands of passwords prove nothing (tests/builders/secrets.py);
# what runs in a process of its own hashes as the product does.
passwords._hasher = QUICK_HASHER

# Nor does any test of this process take the power away: its files need not wait for the disk.
databases.leave_files_to_the_system()

REQUIRE_ALL = os.environ.get("LANHOUSE_TEST_REQUIRE_ALL") == "1"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--part 10`: a tenth of the tests (tests/builders/effort.py)."""
    parser.addoption("--part", type=int, default=1, metavar="N", help="run an N-th of the tests")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What it takes to have a long run again."""
    if IS_LONG:
        terminalreporter.write_line(f"chance began at LANHOUSE_TEST_SEED={SEED}")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Whatever hypothesis drives can go on; leave out what is not of the wanted part."""
    for item in items:
        if hypothesis.is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker("long")
    part: int = config.getoption("part") or 1
    left_out = [item for item in items if not is_in_part(item.nodeid, part)]
    if left_out:
        items[:] = [item for item in items if is_in_part(item.nodeid, part)]
        config.hook.pytest_deselected(items=left_out)


def pytest_collection_finish() -> None:
    """No collection of garbage walks again through all modules and tests, which stay."""
    gc.collect()
    gc.freeze()


def pytest_configure(config: pytest.Config) -> None:
    """Note which calls are really made (tests/contract/test_documented.py)."""
    # How long an example takes says something about the machine, nothing about the product.
    unhurried = hypothesis.settings(
        deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.register_profile("usual", unhurried)
    hypothesis.settings.register_profile("long", unhurried, max_examples=1000)
    hypothesis.settings.load_profile("usual")
    if IS_LONG:
        hypothesis.settings.load_profile("long")
    config.pluginmanager.register(Recorder(config, built_calls), "lanhouse-recorder")


def _need_postgres() -> None:
    if not os.environ.get("LANHOUSE_TEST_POSTGRES_URL"):
        if REQUIRE_ALL:
            pytest.fail("LANHOUSE_TEST_POSTGRES_URL is not set")
        pytest.skip("LANHOUSE_TEST_POSTGRES_URL is not set")


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty, migrated store that is not started; the test runs once on each database."""
    if request.param == "postgres":
        _need_postgres()
        opened: Store = databases.empty_postgres()
    else:
        opened = databases.empty_sqlite(tmp_path)
    yield opened
    databases.close(opened)
    _locks_kept_their_order()


@pytest.fixture
def postgres_store() -> Iterator[Store]:
    """An empty, migrated PostgreSQL store, for what cannot happen with one writer."""
    _need_postgres()
    opened = databases.empty_postgres()
    yield opened
    databases.close(opened)
    _locks_kept_their_order()


def _locks_kept_their_order() -> None:
    """Every command of every test on PostgreSQL locks rows in the order of the house."""
    broken, LOCKS.broken = LOCKS.broken, []
    assert not broken, f"locked against the order: {sorted(set(broken))}"


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """An empty, migrated SQLite store, for what does not depend on the database."""
    opened = databases.empty_sqlite(tmp_path)
    yield opened
    databases.close(opened)


@pytest.fixture
def hall(sqlite_store: Store) -> Hall:
    """Centre 7777 on SQLite, with an API key and staff of each role."""
    return open_hall(sqlite_store)


@pytest.fixture
def client(hall: Hall, tmp_path: Path) -> Iterator[Client]:
    """The whole application over the hall, without a ticker; calls carry the hall's API key."""
    settings = AppSettings(data_dir=tmp_path, api_rate_per_minute=0)
    app = create_app(settings, hall.store, vault=VAULT, with_ticker=False)
    with Client(app, key=hall.api_key, base=f"/api/v2/cafe/{hall.center_id}") as opened:
        yield opened


@pytest.fixture
def freeze() -> Iterator[clock.frozen]:
    """Business time stands at Wednesday 2026-03-04 12:00 UTC; `advance(seconds)` moves it."""
    with clock.frozen(datetime(2026, 3, 4, 12, tzinfo=UTC)) as frozen:
        yield frozen


def pytest_sessionfinish() -> None:
    """Leave no test database behind."""
    databases.drop_databases()
