"""`lanhouse set-rules`: what an agent must obey in a country; the options of licences."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from lanhouse.cli.common import data_options, settings_from
from lanhouse.cli.serving import ready_store
from lanhouse.db.store import Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput, NotFound
from lanhouse.kit.money import MICROS, parse_micros

_OTHERS = "*"


def licence_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--licence, --countries and --minimum-age."""
    options = (
        click.option("--licence", metavar="NUMBER", help="Licence of the operator: real money."),
        click.option(
            "--countries", metavar="LIST", help="Countries of the licence (ISO 3166), by comma."
        ),
        click.option("--minimum-age", type=int, help="Age that the operator checks players for."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def countries_of(text: str | None) -> tuple[str, ...] | None:
    """The codes of a list by comma, or None where none was given."""
    if text is None:
        return None
    return tuple(code.strip().upper() for code in text.split(",") if code.strip())


@click.command("set-rules")
@data_options
@click.option("--agent", "agent_id", type=int, required=True, help="Number of the agent.")
@click.option(
    "--country",
    required=True,
    metavar="CODE",
    help=f'ISO 3166; "{_OTHERS}" for every country without rules of its own and unknown ones.',
)
@click.option("--round-seconds", help="Least time from one round of House to the next: 2.5")
@click.option("--reality-check", type=int, metavar="MINUTES", help="How often the page tells.")
@click.option("--net-position/--no-net-position", "shows_net", default=False)
@click.option("--end", "ends", is_flag=True, help="Take the rules of this country away.")
def set_rules(
    data_dir: Path | None,
    database_url: str | None,
    agent_id: int,
    country: str,
    round_seconds: str | None,
    reality_check: int | None,
    shows_net: bool,
    ends: bool,
) -> None:
    """Write what an agent must obey in a country; games launched from now on do. What is not named
    asks for nothing."""
    from lanhouse.aggregator.agents.queries import agent_by_id
    from lanhouse.aggregator.protection.commands import set_profile
    from lanhouse.aggregator.protection.queries import profiles_of
    from lanhouse.aggregator.protection.schemas import Profile, SetProfile

    code = "" if country == _OTHERS else country.upper()
    if ends and (round_seconds or reality_check or shows_net):
        raise InvalidInput({"end": "takes rules away and sets none"})
    profile = Profile(
        country=code,
        round_millis=_millis(round_seconds),
        reality_check_minutes=reality_check or 0,
        shows_net=shows_net,
    )

    def change(tx: Tx, _: None) -> list[Profile]:
        if agent_by_id(tx, agent_id) is None:
            raise NotFound(f"There is no agent {agent_id}.")
        wanted = None if ends else profile
        set_profile(tx, SetProfile(agent_id=agent_id, country=code, profile=wanted))
        return profiles_of(tx, agent_id)

    settings = settings_from(data_dir=data_dir, database_url=database_url)
    clock.start(settings.data_dir, is_guarded=settings.clock_guard)
    with ready_store(settings) as store:
        profiles = store.run_sync(change, None)
    if not profiles:
        click.echo(f"Agent {agent_id} has no rules of a country.")
    for one in profiles:
        click.echo(_told(one))


def _millis(seconds: str | None) -> int:
    if seconds is None:
        return 0
    return parse_micros(seconds, decimals=3, field="round_seconds") * 1000 // MICROS


def _told(profile: Any) -> str:
    seconds = Decimal(profile.round_millis) / 1000
    parts = [
        f"a round every {seconds.normalize():f} s at most" if profile.round_millis else "",
        f"a reality check every {profile.reality_check_minutes} min"
        if profile.reality_check_minutes
        else "",
        "net position shown" if profile.shows_net else "",
    ]
    rules = ", ".join(filter(None, parts)) or "nothing asked for"
    return f"{profile.country or 'Elsewhere'}: {rules}."
