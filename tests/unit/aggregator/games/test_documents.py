"""docs/house-games.md and docs/fair-play.md say what the program does, figure by figure."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from lanhouse.aggregator.providers.house import files
from lanhouse.aggregator.providers.house.games import chips, wheel
from lanhouse.aggregator.providers.house.games.catalogue import GAMES, HouseGame
from lanhouse.aggregator.providers.house.games.machines import LIT_WINDOWS, THREE_LAMPS
from lanhouse.aggregator.providers.house.games.sicbo import TOTAL_PAYS
from lanhouse.aggregator.providers.house.games.strategy import TABLE
from lanhouse.aggregator.providers.house.returns import blackjack, slots
from lanhouse.aggregator.providers.house.returns.exact import figures_of
from lanhouse.aggregator.providers.house.returns.figures import percent
from lanhouse.aggregator.providers.house.returns.report import rows_of
from tools import limits_table

DOCS = Path(__file__).parents[4] / "docs"
GAMES_TEXT = (DOCS / "house-games.md").read_text()
FAIR_TEXT = (DOCS / "fair-play.md").read_text()
EVERY = pytest.mark.parametrize("game", list(GAMES.values()), ids=list(GAMES))


def section(game: HouseGame) -> str:
    """The part of the document about one game."""
    return GAMES_TEXT.split(f"## {game.id} {game.name}")[1].split("\n## ")[0]


@EVERY
def test_each_bet_is_told_as_computed(game: HouseGame) -> None:
    for bet in rows_of(figures_of(game.id)):
        cells = [f"{percent(share)} %" for share in (bet.rtp, bet.hit_rate, bet.gain_rate)]
        assert f"| {bet.bet} | {' | '.join(cells)} |" in section(game)
    assert f"| {game.rtp_percent} % |" in GAMES_TEXT.split("## For programmers")[0]
    assert f"| {game.id} | `{game.rules_hash}` |" in GAMES_TEXT


def test_hit_rates_of_night_shift_are_told_as_computed() -> None:
    (bet,) = figures_of("house_00001")
    assert f"{percent(bet.hit_rate)} % of rounds pay something" in FAIR_TEXT
    assert f"{percent(bet.gain_rate)} % pay more than they cost" in FAIR_TEXT
    assert "of 100 pay" not in FAIR_TEXT
    assert f"{float(bet.biggest)} times the bet" in section(GAMES["house_00001"])


@pytest.mark.parametrize(
    ("game_id", "machine"), [("house_00002", LIT_WINDOWS.machine), ("house_00003", THREE_LAMPS)]
)
def test_strips_and_pays(game_id: str, machine) -> None:  # type: ignore[no-untyped-def]
    text = section(GAMES[game_id])
    for number, strip in enumerate(machine.strips, start=1):
        assert f"{number}. {' '.join(strip)}\n" in text
    for symbol, pays in machine.pays.items():
        row = next(line for line in text.splitlines() if line.startswith(f"| {symbol} |"))
        assert [cell.strip() for cell in row.split("|") if cell.strip()] == [
            symbol,
            *map(str, pays.values()),
        ]


def test_sentences_with_figures() -> None:
    expected = slots.spins_expected(LIT_WINDOWS)
    assert f"has {float(expected):.4f} free spins" in GAMES_TEXT
    (bet,) = figures_of("house_00002")
    assert f"one free spin is {bet.biggest} times" in GAMES_TEXT
    (bet,) = figures_of("house_00003")
    assert f"biggest win is {bet.biggest} times" in section(GAMES["house_00003"])
    staked = blackjack.walked().staked
    assert f"({float(staked):.4f} first stakes a round)" in GAMES_TEXT
    assert f"it is {percent(1 + blackjack.best() / staked)} %." in GAMES_TEXT
    for total, pays in TOTAL_PAYS.items():
        if total <= 8:
            assert f"{total} or {21 - total} {pays}:1" in GAMES_TEXT
    assert {pays for total, pays in TOTAL_PAYS.items() if 9 <= total <= 12} == {6}


def test_the_strategy_the_wheel_and_the_chips() -> None:
    for row, letters in TABLE.items():
        assert f"| {row} | {' | '.join(letters)} |" in GAMES_TEXT
    block = section(GAMES["house_00008"]).split("```")[1].split()
    assert block == [wheel.multiple_text(field) for field in range(len(wheel.HALVES))]
    part = GAMES_TEXT.split("but for these:")[1].split("Slots take")[0]
    rows = [line.split("|") for line in part.splitlines() if line.startswith("| ")][2:]
    told = {row[1].strip(): int(row[2].replace(" ", "")) for row in rows}
    assert told == chips.units()


def test_the_limits_of_every_currency() -> None:
    text = (DOCS / "campaigns.md").read_text()
    table = text.split("table High |\n")[1].splitlines()[1:]
    assert table == limits_table.rows()
    assert table[0] == (
        "| EUR and all others | 0.2 to 5 | 0.2 to 20 | 0.2 to 100 | 1 to 25 | 1 to 500"
        " | 25 to 5 000 |"
    )


def test_vectors_are_those_of_the_verifier() -> None:
    for game, _, _, nonce, moves, numbers, last in runpy.run_path(
        str(files.FOLDER / "verify_round.py")
    )["VECTORS"]:
        said = ", ".join(map(str, numbers[:10] if len(numbers) > 12 else numbers))
        if len(numbers) > 12:
            said += f", … ({len(numbers)} in all)"
        assert f"| {game} | {nonce} | {moves} | {said} | {last} |" in GAMES_TEXT
