"""The page that checks a round recomputes, in a real browser, what was played and what the one-file
script gives, for every game; and it notices when one thing is not as it was.
"""

from __future__ import annotations

import json
import runpy
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lanhouse.aggregator.providers.house import fair, files
from lanhouse.aggregator.providers.house.games.catalogue import GAMES
from lanhouse.aggregator.providers.house.returns.outcomes import first_action, next_action
from lanhouse.aggregator.providers.house.round_page import last_line, moves_of

SEED = "0123456789abcdef" * 4
ADDRESS = "https://house.test/"
NONCES = range(40)


def serve(page: Page, verdict: str = "") -> None:
    """A page with the verifier's scripts, on an address that may compute SHA-256."""
    scripts = "".join(
        f"<script>{files.files()[name].body.decode()}</script>"
        for name in ("verify_games.js", "verify.js")
    )
    body = f'{verdict}<pre id="recounted"></pre>{scripts}'
    page.route(f"{ADDRESS}**", lambda route: route.fulfill(content_type="text/html", body=body))
    page.goto(ADDRESS)


def recompute(page: Page, rounds: list[list[Any]]) -> list[dict[str, Any]]:
    """What the page makes of rounds: [game, server seed, client seed, nonce, moves]."""
    return page.evaluate(
        "async (rounds) => { const found = [];"
        " for (const one of rounds) found.push(await lanhouseVerify.recompute(...one));"
        " return found; }",
        rounds,
    )


def test_page_and_script_agree_on_every_vector(page: Page) -> None:
    script = runpy.run_path(str(files.FOLDER / "verify_round.py"))
    vectors = script["VECTORS"]
    serve(page)
    found = recompute(page, [[*vector[:4], vector[4].split()] for vector in vectors])
    assert {vector[0] for vector in vectors} == set(GAMES)
    for (game, server, client, nonce, moves, numbers, last), mine in zip(
        vectors, found, strict=True
    ):
        assert mine["commitment"] == fair.commitment_of(server)
        assert mine["numbers"] == numbers
        assert mine["said"][-1] == last
        assert mine["said"] == script["recompute"](game, server, client, nonce, moves.split())[1]


@pytest.mark.parametrize("game_id", list(GAMES))
def test_page_recomputes_what_is_played(page: Page, game_id: str) -> None:
    game = GAMES[game_id]
    rounds, wanted = [], []
    for nonce in NONCES:
        stream = fair.FairStream(SEED, "me.2", nonce)
        action = first_action(game)
        step = game.step(None, action, stream)
        acts, win = [(action.name, step.state)], sum(step.wins)
        bet = sum(step.stakes)
        while not step.is_done:
            action = next_action(game, step.state)
            step = game.step(step.state, action, stream)
            acts.append((action.name, step.state))
            bet, win = bet + sum(step.stakes), win + sum(step.wins)
        moves = moves_of(acts) if game_id == "house_00006" else ()
        rounds.append([game_id, SEED, "me.2", nonce, list(moves)])
        wanted.append((step.state["numbers"], last_line(game_id, step.view, bet, win)))
    serve(page)
    found = recompute(page, rounds)
    assert [(one["numbers"], one["said"][-1]) for one in found] == wanted


VECTOR = {
    "game": "house_00004",
    "server-seed": SEED,
    "commitment": fair.commitment_of(SEED),
    "client-seed": "blue-otter-12",
    "nonce": "0",
    "moves": "",
    "numbers": "12",
    "said": "12 red",
    "good": "good",
    "bad": "bad",
    "cannot": "cannot",
}


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, "good"),
        ({"numbers": "13"}, "bad"),
        ({"said": "12 black"}, "bad"),
        ({"commitment": "0" * 64}, "bad"),
        ({"client-seed": "blue-otter-13"}, "bad"),
        ({"nonce": "1"}, "bad"),
        ({"game": "house_00006", "moves": "dance:7"}, "bad"),
    ],
)
def test_one_thing_changed_is_noticed(page: Page, change: dict[str, str], verdict: str) -> None:
    given = "".join(
        f" data-{name}={json.dumps(text)}" for name, text in {**VECTOR, **change}.items()
    )
    serve(page, f'<p id="verdict"{given}></p>')
    expect(page.locator("#verdict")).to_have_text(verdict)
    expect(page.locator("#verdict")).to_have_class(verdict)
