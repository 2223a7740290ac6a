"""`lanhouse accept-secret`: go on with the server secret that is here, when the old one is lost."""

from __future__ import annotations

from pathlib import Path

import click

from lanhouse.cli.common import data_options, only_server, settings_from
from lanhouse.cli.serving import ready_store


@click.command("accept-secret")
@data_options
def command(data_dir: Path | None, database_url: str | None) -> None:
    """Use the server secret file that is here from now on, or make one when there is none.

    What was sealed under the old one can be read no longer.
    """
    from lanhouse.auth.server_secret import make_secret, replace_fingerprint
    from lanhouse.kit.vault import Vault

    settings = settings_from(data_dir=data_dir, database_url=database_url)
    with only_server(settings, makes_database=False), ready_store(settings) as store:
        vault = Vault(make_secret(settings.secret_path))
        store.run_sync(replace_fingerprint, vault.fingerprint)
    click.echo(f"{settings.secret_path} is the server secret of this database from now on.")
    click.echo("Every other server of this database needs the same file.")
