"""What the script of a game gets: every JSON call answers the Struct that its route names.

The page and its script come from us, so that no OpenAPI document tells of these calls.
"""

from __future__ import annotations

import httpx
import jsonschema_rs
import msgspec
import pytest

from lanhouse.aggregator.providers.house.games.catalogue import GAMES
from lanhouse.app import all_routes
from lanhouse.web.replies import Reply
from tests.builders.agents import External
from tests.builders.play import Player, open_game
from tests.builders.small_json import begin, first_bet

KEY = "key-of-the-test"
SPIN = {"key": KEY, "betMicros": 1_000_000}
TYPES = {
    route.id: route.output_type
    for route in all_routes()
    if route.surface == "game" and route.output_type is not Reply
}


@pytest.fixture
def game(external: External) -> Player:
    external.ok("createPlayer", {"username": "player0001"})
    external.ok("deposit", {"username": "player0001", "amount": "100", "currency": "EUR"})
    return open_game(external, "player0001")


def test_these_are_all() -> None:
    assert set(TYPES) == {
        "POST /play/{session}/spin",
        "GET /play/{session}/spins/{key}",
        "GET /play/{session}/standing",
        "POST /play/{session}/client-seed",
        "GET /play/{session}/state",
        "POST /play/{session}/act",
        "POST /play/{session}/seed",
    }


def test_each_answers_its_struct_and_no_more(game: Player) -> None:
    json = "application/json"
    answers = {
        "POST /play/{session}/spin": game.post("/spin", SPIN),
        "GET /play/{session}/spins/{key}": game.get(f"/spins/{KEY}", json),
        "GET /play/{session}/standing": game.get("/standing", json),
        "POST /play/{session}/client-seed": game.post("/client-seed", {"clientSeed": "another"}),
    }
    check(answers)


@pytest.mark.parametrize("game_id", list(GAMES))
def test_each_call_of_the_small_json_does(external: External, game: Player, game_id: str) -> None:
    player = begin(external, "player0001", game_id)
    body = {"key": KEY, "action": GAMES[game_id].first_action, **first_bet(game_id)}
    check(
        {
            "POST /play/{session}/seed": player.call("POST", "/seed", {"clientSeed": "another"}),
            "POST /play/{session}/act": player.call("POST", "/act", body),
            "GET /play/{session}/state": player.call("GET", "/state"),
        }
    )


def check(answers: dict[str, httpx.Response]) -> None:
    for call, answer in answers.items():
        assert answer.status_code == 200, answer.text
        schema = msgspec.json.schema(TYPES[call])
        for part in schema["$defs"].values():
            part["additionalProperties"] = False
        jsonschema_rs.validate(schema, answer.json())
