"""Limits, exclusion and rules of a country in the small JSON, with us and at an operator."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lanhouse.aggregator.protection.commands import set_profile
from lanhouse.aggregator.protection.schemas import Profile, SetProfile
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.agents import External, Operator
from tests.builders.seamless import Seamless, seamless
from tests.builders.small_json import JsonPlayer, begin

PLAYER = "player0001"
SLOT, BLACKJACK = "house_00001", "house_00006"
REACHED = (403, "PLAYER_LIMIT_REACHED", None)
EXCLUDED = (403, "PLAYER_SELF_EXCLUDED", None)


def sit(external: External, game: str = SLOT) -> JsonPlayer:
    player = begin(external, PLAYER, game)
    player.seed()
    return player


@pytest.fixture(autouse=True)
def money(external: External) -> None:
    external.ok("createPlayer", {"username": PLAYER})
    external.ok("deposit", {"username": PLAYER, "amount": "500", "currency": "EUR"})


def limit(external: External, kind: str, amount: str | None) -> None:
    one = {"kind": kind, "period": "day", "amount": amount, "currency": "EUR"}
    external.ok("setPlayerLimits", {"username": PLAYER, "limits": [one]})


def exclude(external: External) -> None:
    until = (clock.now() + timedelta(days=1)).isoformat()
    external.ok("excludePlayer", {"username": PLAYER, "until": until})


def balance(external: External) -> str:
    return external.ok("getPlayerBalance", {"username": PLAYER, "currency": "EUR"})["balance"]


def test_a_players_limit_comes_before_those_of_the_game(external: External) -> None:
    player = sit(external)
    limit(external, "wager", "15")
    assert player.refused("spin", bet="40") == REACHED  # outside the Standard set too
    assert player.refused("spin", bet="20") == REACHED
    assert balance(external) == "500"
    player.act("spin", bet="15")
    assert player.refused("spin", bet="0.2") == REACHED


def test_without_limits_the_game_refuses_by_its_own(external: External) -> None:
    player = sit(external)
    assert player.refused("spin", bet="40")[1] == "INVALID_AMOUNT"


def dealt(player: JsonPlayer) -> dict[str, Any]:
    """A hand that is still open."""
    for _ in range(20):
        state = player.act("deal", bet="10")
        if not state["round"]["done"]:
            return state
    raise AssertionError("every hand was over at once")


def test_an_open_hand_can_be_finished_but_not_doubled(external: External) -> None:
    player = sit(external, BLACKJACK)
    state = dealt(player)
    assert "double" in state["actions"]
    limit(external, "wager", "0")
    assert player.refused("double") == REACHED
    assert player.act("stand")["round"]["done"]
    assert player.refused("deal", bet="10") == REACHED


def test_who_is_excluded_finishes_his_hand_and_takes_his_money(external: External) -> None:
    player = sit(external, BLACKJACK)
    dealt(player)
    exclude(external)
    assert player.refused("double") == EXCLUDED
    assert player.act("stand")["round"]["done"]
    assert player.refused("deal", bet="10") == EXCLUDED
    left = {"username": PLAYER, "amount": balance(external), "currency": "EUR"}
    external.ok("withdraw", left)


def test_the_next_round_waits_but_the_steps_of_one_do_not(
    external: External, operator: Operator, freeze: clock.frozen
) -> None:
    rules = Profile(round_millis=5_000)
    cmd = SetProfile(agent_id=operator.agent.id, country="", profile=rules)
    operator.store.run_sync(set_profile, cmd)
    cards, slot = sit(external, BLACKJACK), begin(external, PLAYER, SLOT)
    while cards.act("deal", bet="10")["round"]["done"]:
        freeze.advance(5)
    assert slot.refused("spin", bet="1") == (429, "ROUND_TOO_SOON", None)
    assert cards.act("stand")["round"]["done"]
    assert cards.refused("deal", bet="10") == (429, "ROUND_TOO_SOON", None)
    freeze.advance(5)
    slot.act("spin", bet="1")


class TestAtAnOperator:
    @pytest.fixture
    def there(self, sqlite_store: Store, tmp_path: Path) -> Iterator[Seamless]:
        with seamless(sqlite_store, tmp_path) as opened:
            yield opened

    @pytest.fixture(autouse=True)
    def money(self, there: Seamless) -> None:
        there.external.ok("createPlayer", {"username": PLAYER})

    def test_limits_hold_before_the_operator_is_asked(self, there: Seamless) -> None:
        player = sit(there.external)
        limit(there.external, "wager", "3")
        for _ in range(3):
            player.act("spin", bet="1")
        assert player.refused("spin", bet="1") == REACHED
        bets = [
            each
            for each in there.external.ok("history", {})["currencyGroup"]["EUR"]["items"]
            if each["txType"]["id"] == 1
        ]
        assert len(bets) == 3
        exclude(there.external)
        assert player.refused("spin", bet="1") == EXCLUDED
