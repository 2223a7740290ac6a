"""`lanhouse set-provider`: switch a provider of games, and say where it may be played."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from lanhouse.cli.common import data_options, settings_from
from lanhouse.cli.serving import ready_store
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput

_SWITCH = click.Choice(["on", "off"])


@click.command("set-provider")
@data_options
@click.argument("provider_id", metavar="ID")
@click.option("--active", type=_SWITCH, help="Off: no launch and no bet; open rounds finish.")
@click.option("--online", type=_SWITCH, help="Off: the same, told as a provider out of reach.")
@click.option(
    "--maintenance-until",
    metavar="TIME",
    help='Until then no launch and no bet (RFC 3339); "none" ends it.',
)
@click.option("--restricted", metavar="LIST", help="Countries that need a licence, by comma.")
@click.option("--prohibited", metavar="LIST", help="Countries that are refused always, by comma.")
def set_provider(
    data_dir: Path | None,
    database_url: str | None,
    provider_id: str,
    active: str | None,
    online: str | None,
    maintenance_until: str | None,
    restricted: str | None,
    prohibited: str | None,
) -> None:
    """Change a provider; the server may run."""
    from lanhouse.aggregator.providers.commands import set_provider as change
    from lanhouse.aggregator.providers.queries import providers_by_id
    from lanhouse.aggregator.providers.schemas import SetProvider

    ends = maintenance_until == "none"
    cmd = SetProvider(
        provider_id=provider_id,
        is_active=None if active is None else active == "on",
        is_online=None if online is None else online == "on",
        maintenance_until=None if ends else _moment(maintenance_until),
        ends_maintenance=ends,
        restricted_countries=_countries(restricted),
        prohibited_countries=_countries(prohibited),
    )
    settings = settings_from(data_dir=data_dir, database_url=database_url)
    clock.start(settings.data_dir, is_guarded=settings.clock_guard)
    with ready_store(settings) as store:
        store.run_sync(change, cmd)
        kept = store.read_sync(providers_by_id)[provider_id]
    until = kept.maintenance_until
    click.echo(
        f"Provider {kept.id} ({kept.name}) is {'active' if kept.is_active else 'not active'}, "
        f"{'online' if kept.is_online else 'offline'}"
        + (f", under maintenance until {until:%Y-%m-%dT%H:%M:%SZ}." if until else ".")
    )


def _moment(text: str | None) -> datetime | None:
    from lanhouse.aggregator.rounds.rules import moment_of

    return moment_of(text, "maintenance-until")


def _countries(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    found = tuple(part.strip().upper() for part in text.split(",") if part.strip())
    if len(set(found)) != len(found):
        raise InvalidInput({"countries": "one is named twice"})
    return found
