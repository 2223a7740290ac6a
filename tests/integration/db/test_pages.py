"""verify-ledger looks at the database itself: pages, indexes and references."""

from __future__ import annotations

import re
import time
from pathlib import Path

import sqlalchemy as sa

from lanhouse.db.pages import UNCHECKED, check_pages
from lanhouse.db.sqlite import engine_for
from lanhouse.db.store import Read, Store
from tests.builders.centers import open_hall
from tests.builders.databases import by_hand


def test_a_sound_file_is_told(sqlite_store: Store) -> None:
    open_hall(sqlite_store)
    sound = sqlite_store.read_sync(check_pages)
    assert (sound.problem, sound.told) == (None, "pages, indexes and references checked")


# The index has a row more than its definition says.
SMALLER = "CREATE INDEX t_a_ix ON t (a) WHERE id < 2"


def test_an_index_that_lost_a_row_is_named(tmp_path: Path) -> None:
    """As a broken page of an index looks: index and table do not agree."""
    with engine_for(tmp_path / "try.db").connect() as connection:
        for statement in (
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)",
            "CREATE INDEX t_a_ix ON t (a)",
            "INSERT INTO t VALUES (1, 'x'), (2, 'y')",
            "PRAGMA writable_schema = ON",
            f"UPDATE sqlite_schema SET sql = '{SMALLER}' WHERE name = 't_a_ix'",
        ):
            connection.execute(sa.text(statement))
    with engine_for(tmp_path / "try.db").connect() as connection:
        problem = check_pages(Read(connection)).problem
    assert problem is not None
    assert "t_a_ix" in problem


def test_a_reference_to_nothing_is_named(sqlite_store: Store) -> None:
    open_hall(sqlite_store)
    by_hand(sqlite_store, "DELETE FROM centers")
    problem = sqlite_store.read_sync(check_pages).problem
    assert problem is not None
    assert problem.endswith("names a row of centers that is not there")


def test_postgresql_says_when_indexes_are_not_checked(postgres_store: Store) -> None:
    sound = postgres_store.read_sync(check_pages)
    assert (sound.problem, sound.told) == (None, UNCHECKED)

    by_hand(postgres_store, "CREATE EXTENSION amcheck")
    try:
        sound = postgres_store.read_sync(check_pages)
        # While another test writes beside this one, a young index cannot be looked at.
        for _ in range(50):
            if not sound.told.endswith("too new"):
                break
            time.sleep(0.2)
            sound = postgres_store.read_sync(check_pages)
    finally:
        by_hand(postgres_store, "DROP EXTENSION amcheck")
    assert sound.problem is None
    assert sound.told.endswith(" indexes checked")
    assert int(sound.told.split()[0]) > 50


def test_an_index_too_new_to_be_looked_at_is_no_fault(postgres_store: Store) -> None:
    """Made over rows that another one's snapshot still sees as they were (PostgreSQL's
    indcheckxmin); every other index is looked at all the same."""
    made = ("CREATE TABLE young (id int, a int) WITH (fillfactor = 50)",)
    by_hand(postgres_store, "CREATE EXTENSION amcheck", *made, "INSERT INTO young VALUES (1, 1)")
    try:
        with postgres_store.engine.connect() as other:
            other.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ")
            other.exec_driver_sql("SELECT pg_current_xact_id(), count(*) FROM young")
            by_hand(postgres_store, "UPDATE young SET a = 2", "CREATE INDEX aa_young ON young (a)")
            sound = postgres_store.read_sync(check_pages)
            other.exec_driver_sql("ROLLBACK")
    finally:
        by_hand(postgres_store, "DROP TABLE young", "DROP EXTENSION amcheck")
    assert sound.problem is None
    assert re.fullmatch(r"(\d+) of \d+ indexes checked, aa_young is too new", sound.told)
    assert int(sound.told.split()[0]) > 50
