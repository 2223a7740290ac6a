"""`lanhouse clear-demo`: keep the settings of the demo hall, and begin with empty books."""

from __future__ import annotations

from pathlib import Path

import click

from lanhouse.cli.backup import write_backup
from lanhouse.cli.common import data_options, existing_store, only_server, settings_from
from lanhouse.cli.serving import bring_up_to_date
from lanhouse.kit import clock
from lanhouse.kit.errors import Refused


@click.command("clear-demo")
@data_options
@click.option(
    "--backup-to",
    "target",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the backup goes that is made first [before-clearing-….backup in the data folder].",
)
@click.option("--confirm", metavar="NAME", help="Licence name of the demo, instead of typing it.")
def command(
    data_dir: Path | None, database_url: str | None, target: Path | None, confirm: str | None
) -> None:
    """Clear the demo data and keep the settings; the server must be stopped.

    Rooms, PCs, groups, prices, packages, goods (none in stock), printers, pictures, tills, people
    and settings go over to a new centre with books of its own. Guests, members, takings and logs of
    the demo stay in its closed books. A backup is made first.
    """
    from lanhouse.auth.server_secret import open_vault
    from lanhouse.cafe.centers.demo import CAFE_ID
    from lanhouse.cafe.centers.queries.demo_hall import demo_hall_id
    from lanhouse.demo.clearing import Clearing, backup_file, check_may_clear, clear_demo

    settings = settings_from(data_dir=data_dir, database_url=database_url)
    with only_server(settings, makes_database=False):
        clock.start(settings.data_dir, is_guarded=settings.clock_guard)
        with existing_store(settings) as store:
            bring_up_to_date(settings, store, may_migrate_server=False)
            hall_id = store.read_sync(demo_hall_id) or CAFE_ID
            old = store.read_sync(check_may_clear, hall_id)
            _confirm(old.license_name, confirm)
            file = target or backup_file(settings.data_dir)
            write_backup(settings, store, file)
            click.echo(f"Backup written and checked: {file}")
            vault, problem = open_vault(settings.secret_path, store)
            if problem:
                click.echo(f"lanhouse: {problem}", err=True)
            new = store.run_sync(clear_demo, Clearing(old.id, vault))
    click.echo(f"Centre {new.id} ({new.name}) has the settings; its books are empty.")
    click.echo(f"Licence name {new.license_name}, accounts and passwords of staff as before.")
    click.echo("Next: lanhouse serve. Connect the PCs again, and sign in to the panel.")


def _confirm(name: str, given: str | None) -> None:
    """Raise Refused unless the licence name is given or typed."""
    if given is None:
        given = click.prompt(f"This ends the demo. Type its licence name ({name}) to go on")
    if given.strip() != name:
        raise Refused(f"That is not {name}: nothing was changed.")
