"""Empty stores for tests: a copied SQLite file, or one PostgreSQL database per process."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from lanhouse.db.migrate import migrate
from lanhouse.db.postgres import PostgresStore
from lanhouse.db.sqlite import SqliteStore
from lanhouse.db.store import Store
from lanhouse.tables import complete_metadata


@cache
def _sqlite_template() -> Path:
    path = Path(tempfile.mkdtemp(prefix="lanhouse-test-")) / "template.db"
    store = SqliteStore(path)
    migrate(store)
    asyncio.run(store.stop())
    return path


def empty_sqlite(folder: Path) -> SqliteStore:
    """A migrated, empty SQLite store in `folder`."""
    path = folder / "lanhouse.db"
    shutil.copy(_sqlite_template(), path)
    return SqliteStore(path)


@cache
def _postgres_url() -> str:
    """A database of this process's own on the test server, migrated once."""
    server = sa.make_url(os.environ["LANHOUSE_TEST_POSTGRES_URL"])
    name = f"lanhouse_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    admin = sa.create_engine(
        server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}"'))
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    admin.dispose()
    url = server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    store = PostgresStore(url)
    migrate(store)
    asyncio.run(store.stop())
    _created.append((server, name))
    return url


_created: list[tuple[sa.URL, str]] = []


_NUMBERS_FROM_ONE = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences
"""


def empty_postgres() -> PostgresStore:
    """The process's PostgreSQL store with every table emptied."""
    store = PostgresStore(_postgres_url())
    names = [f'"{table.name}"' for table in complete_metadata().sorted_tables]
    # TRUNCATE makes a new file per table: only those with rows are worth it.
    looks = " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names
    )
    with store.engine.connect() as connection:
        filled = connection.execute(sa.text(looks)).scalars().all()
        if filled:
            emptied = ", ".join(filled)
            connection.execute(sa.text(f"TRUNCATE {emptied} CASCADE"))
        connection.execute(sa.text(_NUMBERS_FROM_ONE))
    return store


def close(store: Store) -> None:
    """Close what the test left open."""
    asyncio.run(store.stop())


def drop_databases() -> None:
    """Remove this process's databases (called once at the end of the run)."""
    for server, name in _created:
        admin = sa.create_engine(
            server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
        )
        with admin.connect() as connection:
            connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        admin.dispose()
    _created.clear()
