"""The provider port over real sockets: rounds from launch to history, replays and refusals."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from lanhouse.aggregator.agents.commands import set_agent_active
from lanhouse.aggregator.agents.schemas import ActivateAgent
from lanhouse.aggregator.players.commands import set_player_active
from lanhouse.aggregator.players.schemas import ActivatePlayer
from lanhouse.aggregator.providers.commands import set_provider
from lanhouse.aggregator.providers.schemas import SetProvider
from lanhouse.kit import clock
from tests.builders.agents import Operator, open_operator
from tests.builders.studio import KEY, Port, Studio, enter_studio, move


def test_a_round_from_launch_to_history(port: Port, studio: Studio) -> None:
    port.player("anna")
    launched = port.launch("anna", lobbyUrl="https://casino.example/lobby")["result"]
    assert (launched["type"], launched["url"]) == ("url", "https://studio.example/play?x=1")
    (asked,) = studio.asked("launch")
    token = asked.pop("token")
    player = asked.pop("player")
    assert asked == {
        "username": "anna", "currency": "EUR", "gameId": "coin", "language": "de",
        "country": None, "isMobile": False, "playerIp": "203.0.113.7",
        "lobbyUrl": "https://casino.example/lobby", "cashierUrl": None,
    }  # fmt: skip
    begun = port.ok("authenticate", {"token": token})
    session = begun.pop("sessionId")
    assert session == launched["sessionId"]
    assert begun == {
        "player": player, "username": "anna", "currency": "EUR", "gameId": "coin",
        "language": "de", "country": None, "balance": "100",
        "limits": [{"id": "low", "info": {"min": "0.2", "max": "5"}}],
    }  # fmt: skip
    bet = port.ok("transaction", move(session, "bet", "t1", "-2.5"))
    assert (bet["state"], bet["balance"], bet["currency"]) == ("committed", "97.5", "EUR")
    assert set(bet) == {"txId", "state", "balance", "currency"}
    more = port.ok("transaction", move(session, "bet", "t2", "-1"))
    assert more["balance"] == "96.5"
    # Bet and settlement may share an id, and a round pays as often as it likes.
    port.ok("transaction", move(session, "settle", "t1", "4"))
    last = port.ok("transaction", move(session, "settle", "t2", "0", closed=True))
    assert last["balance"] == "100.5"
    assert port.ok("balance", {"sessionId": session}) == {"balance": "100.5", "currency": "EUR"}
    page = port.external("history", {"username": "anna"})["result"]
    items = page["currencyGroup"]["EUR"]["items"]
    told = [(i["txType"]["label"], i["amount"]["amount"]["playerAmount"]) for i in reversed(items)]
    assert told == [("Bet", "-2.5"), ("Bet", "-1"), ("Settle", "4"), ("Settle", "0")]
    first = items[-1]
    assert first["provider"] == {"id": "studio", "name": "Small Studio"}
    assert first["game"] == {"gameId": "studio_coin", "name": "Coin", "category": "arcade"}
    assert (first["roundId"], first["providerTxId"]) == ("r", "t1")
    log = port.external("gameLogs", {"gameId": "studio_coin", "username": "anna", "roundId": "r"})
    told = log["result"]
    assert told["result"]["logType"] == "hand"
    assert told["result"]["gameResult"] == "heads"
    assert told["hands"] == [{"title": "Player", "cards": ["Ah"], "result": "win"}]
    assert told["rows"] == [{"key": "side", "value": "heads"}]
    assert "dices" not in told
    assert [one["type"] for one in told["transactions"]] == ["Bet", "Bet", "Settle", "Settle"]
    assert studio.asked("round") == [{"player": player, "gameId": "coin", "roundId": "r"}]


def test_a_unit_of_a_thousand_yen(port: Port, studio: Studio) -> None:
    port.player("juni", "JPY", "5000")
    session = port.session(studio, "juni", "JPY")
    assert port.ok("balance", {"sessionId": session}) == {"balance": "5", "currency": "KJPY"}
    bet = port.ok("transaction", move(session, "bet", "t1", "-0.2"))
    assert (bet["balance"], bet["currency"]) == ("4.8", "KJPY")
    # A yen is the smallest there is.
    for amount in ("-0.0005", "-0.2001"):
        assert port.refused("transaction", move(session, "bet", "t2", amount)) == "INVALID_AMOUNT"
    port.ok("transaction", move(session, "settle", "t1", "0.001", closed=True))
    page = port.external("history", {"username": "juni"})["result"]
    (settle, bet) = page["currencyGroup"]["EUR"]["items"]
    amount = bet["amount"]["amount"]
    assert (amount["providerAmount"], amount["playerAmount"]) == ("-0.2", "-200")
    assert bet["userInGame"]["currency"] == "KJPY"
    assert bet["walletAfterBalance"] == "4800"
    assert settle["amount"]["amount"]["playerAmount"] == "1"
    # KWD has no unit at this studio.
    assert port.external("deposit", {"username": "juni", "currency": "KWD", "amount": "1"})["ok"]
    assert port.launch("juni", "KWD")["error"]["code"] == "CURRENCY_NOT_SUPPORTED"


def test_a_repetition_is_answered_byte_for_byte(port: Port, studio: Studio) -> None:
    port.player("anna")
    session = port.session(studio, "anna")
    bodies = [
        move(session, "bet", "t1", "-10"),
        move(session, "bet", "t2", "-5"),
        move(session, "rollback", "t3", "5", reverse="t2"),
        move(session, "settle", "t1", "30", closed=True),
        move(session, "rollback", "t4", None, reverse="nobody", round_id="r2"),
        move(session, "bet", "t5", "-500", round_id="r3"),
    ]
    # A rollback after a settlement would be refused; before it the round is open.
    first = [port.raw("transaction", body).content for body in bodies]
    port.ok("transaction", move(session, "bet", "t9", "-1", round_id="r9"))
    again = [port.raw("transaction", {**body, "requestId": "new"}).content for body in bodies]
    assert again[0] == first[0]
    assert again[2:] == first[2:]
    assert b"INSUFFICIENT_CREDIT" in again[5]
    assert b"TRANSACTION_ROLLED_BACK" in again[1]
    # A replay comes before every refusal: also in the player's next session, switched off or not.
    other = port.session(studio, "anna")
    switch(port, studio, "anna", is_active=False)
    for number in (0, 3, 4):
        body = {**bodies[number], "sessionId": other}
        assert port.raw("transaction", body).content == first[number]
    assert port.refused("transaction", move(session, "bet", "t1", "-11")) == "IDEMPOTENCY_CONFLICT"
    held = port.external("getPlayerBalance", {"username": "anna", "currency": "EUR"})
    assert held["result"]["balance"] == "119"


_operators: dict[str, Operator] = {}


@pytest.fixture(autouse=True)
def _known(operator: Operator, port: Port) -> None:
    _operators[port.operator_key] = operator


def switch(port: Port, _: Studio, username: str, *, is_active: bool) -> None:
    operator = _operators[port.operator_key]
    cmd = ActivatePlayer(operator.agent.id, username, is_active)
    operator.store.run_sync(set_player_active, cmd)


def test_every_refusal_has_its_code_and_changes_nothing(port: Port, studio: Studio) -> None:
    port.player("anna")
    operator = _operators[port.operator_key]
    session = port.session(studio, "anna")

    def bet(tx_id: str, amount: str = "-1", **more: Any) -> str:
        return port.refused("transaction", move(session, "bet", tx_id, amount, **more))

    def settle(tx_id: str, amount: str = "1", **more: Any) -> str:
        return port.refused("transaction", move(session, "settle", tx_id, amount, **more))

    assert settle("x1") == "TRANSACTION_NOT_FOUND"
    assert bet("x2", "-100.01") == "INSUFFICIENT_CREDIT"
    port.ok("transaction", move(session, "bet", "b1", "-10"))
    assert bet("b1", "-9") == "IDEMPOTENCY_CONFLICT"
    port.ok("transaction", move(session, "settle", "b1", "0", closed=True))
    assert bet("b2") == "ROUND_CLOSED"
    assert settle("b3") == "ROUND_CLOSED"
    back = move(session, "rollback", "k1", None, reverse="b1")
    assert port.refused("transaction", back) == "ROUND_CLOSED"
    port.ok("transaction", move(session, "rollback", "k2", None, reverse="late", round_id="r2"))
    assert bet("late", round_id="r2") == "TRANSACTION_ROLLED_BACK"
    port.ok("transaction", move(session, "bet", "b4", "-10", round_id="r4"))
    wrong = move(session, "rollback", "k3", "9", reverse="b4", round_id="r4")
    assert port.refused("transaction", wrong) == "INVALID_AMOUNT"
    switch(port, studio, "anna", is_active=False)
    assert bet("b5", round_id="r5") == "PLAYER_INACTIVE"
    switch(port, studio, "anna", is_active=True)
    store = operator.store
    store.run_sync(set_agent_active, ActivateAgent(operator.agent.id, False))
    assert bet("b5", round_id="r5") == "PLAYER_INACTIVE"
    store.run_sync(set_agent_active, ActivateAgent(operator.agent.id, True))
    later = clock.real_now().replace(year=2099)
    for change, code in (
        (SetProvider(provider_id="studio", is_active=False), "PROVIDER_NOT_ACTIVE"),
        (SetProvider(provider_id="studio", is_active=True, is_online=False), "PROVIDER_OFFLINE"),
        (
            SetProvider(provider_id="studio", is_online=True, maintenance_until=later),
            "PROVIDER_MAINTENANCE",
        ),
    ):
        store.run_sync(set_provider, change)
        assert bet("b5", round_id="r5") == code
        assert port.launch("anna")["error"]["code"] == code
        assert port.ok("balance", {"sessionId": session})["balance"] == "80"
    # Never at a settlement or a rollback.
    port.ok("transaction", move(session, "settle", "b4", "1", round_id="r4"))
    assert port.ok("balance", {"sessionId": session})["balance"] == "81"


def test_a_token_begins_one_session_of_its_own_provider(port: Port, studio: Studio) -> None:
    port.player("anna")
    port.launch("anna")
    token = studio.asked("launch")[-1]["token"]
    # House's page does not take it, and whoever may not play does not use it up.
    page = port.http.get(f"{port.base}/play/launch/{token}")
    assert page.status_code == 401
    switch(port, studio, "anna", is_active=False)
    assert port.refused("authenticate", {"token": token}) == "PLAYER_INACTIVE"
    switch(port, studio, "anna", is_active=True)
    session = port.ok("authenticate", {"token": token})["sessionId"]
    assert port.refused("authenticate", {"token": token}) == "SESSION_EXPIRED"
    assert port.refused("authenticate", {"token": "lht_none"}) == "SESSION_EXPIRED"
    assert port.refused("balance", {"sessionId": "none"}) == "SESSION_EXPIRED"
    # Another provider's token and session are nobody's.
    operator = _operators[port.operator_key]
    enter_studio(operator, "https://other.example", "other", "lhs_other")
    other = Port(port.base, port.http, port.operator_key, "other", "lhs_other")
    assert other.refused("balance", {"sessionId": session}) == "SESSION_EXPIRED"
    body = move(session, "bet", "t1", "-1")
    assert other.refused("transaction", body) == "SESSION_EXPIRED"
    port.launch("anna")
    token = studio.asked("launch")[-1]["token"]
    assert other.refused("authenticate", {"token": token}) == "SESSION_EXPIRED"
    house = port.launch("anna", gameId="house_00001")["result"]["url"].rpartition("/")[2]
    assert port.refused("authenticate", {"token": house}) == "SESSION_EXPIRED"


def test_players_at_one_table_share_the_round_and_nothing_else(port: Port, studio: Studio) -> None:
    for name in ("anna", "bert"):
        port.player(name)
    anna, bert = (port.session(studio, name) for name in ("anna", "bert"))
    port.ok("transaction", move(anna, "bet", "a1", "-10", round_id="table-7"))
    port.ok("transaction", move(bert, "bet", "b1", "-20", round_id="table-7"))
    port.ok("transaction", move(anna, "settle", "a2", "15", round_id="table-7", closed=True))
    again = move(anna, "bet", "a3", "-1", round_id="table-7")
    assert port.refused("transaction", again) == "ROUND_CLOSED"
    held = port.external("getPlayerBalance", {"username": "bert", "currency": "EUR"})["result"]
    assert (held["balance"], held["outstanding"]) == ("80", "20")
    # A bet of another player is nobody's to take back.
    foreign = move(anna, "rollback", "a4", None, reverse="b1", round_id="table-7")
    assert port.refused("transaction", foreign) == "TRANSACTION_NOT_FOUND"
    back = move(bert, "rollback", "b2", "20", reverse="b1", round_id="table-7", closed=True)
    assert port.ok("transaction", back)["balance"] == "100"


def test_a_second_agents_players_have_ids_of_their_own(port: Port, studio: Studio) -> None:
    operator = _operators[port.operator_key]
    second = open_operator(operator.store, prefix="zzzzz", provider_ids=("house", "studio"))
    other = Port(port.base, port.http, second.key)
    for each in (port, other):
        each.player("anna")
    one, two = port.session(studio, "anna"), other.session(studio, "anna")
    first = port.ok("transaction", move(one, "bet", "t1", "-1"))
    same = port.ok("transaction", move(two, "bet", "t1", "-7"))
    assert first["txId"] != same["txId"]
    assert (first["balance"], same["balance"]) == ("99", "93")


def test_free_rounds_bet_nothing_and_pay_real_money(port: Port, studio: Studio) -> None:
    port.player("anna")
    session = port.session(studio, "anna")
    bad = move(session, "bet", "f1", "-1", free="gift")
    assert port.refused("transaction", bad) == "INVALID_AMOUNT"
    port.ok("transaction", move(session, "bet", "f1", "0", free="gift"))
    won = port.ok("transaction", move(session, "settle", "f1", "3", free="gift", closed=True))
    assert won["balance"] == "103"
    items = port.external("history", {"username": "anna"})["result"]["currencyGroup"]["EUR"]
    assert {one["txType"]["flag"] for one in items["items"]} == {"free_round"}


def test_the_same_bet_from_many_sides_at_once_is_one(port: Port, studio: Studio) -> None:
    port.player("anna")
    session = port.session(studio, "anna")
    answers: list[bytes] = []

    def ask(body: dict[str, Any]) -> None:
        answers.append(port.raw("transaction", body).content)

    body = move(session, "bet", "t1", "-10")
    threads = [threading.Thread(target=ask, args=(body,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert len(set(answers)) == 1
    assert port.ok("balance", {"sessionId": session})["balance"] == "90"
    assert KEY not in answers[0].decode()
