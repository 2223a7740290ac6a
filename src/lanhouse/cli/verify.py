"""`lanhouse verify-ledger`: prove that the books hold."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from lanhouse.cli.common import VERIFIED_FILE, data_options, settings_from
from lanhouse.cli.serving import ready_store
from lanhouse.kit.errors import Refused
from lanhouse.ledger.verify import Point

UNLOOKED = "not looked at by --since-last"


@click.command("verify-ledger")
@data_options
@click.option(
    "--since-last",
    is_flag=True,
    help="Only what was sealed after the last clean run, which must still be the start of the "
    "chain. Changes of older rows are not looked for.",
)
def command(data_dir: Path | None, database_url: str | None, since_last: bool) -> None:
    """Recompute chain, sums and balances, compare the billing logs and the Z reports of shifts
    with them, stocks with their movements, orders with their lines and payments, payments by QR
    code, and each business row with its digest, and check the database's pages, indexes and
    references.

    Exit code 0 only when all of it holds. A clean run is remembered for --since-last.
    """
    from lanhouse.cafe.money.checks import check_all_logs
    from lanhouse.cafe.orders.queries.checks import check_all_orders
    from lanhouse.cafe.payments.queries.checks import check_all_payments
    from lanhouse.cafe.products.queries.checks import check_all_stocks
    from lanhouse.cafe.reports.queries.checks import check_kept
    from lanhouse.cafe.shifts.queries.proof import check_all_shifts
    from lanhouse.db.pages import Soundness, check_pages
    from lanhouse.ledger.verify import verify_ledger
    from lanhouse.tables import complete_metadata

    settings = settings_from(data_dir=data_dir, database_url=database_url)
    place = settings.data_dir / VERIFIED_FILE
    since = _remembered(place) if since_last else None
    with ready_store(settings) as store:
        complete_metadata()  # every digested table is known
        report = store.read_sync(verify_ledger, since)
        difference = shift_problem = stock = sales = paid = None
        sound = Soundness(None, UNLOOKED)
        if report.is_clean and since is None:
            sound = store.read_sync(check_pages)
        if report.is_clean and since is None:
            difference = store.read_sync(check_all_logs) or store.read_sync(check_kept)
            shift_problem = store.read_sync(check_all_shifts)
            stock = store.read_sync(check_all_stocks)
            sales = store.read_sync(check_all_orders)
            paid = store.read_sync(check_all_payments)
    if not report.is_clean:
        click.echo(f"The ledger does NOT hold. First bad row: {report.problem}", err=True)
        sys.exit(1)
    if difference is not None:
        click.echo(f"The billing log differs from the ledger: {difference}", err=True)
        sys.exit(1)
    if shift_problem is not None:
        click.echo(f"The shifts differ from the ledger: {shift_problem}", err=True)
        sys.exit(1)
    if stock is not None:
        click.echo(f"A stock differs from its movements: {stock}", err=True)
        sys.exit(1)
    if sales is not None:
        click.echo(f"The orders differ from what was paid: {sales}", err=True)
        sys.exit(1)
    if paid is not None:
        click.echo(f"The payments differ from the ledger: {paid}", err=True)
        sys.exit(1)
    if sound.problem is not None:
        click.echo(f"The database itself is NOT sound: {sound.problem}", err=True)
        sys.exit(1)
    _remember(place, report.point)
    held = "The ledger holds" if since is None else f"The ledger holds since seal {since.sequence}"
    click.echo(
        f"{held}: {report.accounts} accounts, {report.transfers} transfers, "
        f"{report.entries} entries, {report.sealed} of them sealed."
    )
    rows = report.rows
    found = f", {rows.as_found} of them as found" if rows.as_found else ""
    waiting = f", {rows.waiting} still to be digested" if rows.waiting else ""
    click.echo(
        f"Business rows are as written: {rows.rows} rows, {rows.digests} digests{found}{waiting}."
    )
    click.echo(f"The database itself: {sound.told}.")


def _remembered(place: Path) -> Point:
    try:
        return msgspec.json.decode(place.read_bytes(), type=Point)
    except FileNotFoundError:
        raise Refused("No clean run is remembered here yet: run it without --since-last.") from None
    except msgspec.DecodeError:
        raise Refused(f"{place} cannot be read: run it without --since-last.") from None


def _remember(place: Path, point: Point) -> None:
    new = place.with_suffix(".new")
    try:
        new.touch(mode=0o600)
        new.write_bytes(msgspec.json.encode(point))
        new.replace(place)
    except OSError as error:
        click.echo(f"This run is not remembered for --since-last: {error}", err=True)
