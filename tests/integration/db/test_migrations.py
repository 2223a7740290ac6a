"""One history for both databases, and it makes exactly the tables of the code."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

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
from lanhouse.ledger import Posting, Transfer, open_account, post
from lanhouse.ledger.sealing import seal_new_entries
from lanhouse.ledger.verify import verify_ledger
from lanhouse.tables import complete_metadata
from tests.builders.centers import open_hall


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
