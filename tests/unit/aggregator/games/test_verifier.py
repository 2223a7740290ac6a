"""The one-file verifier knows nothing of the program and recomputes the same rounds."""

from __future__ import annotations

import hashlib
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lanhouse.aggregator.providers.house import files
from lanhouse.aggregator.providers.house.fair import FairStream
from lanhouse.aggregator.providers.house.games.catalogue import GAMES, HouseGame
from lanhouse.aggregator.providers.house.games.step import Step
from lanhouse.aggregator.providers.house.returns.outcomes import (
    STAKE_MICROS,
    first_action,
    next_action,
)
from tests.builders.effort import effort

SCRIPT = files.FOLDER / "verify_round.py"
EVERY = pytest.mark.parametrize("game", list(GAMES.values()), ids=list(GAMES))


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(SCRIPT))


def by_step(game: HouseGame, server: str, client: str, nonce: int) -> tuple[Step, list[str]]:
    """The last step of a round, and the moves made in it as the verifier takes them."""
    stream = FairStream(server, client, nonce)
    step = game.step(None, first_action(game), stream)
    moves: list[str] = []
    while not step.is_done:
        action = next_action(game, step.state)
        moves.append(f"{action.name}:{action.hand}" if action.hand else action.name)
        step = game.step(step.state, action, stream)
    return step, moves


def said_of(game: HouseGame, step: Step) -> str:
    """What the verifier must say last."""
    view = step.view
    if game.category == "slot":
        lines = 5 if game.id == "house_00003" else 20
        return f"pays {sum(step.wins) * lines // STAKE_MICROS}/{lines} of the bet"
    if game.id == "house_00004":
        return f"{view['pocket']} {view['color']}"
    if game.id == "house_00005":
        told = [
            f"{who} {' '.join(view[who]['cards'])} = {view[who]['total']}"
            for who in ("player", "banker")
        ]
        return f"{', '.join(told)}: {view['winner']}"
    if game.id == "house_00006":
        hand = view["hands"][-1]
        return f"hand {' '.join(hand['cards'])} = {hand['total']}"
    if game.id == "house_00007":
        return f"{' '.join(map(str, view['dice']))}, total {view['total']}"
    return f"field {view['field']} pays {sum(step.wins) * 2 // STAKE_MICROS}/2 of the bet"


@EVERY
def test_it_recomputes_what_was_played(game: HouseGame, script: dict[str, Any]) -> None:
    for nonce in range(effort(300, 20_000)):
        step, moves = by_step(game, "5e" * 32, "me.2", nonce)
        numbers, said = script["recompute"](game.id, "5e" * 32, "me.2", nonce, moves)
        assert numbers == step.state["numbers"]
        assert said[-1] == said_of(game, step)
    if game.id == "house_00006":
        dealer = step.view["dealer"]
        assert said[0] == f"dealer {' '.join(dealer['cards'])} = {dealer['total']}"


def test_the_published_vectors_are_rounds_of_the_games(script: dict[str, Any]) -> None:
    assert {vector[0] for vector in script["VECTORS"]} == set(GAMES)
    for game_id, server, client, nonce, moves, numbers, last in script["VECTORS"]:
        step, made = by_step(GAMES[game_id], server, client, nonce)
        assert step.state["numbers"] == numbers
        assert made == moves.split() or game_id == "house_00002"
        assert said_of(GAMES[game_id], step) == last


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The script alone in a folder, in an interpreter that sees no packages."""
    alone = folder / "verify_round.py"
    alone.write_bytes(SCRIPT.read_bytes())
    command = [sys.executable, "-I", "-S", str(alone), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_it_runs_alone(tmp_path: Path) -> None:
    tested = run(tmp_path, "--self-test")
    assert tested.returncode == 0
    assert "WRONG" not in tested.stdout
    server = "b472626004d8813da6c1cc3658cbdfb3e8d97431fe4afab1117169b87a4ea1fe"
    commitment = hashlib.sha256(server.encode()).hexdigest()
    args = ("house_00004", server, "blue-otter-12", "57", "--commitment")
    good = run(tmp_path, *args, commitment)
    assert (good.returncode, good.stdout.splitlines()[-1]) == (0, "20 black")
    bad = run(tmp_path, *args, "0" * 64)
    assert bad.returncode == 1
    assert "WRONG: another commitment" in bad.stdout


def test_a_changed_vector_is_noticed(tmp_path: Path) -> None:
    text = SCRIPT.read_text()
    alone = tmp_path / "changed.py"
    alone.write_text(text.replace('"12 red"', '"13 black"'))
    tested = subprocess.run(
        [sys.executable, "-I", str(alone), "--self-test"], capture_output=True, check=False
    )
    assert text.count('"12 red"') == 1
    assert tested.returncode == 1


def test_it_is_served() -> None:
    assert files.files()["verify_round.py"].content_type.startswith("text/x-python")
