"""setPlayerLimits, getPlayerLimits, excludePlayer as an operator calls them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lanhouse.kit import clock
from tests.builders.agents import External, Operator, open_operator
from tests.builders.play import launch_body

PLAYER = "player0001"
LOSS = {"kind": "loss", "period": "day", "amount": "50", "currency": "EUR"}
SESSION = {"kind": "session", "period": "day", "minutes": 90}


@pytest.fixture(autouse=True)
def player(external: External) -> str:
    external.ok("createPlayer", {"username": PLAYER})
    return PLAYER


def limits(*given: Any) -> dict[str, Any]:
    return {"username": PLAYER, "limits": list(given)}


def test_limits_are_set_told_and_changed(external: External, freeze: clock.frozen) -> None:
    told = [
        {"kind": "loss", "period": "day", "currency": "EUR", "amount": "50", "pending": None},
        {"kind": "session", "period": "day", "currency": None, "minutes": 90, "pending": None},
    ]
    assert external.ok("setPlayerLimits", limits(SESSION, LOSS)) == {"limits": told}
    assert external.ok("getPlayerLimits", {"username": PLAYER}) == {"limits": told}
    looser = limits({**LOSS, "amount": "80.5"}, {**SESSION, "minutes": None})
    later = "2026-03-05T12:00:00.000000Z"
    told[0]["pending"] = {"amount": "80.5", "from": later}
    told[1]["pending"] = {"minutes": None, "from": later}
    assert external.ok("setPlayerLimits", looser) == {"limits": told}
    freeze.advance(86_400)
    now = {"kind": "loss", "period": "day", "currency": "EUR", "amount": "80.5", "pending": None}
    assert external.ok("getPlayerLimits", {"username": PLAYER}) == {"limits": [now]}


def test_a_repetition_of_setting_limits_changes_nothing(
    external: External, freeze: clock.frozen
) -> None:
    headers = {"Idempotency-Key": "limits-1"}
    external.ok("setPlayerLimits", limits(LOSS))
    looser = limits({**LOSS, "amount": "100"})
    first = external.ok("setPlayerLimits", looser, headers=headers)
    freeze.advance(3_600)
    assert external.ok("setPlayerLimits", looser, headers=headers) == first
    assert external.refused("setPlayerLimits", limits(LOSS), headers=headers)[0] == (
        "IDEMPOTENCY_CONFLICT"
    )


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({**LOSS, "kind": "luck"}, "INVALID_REQUEST", "limits"),
        ({**LOSS, "period": "year"}, "INVALID_REQUEST", "limits"),
        ({**LOSS, "amount": 50}, "INVALID_AMOUNT", "limits.1.amount"),
        ({**LOSS, "amount": "-1"}, "INVALID_AMOUNT", "limits.1.amount"),
        ({**LOSS, "amount": "1.001"}, "INVALID_AMOUNT", "limits.1.amount"),
        ({**LOSS, "amount": ""}, "INVALID_AMOUNT", "limits.1.amount"),
        ({**LOSS, "minutes": 5}, "INVALID_REQUEST", "limits.1.minutes"),
        ({**LOSS, "currency": None}, "INVALID_REQUEST", "limits.1.currency"),
        ({**LOSS, "currency": "USD"}, "CURRENCY_NOT_SUPPORTED", None),
        (
            {"kind": "loss", "period": "day", "currency": "EUR"},
            "INVALID_REQUEST",
            "limits.1.amount",
        ),
        ({**SESSION, "period": "week"}, "INVALID_REQUEST", "limits.1.period"),
        ({**SESSION, "minutes": 1_441}, "INVALID_REQUEST", "limits.1.minutes"),
        ({**SESSION, "minutes": "90"}, "INVALID_REQUEST", "limits.1.minutes"),
        ({**SESSION, "currency": "EUR"}, "INVALID_REQUEST", "limits.1.currency"),
        ({**SESSION, "amount": "5"}, "INVALID_REQUEST", "limits.1.amount"),
        ("loss", "INVALID_REQUEST", "limits"),
    ],
)
def test_what_is_no_limit_is_refused_by_field_and_sets_nothing(
    external: External, given: Any, code: str, field: str | None
) -> None:
    other = {**LOSS, "kind": "wager"}
    envelope = external.envelope("setPlayerLimits", limits(other, given))
    assert envelope["error"]["code"] == code, envelope
    found = envelope["error"].get("field")
    assert found == field or (field == "limits" and found.startswith("limits")), envelope
    assert external.ok("getPlayerLimits", {"username": PLAYER}) == {"limits": []}


@pytest.mark.parametrize("body", [{}, {"username": PLAYER}, {"limits": [LOSS]}])
def test_both_fields_are_required(external: External, body: dict[str, Any]) -> None:
    assert external.refused("setPlayerLimits", body)[0] == "INVALID_REQUEST"


@pytest.mark.parametrize("given", ["loss", {}, LOSS, 5, "[]"])
def test_limits_are_a_list(external: External, given: Any) -> None:
    body = {"username": PLAYER, "limits": given}
    assert external.refused("setPlayerLimits", body)[0] == "INVALID_REQUEST"


def test_deposits_are_held_to_their_limit(external: External, freeze: clock.frozen) -> None:
    external.ok("setPlayerLimits", limits({**LOSS, "kind": "deposit"}))
    deposit = {"username": PLAYER, "amount": "50", "currency": "EUR"}
    external.ok("deposit", deposit)
    one = {**deposit, "amount": "0.01"}
    assert external.refused("deposit", one) == ("PLAYER_LIMIT_REACHED", "player limit reached")
    external.ok("withdraw", deposit)
    assert external.refused("deposit", one)[0] == "PLAYER_LIMIT_REACHED"
    external.ok("deposit", {**deposit, "currency": "JPY"})
    freeze.advance(86_400)
    external.ok("deposit", one)


def test_a_deposit_that_was_answered_is_answered_again(
    external: External, freeze: clock.frozen
) -> None:
    deposit = {"username": PLAYER, "amount": "50", "currency": "EUR", "clientTxId": "d-1"}
    first = external.ok("deposit", deposit)
    external.ok("setPlayerLimits", limits({**LOSS, "kind": "deposit", "amount": "0"}))
    external.ok("excludePlayer", _until(timedelta(days=1)))
    assert external.ok("deposit", deposit) == first


def test_seamless_agents_limit_bets_but_no_deposits(external: External, operator: Operator) -> None:
    seamless = open_operator(operator.store, kind="seamless", currencies={"EUR": "1"}).key
    external.ok("createPlayer", {"username": PLAYER}, key=seamless)
    assert external.ok("setPlayerLimits", limits(LOSS), key=seamless)["limits"]
    refused = external.refused("setPlayerLimits", limits({**LOSS, "kind": "deposit"}), key=seamless)
    assert refused[0] == "INVALID_REQUEST"


def _until(length: timedelta) -> dict[str, str]:
    return {"username": PLAYER, "until": (clock.now() + length).isoformat()}


class TestExcludePlayer:
    def test_no_deposit_and_no_launch_but_a_withdrawal(
        self, external: External, freeze: clock.frozen
    ) -> None:
        deposit = {"username": PLAYER, "amount": "50", "currency": "EUR"}
        external.ok("deposit", deposit)
        until = "2026-03-06T12:00:00.000000Z"
        assert external.ok("excludePlayer", _until(timedelta(days=2))) == {
            "username": PLAYER,
            "until": until,
        }
        refusal = ("PLAYER_SELF_EXCLUDED", "player is excluded")
        assert external.refused("deposit", deposit) == refusal
        assert external.refused("launchGame", launch_body(PLAYER)) == refusal
        external.ok("withdraw", deposit)
        freeze.advance(2 * 86_400)
        external.ok("deposit", deposit)

    @pytest.mark.parametrize("until", ["", "tomorrow", "2026-03-04T12:00:00Z", 5, None])
    def test_until_is_a_time_to_come(
        self, external: External, freeze: clock.frozen, until: Any
    ) -> None:
        envelope = external.envelope("excludePlayer", {"username": PLAYER, "until": until})
        assert (envelope["error"]["code"], envelope["error"]["field"]) == (
            "INVALID_REQUEST",
            "until",
        )

    def test_it_is_never_shortened(self, external: External) -> None:
        external.ok("excludePlayer", _until(timedelta(days=2)))
        assert external.refused("excludePlayer", _until(timedelta(days=1)))[0] == "INVALID_REQUEST"
        external.ok("excludePlayer", _until(timedelta(days=3)))


@pytest.mark.parametrize("call", ["setPlayerLimits", "getPlayerLimits", "excludePlayer"])
def test_another_agents_player_is_not_found(
    external: External, operator: Operator, call: str
) -> None:
    other = open_operator(operator.store).key
    body = {**limits(LOSS), **_until(timedelta(days=1))}
    assert external.refused(call, body, key=other) == ("PLAYER_NOT_FOUND", "player not found")
