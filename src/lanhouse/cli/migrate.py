"""`lanhouse migrate`: bring the database to this program's revision."""

from __future__ import annotations

from pathlib import Path

import click

from lanhouse.cli.common import (
    data_options,
    database_path,
    is_postgresql,
    only_server,
    opened_store,
    settings_from,
)


@click.command("migrate")
@data_options
def command(data_dir: Path | None, database_url: str | None) -> None:
    """Upgrade the database. The embedded one is copied first and also upgrades by itself."""
    from lanhouse.db.migrate import current_revision, migrate, migrate_embedded, newest_revision

    settings = settings_from(data_dir=data_dir, database_url=database_url)
    with only_server(settings), opened_store(settings) as store:
        before = current_revision(store)
        if before == newest_revision():
            migrate(store)  # what the database could not have when it was upgraded (db/pieces)
            click.echo(f"Nothing to do: the database is at revision {before}.")
            return
        copy = None
        if is_postgresql(settings):
            migrate(store)
        else:
            copy = migrate_embedded(store, database_path(settings))
            database_path(settings).chmod(0o600)
        click.echo(f"Upgraded from {before or 'an empty database'} to {newest_revision()}.")
        if copy is not None:
            click.echo(f"A copy of the data as it was before: {copy}")
