"""`lanhouse transactions`: what operators have not acknowledged for a day waits for a person."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from lanhouse.auth.server_secret import open_vault
from lanhouse.cli.common import by_command, data_options, settings_from
from lanhouse.cli.serving import ready_store
from lanhouse.db.store import Store, Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.settings import AppSettings

_NAME = "transactions"


@click.command(_NAME)
@data_options
@click.option("--parked", "is_list", is_flag=True, help="List those that wait for a person.")
@click.option("--resend", metavar="ID", help="Ask the operator about one, and send it again.")
@click.option("--write-off", metavar="ID", help="Give one up for good; needs --note.")
@click.option("--note", default="", help="Why it is written off; kept in the audit log.")
@click.option(
    "--unanswered", is_flag=True, help="Write it off although the operator does not say its state."
)
def command(
    data_dir: Path | None,
    database_url: str | None,
    is_list: bool,
    resend: str | None,
    write_off: str | None,
    note: str,
    unanswered: bool,
) -> None:
    """Look after settlements and rollbacks that no operator has acknowledged for 24 hours; the
    server may run."""
    if sum((is_list, resend is not None, write_off is not None)) != 1:
        raise InvalidInput({"transactions": "say one of --parked, --resend ID, --write-off ID"})
    if write_off is not None and not note.strip():
        raise InvalidInput({"note": "is required: why is it written off?"})
    settings = settings_from(data_dir=data_dir, database_url=database_url)
    clock.start(settings.data_dir, is_guarded=settings.clock_guard)
    with ready_store(settings) as store:
        if is_list:
            _list(store)
        elif resend is not None:
            _resend(settings, store, resend)
        else:
            assert write_off is not None, "one of the three was said"
            _write_off(settings, store, write_off, note.strip(), unanswered=unanswered)


def _list(store: Store) -> None:
    from lanhouse.aggregator.rounds.commands.parked import parked
    from lanhouse.kit.money import format_plain

    found = store.read_sync(parked)
    for each in found:
        since = "" if each.parked_at is None else each.parked_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        kind = "status" if each.is_check else each.tx_type.name.lower()
        amount = f"{format_plain(each.amount_micros)} {each.currency}"
        click.echo(
            f"{each.code}  agent {each.agent_id}  {kind:<8}  {amount:>14}"
            f"  {each.username}  parked {since} after {each.attempts} tries"
        )
    click.echo(f"{len(found)} parked.")


def _resend(settings: AppSettings, store: Store, code: str) -> None:
    from lanhouse.aggregator.rounds.commands.parked import Resend, resend
    from lanhouse.aggregator.rounds.schemas import State

    status = _status(settings, store, code)
    if status is None:
        raise Refused("The operator does not say what became of it; it stays parked. Try later.")
    state = _done(store, resend, Resend(code, status))
    if state == State.PENDING:
        click.echo(f"The operator says {status}; {code} is sent again by the server.")
    else:
        click.echo(f"The operator says {status}; {code} is {state}, nothing is to be sent.")


def _write_off(
    settings: AppSettings, store: Store, code: str, note: str, *, unanswered: bool
) -> None:
    from lanhouse.aggregator.rounds.commands.parked import WriteOff, write_off

    status = _status(settings, store, code)
    if status is None and not unanswered:
        raise Refused(
            "The operator does not say what became of it; it stays parked."
            " To write it off all the same add --unanswered."
        )
    state = _done(store, write_off, WriteOff(code=code, note=note, status=status))
    click.echo(f"{code} is {state} and never sent again.")


def _status(settings: AppSettings, store: Store, code: str) -> str | None:
    """What the operator says of it now. Raises what parked_one() raises."""
    from lanhouse.aggregator.caller import Caller
    from lanhouse.aggregator.operators.commands import opened_callback
    from lanhouse.aggregator.operators.lines import ask_status
    from lanhouse.aggregator.operators.queries import callback_row
    from lanhouse.aggregator.rounds.commands.parked import parked_one

    found = store.read_sync(parked_one, code)
    row = store.read_sync(callback_row, found.agent_id)
    if row is None:
        return None
    callback = opened_callback(row, open_vault(settings.secret_path, store)[0])

    async def ask() -> str | None:
        caller = Caller(settings.outbound_private)
        try:
            return await ask_status(caller, callback, found.status_code)
        finally:
            await caller.close()

    return asyncio.run(ask())


def _done(store: Store, command: Any, cmd: Any) -> Any:
    def noted(tx: Tx, _: None) -> Any:
        tx.trail.follow(by_command(_NAME))
        return command(tx, cmd)

    return store.run_sync(noted, None)
