"""Bringing a database to the newest revision: one Alembic history for both databases."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from lanhouse.db.pieces import make_missing
from lanhouse.db.store import Store
from lanhouse.kit.errors import Refused

# Any number will do, as long as every version of the program uses the same.
_MIGRATION_LOCK = 7_340_221
_SCRIPTS = Path(__file__).parent / "migrations"


def config_for(connection: sa.Connection | None = None) -> Config:
    """Alembic's configuration without an ini file; the connection is handed to env.py."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    return config


def newest_revision() -> str:
    """The revision that this version of the program needs."""
    head = ScriptDirectory.from_config(config_for()).get_current_head()
    assert head is not None
    return head


def known_revisions() -> frozenset[str]:
    """Every revision that this version of the program can upgrade from."""
    scripts = ScriptDirectory.from_config(config_for()).walk_revisions()
    return frozenset(script.revision for script in scripts)


def is_too_old(revision: str) -> bool:
    """Whether a revision comes before the first one that this version can upgrade from.

    Revisions are numbers of four digits; what came before the first was one migration each.
    """
    return revision < min(known_revisions())


def check_known(revision: str | None) -> None:
    """Raise Refused for a revision that this version does not know: the tables of a newer program
    must not be touched by us, and those of a much older one need the versions between."""
    if revision is None or revision in known_revisions():
        return
    if is_too_old(revision):
        raise Refused(
            f"The database is at revision {revision}; this version upgrades from "
            f"{min(known_revisions())} on. Install the release before this one, start it once "
            "(on PostgreSQL: lanhouse migrate), then come back. Nothing was changed."
        )
    raise Refused(
        f"The database is at revision {revision}, which a newer version of this program made. "
        "Install that version, or restore a backup from before the upgrade."
    )


def current_revision(store: Store) -> str | None:
    """The revision that the database has; None for an empty one."""
    with store.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(store: Store) -> None:
    """Upgrade to the newest revision, wholly or not at all, make what the database could not have
    before (db/pieces), and let it count its rows when there may be any.

    A second process that starts at the same time waits for the first one. Raises Refused for the
    database of a newer program, and of one that is too old.
    """
    before = current_revision(store)
    check_known(before)
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        raw: Any = connection.connection.dbapi_connection
        # Alembic leaves a transaction alone that was there before it; the drivers' own commit and
        # rollback, at the end of this block, end the one that BEGIN opens.
        with connection.begin():
            raw.execute("BEGIN IMMEDIATE" if is_sqlite else "BEGIN")
            if not is_sqlite:
                raw.execute(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
            command.upgrade(config_for(connection), "head")
            make_missing(connection)
    if before is not None:
        analyze(store)


def analyze(store: Store) -> None:
    """Let the database count its rows, so that it plans by them."""
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE"))


def migrate_embedded(store: Store, path: Path) -> Path | None:
    """Upgrade an SQLite file in place, after a copy of it when it holds data.

    Answers where the copy is, or None when nothing had to be done or the file was new. Raises
    Refused as migrate() does; the copy of an earlier upgrade stays.
    """
    before = current_revision(store)
    if before == newest_revision():
        return None
    check_known(before)
    copy = None
    if before is not None:
        copy = path.with_name(f"{path.stem}.before-{newest_revision()}.db")
        with store.engine.connect() as connection:
            copy.unlink(missing_ok=True)
            connection.execute(sa.text("VACUUM INTO :target"), {"target": str(copy)})
        shutil.copymode(path, copy)
    migrate(store)
    return copy
