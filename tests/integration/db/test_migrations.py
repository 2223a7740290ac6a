"""One history for both databases, and it makes exactly the tables of the code."""

from __future__ import annotations

import asyncio
from collections import namedtuple
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from lanhouse.auth.generations import numbers
from lanhouse.auth.keys import NewKey, generate_key
from lanhouse.auth.tables import api_keys
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import Settings
from lanhouse.cafe.pricing.queries import prices_of_center
from lanhouse.db import migrate as migrations
from lanhouse.db.migrate import (
    config_for,
    current_revision,
    migrate,
    migrate_embedded,
    newest_revision,
)
from lanhouse.db.sqlite import SqliteStore
from lanhouse.db.store import Store, Tx
from lanhouse.db.types import UtcTime
from lanhouse.jobs.queue import enqueue
from lanhouse.jobs.tables import queue
from lanhouse.kit import clock
from lanhouse.ledger import Posting, Transfer, open_account, post
from lanhouse.ledger.answers import digest_of
from lanhouse.ledger.sealing import seal_new_entries
from lanhouse.ledger.tables import answers, seal_head, seals
from lanhouse.ledger.verify import verify_ledger
from lanhouse.tables import complete_metadata
from tests.builders.centers import open_hall

Row = namedtuple("Row", "book_id key input_hash answer sealed at")


def test_the_history_makes_the_tables_of_the_code(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": False, "compare_server_default": False}
        )
        assert compare_metadata(context, complete_metadata()) == []
    assert current_revision(store) == newest_revision()


def test_every_check_of_the_code_is_in_the_database(store: Store) -> None:
    """Alembic does not compare CHECK constraints, and they guard the money."""
    wanted = {
        table.name: {
            str(c.name) for c in table.constraints if isinstance(c, sa.CheckConstraint) and c.name
        }
        for table in complete_metadata().sorted_tables
    }
    inspector = sa.inspect(store.engine)
    found = {
        name: {str(c["name"]) for c in inspector.get_check_constraints(name)} for name in wanted
    }
    assert found == wanted


def test_entries_of_an_older_revision_are_sealed_anew(store: Store) -> None:
    """0005 begins the chain again by the rule that covers the accounts."""

    def move(tx: Tx, _: None) -> None:
        cash = open_account(tx, 7, "center", 7, "cash", "EUR", may_go_negative=True)
        ada = open_account(tx, 7, "member", 1, "balance", "EUR")
        post(
            tx,
            Transfer(
                book_id=7,
                kind="topup",
                postings=[Posting(cash, -1_000_000), Posting(ada, 1_000_000)],
            ),
        )

    store.run_sync(move, None)
    store.run_sync(seal_new_entries, None)
    with store.engine.connect() as connection, connection.begin():
        command.downgrade(config_for(connection), "0004")
    migrate(store)
    assert store.read_sync(verify_ledger, None).problem is None
    store.run_sync(move, None)
    assert store.run_sync(seal_new_entries, None) == 4
    report = store.read_sync(verify_ledger, None)
    assert (report.problem, report.sealed, report.transfers) == (None, 4, 2)


def test_the_chain_of_before_goes_on_when_hashes_become_bytes(store: Store) -> None:
    """0014, on a database that has seals and answers in hex digits."""

    def move(tx: Tx, key: str) -> None:
        cash = open_account(tx, 7, "center", 7, "cash", "EUR", may_go_negative=True)
        ada = open_account(tx, 7, "member", 1, "balance", "EUR")
        postings = [Posting(cash, -1_000_000), Posting(ada, 1_000_000)]
        post(tx, Transfer(book_id=7, kind="topup", postings=postings))
        seal_new_entries(tx)
        values = {"book_id": 7, "key": key, "input_hash": "ab" * 32, "answer": b"{}"}
        row = Row(**values, sealed=None, at=clock.from_micros(1_000_000))
        tx.run(sa.insert(answers).values(**row._asdict(), digest=digest_of(row)))

    store.run_sync(move, "first")
    with store.engine.connect() as connection, connection.begin():
        sealed = list(connection.execute(sa.select(seals)))
        head = connection.execute(sa.select(seal_head)).one()
        command.downgrade(config_for(connection), "0013")
        insert = "INSERT INTO ledger_seals (sequence, entry_id, hash) VALUES (:place, :of, :hash)"
        for seal in sealed:
            values = {"place": seal.sequence, "of": seal.row_id, "hash": seal.hash}
            connection.execute(sa.text(insert), values)
        insert = "INSERT INTO ledger_seal_head (id, sequence, hash) VALUES (1, :place, :hash)"
        connection.execute(sa.text(insert), {"place": head.sequence, "hash": head.hash})
    migrate(store)
    store.run_sync(move, "second")
    report = store.read_sync(verify_ledger, None)
    assert (report.problem, report.sealed) == (None, 4)
    with store.engine.connect() as connection:
        size = "SELECT length(hash), (SELECT length(digest) FROM idempotent_answers LIMIT 1)"
        sizes = set(connection.execute(sa.text(f"{size} FROM ledger_seals")))
    assert sizes == {(32, 32)}


# name, pc_group, member_group, weekdays, to_minute, cents an hour
old_prices = sa.table(
    "prices",
    *(sa.column(name) for name in ("center_id", "name", "pc_group_id", "member_group_id")),
    *(sa.column(name) for name in ("weekdays", "from_minute", "to_minute")),
    sa.column("price_per_hour_micros"),
    sa.column("created_at", UtcTime()),
)
ALL_DAYS = "7|1|2|3|4|5|6|"
PLAIN = ("Default", None, None, ALL_DAYS, 1440, 200)
VIP = ("VIP", 3, None, ALL_DAYS, 600, 500)
GOLD = ("Gold", None, 4, ALL_DAYS, 1440, 900)


@pytest.mark.parametrize(
    ("rules", "wanted", "fills_gaps"),
    [
        ([], {"Default": (None, True)}, True),
        ([PLAIN, VIP], {"Default": (200, True), "VIP": (500, False)}, True),
        ([VIP, GOLD], {"VIP": (500, False), "Gold": (900, False), "Default": (500, True)}, False),
        ([GOLD], {"Gold": (900, False), "Default": (None, True)}, False),
        (
            [("Default", 0, None, ALL_DAYS, 1440, 200)],
            {"Default (old)": (200, False), "Default": (200, True)},
            False,
        ),
        (
            [("Default", None, None, "6|7|", 1440, 200), ("Default (old)", *VIP[1:])],
            {
                "Default (old 2)": (200, False),
                "Default (old)": (500, False),
                "Default": (500, True),
            },
            False,
        ),
        (
            [("Default", None, None, ALL_DAYS, 600, 200)],
            {"Default (old)": (200, False), "Default": (200, True)},
            False,
        ),
        (
            [("Default", None, -2, ALL_DAYS, 1440, 200)],
            {"Default (old)": (200, False), "Default": (None, True)},
            False,
        ),
    ],
)
def test_centres_of_before_get_their_default_price(
    store: Store,
    rules: list[tuple[str, int | None, int | None, str, int, int]],
    wanted: dict[str, tuple[int | None, bool]],
    fills_gaps: bool,
) -> None:
    """0008, on a database whose centres have rules or none."""
    hall = open_hall(store, settings=Settings(free_time_minutes=5))
    with store.engine.connect() as connection, connection.begin():
        command.downgrade(config_for(connection), "0007")
        insert = sa.insert(old_prices)
        for name, pc_group, member_group, weekdays, to_minute, cents in rules:
            row = {
                "center_id": hall.center_id,
                "name": name,
                "pc_group_id": pc_group,
                "member_group_id": member_group,
                "weekdays": weekdays,
                "from_minute": 0,
                "to_minute": to_minute,
                "price_per_hour_micros": cents * 10_000,
                "created_at": clock.now(),
            }
            connection.execute(insert.values(**row))
    migrate(store)
    found = store.read_sync(prices_of_center, hall.center_id)
    cents = {
        price.name: None
        if price.price_per_hour_micros is None
        else price.price_per_hour_micros // 10_000
        for price in found
    }
    assert {price.name: (cents[price.name], price.is_default) for price in found} == wanted
    center = store.read_sync(center_by_id, hall.center_id)
    assert center is not None
    assert center.settings == Settings(free_time_minutes=5, default_price_fills_gaps=fills_gaps)


def test_keys_of_an_older_revision_have_a_generation_that_tells_them_apart(store: Store) -> None:
    """Of two backups from before 0011, the one with the newer key has the higher number."""
    hall = open_hall(store)
    before = _back_and_forth(store)
    assert before == {("center_key", hall.center_id): _made_at(store)}
    store.run_sync(generate_key, NewKey(hall.center_id, "::1"))
    after = store.read_sync(numbers, None)
    assert after == {("center_key", hall.center_id): _made_at_before(before) + 1}
    assert _back_and_forth(store)["center_key", hall.center_id] > _made_at_before(before) + 1


def _made_at_before(found: dict[tuple[str, int], int]) -> int:
    (number,) = found.values()
    return number


def _made_at(store: Store) -> int:
    found = store.read_sync(lambda read, _: read.scalar(sa.select(api_keys.c.created_at)), None)
    return clock.to_micros(found)


def _back_and_forth(store: Store) -> dict[tuple[str, int], int]:
    with store.engine.connect() as connection, connection.begin():
        command.downgrade(config_for(connection), "0010")
    migrate(store)
    return store.read_sync(numbers, None)


def test_jobs_that_wait_are_kept_and_those_that_gave_up_have_failed(store: Store) -> None:
    """0019 makes the table anew, and the way back keeps what waits."""

    def ask(tx: Tx, _: None) -> None:
        for key in ("waits", "gave up"):
            enqueue(tx, "work", {"for": key}, key=key)

    store.run_sync(ask, None)
    with store.engine.connect() as connection, connection.begin():
        command.downgrade(config_for(connection), "0018")
        tried = sa.update(sa.table("queued_jobs", sa.column("key"), sa.column("attempts")))
        connection.execute(tried.where(sa.column("key") == "gave up").values(attempts=10))
    migrate(store)
    found = store.read_sync(lambda read, _: read.all(sa.select(queue).order_by(queue.c.id)), None)
    assert [(row.payload, row.key, row.status, row.attempts) for row in found] == [
        ({"for": "waits"}, "waits", "waiting", 0),
        ({"for": "gave up"}, None, "failed", 10),
    ]
    assert store.run_sync(lambda tx, _: enqueue(tx, "work", {}, key="gave up"), None) is True


def test_a_second_start_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lanhouse.db"
    store = SqliteStore(path)
    assert migrate_embedded(store, path) is None
    hall = open_hall(store)
    assert migrate_embedded(store, path) is None
    assert [each.name for each in tmp_path.iterdir() if each.suffix == ".db"] == ["lanhouse.db"]
    assert hall.api_key
    asyncio.run(store.stop())


def test_a_broken_migration_leaves_the_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SqliteStore(tmp_path / "lanhouse.db")
    whole = migrations.command.upgrade

    def half_way(*args: object) -> None:
        whole(*args)
        raise RuntimeError("power cut")

    monkeypatch.setattr(migrations.command, "upgrade", half_way)
    with pytest.raises(RuntimeError, match="power cut"):
        migrate(store)
    assert sa.inspect(store.engine).get_table_names() == []
    monkeypatch.undo()
    migrate(store)
    assert current_revision(store) == newest_revision()
    asyncio.run(store.stop())
