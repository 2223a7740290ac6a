"""freeRound, getFreeRound, cancelFreeRound, freeChip, getFreeChip, cancelFreeChip: every field,
every refusal, and that a refusal changes nothing."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from lanhouse.aggregator.bonuses.tables import campaign_players, campaigns
from lanhouse.kit import clock
from tests.builders.agents import External, Operator, open_operator
from tests.builders.golden import golden, has_shape
from tests.builders.small_json import open_game

SLOT, ROULETTE = "house_00001", "house_00004"
NAMES = ("player0001", "player0002")
ZERO_TIME = "0001-01-01T00:00:00Z"


@pytest.fixture(autouse=True)
def players(external: External) -> None:
    for name in NAMES:
        external.ok("createPlayer", {"username": name})


def round_body(**more: Any) -> dict[str, Any]:
    return {
        "currency": "EUR",
        "bonusCode": "freeRound0001",
        "username": NAMES[0],
        "gameId": SLOT,
        "rounds": 10,
        "betAmount": "1",
        **more,
    }


def chip_body(**more: Any) -> dict[str, Any]:
    return {
        "currency": "EUR",
        "bonusCode": "freeChip0001",
        "usernames": list(NAMES),
        "gameId": ROULETTE,
        "rounds": 2,
        "betAmount": "5",
        **more,
    }


CREATE = {"freeRound": round_body, "freeChip": chip_body}
BOTH = pytest.mark.parametrize("call", list(CREATE))


def other(call: str, verb: str) -> str:
    return f"{verb}{call[0].upper()}{call[1:]}"


def nothing_was_made(operator: Operator) -> None:
    for table in (campaigns, campaign_players):
        assert operator.store.read_sync(lambda read, t=table: read.all(t.select())) == []


@BOTH
def test_a_campaign_has_the_documented_shape_in_both_spellings(
    external: External, call: str
) -> None:
    whole = external.envelope(call, CREATE[call]())
    has_shape(whole, golden(call))
    told = external.envelope(other(call, "get"), {"id": whole["result"]["id"]})
    has_shape(told, golden(other(call, "get")))
    made, found = whole["result"], told["result"]
    assert "info" not in made
    assert {**made, "info": found["info"]} == found
    name = "freeRound" if call == "freeRound" else "freeChip"
    assert made["freeGameCode"] == made[f"{name}Code"]
    assert made["freeGameId"] == made[f"{name}Id"]
    assert (made["startAt"], made["endAt"]) == (made["startTime"], made["endTime"])
    assert made["canceledAt"] == ZERO_TIME
    stood = json.loads(found["info"])["players"]
    assert [each["username"] for each in stood] == list(NAMES if name == "freeChip" else NAMES[:1])


def test_what_was_asked_is_told_again(external: External, operator: Operator) -> None:
    end = "2099-01-01T00:00:00Z"
    asked = round_body(**{"from": "2098-12-01T00:00:00+07:00", "to": end})
    made = external.ok("freeRound", asked)
    assert {
        "providerId": "house", "gameId": SLOT, "username": NAMES[0], "betAmount": "1",
        "playerCurrency": "EUR", "providerCurrency": "EUR", "rounds": 10,
        "bonusCode": "freeRound0001", "startTime": asked["from"], "endTime": end,
        "agentId": operator.agent.id, "status": "active", "remaining": 10, "won": "0",
    }.items() <= made.items()  # fmt: skip
    chips = external.ok("freeChip", chip_body())
    assert (chips["usernames"], chips["rounds"], chips["betAmount"]) == (list(NAMES), 2, "5")
    assert chips["remaining"] == 4
    one = external.ok("getFreeChip", {"id": chips["id"], "username": NAMES[1]})
    assert (one["usernames"], one["remaining"], one["won"]) == ([NAMES[1]], 2, "0")


def test_it_runs_from_now_for_thirty_days(external: External) -> None:
    made = external.ok("freeRound", round_body())
    start, end = (datetime.fromisoformat(made[name]) for name in ("startTime", "endTime"))
    assert abs(clock.now() - start) < timedelta(minutes=1)
    assert end - start == timedelta(days=30)


def in_days(days: float) -> str:
    return (clock.now() + timedelta(days=days)).isoformat()


@BOTH
@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"bonusCode": None}, "INVALID_REQUEST", "bonusCode"),
        ({"bonusCode": ""}, "INVALID_REQUEST", "bonusCode"),
        ({"bonusCode": " x"}, "INVALID_REQUEST", "bonusCode"),
        ({"currency": None}, "INVALID_REQUEST", "currency"),
        ({"gameId": None}, "INVALID_REQUEST", "gameId"),
        ({"rounds": None}, "INVALID_REQUEST", "rounds"),
        ({"rounds": 0}, "INVALID_REQUEST", "rounds"),
        ({"rounds": 1001}, "INVALID_REQUEST", "rounds"),
        ({"rounds": -1}, "INVALID_REQUEST", "rounds"),
        ({"rounds": "ten"}, "INVALID_REQUEST", "rounds"),
        ({"betAmount": None}, "INVALID_REQUEST", "betAmount"),
        ({"betAmount": "0"}, "INVALID_AMOUNT", "betAmount"),
        ({"betAmount": "-1"}, "INVALID_AMOUNT", "betAmount"),
        ({"betAmount": "1e1"}, "INVALID_AMOUNT", "betAmount"),
        ({"betAmount": "1.001"}, "INVALID_AMOUNT", "betAmount"),
        ({"betAmount": 1}, "INVALID_AMOUNT", "betAmount"),
        ({"betAmount": "0.21"}, "INVALID_AMOUNT", "betAmount"),
        ({"betAmount": "9"}, "INVALID_AMOUNT", "betAmount"),
        ({"betAmount": "1000"}, "INVALID_AMOUNT", "betAmount"),
        ({"currency": "USD"}, "CURRENCY_NOT_SUPPORTED", ""),
        ({"gameId": "pg_00001"}, "GAME_NOT_FOUND", ""),
        ({"from": "yesterday"}, "INVALID_REQUEST", "from"),
        (
            {"from": "2099-01-01T00:00:00Z", "to": "2099-01-01T07:00:00+07:00"},
            "INVALID_REQUEST", "to",
        ),
        ({"from": in_days(2), "to": in_days(1)}, "INVALID_REQUEST", "to"),
        ({"to": in_days(-1)}, "INVALID_REQUEST", "to"),
        ({"from": in_days(-40)}, "INVALID_REQUEST", "from"),
        ({"from": in_days(1), "to": in_days(367.1)}, "INVALID_REQUEST", "to"),
        ({"to": in_days(366.1)}, "INVALID_REQUEST", "to"),
        ({"from": "9999-12-31T00:00:00Z"}, "INVALID_REQUEST", "from"),
    ],
)  # fmt: skip
def test_what_is_refused_makes_nothing(
    external: External, operator: Operator, call: str, change: dict[str, Any], code: str, field: str
) -> None:
    body = CREATE[call](**change)
    found = external.envelope(call, body)
    assert found["ok"] is False, found
    assert found["error"]["code"] == code, found
    if field:
        assert found["error"]["field"] == field
    nothing_was_made(operator)


def test_the_documents_own_request_is_refused_for_its_times(external: External) -> None:
    """Its `from` is its `to`: nothing else of it is looked at first."""
    body = {
        "currency": "IDR",
        "bonusCode": "freeRound0001",
        "username": "player0001",
        "gameId": "pg_00001",
        "from": "2024-08-20T13:08:34.280062+07:00",
        "to": "2024-08-20T13:08:34.280062+07:00",
        "rounds": 10,
        "betAmount": "1.6",
    }
    assert external.envelope("freeRound", body) == {
        "ok": False,
        "error": {
            "code": "INVALID_REQUEST", "message": "to: must be after from", "field": "to",
        },
    }  # fmt: skip


def test_players_are_all_there_or_nothing_is_made(external: External, operator: Operator) -> None:
    assert external.refused("freeRound", round_body(username="nobody1"))[0] == "PLAYER_NOT_FOUND"
    for usernames, code in (
        ([NAMES[0], "nobody1"], "PLAYER_NOT_FOUND"),
        ([], "INVALID_REQUEST"),
        (None, "INVALID_REQUEST"),
        ([NAMES[0], NAMES[0]], "INVALID_REQUEST"),
        ([f"player{n:05d}" for n in range(1001)], "INVALID_REQUEST"),
    ):
        assert external.refused("freeChip", chip_body(usernames=usernames))[0] == code
    foreign = open_operator(operator.store)
    external.ok("createPlayer", {"username": "theirs"}, key=foreign.key)
    assert external.refused("freeRound", round_body(username="theirs"))[0] == "PLAYER_NOT_FOUND"
    nothing_was_made(operator)


def test_slots_have_free_rounds_and_tables_free_chips(external: External) -> None:
    assert external.refused("freeRound", round_body(gameId=ROULETTE))[0] == (
        "FREE_ROUND_NOT_SUPPORTED"
    )
    assert external.refused("freeChip", chip_body(gameId=SLOT, betAmount="1"))[0] == (
        "FREE_CHIP_NOT_SUPPORTED"
    )
    games = {game["id"]: game for game in external.ok("games", {})["items"]}
    assert (games[SLOT]["hasFreeRound"], games[SLOT]["hasFreeChip"]) == (True, False)
    assert (games[ROULETTE]["hasFreeRound"], games[ROULETTE]["hasFreeChip"]) == (False, True)


def test_a_bonus_code_is_unique_over_both_kinds_within_the_agent(
    external: External, operator: Operator
) -> None:
    external.ok("freeRound", round_body())
    again = external.envelope("freeRound", round_body(rounds=1))
    assert again == golden("bonusCode")
    assert external.envelope("freeChip", chip_body(bonusCode="freeRound0001")) == again
    foreign = open_operator(operator.store)
    external.ok("createPlayer", {"username": NAMES[0]}, key=foreign.key)
    assert external.ok("freeRound", round_body(), key=foreign.key)["remaining"] == 10


@BOTH
def test_a_repeated_call_answers_the_same(
    external: External, operator: Operator, call: str
) -> None:
    headers = {"Idempotency-Key": "campaign-1"}
    first = external.ok(call, CREATE[call](), headers=headers)
    assert external.ok(call, CREATE[call](), headers=headers) == first
    assert external.refused(call, CREATE[call](rounds=3), headers=headers)[0] == (
        "IDEMPOTENCY_CONFLICT"
    )
    canceled = external.ok(
        other(call, "cancel"), {"id": first["id"]}, headers={"Idempotency-Key": "cancel-1"}
    )
    again = external.ok(
        other(call, "cancel"), {"id": first["id"]}, headers={"Idempotency-Key": "cancel-1"}
    )
    assert canceled == again
    assert len(operator.store.read_sync(lambda read: read.all(campaigns.select()))) == 1


@BOTH
def test_cancel_tells_when_and_twice_the_same(external: External, call: str) -> None:
    made = external.ok(call, CREATE[call]())
    canceled = external.ok(other(call, "cancel"), {"id": made["id"]})
    assert canceled["status"] == "canceled"
    assert abs(datetime.fromisoformat(canceled["canceledAt"]) - clock.now()) < timedelta(minutes=1)
    assert canceled == {
        **made, "status": "canceled", "canceledAt": canceled["canceledAt"],
    }  # fmt: skip
    assert external.ok(other(call, "cancel"), {"id": made["id"]}) == canceled
    assert external.ok(other(call, "get"), {"id": made["id"]})["status"] == "canceled"


@BOTH
def test_a_campaign_that_is_not_theirs_or_of_the_other_kind_is_not_found(
    external: External, operator: Operator, call: str
) -> None:
    code = "FREE_ROUND_NOT_FOUND" if call == "freeRound" else "FREE_CHIP_NOT_FOUND"
    made = external.ok(call, CREATE[call]())
    foreign = open_operator(operator.store)
    for verb in ("get", "cancel"):
        asked = other(call, verb)
        assert external.refused(asked, {"id": "f" * 32})[0] == code
        assert external.refused(asked, {"id": made["id"]}, key=foreign.key)[0] == code
        assert external.refused(asked, {"id": None})[0] == "INVALID_REQUEST"
        assert external.refused(asked, {})[0] == "INVALID_REQUEST"
    opposite = "freeChip" if call == "freeRound" else "freeRound"
    assert external.refused(other(opposite, "cancel"), {"id": made["id"]})[0] != code
    assert external.ok(other(call, "get"), {"id": made["id"]})["status"] == "active"
    strange = {"id": made["id"], "username": "nobody1"}
    assert external.refused(other(call, "get"), strange)[0] == "PLAYER_NOT_FOUND"


def test_a_seamless_agent_gives_them_too(external: External, operator: Operator) -> None:
    seamless = open_operator(operator.store, kind="seamless")
    external.ok("createPlayer", {"username": NAMES[0]}, key=seamless.key)
    made = external.ok("freeRound", round_body(), key=seamless.key)
    assert external.ok("cancelFreeRound", {"id": made["id"]}, key=seamless.key)["status"] == (
        "canceled"
    )


def test_a_free_round_is_played_first_and_told_in_history(external: External) -> None:
    """In every amount: a bet of 0 with its flag, and what it won as real money."""
    made = external.ok("freeRound", round_body(rounds=3, betAmount="0.4"))
    game = open_game(external, NAMES[0])
    for _ in range(3):  # with an empty wallet, and whatever is asked
        game.spin("20")
    stood = external.ok("getFreeRound", {"id": made["id"]})
    assert (stood["status"], stood["remaining"]) == ("used", 0)
    records = external.ok("history", {"username": NAMES[0]})["currencyGroup"]["EUR"]["items"]
    assert len(records) == 6
    assert {record["txType"]["flag"] for record in records} == {"free_round"}
    bets = [record for record in records if record["txType"]["id"] == 1]
    assert {record["amount"]["amount"]["playerAmount"] for record in bets} == {"0"}
    won = sum(
        round(float(record["amount"]["amount"]["playerAmount"]) * 10**6)
        for record in records
        if record["txType"]["id"] == 2
    )
    after = external.ok("getPlayerBalance", {"username": NAMES[0], "currency": "EUR"})["balance"]
    assert round(float(stood["won"]) * 10**6) == won == round(float(after) * 10**6)
    external.ok("deposit", {"username": NAMES[0], "currency": "EUR", "amount": "1"})
    game.spin("1")
    paid = external.ok("history", {"username": NAMES[0]})["currencyGroup"]["EUR"]["items"][1]
    assert (paid["txType"]["flag"], paid["amount"]["amount"]["playerAmount"]) == ("", "-1")
    assert external.refused("cancelFreeRound", {"id": made["id"]}) == (
        "FREE_ROUND_NOT_CANCELABLE", "free round is used or expired and cannot be canceled",
    )  # fmt: skip
