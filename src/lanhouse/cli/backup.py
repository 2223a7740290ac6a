"""`lanhouse backup`: one checked file of everything, also while the server runs."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import click

from lanhouse import __version__
from lanhouse.cli import archive, postgres_tools
from lanhouse.cli.common import (
    data_options,
    database_path,
    existing_store,
    is_postgresql,
    settings_from,
)
from lanhouse.db.copies import empty_tables
from lanhouse.db.store import Store
from lanhouse.db.tables import left_out_of_backups
from lanhouse.kit import clock
from lanhouse.kit.errors import Refused
from lanhouse.settings import AppSettings


@click.command("backup")
@data_options
@click.option(
    "--to",
    "target",
    required=True,
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write; an existing one is not overwritten.",
)
@click.option(
    "--with-secrets",
    is_flag=True,
    help="Put the server secret in, which opens the sealed secrets. Keep such a file locked away.",
)
def command(
    data_dir: Path | None, database_url: str | None, target: Path, with_secrets: bool
) -> None:
    """Write a backup of one moment and check it."""
    from lanhouse.auth.server_secret import BadSecretFile, read_secret

    settings = settings_from(data_dir=data_dir, database_url=database_url)
    secret = settings.secret_path if with_secrets else None
    if secret is not None:
        try:
            read_secret(secret)
        except FileNotFoundError:
            raise BadSecretFile(f"{secret} is missing; no backup was written.") from None
    with existing_store(settings) as store:
        revision = write_backup(settings, store, target, secret)
    size_mib = target.stat().st_size / 2**20
    click.echo(f"Backup written and checked: {target} ({size_mib:.1f} MiB, revision {revision}).")
    if secret is None:
        click.echo(f"Without the server secret: keep a copy of {settings.secret_path} elsewhere.")


def write_backup(
    settings: AppSettings, store: Store, target: Path, secret: Path | None = None
) -> str:
    """Write a backup of one moment to a new file and check it; answers the revision in it.

    `secret` is the file of the server secret, to be put in. Raises Refused when the file is there
    already, or the copy is not sound.
    """
    from lanhouse.db.migrate import current_revision

    if target.exists():
        raise Refused(f"{target} exists already. Choose another name.")
    target.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target, because a whole database may not fit into the system's /tmp.
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".lanhouse-backup-") as folder:
        copy = Path(folder) / archive.DATABASE
        revision = current_revision(store)
        if revision is None:
            raise Refused("The database is empty; there is nothing to back up.")
        if is_postgresql(settings):
            postgres_tools.dump(settings.database_url, copy)
        else:
            vacuum_into(database_path(settings), copy)
        manifest = archive.Manifest(
            format=archive.FORMAT,
            kind="postgresql" if is_postgresql(settings) else "sqlite",
            version=__version__,
            revision=revision,
            made_at=clock.real_now(),
            sha256=archive.sha256_of(copy),
        )
        archive.pack(target, manifest, copy, settings.data_dir, secret)
    return revision


def vacuum_into(database: Path, copy: Path) -> None:
    """Copy an SQLite database as of one moment, beside a running server, and check the copy.

    The copy is without the rows that are in no backup. Raises Refused when it is not sound.
    """
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)) as source:
        source.execute("VACUUM INTO ?", (str(copy),))
    copy.chmod(0o600)
    _leave_out(copy)
    problem = integrity_problem(copy)
    if problem:
        raise Refused(f"The copy is not sound ({problem}); no backup was written.")


def _leave_out(copy: Path) -> None:
    """Take the rows that are in no backup out of a copy, and out of its free pages too."""
    from lanhouse.tables import complete_metadata

    complete_metadata()
    empty_tables(copy, left_out_of_backups())


def integrity_problem(database: Path) -> str:
    """What SQLite's own check finds wrong with a file; empty when it is sound."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            stray = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        return str(error)
    if found != "ok":
        return found
    return f"a row of {stray[0]} names a row of {stray[2]} that is not there" if stray else ""
