"""`lanhouse restore`: bring a backup back, refuse to overwrite, verify afterwards."""

from __future__ import annotations

import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click
import sqlalchemy as sa

from lanhouse.cli import archive, generations, postgres_tools
from lanhouse.cli.backup import integrity_problem
from lanhouse.cli.common import (
    VERIFIED_FILE,
    data_options,
    database_path,
    is_postgresql,
    locked,
    only_server,
    opened_store,
    settings_from,
    write_private,
)
from lanhouse.db.store import Store
from lanhouse.kit.errors import Refused
from lanhouse.settings import AppSettings

KEPT_SUFFIX = ".before-restore"


@click.command("restore")
@data_options
@click.option(
    "--from",
    "source",
    required=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file that `lanhouse backup` wrote.",
)
@click.option("--force", is_flag=True, help="Replace the database that is there.")
@click.option("--end-keys", is_flag=True, help="End every API key that the backup brings.")
def command(
    data_dir: Path | None, database_url: str | None, source: Path, force: bool, end_keys: bool
) -> None:
    """Restore a backup, then verify the ledger. Exit code 0 only when it holds."""
    from lanhouse.auth.server_secret import known_fingerprint, secret_problem
    from lanhouse.ledger.verify import verify_ledger
    from lanhouse.tables import complete_metadata

    settings = settings_from(data_dir=data_dir, database_url=database_url)
    with only_server(settings, makes_database=False), ExitStack() as held:
        kept = before_restore(settings)
        # Beside the database itself, where a link may lead: it is put in its place by a rename.
        beside = generations.file_of(settings).parent
        with tempfile.TemporaryDirectory(dir=beside, prefix=".restore-") as folder:
            manifest = archive.unpack(source, Path(folder))
            check_fits(manifest, settings)
            check_secret(settings, Path(folder), force=force)
            if is_postgresql(settings):
                restore_postgresql(settings, Path(folder), force=force)
            else:
                new = Path(folder) / archive.DATABASE
                held.enter_context(locked(new, database_path(settings)))
                restore_sqlite(settings, Path(folder), force=force)
        # What was verified before is not this database.
        (settings.data_dir / VERIFIED_FILE).unlink(missing_ok=True)
        with opened_store(settings) as store:
            bring_to_newest(settings, store)
            complete_metadata()  # every digested table is known
            report = store.read_sync(verify_ledger, None)
            known = store.read_sync(known_fingerprint)
            told = generations.settle_restored(
                settings, store, kept, made_at=manifest.made_at, ends_keys=end_keys
            )
    problem = secret_problem(settings.secret_path, known)
    if problem:
        click.echo(f"lanhouse: {problem}", err=True)
    click.echo(f"Restored {source} (made {manifest.made_at:%Y-%m-%d %H:%M} UTC).")
    click.echo(f"Everybody signs in anew. {told}".strip())
    if not report.is_clean:
        click.echo(f"But the ledger does NOT hold: {report.problem}", err=True)
        sys.exit(1)
    click.echo(f"The ledger holds: {report.transfers} transfers, {report.entries} entries.")


def before_restore(settings: AppSettings) -> generations.Kept | None:
    """What this host knows of keys and sign-ins, as long as the old database is there."""
    if not is_postgresql(settings) and not database_path(settings).exists():
        return generations.known_here(settings, None)
    with opened_store(settings) as store:
        return generations.known_here(settings, store)


def check_fits(manifest: archive.Manifest, settings: AppSettings) -> None:
    """Refuse a backup of the other kind of database, of a newer program, or of one so old that this
    one cannot upgrade it."""
    from lanhouse.db.migrate import is_too_old, known_revisions

    kind = "postgresql" if is_postgresql(settings) else "sqlite"
    if manifest.kind != kind:
        raise Refused(
            f"The backup holds a {manifest.kind} database and this installation uses {kind}."
        )
    if is_too_old(manifest.revision):
        raise Refused(
            f"The backup was made by version {manifest.version} at revision {manifest.revision}, "
            "which is too old for this one. Restore it with the release before this one, start "
            "that once, and make a new backup."
        )
    if manifest.revision not in known_revisions():
        raise Refused(
            f"The backup was made by version {manifest.version}, which is newer than this one. "
            "Install that version first."
        )


def check_secret(settings: AppSettings, folder: Path, *, force: bool) -> None:
    """Refuse to replace another server secret than the one that the backup brings."""
    new, old = folder / archive.SECRET, settings.secret_path
    if force or not new.is_file() or not old.exists():
        return
    if old.read_bytes() != new.read_bytes():
        raise Refused(
            f"{old} is another server secret than the one in the backup."
            " Add --force to replace it (it is kept beside the new one)."
        )


def restore_sqlite(settings: AppSettings, folder: Path, *, force: bool) -> None:
    """Put the database file in its place; the old one is kept beside it."""
    target = database_path(settings).resolve()
    if target.exists() and not force:
        raise Refused(f"{target} exists. Add --force to replace it (a copy of it is kept).")
    problem = integrity_problem(folder / archive.DATABASE)
    if problem:
        raise Refused(f"The backup is not sound: {problem}. Nothing was changed.")
    kept = free_name(target.with_name(target.name + KEPT_SUFFIX))
    for suffix in ("", "-wal", "-shm"):
        old = target.with_name(target.name + suffix)
        if old.exists():
            old.replace(kept.with_name(kept.name + suffix))
    (folder / archive.DATABASE).chmod(0o600)
    (folder / archive.DATABASE).replace(target)
    restore_marks(settings, folder)


def free_name(wanted: Path) -> Path:
    """The name itself, or with -2, -3 … what an earlier restore has kept is never written over.

    A log of SQLite's beside the wrong file would spoil it, so a log that was left counts too.
    """
    number, name = 1, wanted
    while any(name.with_name(name.name + suffix).exists() for suffix in ("", "-wal", "-shm")):
        number += 1
        name = wanted.with_name(f"{wanted.name}-{number}")
    return name


def restore_postgresql(settings: AppSettings, folder: Path, *, force: bool) -> None:
    """Load the dump in one transaction; a database with tables needs `force`."""
    with opened_store(settings) as store:
        tables = sa.inspect(store.engine).get_table_names()
    if tables and not force:
        raise Refused(
            f"The database has {len(tables)} tables. Add --force to replace them "
            "(make a backup first), or name an empty database."
        )
    postgres_tools.load(settings.database_url, folder / archive.DATABASE, replace=bool(tables))
    restore_marks(settings, folder)


def restore_marks(settings: AppSettings, folder: Path) -> None:
    """Copy the small files that came with the database; another server secret is kept."""
    for name in archive.MARKS:
        if (folder / name).is_file():
            shutil.copyfile(folder / name, settings.data_dir / name)
    new, old = folder / archive.SECRET, settings.secret_path
    if not new.is_file():
        return
    if old.exists() and old.read_bytes() != new.read_bytes():
        old.replace(free_name(old.with_name(old.name + KEPT_SUFFIX)))
    write_private(old, new.read_bytes())


def bring_to_newest(settings: AppSettings, store: Store) -> None:
    """Upgrade a backup of an older version, whose copy to go back to is the backup itself, and make
    what a dump leaves out.
    """
    from lanhouse.db.migrate import migrate

    migrate(store)
    if not is_postgresql(settings):
        database_path(settings).chmod(0o600)
