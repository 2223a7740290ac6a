"""`lanhouse init`: an empty centre with an Admin."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

import click

from lanhouse.cli.common import data_options, opened_store, settings_from
from lanhouse.cli.serving import bring_up_to_date
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import PRICE_MICROS_MAX
from lanhouse.kit.money import paid_decimals, parse_micros

_NAMES = {"id": "cafe_id", "zone_name": "timezone"}
"""What refusals call the fields of a new centre -> what they are called here."""


@click.command("init")
@data_options
@click.option("--center-id", type=click.IntRange(1, 9999), default=1, show_default=True)
@click.option("--name", default="My centre", show_default=True, help="Name that people see.")
@click.option("--license-name", help="Short name of the centre [center<id>].")
@click.option("--timezone", default="UTC", show_default=True, help="IANA name: Europe/Lisbon.")
@click.option("--currency", default="EUR", show_default=True, help="ISO code.")
@click.option("--admin", default="admin", show_default=True, help="Account of the Admin.")
@click.option("--price-per-hour", help='Price of an hour by the rule "Default": 2.50.')
@click.option("--password-stdin", is_flag=True, help="Read the Admin's password from stdin.")
def command(
    data_dir: Path | None,
    database_url: str | None,
    center_id: int,
    name: str,
    license_name: str | None,
    timezone: str,
    currency: str,
    admin: str,
    price_per_hour: str | None,
    password_stdin: bool,
) -> None:
    """Create an empty centre with an Admin; the password is printed once.

    A terminal is asked for the price of an hour when it is not given.
    """
    from lanhouse.auth.passwords import hash_password
    from lanhouse.auth.server_secret import open_vault
    from lanhouse.cafe import followers as _followers  # noqa: F401 - wires the café
    from lanhouse.cafe.centers.commands import NewCenter, create_center
    from lanhouse.cafe.centers.schemas import CenterSettings, PaymentSettings, Settings
    from lanhouse.cafe.shifts.commands.tills import NewTill, add_till
    from lanhouse.cafe.staff.commands import NewStaff, create_staff
    from lanhouse.db.store import Tx

    settings = settings_from(data_dir=data_dir, database_url=database_url)
    price_micros = _price(price_per_hour, currency)
    password = read_password() if password_stdin else secrets.token_urlsafe(15)
    password_hash = hash_password(password)
    new = NewCenter(
        id=center_id,
        name=name,
        license_name=license_name or f"center{center_id}",
        zone_name=timezone,
        currency=currency,
        # Whoever begins here answers for a drawer from the first day (decision 0097).
        settings=Settings(
            center=CenterSettings(show_getting_ready=True),
            payment=PaymentSettings(shift_required=True),
        ),
        price_per_hour_micros=price_micros,
    )

    def create(tx: Tx, _: None) -> None:
        center = create_center(tx, new)
        person = NewStaff(
            center_id=center.id, account=admin, password_hash=password_hash, role="admin"
        )
        create_staff(tx, person)
        # Without a till nobody could open a shift, and without a shift take money.
        add_till(tx, NewTill(center, "Till 1"))

    clock.start(settings.data_dir, is_guarded=settings.clock_guard)
    with opened_store(settings) as store:
        bring_up_to_date(settings, store, may_migrate_server=True)
        try:
            store.run_sync(create, None)
        except InvalidInput as refused:
            raise refused.renamed(_NAMES) from None
        _, problem = open_vault(settings.secret_path, store)
    if problem:
        click.echo(f"lanhouse: {problem}", err=True)
    click.echo(f"Centre {center_id} ({name}) is ready; licence name {new.license_name}.")
    click.echo(f"Admin account:  {admin}")
    if not password_stdin:
        click.echo(f"Admin password: {password}   (shown once)")
    if price_micros is None:
        click.echo('No time can be sold yet: set the price of "Default".')
    click.echo("Next: lanhouse serve, then sign in to the panel: it leads through the rest.")


def _price(given: str | None, currency: str) -> int | None:
    """Micros an hour, or None to set it later. A terminal is asked, a script is not."""
    if given is None and sys.stdin.isatty():
        question = f"Price of an hour in {currency} (empty: set it later)"
        given = click.prompt(question, default="", show_default=False)
    if given is None or not given.strip():
        return None
    text = given.strip().replace(",", ".")
    return parse_micros(
        text, decimals=paid_decimals(currency), field="price_per_hour", most_micros=PRICE_MICROS_MAX
    )


def read_password() -> str:
    """One line from standard input. Raises InvalidInput when it is too short or too long."""
    from lanhouse.auth.passwords import check_chosen

    password = sys.stdin.readline().rstrip("\r\n")
    check_chosen(password)
    return password
