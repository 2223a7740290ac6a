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
from tests.builders.small_json import begin, first_bet

KEY = "key-of-the-test"
TYPES = {
    route.id: route.output_type
    for route in all_routes()
    if route.surface == "game" and route.output_type is not Reply
}


@pytest.fixture
def player(external: External) -> str:
    external.ok("createPlayer", {"username": "player0001"})
    external.ok("deposit", {"username": "player0001", "amount": "100", "currency": "EUR"})
    return "player0001"


def test_these_are_all() -> None:
    assert set(TYPES) == {
        "GET /play/{session}/state",
        "POST /play/{session}/act",
        "POST /play/{session}/seed",
    }


@pytest.mark.parametrize("game_id", list(GAMES))
def test_each_call_of_the_small_json_does(external: External, player: str, game_id: str) -> None:
    game = begin(external, player, game_id)
    body = {"key": KEY, "action": GAMES[game_id].first_action, **first_bet(game_id)}
    check(
        {
            "POST /play/{session}/seed": game.call("POST", "/seed", {"clientSeed": "another"}),
            "POST /play/{session}/act": game.call("POST", "/act", body),
            "GET /play/{session}/state": game.call("GET", "/state"),
        }
    )


def check(answers: dict[str, httpx.Response]) -> None:
    for call, answer in answers.items():
        assert answer.status_code == 200, answer.text
        schema = msgspec.json.schema(TYPES[call])
        for part in schema["$defs"].values():
            part["additionalProperties"] = False
        jsonschema_rs.validate(schema, answer.json())
