"""Which store the settings ask for."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from lanhouse.db.store import Store
from lanhouse.kit.errors import InvalidInput, Refused


def open_store(database_url: str, data_dir: Path, threads: int = 8) -> Store:
    """The PostgreSQL store for `postgresql://…`, else the embedded SQLite in `data_dir`.

    Raises InvalidInput for an address of another kind, Refused for a file that this user cannot
    read and write.
    """
    if database_url.startswith(("postgresql://", "postgres://")):
        _check_address(database_url)
        from lanhouse.db.postgres import PostgresStore

        return PostgresStore(database_url.replace("postgres://", "postgresql://", 1), threads)
    if database_url:
        raise InvalidInput({"LANHOUSE_DATABASE_URL": "must start with postgresql://"})
    from lanhouse.db.sqlite import SqliteStore

    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = data_dir / "lanhouse.db"
    if not _is_usable(path):
        raise Refused(
            f"{path} cannot be read and written by this user. Look at its owner and rights."
        )
    return SqliteStore(path)


def _check_address(database_url: str) -> None:
    try:
        _ = urlsplit(database_url).port
    except ValueError:
        raise InvalidInput({"LANHOUSE_DATABASE_URL": "its port is not a number"}) from None


def _is_usable(path: Path) -> bool:
    """SQLite needs the file and, for its journal, the folder; the file may still be to be made."""
    if not os.access(path.parent, os.W_OK | os.X_OK):
        return False
    return not path.exists() or (path.is_file() and os.access(path, os.R_OK | os.W_OK))
