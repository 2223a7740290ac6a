"""What games move, on the wire: history with its rollbacks, transaction, switches of providers and
of agents above agents."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lanhouse.aggregator.agents.commands import (
    create_agent,
    create_agent_key,
    set_agent_active,
    set_terms,
)
from lanhouse.aggregator.agents.schemas import ActivateAgent, NewAgent, SetTerms
from lanhouse.aggregator.errors import InvalidAmount, SessionExpired
from lanhouse.aggregator.launch.tables import game_sessions
from lanhouse.aggregator.providers.commands import set_provider
from lanhouse.aggregator.providers.port import Ask
from lanhouse.aggregator.providers.schemas import SetProvider
from lanhouse.aggregator.rounds.commands import begin
from lanhouse.aggregator.rounds.queries.reports import report_problem
from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.aggregator.rounds.tables import report_hours
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from tests.builders.agents import External, Operator
from tests.builders.client import Client
from tests.builders.databases import by_hand
from tests.builders.play import Player, launch_body, open_game
from tests.builders.rounds import an_ask

BET = 1_000_000


@pytest.fixture
def game(external: External) -> Player:
    external.ok("createPlayer", {"username": "player0001"})
    external.ok("deposit", {"username": "player0001", "amount": "100", "currency": "EUR"})
    return open_game(external, "player0001")


def ask(operator: Operator, tx_type: TxType, tx_id: str, euros: int = 0, **more: Any) -> Any:
    """Another table than House's asks in the session that is open."""
    session: Any = operator.store.read_sync(lambda read: read.one(game_sessions.select()))
    return operator.store.run_sync(begin, an_ask(session, tx_type, tx_id, euros, **more))


def history(external: External, **asked: Any) -> list[dict[str, Any]]:
    groups = external.ok("history", asked)["currencyGroup"]
    return groups["EUR"]["items"] if groups else []


def test_a_round_holds_bets_wins_and_a_rollback_and_history_tells_them_all(
    external: External, operator: Operator, game: Player
) -> None:
    ask(operator, TxType.BET, "b1", 10)
    ask(operator, TxType.BET, "b2", 5)
    ask(operator, TxType.ROLLBACK, "r2", reverses_tx_id="b2")
    asked = {"username": "player0001", "currency": "EUR"}
    assert external.ok("getPlayerBalance", asked) == {
        "balance": "90", "currency": "EUR", "outstanding": "10",
    }  # fmt: skip
    ask(operator, TxType.SETTLE, "b1", 3)
    ask(operator, TxType.SETTLE, "s2", 4, closes_round=True)
    told = [
        (item["txType"], item["providerTxId"], item["amount"]["amount"]["settleAmount"],
         item["walletBeforeBalance"], item["walletAfterBalance"])
        for item in reversed(history(external, roundId="r"))
    ]  # fmt: skip
    bet, settle, rollback = (
        {"id": number, "label": label, "flag": ""}
        for number, label in ((1, "Bet"), (2, "Settle"), (3, "Rollback"))
    )
    assert told == [
        (bet, "b1", "-10", "100", "90"),
        (bet, "b2", "-5", "90", "85"),
        (rollback, "r2", "5", "85", "90"),
        (settle, "b1", "3", "90", "93"),
        (settle, "s2", "4", "93", "97"),
    ]
    assert external.ok("getPlayerBalance", asked)["outstanding"] == "0"


def test_a_round_is_looked_up_however_old_it_is(
    external: External, operator: Operator, game: Player
) -> None:
    with clock.frozen(clock.now() - timedelta(days=90)):
        ask(operator, TxType.BET, "b1", 10)
    assert [item["providerTxId"] for item in history(external, roundId="r")] == ["b1"]
    assert history(external) == []
    assert history(external, roundId="s") == []


def test_transaction_tells_what_became_of_a_bet(
    external: External, operator: Operator, game: Player
) -> None:
    ask(operator, TxType.BET, "b1", 10)
    ask(operator, TxType.ROLLBACK, "r1", reverses_tx_id="b1")
    ask(operator, TxType.ROLLBACK, "r9", reverses_tx_id="never seen")
    by_provider = {"providerTxId": "b1", "providerId": "house"}
    bet = external.ok("transaction", by_provider)
    back = external.ok("transaction", {**by_provider, "providerTxId": "r1", "type": "rollback"})
    assert (bet["type"], bet["state"], bet["amount"]) == ("bet", "rolled_back", "10")
    assert (back["type"], back["state"], back["amount"]) == ("rollback", "committed", "10")
    assert bet["reversedByTxId"] == back["txId"]
    assert back["reverseTxId"] == bet["txId"]
    assert (bet["player"]["beforeBalance"], bet["player"]["afterBalance"]) == ("100", "90")
    assert bet["agent"] is None
    assert bet == external.ok("transaction", {"txId": bet["txId"]})
    buried = external.ok("transaction", {**by_provider, "providerTxId": "never seen"})
    assert (buried["state"], buried["player"]) == ("rolled_back", None)
    assert len(history(external, roundId="r")) == 2  # a tombstone leaves no record
    for wrong, code in (
        ({**by_provider, "type": "settle"}, "TRANSACTION_NOT_FOUND"),
        ({**by_provider, "txId": "0" * 32}, "TRANSACTION_NOT_FOUND"),
        ({"providerTxId": "b1"}, "INVALID_REQUEST"),
        ({**by_provider, "type": "jackpot"}, "INVALID_REQUEST"),
    ):
        assert external.refused("transaction", wrong)[0] == code


def test_terms_are_frozen_on_the_first_bet_and_reported_to_the_last_digit(
    external: External, operator: Operator, game: Player
) -> None:
    def terms(**given: str) -> None:
        named = SetTerms(agent_id=operator.agent.id, provider_id="house", **given)
        operator.store.run_sync(set_terms, named)

    with pytest.raises(InvalidInput):
        terms(share="1.01")
    terms(share="0.333333", commission="0.0125", contribution="0.005")
    [told] = external.ok("providers", {})["items"]
    assert told["terms"] == {
        "share": "0.333333", "commission": "0.0125", "contribution": "0.005",
    }  # fmt: skip
    ask(operator, TxType.BET, "b1", 7)
    terms(share="1")
    ask(operator, TxType.BET, "b2", 2)
    ask(operator, TxType.SETTLE, "b1", 1, closes_round=True)
    [hour] = operator.store.read_sync(lambda read: read.all(report_hours.select()))
    amounts = {
        name: (getattr(hour, f"{name}_units"), getattr(hour, f"{name}_rest"))
        for name in ("win_loss", "turnover", "agent_win_loss", "commission", "contribution")
    }
    assert amounts == {
        "win_loss": (-8, 0),
        "turnover": (9, 0),
        "agent_win_loss": (2, 6666640000),
        "commission": (0, 1125000000),
        "contribution": (0, -450000000),
    }
    assert operator.store.read_sync(report_problem) is None


def test_a_switched_provider_takes_no_launch_and_no_bet_but_settles(
    external: External, operator: Operator, game: Player
) -> None:
    def switch(**values: Any) -> None:
        operator.store.run_sync(set_provider, SetProvider(provider_id="house", **values))

    ask(operator, TxType.BET, "b1", 10)
    soon = clock.real_now() + timedelta(hours=1)
    for off, on, code in (
        ({"is_active": False}, {"is_active": True}, "PROVIDER_NOT_ACTIVE"),
        ({"is_online": False}, {"is_online": True}, "PROVIDER_OFFLINE"),
        ({"maintenance_until": soon}, {"ends_maintenance": True}, "PROVIDER_MAINTENANCE"),
    ):
        switch(**off)
        assert external.refused("launchGame", launch_body("player0001"))[0] == code
        refused = game.post("/spin", {"key": "key-off-0001", "betMicros": BET})
        assert refused.json()["error"]["code"] == code
        switch(**on)
    switch(is_active=False)
    assert ask(operator, TxType.SETTLE, "b1", 3, closes_round=True).state == "committed"
    [told] = external.ok("providers", {})["items"]
    assert (told["active"], told["online"]) == (False, True)


def test_an_agent_that_is_off_switches_those_below_it_off(
    web: Client, external: External, operator: Operator
) -> None:
    store = operator.store

    def switch(agent_id: int | None, *, on: bool) -> None:
        assert agent_id is not None
        web.run(store.write(set_agent_active, ActivateAgent(agent_id, on)))

    below, key = operator.agent, ""
    for name in ("child", "grandchild"):
        new = NewAgent(
            name=name, kind="transfer", base_currency="EUR", currencies={"EUR": "1"},
            allowed_ips="127.0.0.1", parent_id=below.id,
        )  # fmt: skip
        below = store.run_sync(create_agent, new)
        key = store.run_sync(create_agent_key, below.id).secret
    assert external.ok("games", {}, key=key)["items"]
    switch(below.parent_id, on=False)
    switch(operator.agent.id, on=False)
    for each in (key, operator.key):
        assert external.refused("games", {}, key=each)[0] == "AGENT_NOT_ACTIVE"
    # The agent between them keeps its own switch.
    switch(operator.agent.id, on=True)
    assert external.ok("games", {})["items"]
    assert external.refused("games", {}, key=key)[0] == "AGENT_NOT_ACTIVE"
    switch(below.parent_id, on=True)
    assert external.ok("games", {}, key=key)["items"]


def test_a_free_round_costs_nothing_and_its_winnings_stand_apart(
    external: External, operator: Operator, game: Player
) -> None:
    with pytest.raises(InvalidAmount):
        ask(operator, TxType.BET, "b0", 0)
    free = {"free_round_code": "campaign"}
    ask(operator, TxType.BET, "b1", 0, **free)
    ask(operator, TxType.SETTLE, "b1", 4, closes_round=True, **free)
    ask(operator, TxType.SETTLE, "s2", 1, closes_round=True, round_code="given", **free)
    told = [
        (item["txType"], item["amount"]["amount"]["playerAmount"]) for item in history(external)
    ]
    flagged = {"flag": "free_round"}
    assert told == [
        ({"id": 2, "label": "Settle", **flagged}, "1"),
        ({"id": 2, "label": "Settle", **flagged}, "4"),
        ({"id": 1, "label": "Bet", **flagged}, "0"),
    ]
    [hour] = operator.store.read_sync(lambda read: read.all(report_hours.select()))
    assert (hour.rounds, hour.free_rounds, hour.free_win_units) == (0, 2, 5)
    assert (hour.win_loss_units, hour.turnover_units, hour.agent_win_loss_units) == (0, 0, 0)
    assert operator.store.read_sync(report_problem) is None


def test_a_provider_that_counts_in_thousands(external: External, operator: Operator) -> None:
    external.ok("createPlayer", {"username": "player0001"})
    external.ok("deposit", {"username": "player0001", "amount": "5000", "currency": "JPY"})
    open_game(external, "player0001", "JPY")
    by_hand(
        operator.store,
        "INSERT INTO provider_currencies (provider_id, player_currency, currency, scale)"
        " VALUES ('house', 'JPY', 'KJPY', '1000')",
    )
    # House itself counts in the player's currency alone.
    for currency in ("EUR", "JPY"):
        body = launch_body("player0001", currency)
        assert external.refused("launchGame", body)[0] == "CURRENCY_NOT_SUPPORTED"
    by_hand(operator.store, "UPDATE game_sessions SET provider_currency = 'KJPY', scale = '1000'")
    session: Any = operator.store.read_sync(lambda read: read.one(game_sessions.select()))
    small = Ask(
        session_id=session.id, tx_type=TxType.BET, provider_tx_id="b1", round_code="r",
        amount_micros=200_000,
    )  # fmt: skip
    assert operator.store.run_sync(begin, small).balance_micros == 4800 * BET
    odd = msgspec.structs.replace(small, provider_tx_id="b2", amount_micros=200_100)
    with pytest.raises(InvalidAmount):
        operator.store.run_sync(begin, odd)
    [item] = history(external, roundId="r")
    assert item["userInGame"]["currency"] == "KJPY"
    assert item["amount"]["playerCurrency"] == "JPY"
    assert item["amount"]["amount"] == {
        "providerAmount": "-0.2", "playerAmount": "-200", "settleAmount": "-1.22",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("currency", "fits", "odd"),
    [("KWD", 5_000, 500), ("EUR", 10_000, 5_000), ("JPY", BET, 500_000)],
)
def test_money_of_a_game_has_the_decimals_of_its_currency(
    external: External, operator: Operator, currency: str, fits: int, odd: int
) -> None:
    """A café pays in steps of 0.01 KWD (0118), a game in the currency's own 0.001."""
    external.ok("createPlayer", {"username": "player0001"})
    external.ok("deposit", {"username": "player0001", "amount": "50", "currency": currency})
    open_game(external, "player0001", currency)
    session: Any = operator.store.read_sync(lambda read: read.one(game_sessions.select()))
    ask = Ask(
        session_id=session.id, tx_type=TxType.BET, provider_tx_id="b1", round_code="r",
        amount_micros=fits,
    )  # fmt: skip
    assert operator.store.run_sync(begin, ask).balance_micros == 50 * BET - fits
    with pytest.raises(InvalidAmount):
        operator.store.run_sync(
            begin, msgspec.structs.replace(ask, provider_tx_id="b2", amount_micros=odd)
        )


def test_a_session_that_is_over_takes_no_bet_but_is_paid(
    external: External, operator: Operator, game: Player
) -> None:
    ask(operator, TxType.BET, "b1", 10)

    def end(tx: Any, _: None) -> None:
        tx.run(game_sessions.update().values(ends_at=clock.real_now() - timedelta(hours=1)))

    operator.store.run_sync(end, None)
    with pytest.raises(SessionExpired):
        ask(operator, TxType.BET, "b2", 10)
    assert ask(operator, TxType.SETTLE, "b1", 3, closes_round=True).state == "committed"
