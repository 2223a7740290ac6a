"""`lanhouse rtp`: every game's exact figures, rounds played against them, and tests of chance.

Exits 1 when two methods disagree, a stated return is not the exact one, played rounds are too far
away, or a test of chance fails. With fixed seeds the limits are 3 standard errors and 99 %, with
fresh ones 3.7 and 99 % for all tests together (Bonferroni).
"""

from __future__ import annotations

import hashlib

import click

from lanhouse.aggregator.providers.house import rtp
from lanhouse.aggregator.providers.house.fair import new_server_seed
from lanhouse.aggregator.providers.house.games.catalogue import GAMES, HouseGame
from lanhouse.aggregator.providers.house.games.machines import LIT_WINDOWS, THREE_LAMPS
from lanhouse.aggregator.providers.house.returns.exact import figures_of, stated_rtp
from lanhouse.aggregator.providers.house.returns.figures import Figures, percent
from lanhouse.aggregator.providers.house.returns.outcomes import outcomes_of
from lanhouse.aggregator.providers.house.returns.simulate import compare, decimal, play
from lanhouse.aggregator.providers.house.returns.slots import spins_expected
from lanhouse.aggregator.providers.house.returns.statistics import LEVEL, TESTS, fitting_tests
from lanhouse.aggregator.providers.house.slot import NIGHT_SHIFT

ERRORS_MAX = {False: "3", True: "3.7"}
"""By whether seeds are fresh: how many standard errors a game's return may be away."""
CHANCE_ROUNDS = 50_000
CHANCE_ROUNDS_LEAST = 10_000

_MACHINES = {
    "house_00001": NIGHT_SHIFT,
    "house_00002": LIT_WINDOWS.machine,
    "house_00003": THREE_LAMPS,
}


def fixed_seed(game_id: str) -> str:
    """The server seed of a game's repeatable rounds."""
    return hashlib.sha256(f"lanhouse returns {game_id}".encode()).hexdigest()


def rows_of(figures: list[Figures]) -> list[Figures]:
    """The bets to print: those of one kind with the same figures once, under the first's name."""
    shown: dict[tuple[object, ...], Figures] = {}
    for bet in figures:
        kind = bet.bet.split()[0]
        shown.setdefault((kind, bet.rtp, bet.variance), bet)
    return list(shown.values())


def exact_text(game: HouseGame) -> str:
    """The exact figures of a game as a table."""
    columns = ("return %", "other way %", "pays %", "gains %", "deviation", "most")
    lines = [
        "",
        f"{game.id} {game.name}, version {game.version}",
        f"rules hash {game.rules_hash}",
        f"stated return {game.rtp_percent} %, computed {stated_rtp(game.id)} %",
        f"{'bet':<18}" + "".join(f"{column:>13}" for column in columns),
    ]
    for row in rows_of(figures_of(game.id)):
        cells = (
            percent(row.rtp, 6),
            percent(row.other_rtp, 6),
            percent(row.hit_rate),
            percent(row.gain_rate),
            f"{decimal(row.variance).sqrt():.4f}",
            f"{decimal(row.biggest):.2f}",
        )
        lines.append(f"{row.bet:<18}" + "".join(f"{cell:>13}" for cell in cells))
    if game.id == "house_00002":
        expected = decimal(spins_expected(LIT_WINDOWS))
        lines.append(f"free spins a round on average: {expected:.6f}")
    return "\n".join(lines)


def faults_of(game: HouseGame) -> list[str]:
    """What is wrong with a game's exact figures: methods that disagree, a return stated wrongly."""
    faults = [
        f"{game.id} {bet.bet}: the two methods disagree"
        for bet in figures_of(game.id)
        if bet.rtp != bet.other_rtp
    ]
    if stated_rtp(game.id) != game.rtp_percent:
        faults.append(f"{game.id}: states {game.rtp_percent} %, is {stated_rtp(game.id)} %")
    return faults


def _play(game: HouseGame, rounds: int, seed: str, most: str, processes: int | None) -> list[str]:
    """Play, print and judge."""
    faults: list[str] = []
    click.echo(f"\n{game.id} {game.name}: {rounds} rounds, server seed {seed}")
    for bet in compare(play(game.id, seed, rounds, processes), rounds, figures_of(game.id)):
        click.echo(
            f"  {bet.bet:<18}{percent(bet.rtp, 6):>12} %  standard error "
            f"{bet.standard_error * 100:.4f} %  distance {bet.distance:.2f}"
        )
        if bet.distance > type(bet.distance)(most):
            faults.append(f"{game.id} {bet.bet}: {bet.distance:.2f} standard errors away")
    return faults


def _chance(
    games: list[HouseGame], rounds: int, seeds: dict[str, str], is_fresh: bool
) -> list[str]:
    """Run the tests of chance on every kind of outcome, print and judge."""
    found: list[tuple[str, float]] = []
    for game in games:
        for outcomes in outcomes_of(game.id, seeds[game.id], rounds):
            for test in fitting_tests(outcomes.chances):
                value = TESTS[test](outcomes.values, outcomes.chances)
                found.append((f"{game.id} {outcomes.name}, {test}", value))
    level = LEVEL / len(found) if is_fresh else LEVEL
    click.echo(f"\n{len(found)} tests of chance on {rounds} rounds a game, level {level:.6f}")
    for name, value in sorted(found, key=lambda pair: pair[1])[:5]:
        click.echo(f"  {name:<44} p = {value:.6f}")
    return [f"{name}: p = {value:.6f}" for name, value in found if value < level]


@click.command()
@click.option("--rounds", type=click.IntRange(0, 10**9), default=0, help="Rounds to play a game.")
@click.option("--game", "ids", multiple=True, type=click.Choice(list(GAMES)), help="Only this one.")
@click.option("--fresh", is_flag=True, help="Play on fresh seeds instead of the fixed ones.")
@click.option("--sheet", is_flag=True, help="Print the slots' PAR sheets too.")
@click.option("--processes", type=click.IntRange(1), default=None, help="Default: one a core.")
def main(
    rounds: int, ids: tuple[str, ...], fresh: bool, sheet: bool, processes: int | None
) -> None:
    """Print each game's exact return; with --rounds also play and compare."""
    games = [game for game in GAMES.values() if not ids or game.id in ids]
    faults: list[str] = []
    for game in games:
        click.echo(exact_text(game))
        faults += faults_of(game)
        if sheet and game.id in _MACHINES:
            machine = _MACHINES[game.id]
            click.echo(rtp.par_sheet(machine, rtp.cycle_of(machine)))
    if rounds:
        seeds = {game.id: new_server_seed() if fresh else fixed_seed(game.id) for game in games}
        for game in games:
            faults += _play(game, rounds, seeds[game.id], ERRORS_MAX[fresh], processes)
        faults += _chance(games, max(CHANCE_ROUNDS_LEAST, min(rounds, CHANCE_ROUNDS)), seeds, fresh)
    for fault in faults:
        click.echo(f"WRONG: {fault}", err=True)
    if faults:
        raise SystemExit(1)
    click.echo("\nEvery figure agrees.")
