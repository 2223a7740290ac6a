"""`lanhouse add-agent`, `set-agent`, `fund-agent`, `set-player`: operators of the External API."""

from __future__ import annotations

from pathlib import Path

import click

from lanhouse.cli.common import data_options, settings_from
from lanhouse.cli.rules import countries_of, licence_options
from lanhouse.cli.serving import ready_store
from lanhouse.db.store import Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput


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
