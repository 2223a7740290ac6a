"""The part of `lanhouse set-agent` that is about calls to a seamless agent's wallet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import click

from lanhouse.auth.server_secret import open_vault
from lanhouse.db.store import Store, Tx
from lanhouse.kit.errors import InvalidInput
from lanhouse.settings import AppSettings

_NAMES = {
    "url": "--callback-url",
    "timeout_ms": "--callback-timeout-ms",
    "uses_secret": "--callback-use-secret",
}


class CallbackWanted(NamedTuple):
    """The options as they were given."""

    callback_url: str | None
    callback_timeout_ms: int | None
    callback_new_secret: bool
    callback_use_secret: bool


def callback_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of set-agent about callbacks; the command takes them as CallbackWanted."""
    options = (
        click.option(
            "--callback-url",
            metavar="URL",
            help="Where the wallet of a seamless agent is called; its key and signing secret are"
            " made and printed once.",
        ),
        click.option(
            "--callback-timeout-ms",
            type=int,
            help="How long an answer of it is waited for (3000).",
        ),
        click.option(
            "--callback-new-secret",
            is_flag=True,
            help="Make the signing secret that will follow, printed once.",
        ),
        click.option(
            "--callback-use-secret",
            is_flag=True,
            help="Sign by that one from now on; together with --callback-new-secret at once.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def change_callback(
    settings: AppSettings, store: Store, agent_id: int, wanted: CallbackWanted
) -> None:
    """Do what the options say and print it, a new secret this once; nothing without options.

    Raises InvalidInput naming the option, and Refused without the server secret.
    """
    if not any(wanted):
        return
    from lanhouse.aggregator.operators.commands import set_callback
    from lanhouse.aggregator.operators.schemas import CallbackShown, SetCallback

    vault, _ = open_vault(settings.secret_path, store)
    cmd = SetCallback(
        agent_id=agent_id,
        vault=vault,
        url=wanted.callback_url,
        timeout_ms=wanted.callback_timeout_ms,
        makes_secret=wanted.callback_new_secret,
        uses_secret=wanted.callback_use_secret,
        may_be_plain=bool(settings.outbound_private),
    )

    def change(tx: Tx, _: None) -> CallbackShown:
        return set_callback(tx, cmd)

    try:
        shown = store.run_sync(change, None)
    except InvalidInput as refused:
        raise refused.renamed(_NAMES) from None
    click.echo(f"Its wallet is called at {shown.url} for at most {shown.timeout_ms} ms.")
    click.echo(f"Callback key: {shown.key}")
    if shown.secret:
        waits = cmd.makes_secret and not cmd.uses_secret
        when = "used from --callback-use-secret on; shown once" if waits else "shown once"
        click.echo(f"Signing secret: {shown.secret}   ({when})")
