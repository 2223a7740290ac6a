"""Write the next migration from the difference between the tables in code and the history.

    python tools/new_migration.py "Add bookings"

The result is a draft: read it, name its constraints, and give it a test on data.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from lanhouse.db import migrate as migrate_module
from lanhouse.db.migrate import config_for, migrate, newest_revision
from lanhouse.db.sqlite import SqliteStore

VERSIONS = Path(migrate_module.__file__).parent / "migrations" / "versions"


def main(message: str, into: Path = VERSIONS) -> Path:
    """Bring an empty database to the newest revision and write what is missing from it into a
    folder; answers the file."""
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "history.db")
        migrate(store)
        number = f"{int(newest_revision()) + 1:04d}"
        with store.engine.connect() as connection:
            config = config_for(connection)
            config.set_main_option("path_separator", "newline")
            config.set_main_option("version_locations", f"{VERSIONS}\n{into}")
            made = command.revision(
                config, message, autogenerate=True, rev_id=number, version_path=str(into)
            )
        store.engine.dispose()
    path = Path(getattr(made, "path"))  # noqa: B009 - one script, though its type says more
    print(f"wrote {path}")
    return path


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit('usage: python tools/new_migration.py "What changes"')
    main(sys.argv[1])
