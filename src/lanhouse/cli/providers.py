"""`lanhouse add-provider`, `set-provider`: providers of games, who may use them, and their keys."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lanhouse.cli.common import data_options, settings_from
from lanhouse.cli.serving import ready_store
from lanhouse.db.store import Store, Tx
from lanhouse.kit import clock, ids
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.settings import AppSettings

if TYPE_CHECKING:
    from lanhouse.aggregator.providers.schemas import SealedKey

_SWITCH = click.Choice(["on", "off"])


@click.command("add-provider")
@data_options
@click.argument("provider_id", metavar="ID")
@click.option("--url", required=True, help="Where the provider's calls are, without the call.")
@click.option("--name", help="Its name until it has told it with its games (the id).")
@click.option(
    "--agent",
    "agent_ids",
    type=int,
    multiple=True,
    help="An agent whose players may play there; more than once for several.",
)
def add_provider(
    data_dir: Path | None,
    database_url: str | None,
    provider_id: str,
    url: str,
    name: str | None,
    agent_ids: tuple[int, ...],
) -> None:
    """Enter a provider elsewhere (docs/provider-port.md); its key is printed once. The server may
    run, and asks it for its games within a minute."""
    from lanhouse.aggregator.agents.commands import add_agent_provider
    from lanhouse.aggregator.providers.commands import add_provider as add
    from lanhouse.aggregator.providers.commands import add_provider_key
    from lanhouse.aggregator.providers.schemas import AddProvider

    settings = settings_from(data_dir=data_dir, database_url=database_url)
    clock.start(settings.data_dir, is_guarded=settings.clock_guard)
    with ready_store(settings) as store:
        secret, key = _new_key(settings, store, provider_id)

        def enter(tx: Tx, _: None) -> None:
            add(tx, AddProvider(provider_id=provider_id, name=name or provider_id, url=url))
            add_provider_key(tx, key)
            for agent_id in agent_ids:
                add_agent_provider(tx, (agent_id, provider_id))

        store.run_sync(enter, None)
    click.echo(f"Provider {provider_id} at {url} is entered.")
    click.echo(f"Provider key: {secret}   (shown once)")


def _new_key(settings: AppSettings, store: Store, provider_id: str) -> tuple[str, SealedKey]:
    """A new key to show, and as it is kept. Raises Refused without the server secret."""
    from lanhouse.aggregator.providers.queries import KEY_PURPOSE
    from lanhouse.aggregator.providers.schemas import SealedKey
    from lanhouse.auth.server_secret import open_vault

    vault, problem = open_vault(settings.secret_path, store)
    secret = ids.new_secret("lhs")
    sealed = vault.seal(KEY_PURPOSE, provider_id, secret.encode())
    if sealed is None:
        raise Refused(f"Without the server secret no key can be kept. {problem}")
    key = SealedKey(provider_id=provider_id, sealed=sealed, fingerprint=vault.fingerprint)
    return secret, key


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
@click.option("--url", help="Where the provider's calls are from now on.")
@click.option(
    "--new-key", is_flag=True, help="Make a key, printed once; of two live ones the older ends."
)
@click.option(
    "--agent", "agent_ids", type=int, multiple=True, help="An agent that may use it from now on."
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
    url: str | None,
    new_key: bool,
    agent_ids: tuple[int, ...],
    restricted: str | None,
    prohibited: str | None,
) -> None:
    """Change a provider; the server may run."""
    from lanhouse.aggregator.agents.commands import add_agent_provider
    from lanhouse.aggregator.providers.commands import add_provider_key
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
        url=url,
        restricted_countries=_countries(restricted),
        prohibited_countries=_countries(prohibited),
    )
    settings = settings_from(data_dir=data_dir, database_url=database_url)
    clock.start(settings.data_dir, is_guarded=settings.clock_guard)
    with ready_store(settings) as store:
        secret, key = _new_key(settings, store, provider_id) if new_key else ("", None)

        def set_all(tx: Tx, _: None) -> None:
            change(tx, cmd)
            if key is not None:
                add_provider_key(tx, key)
            for agent_id in agent_ids:
                add_agent_provider(tx, (agent_id, provider_id))

        store.run_sync(set_all, None)
        kept = store.read_sync(providers_by_id)[provider_id]
    until = kept.maintenance_until
    click.echo(
        f"Provider {kept.id} ({kept.name}) is {'active' if kept.is_active else 'not active'}, "
        f"{'online' if kept.is_online else 'offline'}"
        + (f", under maintenance until {until:%Y-%m-%dT%H:%M:%SZ}." if until else ".")
    )
    if secret:
        click.echo(f"Provider key: {secret}   (shown once)")


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
