"""Stores for tests: empty ones, and copies of what a builder made before.

An empty store is a copied SQLite file, or the one PostgreSQL database of this process with its
rows taken out. What a builder does to an empty store (a hall, a floor) is done once per process by
commands and kept as a template: a file, or the rows. Measured on PostgreSQL for a floor: rows
deleted and put back 8 ms, CREATE DATABASE ... TEMPLATE 59 ms, TRUNCATE 165 ms.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, LiteralString, TypeVar, cast

import psycopg
import sqlalchemy as sa
from alembic import command
from psycopg import sql

from lanhouse.db import sqlite
from lanhouse.db.digests import row_digests
from lanhouse.db.migrate import config_for, migrate
from lanhouse.db.postgres import PostgresStore
from lanhouse.db.sqlite import SqliteStore
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.tables import complete_metadata

Made = TypeVar("Made")

_TEMPLATE_MICROS_MAX = 3_600_000_000
"""A template made by a running clock is used this long: its rows stay those of just before."""

_HEADS = 481
"""The number of the table receipt_heads among those that are digested."""

_UNWRITTEN = 0
"""When a copy of the empty file says that it was changed; whoever writes changes that."""


@dataclass
class _Template:
    """What a builder made: its answer, and the SQLite file or PostgreSQL script that repeats it."""

    made: Any
    made_at_micros: int
    rows: Path | str


@dataclass
class _Process:
    """What this process keeps between tests."""

    templates: dict[Any, _Template] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=itertools.count)
    created: list[tuple[sa.URL, str]] = field(default_factory=list)
    line: psycopg.Connection[Any] | None = None


_process = _Process()


def copied(store: Store, key: tuple[Any, ...], build: Callable[[], Made]) -> Made:
    """What `build` makes of `store`: built where something is stored already, else copied.

    The builder runs once per process, database, `key` and frozen instant; `key` names it and holds
    whatever it depends on. Its answer must not hold the store.
    """
    if not _is_empty(store):
        return build()
    is_frozen = clock.scale() == 0
    now_micros = clock.to_micros(clock.now())
    place = (type(store), key, now_micros if is_frozen else None)
    found = _process.templates.get(place)
    if found is not None and 0 <= now_micros - found.made_at_micros < _TEMPLATE_MICROS_MAX:
        _put(store, found)
        return found.made
    made = build()
    _process.templates[place] = _Template(made, now_micros, _rows_of(store))
    return made


def _is_empty(store: Store) -> bool:
    if isinstance(store, SqliteStore):
        is_open = store.path.with_name(f"{store.path.name}-wal").exists()
        return not is_open and store.path.stat().st_mtime_ns == _UNWRITTEN
    return not _filled_tables()


def _put(store: Store, template: _Template) -> None:
    if isinstance(store, SqliteStore):
        shutil.copyfile(template.rows, store.path)
    else:
        _on_postgres(str(template.rows))


def _rows_of(store: Store) -> Path | str:
    if not isinstance(store, SqliteStore):
        return _script_of_rows()
    path = _folder() / f"{next(_process.numbers)}.db"
    # Through SQLite, which also copies what is not in the main file yet.
    with store.engine.connect() as connection:
        connection.exec_driver_sql("VACUUM INTO ?", (str(path),))
    with SqliteStore(path).engine.connect():
        pass  # sets the journal of the copy to that of the house
    return path


# --- SQLite --------------------------------------------------------------------------------------


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="lanhouse-test-"))


@cache
def _sqlite_template() -> Path:
    path = _folder() / "empty.db"
    store = SqliteStore(path)
    migrate(store)
    asyncio.run(store.stop())
    return path


def leave_files_to_the_system() -> None:
    """No commit of this process on SQLite waits for the disk; other processes keep the product's
    pragmas, and one test looks at those (tests/integration/test_templates.py)."""
    sqlite._PRAGMAS = tuple(
        "synchronous=OFF" if pragma.startswith("synchronous=") else pragma
        for pragma in sqlite._PRAGMAS
    )


def empty_sqlite(folder: Path) -> SqliteStore:
    """A migrated, empty SQLite store in `folder`."""
    path = folder / "lanhouse.db"
    shutil.copyfile(_sqlite_template(), path)
    os.utime(path, ns=(_UNWRITTEN, _UNWRITTEN))
    return SqliteStore(path)


# --- PostgreSQL ----------------------------------------------------------------------------------


@cache
def _postgres_url() -> str:
    """A database of this process's own on the test server, migrated once."""
    server = sa.make_url(os.environ["LANHOUSE_TEST_POSTGRES_URL"])
    name = f"lanhouse_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    with _admin(server) as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}"'))
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
        # No test takes the server's power away; waiting for its disk proves nothing.
        connection.execute(sa.text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
    url = server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    store = PostgresStore(url)
    migrate(store)
    asyncio.run(store.stop())
    _process.created.append((server, name))
    return url


def by_hand(store: Store, *statements: str) -> None:
    """Change rows as somebody with the database can, past the store and without its constraints."""
    with store.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        off = "PRAGMA foreign_keys = OFF" if is_sqlite else "SET session_replication_role = replica"
        for statement in (off, *statements):
            connection.exec_driver_sql(statement)


def comes_from(store: Store, revision: str) -> None:
    """The store as that of a house that updates from the release with this schema."""
    with store.engine.connect() as connection, connection.begin():
        command.downgrade(config_for(connection), revision)
        # Heads of receipts are made anew on the way up; an older release had digested none.
        connection.execute(sa.delete(row_digests).where(row_digests.c.table_number == _HEADS))
    migrate(store)


@contextmanager
def durable_postgres() -> Iterator[None]:
    """The database as an operator has it, for whoever looks at its settings."""
    _set_synchronous_commit("on")
    try:
        yield
    finally:
        _set_synchronous_commit("off")


def _set_synchronous_commit(value: str) -> None:
    server = sa.make_url(_postgres_url())
    with _admin(server) as connection:
        statement = f'ALTER DATABASE "{server.database}" SET synchronous_commit = {value}'
        connection.execute(sa.text(statement))


def _admin(server: sa.URL) -> sa.Connection:
    url = server.set(drivername="postgresql+psycopg")
    return sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool).connect()


def _on_postgres(script: str, *, is_prepared: bool = False) -> list[Any]:
    """Run a script, or one statement that the server plans once, on the line that this process
    keeps; a test may have had it cut."""
    for is_last in (False, True):
        line = _process.line
        if line is None or line.closed:
            line = _process.line = psycopg.connect(_postgres_url(), autocommit=True)
        try:
            answer = line.execute(cast(LiteralString, script), prepare=is_prepared)
        except psycopg.OperationalError:
            line.close()
            if is_last:
                raise
        else:
            return answer.fetchall() if answer.description else []
    raise AssertionError("unreachable")


def hang_up() -> None:
    """Leave the server, until the next test: whoever counts what is done there is alone then."""
    if _process.line is not None:
        _process.line.close()
    _process.line = None


@cache
def _all_tables() -> tuple[str, ...]:
    """Every table, those that others refer to first."""
    return tuple(f'"{table.name}"' for table in complete_metadata().sorted_tables)


_WRITTEN_BY_THE_HISTORY = '"providers"'
"""The migrations put House into it; a test may have changed that row or added others."""
_AS_THE_HISTORY_LEFT_IT = """
    DELETE FROM provider_currencies;
    DELETE FROM providers WHERE id <> 'house';
    UPDATE providers SET is_active = true, is_online = true, maintenance_until = NULL,
        restricted_countries = '[]', prohibited_countries = '[]'
"""


def _filled_tables() -> list[str]:
    # To plan it takes thirty times as long as to look.
    return [name for (name,) in _on_postgres(_look_for_rows(), is_prepared=True)]


@cache
def _look_for_rows() -> str:
    names = [name for name in _all_tables() if name != _WRITTEN_BY_THE_HISTORY]
    looks = [f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names]
    return " UNION ALL ".join(looks)


_NUMBERS_FROM_ONE = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences
     WHERE last_value IS NOT NULL
"""
_NUMBERS = """
    SELECT format('SELECT setval(''%I.%I'', %s)', schemaname, sequencename, last_value)
      FROM pg_sequences WHERE last_value IS NOT NULL
"""


@cache
def _may_skip_references() -> bool:
    """Whether the role may delete without looking at foreign keys, which needs a superuser."""
    return bool(_on_postgres("SELECT 1 FROM pg_roles WHERE rolname = current_user AND rolsuper"))


def empty_postgres() -> PostgresStore:
    """The process's PostgreSQL store with every table emptied."""
    filled = _filled_tables()
    if filled and _may_skip_references():
        deletes = "; ".join(f"DELETE FROM {name}" for name in filled)
        _on_postgres(f"BEGIN; SET LOCAL session_replication_role = replica; {deletes}; COMMIT")
    elif filled:
        _on_postgres(f"TRUNCATE {', '.join(filled)} CASCADE")
    _on_postgres(_AS_THE_HISTORY_LEFT_IT)
    _on_postgres(_NUMBERS_FROM_ONE)
    return PostgresStore(_postgres_url())


def _script_of_rows() -> str:
    """SQL that puts all rows and numbers of the database into an empty one."""
    parts = []
    filled = set(_filled_tables())
    for name in (each for each in _all_tables() if each in filled):
        [(rows,)] = _on_postgres(f"SELECT json_agg(row)::text FROM {name} AS row")
        quoted = sql.Literal(rows).as_string(None)
        parts.append(
            f"INSERT INTO {name} SELECT * FROM json_populate_recordset(NULL::{name}, {quoted})"
        )
    parts += [text for (text,) in _on_postgres(_NUMBERS)]
    return "; ".join(["BEGIN", *parts, "COMMIT"])


def close(store: Store) -> None:
    """Close what the test left open."""
    asyncio.run(store.stop())


def drop_databases() -> None:
    """Remove what this process made (called once at the end of the run)."""
    hang_up()
    for server, name in _process.created:
        with _admin(server) as connection:
            connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    _process.created.clear()
    if _folder.cache_info().currsize:
        shutil.rmtree(_folder())
