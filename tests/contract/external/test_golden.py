"""The response examples of the seed document as golden files: which keys there are, of which JSON
type, absent or null. A key with + before it is an addition of ours; every other one is the
document's. Refusals are golden byte for byte, those of its requests that cannot be served too.
"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lanhouse.kit import clock
from tests.builders.agents import External
from tests.builders.play import launch_body
from tests.builders.small_json import open_game

GOLDEN = Path(__file__).parent / "golden"
ANSWERS: dict[str, Any] = json.loads((GOLDEN / "answers.json").read_text())
REFUSALS: list[dict[str, Any]] = json.loads((GOLDEN / "refusals.json").read_text())
TYPES = {"text": str, "number": int | float, "bool": bool, "null": type(None)}
PLAYER = {"username": "player0001"}
MOVE = {**PLAYER, "amount": "100", "currency": "EUR"}


def differences(golden: Any, answer: Any, where: str = "") -> list[str]:
    """Where an answer is not as its golden file says."""
    if isinstance(golden, str):
        is_right = isinstance(answer, TYPES[golden])
        if golden == "number":
            is_right = is_right and not isinstance(answer, bool)
        return [] if is_right else [f"{where}: {answer!r} is no {golden}"]
    if isinstance(golden, list):
        if not isinstance(answer, list):
            return [f"{where}: is no list"]
        found = (differences(golden[0], one, f"{where}[{n}]") for n, one in enumerate(answer))
        return [problem for problems in found for problem in problems]
    if not isinstance(answer, dict):
        return [f"{where}: is no object"]
    wanted = {name.removeprefix("+"): value for name, value in golden.items()}
    found = [f"{where}.{name}: is missing" for name in wanted if name not in answer]
    found += [f"{where}.{name}: nobody knows it" for name in answer if name not in wanted]
    for name in wanted.keys() & answer.keys():
        found += differences(wanted[name], answer[name], f"{where}.{name}")
    return found


def test_a_golden_file_can_be_missed() -> None:
    golden = {"a": "text", "+b": ["number"], "c": "null", "d": {"e": "bool"}}
    right: dict[str, Any] = {"a": "1", "b": [1, 2.5], "c": None, "d": {"e": True}}
    assert differences(golden, right) == []
    for change in ({"a": 1}, {"b": ["1"]}, {"b": [True]}, {"c": ""}, {"d": {"e": 1}}, {"x": 1}):
        assert len(differences(golden, {**right, **change})) == 1, change
    assert differences(golden, {"a": "1"}) != []


def requests(external: External) -> dict[str, tuple[str, dict[str, Any]]]:
    """Golden answer -> the call and the body that give it, of a player who has played a round."""
    external.ok("createPlayer", PLAYER)
    external.ok("deposit", MOVE)
    open_game(external, "player0001").spin()
    [bet] = external.ok("history", {**PLAYER, "paginate": {"perPage": 1}})["currencyGroup"]["EUR"][
        "items"
    ]
    now = clock.now()
    window = {
        "from": (now - timedelta(days=1)).isoformat(),
        "to": (now + timedelta(hours=1)).isoformat(),
    }
    nobody = {"username": "nobody"}
    report = {**PLAYER, "gameId": "", "roundId": "", **window}
    return {
        "createPlayer": ("createPlayer", {"username": "player0002"}),
        "createPlayer.refused": ("createPlayer", PLAYER),
        "getPlayerBalance": ("getPlayerBalance", {**PLAYER, "currency": "EUR"}),
        "getPlayerBalance.refused": ("getPlayerBalance", {**nobody, "currency": "EUR"}),
        "getPlayerStatus": ("getPlayerStatus", {**PLAYER, "agentSystemCurrency": "EUR"}),
        "games": ("games", {"query": "house_00001", "providerId": "house"}),
        "launchGame": ("launchGame", launch_body("player0001")),
        "deposit": ("deposit", MOVE),
        "deposit.refused": ("deposit", {**MOVE, **nobody}),
        "withdraw": ("withdraw", {**MOVE, "amount": "1"}),
        "withdraw.refused": ("withdraw", {**MOVE, **nobody}),
        "history": ("history", {**PLAYER, "gameId": "", "roundId": "", "from": None, "to": None}),
        "history.refused": ("history", nobody),
        "playerDailyReport": ("playerDailyReport", report),
        "playerDailyReport.refused": ("playerDailyReport", {**report, **nobody}),
        "gameLogs": ("gameLogs", {**PLAYER, "gameId": "house_00001", "roundId": bet["roundId"]}),
        "providers": ("providers", {"agentSystemCurrency": "JPY"}),
    }


def test_answers_are_as_the_examples(external: External) -> None:
    asked = requests(external)
    assert asked.keys() == ANSWERS.keys()
    for name, (call, body) in asked.items():
        answer = external.envelope(call, body)
        assert differences(ANSWERS[name], answer) == [], name
        assert answer["ok"] is not name.endswith(".refused")
        # An empty list would prove nothing about what stands in it.
        result = answer.get("result", {})
        for listed in ("items", "transactions"):
            assert result.get(listed, True), name
        assert result.get("currencyGroup", True), name


@pytest.mark.parametrize("golden", REFUSALS, ids=lambda golden: golden["call"])
def test_refusals_are_as_they_were(external: External, golden: dict[str, Any]) -> None:
    external.ok("createPlayer", PLAYER)
    assert external.envelope(golden["call"], golden["request"]) == golden["answer"]
