"""`lanhouse verify-reports`: the kept sums of the aggregator are what its records say."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lanhouse.cli.common import data_options, existing_store, settings_from


@click.command("verify-reports")
@data_options
def command(data_dir: Path | None, database_url: str | None) -> None:
    """Add every closed round up again and compare; exit 1 names the first sum that is wrong."""
    from lanhouse.aggregator.rounds.queries.reports import verify_reports

    settings = settings_from(data_dir=data_dir, database_url=database_url)
    with existing_store(settings) as store:
        found = store.read_sync(verify_reports)
    if found.problem is not None:
        click.echo(f"The reports do NOT hold. {found.problem}", err=True)
        sys.exit(1)
    click.echo(f"The reports hold: {found.rounds} closed rounds in {found.hours} hours.")
