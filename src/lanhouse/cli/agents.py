"""`lanhouse add-agent`, `set-agent`, `fund-agent`, `set-player`: operators of the External API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lanhouse.auth.server_secret import open_vault
from lanhouse.cli.callbacks import CallbackWanted, callback_options, change_callback
from lanhouse.cli.common import data_options, settings_from
from lanhouse.cli.serving import ready_store
from lanhouse.db.store import Tx
from lanhouse.kit import clock, ids
from lanhouse.kit.errors import InvalidInput, NotFound
from lanhouse.kit.vault import LOCKED


@click.command("add-agent")
@data_options
@click.option("--name", required=True, help="Name of the operator.")
@click.option("--type", "kind", type=click.Choice(["transfer", "seamless"]), default="transfer")
@click.option(
    "--currency",
    "currencies",
    multiple=True,
    required=True,
    metavar="CODE[=RATE]",
    help="The first is the base currency; the others name their rate to it: --currency JPY=0.0061",
)
@click.option("--allow", required=True, metavar="LIST", help="Addresses that may call, by comma.")
@click.option("--parent", type=int, help="Number of the agent above it.")
def add_agent(
    data_dir: Path | None,
    database_url: str | None,
    name: str,
    kind: str,
    currencies: tuple[str, ...],
    allow: str,
    parent: int | None,
) -> None:
    """Add an operator of the External API; the key is printed once."""
    from lanhouse.aggregator.agents.commands import create_agent, create_agent_key
    from lanhouse.aggregator.agents.schemas import KeyShown, NewAgent

    rates = rates_of(currencies)
    new = NewAgent(
        name=name,
        kind=kind,
        base_currency=next(iter(rates)),
        currencies=rates,
        allowed_ips=allow,
        parent_id=parent,
    )

    def create(tx: Tx, _: None) -> KeyShown:
        return create_agent_key(tx, create_agent(tx, new).id)

    settings = settings_from(data_dir=data_dir, database_url=database_url)
    clock.start(settings.data_dir, is_guarded=settings.clock_guard)
    with ready_store(settings) as store:
        shown = store.run_sync(create, None)
    click.echo(f"Agent {shown.agent_id} ({name}, {kind}, {', '.join(rates)}) is ready.")
    click.echo(f"External API key: {shown.secret}   (shown once)")
    if kind == "transfer":
        click.echo(f"Next: lanhouse fund-agent --agent {shown.agent_id} --currency … --amount …")


@click.command("set-agent")
@data_options
@click.option("--agent", "agent_id", type=int, required=True, help="Number of the agent.")
@click.option("--on/--off", "is_active", default=None, help="Off: no calls and no bets.")
@click.option("--allow", metavar="LIST", help="Addresses that may call from now on, by comma.")
@click.option(
    "--frame-origins",
    metavar="LIST",
    help="Origins whose pages may frame its games from now on, by comma; '' for none.",
)
@click.option("--end-keys", is_flag=True, help="End every key the agent has.")
@click.option(
    "--new-key", is_flag=True, help="Make a key, printed once; of two live ones the older ends."
)
@click.option("--terms", metavar="PROVIDER", help="The provider whose terms the next three set.")
@click.option("--share", help="The agent's part of what players lose, 0 to 1; for bets from now.")
@click.option("--commission", help="Its commission on turnover, 0 to 1.")
@click.option("--contribution", help="What it contributes of turnover, 0 to 1.")
@click.option(
    "--signing/--no-signing",
    "is_signing",
    default=None,
    help="Its calls must be signed: makes a new secret, printed once; the one before ends.",
)
@click.option(
    "--envelope-aliases/--no-envelope-aliases",
    "has_aliases",
    default=None,
    help="Answers also have message and data at top level.",
)
@click.option(
    "--http-status",
    type=click.Choice(["legacy", "semantic"]),
    help="Refusals: always HTTP 200 (legacy), or a status of their own (semantic).",
)
@callback_options
def set_agent(
    data_dir: Path | None,
    database_url: str | None,
    agent_id: int,
    is_active: bool | None,
    allow: str | None,
    frame_origins: str | None,
    end_keys: bool,
    new_key: bool,
    terms: str | None,
    share: str | None,
    commission: str | None,
    contribution: str | None,
    is_signing: bool | None,
    has_aliases: bool | None,
    http_status: str | None,
    **callback: Any,
) -> None:
    """Switch an operator on or off, change its addresses, terms, answers and callback, replace its
    keys and secret; the server may run."""
    from lanhouse.aggregator.agents import commands
    from lanhouse.aggregator.agents.queries import agent_by_id
    from lanhouse.aggregator.agents.rules import sealed_signing
    from lanhouse.aggregator.agents.schemas import (
        ActivateAgent,
        Agent,
        AllowAgent,
        FrameAgent,
        SetHabits,
        SetTerms,
        SignAgent,
    )

    given = {"share": share, "commission": commission, "contribution": contribution}
    if terms is None and any(given.values()):
        raise InvalidInput({"terms": "name the provider: --terms house"})
    signing = ids.new_secret("lhs") if is_signing else ""
    has_statuses = None if http_status is None else http_status == "semantic"
    habits = SetHabits(agent_id=agent_id, has_aliases=has_aliases, has_statuses=has_statuses)

    def change(tx: Tx, _: None) -> tuple[Agent, str]:
        if agent_by_id(tx, agent_id) is None:
            raise NotFound(f"There is no agent {agent_id}.")
        if is_active is not None:
            commands.set_agent_active(tx, ActivateAgent(agent_id, is_active))
        if allow is not None:
            commands.set_agent_addresses(tx, AllowAgent(agent_id, allow))
        if frame_origins is not None:
            commands.set_frame_origins(tx, FrameAgent(agent_id, frame_origins))
        if terms is not None:
            named = SetTerms(agent_id=agent_id, provider_id=terms, **given)
            commands.set_terms(tx, named)
        if is_signing is not None:
            sealed = sealed_signing(vault, agent_id, signing) if signing else None
            commands.set_agent_signing(tx, SignAgent(agent_id, sealed))
        commands.set_agent_habits(tx, habits)
        if end_keys:
            commands.end_agent_keys(tx, agent_id)
        secret = commands.create_agent_key(tx, agent_id).secret if new_key else ""
        agent = agent_by_id(tx, agent_id)
        assert agent is not None
        return agent, secret

    settings = settings_from(data_dir=data_dir, database_url=database_url)
    clock.start(settings.data_dir, is_guarded=settings.clock_guard)
    with ready_store(settings) as store:
        vault, _ = open_vault(settings.secret_path, store) if signing else (LOCKED, "")
        agent, secret = store.run_sync(change, None)
        state = "on" if agent.is_active else "off"
        click.echo(f"Agent {agent_id} is {state} and may call from {agent.allowed_ips}.")
        if frame_origins is not None:
            allowed = ", ".join(agent.frame_origins) or "nobody"
            click.echo(f"Its games may be framed by: {allowed}.")
        if secret:
            click.echo(f"External API key: {secret}   (shown once)")
        if signing:
            click.echo(f"Signing secret: {signing}   (shown once; unsigned calls are refused now)")
        change_callback(settings, store, agent_id, CallbackWanted(**callback))


@click.command("set-player")
@data_options
@click.option("--agent", "agent_id", type=int, required=True, help="Number of the agent.")
@click.option("--username", required=True, help="Name of the player at this agent.")
@click.option(
    "--on/--off",
    "is_active",
    required=True,
    default=None,
    help="Off: no deposit, launch or bet; a withdrawal still works.",
)
def set_player(
    data_dir: Path | None, database_url: str | None, agent_id: int, username: str, is_active: bool
) -> None:
    """Switch a player of an operator on or off; a game that is open takes no bet any more."""
    from lanhouse.aggregator.players.commands import set_player_active
    from lanhouse.aggregator.players.schemas import ActivatePlayer

    settings = settings_from(data_dir=data_dir, database_url=database_url)
    clock.start(settings.data_dir, is_guarded=settings.clock_guard)
    with ready_store(settings) as store:
        store.run_sync(set_player_active, ActivatePlayer(agent_id, username, is_active))
    click.echo(f"{username} of agent {agent_id} is {'on' if is_active else 'off'}.")


@click.command("fund-agent")
@data_options
@click.option("--agent", "agent_id", type=int, required=True, help="Number of the agent.")
@click.option("--currency", required=True, help="One of the agent's currencies.")
@click.option("--amount", required=True, help="Plain decimal number, more than 0.")
@click.option("--key", help="Name of this payment; the same name is booked once only.")
def fund_agent(
    data_dir: Path | None,
    database_url: str | None,
    agent_id: int,
    currency: str,
    amount: str,
    key: str | None,
) -> None:
    """Put money that a transfer agent has paid to the platform into its wallet."""
    from lanhouse.aggregator.agents.commands import fund_agent as fund
    from lanhouse.aggregator.agents.schemas import FundAgent
    from lanhouse.kit.money import currency_decimals, format_plain, parse_micros

    micros = parse_micros(amount, decimals=currency_decimals(currency), field="amount")
    payment = FundAgent(agent_id=agent_id, currency=currency, amount_micros=micros, key=key)
    settings = settings_from(data_dir=data_dir, database_url=database_url)
    clock.start(settings.data_dir, is_guarded=settings.clock_guard)
    with ready_store(settings) as store:
        balance = store.run_sync(fund, payment)
    click.echo(f"Agent {agent_id} holds {format_plain(balance)} {currency} after this payment.")


def rates_of(currencies: tuple[str, ...]) -> dict[str, str]:
    """Currency -> rate to the first one, whose rate is 1. Raises InvalidInput."""
    rates: dict[str, str] = {}
    for number, text in enumerate(currencies):
        code, has_rate, rate = text.partition("=")
        if number == 0 and not has_rate:
            rate = "1"
        elif not has_rate:
            raise InvalidInput({"currency": f"{code} needs its rate to {currencies[0]}: {code}=…"})
        if code in rates:
            raise InvalidInput({"currency": f"{code} is named twice"})
        rates[code] = rate
    return rates
