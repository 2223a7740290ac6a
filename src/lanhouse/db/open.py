"""Which store the settings ask for."""

from __future__ import annotations

from pathlib import Path

from lanhouse.db.store import Store
from lanhouse.kit.errors import InvalidInput


def open_store(database_url: str, data_dir: Path, threads: int = 8) -> Store:
    """The PostgreSQL store for `postgresql://…`, else the embedded SQLite in `data_dir`.

    Raises InvalidInput for an address of another kind.
    """
    if database_url.startswith(("postgresql://", "postgres://")):
        from lanhouse.db.postgres import PostgresStore

        return PostgresStore(database_url.replace("postgres://", "postgresql://", 1), threads)
    if database_url:
        raise InvalidInput({"LANHOUSE_DATABASE_URL": "must start with postgresql://"})
    from lanhouse.db.sqlite import SqliteStore

    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    return SqliteStore(data_dir / "lanhouse.db")
