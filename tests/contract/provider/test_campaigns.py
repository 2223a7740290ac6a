"""Free rounds at a studio: it is told of a campaign once, we count, and a studio that was not
reached is told again by the same call."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders.studio import Port, Studio, move, refusing

GAME = "studio_coin"


def body(**more: Any) -> dict[str, Any]:
    return {
        "username": "player0001", "currency": "EUR", "bonusCode": "gift-0001", "gameId": GAME,
        "rounds": 2, "betAmount": "1.5", **more,
    }  # fmt: skip


def ok(port: Port, call: str, sent: dict[str, Any], **headers: str) -> Any:
    told = port.external(call, sent, **headers)
    assert told["ok"] is True, told
    return told["result"]


def refused(port: Port, call: str, sent: dict[str, Any], **headers: str) -> str:
    told = port.external(call, sent, **headers)
    assert told["ok"] is False, told
    return told["error"]["code"]


@pytest.fixture
def session(port: Port, studio: Studio) -> str:
    port.player("player0001")
    return port.session(studio, "player0001")


def test_it_is_told_once_and_counted_here(port: Port, studio: Studio, session: str) -> None:
    made = ok(port, "freeRound", body(), **{"Idempotency-Key": "gift-1"})
    assert ok(port, "freeRound", body(), **{"Idempotency-Key": "gift-1"}) == made
    assert (made["freeRoundId"], made["providerId"], made["betAmount"]) == (
        "theirs-1", "studio", "1.5",
    )  # fmt: skip
    [asked] = studio.asked("freeRound")
    assert (asked["code"], asked["rounds"], asked["betAmount"], asked["gameId"]) == (
        made["freeRoundCode"], 2, "1.5", "coin",
    )  # fmt: skip
    code = made["freeRoundCode"]
    port.ok("transaction", move(session, "bet", "f1", "0", free=code))
    port.ok("transaction", move(session, "settle", "f1", "3", free=code, closed=True))
    stood = ok(port, "getFreeRound", {"id": made["id"]})
    assert (stood["remaining"], stood["won"], stood["status"]) == (1, "3", "active")
    canceled = ok(port, "cancelFreeRound", {"id": made["id"]})
    assert canceled["status"] == "canceled"
    assert studio.asked("cancelFreeRound") == [{"id": "theirs-1"}]
    late = move(session, "bet", "f2", "0", free=code, round_id="another")
    assert port.refused("transaction", late) == "INVALID_REQUEST"


def test_a_studio_that_was_not_reached_is_told_again(
    port: Port, studio: Studio, session: str
) -> None:
    studio.scripts["freeRound"] = lambda _: (503, b"")
    assert refused(port, "freeRound", body()) == "PROVIDER_OFFLINE"
    assert refused(port, "freeRound", body(rounds=3)) == "BONUS_CODE_ALREADY_EXISTS"
    del studio.scripts["freeRound"]
    made = ok(port, "freeRound", body())
    codes = {asked["code"] for asked in studio.asked("freeRound")}
    assert codes == {made["freeRoundCode"]}
    assert refused(port, "freeRound", body()) == "BONUS_CODE_ALREADY_EXISTS"
    studio.scripts["cancelFreeRound"] = lambda _: (503, b"")
    assert refused(port, "cancelFreeRound", {"id": made["id"]}) == "PROVIDER_OFFLINE"
    assert ok(port, "getFreeRound", {"id": made["id"]})["status"] == "active"


def test_what_a_studio_refuses_is_forgotten(port: Port, studio: Studio, session: str) -> None:
    studio.scripts["freeRound"] = refusing("NO_GIFTS")
    told = port.external("freeRound", body())["error"]
    assert (told["code"], told["field"]) == ("INVALID_REQUEST", "gameId")
    del studio.scripts["freeRound"]
    assert ok(port, "freeRound", body(rounds=5))["remaining"] == 5
    assert refused(port, "freeRound", body(bonusCode="x", betAmount="6")) == "INVALID_AMOUNT"
    chip = {**body(bonusCode="y"), "usernames": ["player0001"]}
    assert refused(port, "freeChip", chip) == "FREE_CHIP_NOT_SUPPORTED"
