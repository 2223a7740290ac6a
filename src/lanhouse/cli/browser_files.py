"""`lanhouse assets`: fetch and build what the browser loads."""

from __future__ import annotations

from pathlib import Path

import click

from lanhouse.kit.errors import Refused

ROOT = Path(__file__).resolve().parents[3]


@click.command("assets")
def command() -> None:
    """Fetch the front-end packages by lock file and build the browser's files."""
    from lanhouse.cli.assets import AssetsError, build_assets

    try:
        made = build_assets(ROOT)
    except AssetsError as error:
        raise Refused(str(error)) from error
    click.echo("Browser files are built." if made else "Browser files are up to date.")
