"""What the script of a game gets: every JSON call answers the Struct that its route names.

The page and its script come from us, so that no OpenAPI document tells of these calls.
"""

from __future__ import annotations

import jsonschema_rs
import msgspec
import pytest

from lanhouse.app import all_routes
from lanhouse.web.replies import Reply
from tests.builders.agents import External
from tests.builders.small_json import JsonPlayer, begin

SPIN = {"key": "key-of-the-test", "action": "spin", "bet": "1"}
TYPES = {
    route.id: route.output_type
    for route in all_routes()
    if route.surface == "game" and route.output_type is not Reply
}


@pytest.fixture
def game(external: External) -> JsonPlayer:
    external.ok("createPlayer", {"username": "player0001"})
    external.ok("deposit", {"username": "player0001", "amount": "100", "currency": "EUR"})
    return begin(external, "player0001", "house_00001")


def test_these_are_all() -> None:
    assert set(TYPES) == {
        "GET /play/{session}/state",
        "POST /play/{session}/act",
        "POST /play/{session}/seed",
    }


def test_each_answers_its_struct_and_no_more(game: JsonPlayer) -> None:
    answers = {
        "POST /play/{session}/seed": game.call("POST", "/seed", {"clientSeed": "of the test"}),
        "POST /play/{session}/act": game.call("POST", "/act", SPIN),
        "GET /play/{session}/state": game.call("GET", "/state"),
    }
    for call, answer in answers.items():
        assert answer.status_code == 200, answer.text
        schema = msgspec.json.schema(TYPES[call])
        for part in schema["$defs"].values():
            part["additionalProperties"] = False
        jsonschema_rs.validate(schema, answer.json())
