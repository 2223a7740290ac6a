"""`lanhouse add-agent`, `set-agent`, `fund-agent`, `set-player`: operators of the External API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.cli.callbacks import CallbackWanted, callback_options, change_callback
from lanhouse.cli.common import data_options, settings_from
from lanhouse.cli.rules import countries_of, licence_options
from lanhouse.cli.serving import ready_store
from lanhouse.db.store import Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput, NotFound


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
@licence_options
def add_agent(
    data_dir: Path | None,
    database_url: str | None,
    name: str,
    kind: str,
    currencies: tuple[str, ...],
    allow: str,
    parent: int | None,
    licence: str | None,
    countries: str | None,
    minimum_age: int | None,
) -> None:
    """Add an operator of the External API; the key is printed once. Without a licence it is a test
    agent for life: it plays, but for no real money."""
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
        licence_number=licence or "",
        countries=countries_of(countries) or (),
        minimum_age=minimum_age or 0,
    )

    def create(tx: Tx, _: None) -> KeyShown:
        return create_agent_key(tx, create_agent(tx, new).id)

    settings = settings_from(data_dir=data_dir, database_url=database_url)
    clock.start(settings.data_dir, is_guarded=settings.clock_guard)
    with ready_store(settings) as store:
        shown = store.run_sync(create, None)
    money = f"licence {licence}" if licence else "test, no real money"
    click.echo(f"Agent {shown.agent_id} ({name}, {kind}, {', '.join(rates)}, {money}) is ready.")
    click.echo(f"External API key: {shown.secret}   (shown once)")
    if kind == "transfer":
        click.echo(f"Next: lanhouse fund-agent --agent {shown.agent_id} --currency … --amount …")


@click.command("set-agent")
@data_options
@click.option("--agent", "agent_id", type=int, required=True, help="Number of the agent.")
@click.option("--on/--off", "is_active", default=None, help="Off: no calls and no bets.")
@click.option("--allow", metavar="LIST", help="Addresses that may call from now on, by comma.")
@click.option("--end-keys", is_flag=True, help="End every key the agent has.")
@click.option(
    "--new-key", is_flag=True, help="Make a key, printed once; of two live ones the older ends."
)
@click.option("--terms", metavar="PROVIDER", help="The provider whose terms the next three set.")
@click.option("--share", help="The agent's part of what players lose, 0 to 1; for bets from now.")
@click.option("--commission", help="Its commission on turnover, 0 to 1.")
@click.option("--contribution", help="What it contributes of turnover, 0 to 1.")
@licence_options
@callback_options
def set_agent(
    data_dir: Path | None,
    database_url: str | None,
    agent_id: int,
    is_active: bool | None,
    allow: str | None,
    end_keys: bool,
    new_key: bool,
    terms: str | None,
    share: str | None,
    commission: str | None,
    contribution: str | None,
    licence: str | None,
    countries: str | None,
    minimum_age: int | None,
    **callback: Any,
) -> None:
    """Switch an operator on or off, change its addresses, terms, licence and callback, replace its
    keys; the server may run."""
    from lanhouse.aggregator.agents import commands
    from lanhouse.aggregator.agents.queries import agent_by_id
    from lanhouse.aggregator.agents.schemas import (
        ActivateAgent,
        AllowAgent,
        SetLicence,
        SetTerms,
    )

    given = {"share": share, "commission": commission, "contribution": contribution}
    if terms is None and any(given.values()):
        raise InvalidInput({"terms": "name the provider: --terms house"})

    def change(tx: Tx, _: None) -> tuple[Agent, str]:
        if agent_by_id(tx, agent_id) is None:
            raise NotFound(f"There is no agent {agent_id}.")
        if is_active is not None:
            commands.set_agent_active(tx, ActivateAgent(agent_id, is_active))
        if allow is not None:
            commands.set_agent_addresses(tx, AllowAgent(agent_id, allow))
        if terms is not None:
            named = SetTerms(agent_id=agent_id, provider_id=terms, **given)
            commands.set_terms(tx, named)
        if (licence, countries, minimum_age) != (None, None, None):
            promise = SetLicence(
                agent_id=agent_id,
                licence_number=licence,
                countries=countries_of(countries),
                minimum_age=minimum_age,
            )
            commands.set_licence(tx, promise)
        if end_keys:
            commands.end_agent_keys(tx, agent_id)
        secret = commands.create_agent_key(tx, agent_id).secret if new_key else ""
        agent = agent_by_id(tx, agent_id)
        assert agent is not None
        return agent, secret

    settings = settings_from(data_dir=data_dir, database_url=database_url)
    clock.start(settings.data_dir, is_guarded=settings.clock_guard)
    with ready_store(settings) as store:
        agent, secret = store.run_sync(change, None)
        state = "on" if agent.is_active else "off"
        click.echo(f"Agent {agent_id} is {state} and may call from {agent.allowed_ips}.")
        click.echo(_promise(agent))
        if secret:
            click.echo(f"External API key: {secret}   (shown once)")
        change_callback(settings, store, agent_id, CallbackWanted(**callback))


def _promise(agent: Agent) -> str:
    if agent.is_test:
        return "It is a test agent: no real money."
    countries = ", ".join(agent.countries)
    return f"Licence {agent.licence_number} for {countries}, players from {agent.minimum_age} on."


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
