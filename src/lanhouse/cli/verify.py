"""`lanhouse verify-ledger`: prove that the books hold."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lanhouse.cli.common import data_options, settings_from
from lanhouse.cli.serving import ready_store


@click.command("verify-ledger")
@data_options
def command(data_dir: Path | None, database_url: str | None) -> None:
    """Recompute chain, sums and balances, and compare the billing logs with them.

    Exit code 0 only when all of it holds.
    """
    from lanhouse.cafe.money.checks import check_all_logs
    from lanhouse.ledger.verify import verify_ledger

    settings = settings_from(data_dir=data_dir, database_url=database_url)
    with ready_store(settings) as store:
        report = store.read_sync(verify_ledger, None)
        difference = store.read_sync(check_all_logs, None) if report.is_clean else None
    if not report.is_clean:
        click.echo(f"The ledger does NOT hold. First bad row: {report.problem}", err=True)
        sys.exit(1)
    if difference is not None:
        click.echo(f"The billing log differs from the ledger: {difference}", err=True)
        sys.exit(1)
    click.echo(
        f"The ledger holds: {report.accounts} accounts, {report.transfers} transfers, "
        f"{report.entries} entries, {report.sealed} of them sealed."
    )
