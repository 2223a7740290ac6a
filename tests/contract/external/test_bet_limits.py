"""setPlayerBetLimits: what is told, what is refused without effect, and that the game obeys at the
next bet, also in a session that is open already."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders.agents import External, Operator, open_operator
from tests.builders.golden import has_shape
from tests.builders.small_json import JsonPlayer, open_game

NAME = "player0001"


@pytest.fixture(autouse=True)
def player(external: External) -> None:
    external.ok("createPlayer", {"username": NAME})
    external.ok("deposit", {"username": NAME, "currency": "EUR", "amount": "1000"})


def body(*categories: tuple[str, list[str]], **more: Any) -> dict[str, Any]:
    return {
        "username": NAME,
        "providerId": "house",
        "agentSystemCurrency": "EUR",
        "categories": [{"category": name, "ids": ids} for name, ids in categories],
        **more,
    }


def status(external: External, currency: str = "EUR") -> Any:
    asked = {"username": NAME, "agentSystemCurrency": currency}
    return external.ok("getPlayerStatus", asked)["betLimits"]


LOW = {"id": "low", "label": "Low", "info": {"min": 0.2, "max": 5}, "isDefault": False}
HIGH = {"id": "high", "label": "High", "info": {"min": 25, "max": 5000}, "isDefault": False}


def test_what_is_set_is_told_in_each_currency(external: External) -> None:
    assert status(external) is None
    whole = external.envelope("setPlayerBetLimits", body(("slot", ["low"]), ("table", ["high"])))
    has_shape(whole, {"ok": True})
    assert whole["result"] == {"betLimits": {"house": {"slot": [LOW], "table": [HIGH]}}}
    assert status(external) == whole["result"]["betLimits"]
    yen = status(external, "JPY")["house"]["slot"][0]["info"]
    assert yen == {"min": 20, "max": 500}
    # A category that is not named stays; an empty list is the default again.
    external.ok("setPlayerBetLimits", body(("slot", ["high", "low"])))
    assert [each["id"] for each in status(external)["house"]["slot"]] == ["low", "high"]
    assert status(external)["house"]["table"] == [HIGH]
    external.ok("setPlayerBetLimits", body(("slot", [])))
    assert status(external) == {"house": {"table": [HIGH]}}
    external.ok("setPlayerBetLimits", body(("table", []), ("slot", [])))
    assert status(external) is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"username": None}, "INVALID_REQUEST"),
        ({"username": "nobody1"}, "PLAYER_NOT_FOUND"),
        ({"providerId": None}, "INVALID_REQUEST"),
        ({"providerId": "sbo"}, "AGENT_PROVIDER_NOT_FOUND"),
        ({"agentSystemCurrency": "USD"}, "CURRENCY_NOT_SUPPORTED"),
        ({"categories": None}, "INVALID_REQUEST"),
        ({"categories": []}, "INVALID_REQUEST"),
        ({"categories": [{"category": "table"}]}, "INVALID_REQUEST"),
        ({"categories": [{"ids": ["low"]}]}, "INVALID_REQUEST"),
        ({"categories": [{"category": "slot", "ids": None}]}, "INVALID_REQUEST"),
        ({"categories": [{"category": "table", "ids": ["low"]},
                         {"category": "sport", "ids": ["low"]}]}, "BET_LIMIT_NOT_FOUND"),
        ({"categories": [{"category": "table", "ids": ["low"]},
                         {"category": "slot", "ids": ["low", "vip"]}]}, "BET_LIMIT_NOT_FOUND"),
        ({"categories": [{"category": "sport", "ids": []}]}, "BET_LIMIT_NOT_FOUND"),
        ({"categories": [{"category": "slot", "ids": ["low"]},
                         {"category": "slot", "ids": []}]}, "INVALID_REQUEST"),
    ],
)  # fmt: skip
def test_all_or_nothing(external: External, change: dict[str, Any], code: str) -> None:
    external.ok("setPlayerBetLimits", body(("slot", ["low"])))
    assert external.refused("setPlayerBetLimits", {**body(("slot", ["high"])), **change})[0] == code
    assert status(external) == {"house": {"slot": [LOW]}}


def test_a_provider_of_another_agent_and_another_agents_player(
    external: External, operator: Operator
) -> None:
    foreign = open_operator(operator.store, provider_ids=())
    external.ok("createPlayer", {"username": "theirs"}, key=foreign.key)
    asked = body(("slot", ["low"]))
    assert external.refused("setPlayerBetLimits", asked, key=foreign.key)[0] == "PLAYER_NOT_FOUND"
    theirs = {**asked, "username": "theirs"}
    assert external.refused("setPlayerBetLimits", theirs, key=foreign.key)[0] == (
        "AGENT_PROVIDER_NOT_FOUND"
    )
    assert external.refused("setPlayerBetLimits", theirs)[0] == "PLAYER_NOT_FOUND"


def test_a_repeated_call_sets_once(external: External) -> None:
    headers = {"Idempotency-Key": "limits-1"}
    first = external.ok("setPlayerBetLimits", body(("slot", ["low"])), headers=headers)
    external.ok("setPlayerBetLimits", body(("slot", ["high"])))
    again = external.ok("setPlayerBetLimits", body(("slot", ["low"])), headers=headers)
    assert again == first
    assert status(external)["house"]["slot"][0]["id"] == "high"


def bet(game: JsonPlayer, amount: str, key: str) -> str:
    answer = game.call("POST", "/act", {"key": key, "action": "spin", "bet": amount})
    return "" if answer.status_code == 200 else answer.json()["error"]["code"]


def test_the_game_obeys_at_the_next_bet(external: External) -> None:
    game = open_game(external, NAME)
    assert bet(game, "20", "key-00000001") == ""
    external.ok("setPlayerBetLimits", body(("slot", ["low"])))
    held = external.ok("getPlayerBalance", {"username": NAME, "currency": "EUR"})
    assert bet(game, "20", "key-00000002") == "INVALID_AMOUNT"
    assert external.ok("getPlayerBalance", {"username": NAME, "currency": "EUR"}) == held
    assert bet(game, "5", "key-00000003") == ""
    external.ok("setPlayerBetLimits", body(("slot", [])))
    assert bet(game, "20", "key-00000004") == ""


def test_a_campaign_is_possible_under_the_players_limits_and_kept_whatever_they_become(
    external: External,
) -> None:
    free = {
        "currency": "EUR", "bonusCode": "free-0001", "username": NAME, "gameId": "house_00001",
        "rounds": 2, "betAmount": "40",
    }  # fmt: skip
    assert external.refused("freeRound", free)[0] == "INVALID_AMOUNT"
    external.ok("setPlayerBetLimits", body(("slot", ["high"])))
    made = external.ok("freeRound", free)
    external.ok("setPlayerBetLimits", body(("slot", ["low"])))
    game = open_game(external, NAME)
    assert bet(game, "1", "key-00000001") == ""
    stood = external.ok("getFreeRound", {"id": made["id"]})
    assert (stood["remaining"], stood["betAmount"]) == (1, "40")
