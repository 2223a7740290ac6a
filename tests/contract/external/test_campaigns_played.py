"""Free rounds and chips over the small JSON: what the page is told, and at an operator's wallet
what he hears; whatever fails, the round goes back to its campaign."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lanhouse.aggregator.rounds.queries.reports import report_problem
from lanhouse.db.store import Store
from tests.builders.agents import External
from tests.builders.rounds import EURO, NAME
from tests.builders.seamless import Seamless, open_rounds, seamless
from tests.builders.small_json import CLIENT_SEED, JsonPlayer, begin

SLOT, ROULETTE, BACCARAT, SIC_BO = "house_00001", "house_00004", "house_00005", "house_00007"
FIRST = {
    "house_00001": "spin", "house_00002": "spin", "house_00003": "spin", "house_00004": "spin",
    "house_00005": "deal", "house_00006": "deal", "house_00007": "roll", "house_00008": "spin",
}  # fmt: skip


def give(external: External, game: str, rounds: int = 1, bet: str = "1") -> str:
    """A campaign; answers its id."""
    body = {
        "currency": "EUR", "bonusCode": f"bonus-{game}-{rounds}-{bet}", "gameId": game,
        "rounds": rounds, "betAmount": bet,
    }  # fmt: skip
    if game <= "house_00003":
        return external.ok("freeRound", {**body, "username": NAME})["id"]
    return external.ok("freeChip", {**body, "usernames": [NAME]})["id"]


def stand(external: External, game: str, campaign: str) -> dict[str, Any]:
    call = "getFreeRound" if game <= "house_00003" else "getFreeChip"
    return external.ok(call, {"id": campaign})


def sit(external: External, game: str) -> JsonPlayer:
    external.ok("createPlayer", {"username": NAME})
    player = begin(external, NAME, game)
    player.seed(CLIENT_SEED)
    return player


def finish(player: JsonPlayer, state: dict[str, Any]) -> dict[str, Any]:
    """Play an open round to its end: free spins, or the hand as it is."""
    while state["round"]["done"] is False:
        state = player.act("spin" if "spin" in state["actions"] else "stand")
    return state


@pytest.mark.parametrize("game", list(FIRST))
def test_every_game_plays_a_campaign_to_its_end_without_money(
    external: External, game: str
) -> None:
    """With nothing asked but the action; what it paid is the wallet, the campaign, the history and
    the report alike."""
    player = sit(external, game)
    campaign = give(external, game, rounds=5, bet="5")
    state: dict[str, Any] = {}
    for left in range(5, 0, -1):
        assert player.now()["freeRounds"] == {"remaining": left, "bet": "5"}
        state = finish(player, player.act(FIRST[game]))
        assert (state["round"]["bet"], state["round"]["paid"]) == ("0", True)
    assert player.now()["freeRounds"] is None
    assert player.refused(FIRST[game])[:2] == (400, "INVALID_REQUEST")
    stood = stand(external, game, campaign)
    assert (stood["status"], stood["remaining"], stood["won"]) == ("used", 0, state["balance"])
    items = external.ok("history", {"username": NAME})["currencyGroup"]["EUR"]["items"]
    assert len(items) == 10
    assert {item["txType"]["flag"] for item in items} == {"free_round"}
    paid = sum(round(float(item["amount"]["amount"]["playerAmount"]) * EURO) for item in items)
    assert paid == round(float(stood["won"]) * EURO)


def test_the_bets_that_are_told_are_those_of_the_players_limits(external: External) -> None:
    player = sit(external, SLOT)
    assert player.now()["bets"]["max"] == "20"
    body = {
        "username": NAME, "providerId": "house",
        "categories": [{"category": "slot", "ids": ["high"]},
                       {"category": "table", "ids": ["low", "high"]}],
    }  # fmt: skip
    external.ok("setPlayerBetLimits", body)
    told = player.now()["bets"]
    assert (told["min"], told["max"], told["steps"][-3:]) == ("0.2", "100", ["40", "60", "100"])
    table = begin(external, NAME, ROULETTE)
    assert table.now()["bets"] == {"min": "1", "max": "5000", "steps": ["1"]}
    external.ok("deposit", {"username": NAME, "currency": "EUR", "amount": "10000"})
    one = {"on": "red", "amount": "1"}
    many = {"on": "black", "amount": "25"}
    # Low allows 1 to 25, High 25 to 5 000, nothing both at once.
    assert table.refused("spin", bets=[one, many]) == (400, "INVALID_AMOUNT", "bets")
    assert table.act("spin", bets=[one])["round"]["bet"] == "1"
    assert table.act("spin", bets=[many, {"on": "odd", "amount": "25"}])["round"]["bet"] == "50"
    held = table.now()["balance"]
    assert table.refused("spin", bets=[{"on": "red", "amount": "5001"}])[1] == "INVALID_AMOUNT"
    assert table.now()["balance"] == held


class TestAtAnOperator:
    @pytest.fixture
    def there(self, store: Store, tmp_path: Path) -> Iterator[Seamless]:
        with seamless(store, tmp_path) as opened:
            yield opened

    def test_he_hears_a_bet_of_nothing_and_pays_what_is_won(self, there: Seamless) -> None:
        player = sit(there.external, SLOT)
        campaign = give(there.external, SLOT, rounds=4)
        for _ in range(4):
            state = player.act("spin", bet="20")
            assert (state["round"]["bet"], state["round"]["paid"]) == ("0", True)
        stood = stand(there.external, SLOT, campaign)
        assert (stood["status"], stood["remaining"]) == ("used", 0)
        bets, settles = there.heard("bet"), there.heard("settle")
        assert {bet["transaction"]["amount"] for bet in bets} == {"0"}
        for message in (*bets, *settles):
            assert message["transaction"]["freeRoundCode"] == stood["freeRoundCode"]
        assert there.theirs() == 1000 * EURO + round(float(stood["won"]) * EURO)
        there.agree()
        assert there.store.read_sync(report_problem) is None

    def test_a_chip_and_what_lies_beside_it_are_told_apart(self, there: Seamless) -> None:
        player = sit(there.external, ROULETTE)
        campaign = give(there.external, ROULETTE, bet="5")
        bets = [{"on": "red", "amount": "1"}, {"on": "black", "amount": "3"}]
        state = player.act("spin", bets=bets)
        assert (state["round"]["bet"], state["round"]["paid"]) == ("3", True)
        heard = [
            (body["transaction"]["amount"], body["transaction"]["freeRoundCode"] is not None)
            for body in there.heard("bet")
        ]
        assert heard == [("0", True), ("-3", False)]
        assert [
            body["transaction"]["freeRoundCode"] is not None for body in there.heard("settle")
        ] == [True, False]
        assert [body["transaction"]["roundClosed"] for body in there.heard("settle")] == [
            False, True,
        ]  # fmt: skip
        assert stand(there.external, ROULETTE, campaign)["status"] == "used"
        assert there.theirs() == round(float(state["balance"]) * EURO)
        there.agree()
        assert all(row.closed_at is not None for row in open_rounds(there.store))
        assert there.store.read_sync(report_problem) is None

    @pytest.mark.parametrize("fault", ["cut", "late", "second-cut", "second-late", "no-money"])
    def test_whatever_comes_to_nothing_goes_back_to_its_campaign(
        self, there: Seamless, fault: str
    ) -> None:
        player = sit(there.external, ROULETTE)
        campaign = give(there.external, ROULETTE, bet="5")
        bets = [{"on": "red", "amount": "5"}, {"on": "black", "amount": "3"}]
        if fault == "no-money":
            # Nothing is left for the player's own stake; the chip costs nothing.
            there.mock.wallet.transact(
                NAME, "EUR", {"txId": "elsewhere", "type": "bet", "amount": "-1000"}
            )
        else:
            if fault.startswith("second"):
                there.fail("late", "bet", delay_ms=20)
            there.fail(fault.removeprefix("second-"), "bet")
        status = player.refused("spin", bets=bets)[0]
        assert status == {"no-money": 402, "cut": 502, "second-cut": 502}.get(fault, 504)
        for _ in range(3):
            there.send_due()
        left = 0 if fault == "no-money" else 1000 * EURO
        assert there.theirs() == left
        taken = [row for row in there.rows() if row.tx_type == 1 and row.state == "committed"]
        assert taken == []
        assert stand(there.external, ROULETTE, campaign)["remaining"] == 1
        assert player.now()["freeRounds"] == {"remaining": 1, "bet": "5"}
        played = player.act("spin")
        assert played["round"]["bet"] == "0"
        assert stand(there.external, ROULETTE, campaign)["status"] == "used"
        assert there.store.read_sync(report_problem) is None
