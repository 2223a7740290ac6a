"""Write the next migration from the difference between the tables in code and the history.

    python tools/new_migration.py "Add bookings"

The result is a draft: read it, name its constraints, and give it a test on data.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from lanhouse.db.migrate import config_for, migrate, newest_revision
from lanhouse.db.sqlite import SqliteStore


def main(message: str) -> Path:
    """Bring an empty database to the newest revision and write what is missing from it; answers
    the file."""
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "history.db")
        migrate(store)
        number = f"{int(newest_revision()) + 1:04d}"
        with store.engine.connect() as connection:
            made = command.revision(
                config_for(connection), message, autogenerate=True, rev_id=number
            )
        store.engine.dispose()
    path = Path(getattr(made, "path"))  # noqa: B009 - one script, though its type says more
    print(f"wrote {path}")
    return path


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit('usage: python tools/new_migration.py "What changes"')
    main(sys.argv[1])
