"""`lanhouse serve`: the server of a real installation."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from lanhouse.aggregator.agents.queries import has_agents
from lanhouse.auth import addresses
from lanhouse.cafe.centers.queries import all_centers
from lanhouse.cli.common import (
    data_options,
    is_postgresql,
    only_server,
    opened_store,
    settings_from,
)
from lanhouse.cli.serving import bind, bring_up_to_date, run
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import Refused
from lanhouse.settings import AppSettings

File = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("serve")
@data_options
@click.option("--host", metavar="ADDRESS", help="Address to listen on (LANHOUSE_HOST, 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port (LANHOUSE_PORT, 8000).")
@click.option("--behind-proxy", is_flag=True, help="TLS ends at a proxy in front of this server.")
@click.option("--tls-certificate", type=File, help="PEM file with the certificate chain.")
@click.option("--tls-key", type=File, help="PEM file with the private key.")
def command(
    data_dir: Path | None,
    database_url: str | None,
    host: str | None,
    port: int | None,
    behind_proxy: bool,
    tls_certificate: Path | None,
    tls_key: Path | None,
) -> None:
    """Serve the centre. Loopback by default; elsewhere only with TLS or behind a proxy."""
    settings = settings_from(data_dir=data_dir, database_url=database_url, host=host, port=port)
    if (tls_certificate is None) != (tls_key is None):
        raise Refused("--tls-certificate and --tls-key belong together.")
    tls = (tls_certificate, tls_key) if tls_certificate and tls_key else None
    check_exposure(settings, behind_proxy=behind_proxy, has_tls=tls is not None)
    settings = secure(settings, behind_proxy=behind_proxy, has_tls=tls is not None)
    if behind_proxy and not settings.trusted_proxies:
        click.echo(
            "lanhouse: LANHOUSE_TRUSTED_PROXIES is empty, so every caller will seem to come from "
            "the proxy: IP lists and lock-outs will not work as meant.",
            err=True,
        )
    with only_server(settings):
        clock.start(settings.data_dir, is_guarded=settings.clock_guard)
        listener = bind(settings)
        with opened_store(settings) as store:
            bring_up_to_date(settings, store, may_migrate_server=False)
            if is_empty(store):
                click.echo(_empty_text(settings), err=True)
            run(settings, store, listener, tls=tls, ready=lambda: _say_ready(settings))


def check_exposure(settings: AppSettings, *, behind_proxy: bool, has_tls: bool) -> None:
    """Refuse to speak plain HTTP to a network (architecture section 5)."""
    if has_tls or behind_proxy or is_loopback(settings.host):
        return
    raise Refused(
        f"{settings.host} can be reached from the network, and plain HTTP would show passwords "
        "and keys to it. Put a proxy with TLS in front and say --behind-proxy, or give "
        "--tls-certificate and --tls-key."
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    return host == "localhost" or addresses.is_loopback(host)


def secure(settings: AppSettings, *, behind_proxy: bool, has_tls: bool) -> AppSettings:
    """With TLS in the way, cookies travel over HTTPS only and links say https.

    Raises InvalidInput when the trusted proxies, the networks for /metrics or those of printers are
    not addresses.
    """
    for name in ("trusted_proxies", "metrics_networks", "outbound_private"):
        if typed := getattr(settings, name):
            listed = addresses.parse_allow_list(typed, f"LANHOUSE_{name.upper()}")
            settings = msgspec.structs.replace(settings, **{name: listed})
    if not (behind_proxy or has_tls):
        return settings
    public_url = settings.public_url
    if has_tls and not public_url:
        public_url = f"https://{settings.host}:{settings.port}"
    return msgspec.structs.replace(settings, secure_cookies=True, public_url=public_url)


def is_empty(store: Store) -> bool:
    """Whether the database has neither a centre nor an agent: nobody can sign in or call."""
    return not (store.read_sync(all_centers) or store.read_sync(has_agents))


def _empty_text(settings: AppSettings) -> str:
    where = "PostgreSQL" if is_postgresql(settings) else str(settings.data_dir.absolute())
    return (
        f"lanhouse: the database in {where} has no centre and no agent, so nobody can sign in or "
        "call. Is this the right one? Create a centre with: lanhouse init"
    )


def _say_ready(settings: AppSettings) -> None:
    click.echo(f"Lanhouse serves on {settings.base_url}")
