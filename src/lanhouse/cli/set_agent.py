"""`lanhouse set-agent`: everything about an operator that can be changed while the server runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import click

from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.auth.server_secret import open_vault
from lanhouse.cli.callbacks import CallbackWanted, callback_options, change_callback
from lanhouse.cli.common import data_options, settings_from
from lanhouse.cli.rules import countries_of, licence_options
from lanhouse.cli.serving import ready_store
from lanhouse.db.store import Tx
from lanhouse.kit import clock, ids
from lanhouse.kit.errors import InvalidInput, NotFound
from lanhouse.kit.vault import LOCKED


class _Wanted(NamedTuple):
    """The options as they were given; None leaves a thing as it is."""

    is_active: bool | None
    allow: str | None
    frame_origins: str | None
    end_keys: bool
    new_key: bool
    terms: str | None
    share: str | None
    commission: str | None
    contribution: str | None
    is_signing: bool | None
    has_aliases: bool | None
    http_status: str | None
    licence: str | None
    countries: str | None
    minimum_age: int | None


class _Change(NamedTuple):
    """What to do to an agent; `signing_sealed` goes with `is_signing`."""

    agent_id: int
    wanted: _Wanted
    signing_sealed: bytes | None


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
@licence_options
@callback_options
def set_agent(data_dir: Path | None, database_url: str | None, agent_id: int, **given: Any) -> None:
    """Switch an operator on or off, change its addresses, terms, licence, answers and callback,
    replace its keys and secrets; the server may run."""
    from lanhouse.aggregator.agents.rules import sealed_signing

    callback = CallbackWanted(**{name: given.pop(name) for name in CallbackWanted._fields})
    wanted = _Wanted(**given)
    if wanted.terms is None and (wanted.share or wanted.commission or wanted.contribution):
        raise InvalidInput({"terms": "name the provider: --terms house"})
    secret = ids.new_secret("lhs") if wanted.is_signing else ""
    settings = settings_from(data_dir=data_dir, database_url=database_url)
    clock.start(settings.data_dir, is_guarded=settings.clock_guard)
    with ready_store(settings) as store:
        vault, _ = open_vault(settings.secret_path, store) if secret else (LOCKED, "")
        sealed = sealed_signing(vault, agent_id, secret) if secret else None
        agent, key = store.run_sync(_changed, _Change(agent_id, wanted, sealed))
        _tell(agent, wanted)
        if key:
            click.echo(f"External API key: {key}   (shown once)")
        if secret:
            click.echo(f"Signing secret: {secret}   (shown once; unsigned calls are refused now)")
        change_callback(settings, store, agent_id, callback)


def _changed(tx: Tx, change: _Change) -> tuple[Agent, str]:
    """Do it all or nothing; answers the agent and the key that was made, or ""."""
    from lanhouse.aggregator.agents import commands
    from lanhouse.aggregator.agents import schemas as to
    from lanhouse.aggregator.agents.queries import agent_by_id

    agent_id, wanted, sealed = change
    if agent_by_id(tx, agent_id) is None:
        raise NotFound(f"There is no agent {agent_id}.")
    if wanted.is_active is not None:
        commands.set_agent_active(tx, to.ActivateAgent(agent_id, wanted.is_active))
    if wanted.allow is not None:
        commands.set_agent_addresses(tx, to.AllowAgent(agent_id, wanted.allow))
    if wanted.frame_origins is not None:
        commands.set_frame_origins(tx, to.FrameAgent(agent_id, wanted.frame_origins))
    if wanted.terms is not None:
        given = {name: getattr(wanted, name) for name in ("share", "commission", "contribution")}
        commands.set_terms(tx, to.SetTerms(agent_id=agent_id, provider_id=wanted.terms, **given))
    if wanted.is_signing is not None:
        commands.set_agent_signing(tx, to.SignAgent(agent_id, sealed))
    status = wanted.http_status
    has_statuses = None if status is None else status == "semantic"
    commands.set_agent_habits(
        tx,
        to.SetHabits(agent_id=agent_id, has_aliases=wanted.has_aliases, has_statuses=has_statuses),
    )
    _promise(tx, agent_id, wanted)
    if wanted.end_keys:
        commands.end_agent_keys(tx, agent_id)
    key = commands.create_agent_key(tx, agent_id).secret if wanted.new_key else ""
    agent = agent_by_id(tx, agent_id)
    assert agent is not None
    return agent, key


def _promise(tx: Tx, agent_id: int, wanted: _Wanted) -> None:
    from lanhouse.aggregator.agents.commands import set_licence
    from lanhouse.aggregator.agents.schemas import SetLicence

    if (wanted.licence, wanted.countries, wanted.minimum_age) == (None, None, None):
        return
    promise = SetLicence(
        agent_id=agent_id,
        licence_number=wanted.licence,
        countries=countries_of(wanted.countries),
        minimum_age=wanted.minimum_age,
    )
    set_licence(tx, promise)


def _tell(agent: Agent, wanted: _Wanted) -> None:
    state = "on" if agent.is_active else "off"
    click.echo(f"Agent {agent.id} is {state} and may call from {agent.allowed_ips}.")
    if agent.is_test:
        click.echo("It is a test agent: no real money.")
    else:
        where, age = ", ".join(agent.countries), agent.minimum_age
        click.echo(f"Licence {agent.licence_number} for {where}, players from {age} on.")
    if wanted.frame_origins is not None:
        framed = ", ".join(agent.frame_origins) or "nobody"
        click.echo(f"Its games may be framed by: {framed}.")
