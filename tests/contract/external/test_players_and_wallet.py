"""createPlayer, getPlayerBalance, getPlayerStatus, deposit, withdraw, transaction."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from lanhouse.aggregator.players.commands import set_player_active
from lanhouse.aggregator.players.schemas import ActivatePlayer
from lanhouse.aggregator.wallet.tables import wallet_moves
from tests.builders.agents import External, Operator, open_operator

WIRE_ID = re.compile(r"[0-9a-f]{32}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


@pytest.fixture
def player(external: External) -> str:
    external.ok("createPlayer", {"username": "player0001"})
    return "player0001"


class TestCreatePlayer:
    def test_documented_example(self, external: External) -> None:
        assert external.ok("createPlayer", {"username": "player0001"}) == {}
        assert external.refused("createPlayer", {"username": "player0001"}) == (
            "PLAYER_USERNAME_UNAVAILABLE",
            "username unavailable",
        )

    @pytest.mark.parametrize(
        "name",
        [
            "abc",
            "a" * 31,
            "Player0001",
            "play er1",
            "spieler_1",
            "éclair",
            "abcd\n",
            " abcd",
            12,
            12345,
            ["abcd"],
            True,
        ],
    )
    def test_wrong_names_are_refused_by_field(self, external: External, name: object) -> None:
        envelope = external.envelope("createPlayer", {"username": name})
        assert envelope["error"]["code"] == "INVALID_REQUEST"
        assert envelope["error"]["field"] == "username"
        if isinstance(name, str):
            looked_for = external.refused("getPlayerStatus", _status(name.strip()))
            assert looked_for[0] == "PLAYER_NOT_FOUND"

    def test_names_of_4_and_30_characters(self, external: External) -> None:
        assert external.ok("createPlayer", {"username": "a1b2"}) == {}
        assert external.ok("createPlayer", {"username": "z" * 30}) == {}

    def test_a_repeat_with_the_same_key_is_the_same_answer(self, external: External) -> None:
        headers = {"Idempotency-Key": "create-1"}
        assert external.ok("createPlayer", {"username": "once"}, headers=headers) == {}
        assert external.ok("createPlayer", {"username": "once"}, headers=headers) == {}
        assert external.refused("createPlayer", {"username": "other"}, headers=headers)[0] == (
            "IDEMPOTENCY_CONFLICT"
        )

    def test_two_agents_may_have_the_same_name(
        self, external: External, operator: Operator
    ) -> None:
        other = open_operator(operator.store)
        external.ok("createPlayer", {"username": "same"})
        assert external.ok("createPlayer", {"username": "same"}, key=other.key) == {}


def _status(username: str) -> dict[str, str]:
    return {"username": username, "agentSystemCurrency": "EUR"}


class TestGetPlayerStatus:
    def test_documented_fields(self, external: External, operator: Operator, player: str) -> None:
        result = external.ok("getPlayerStatus", _status(player))
        assert set(result) == {"id", "username", "currency", "active", "betLimits", "createdAt"}
        assert re.fullmatch(operator.agent.prefix + "[a-z0-9]{11}", result["id"])
        assert result["username"] == player
        assert result["currency"] == "EUR"
        assert result["active"] is True
        assert result["betLimits"] is None
        assert TIME.fullmatch(result["createdAt"])

    def test_inactive_player(self, external: External, operator: Operator, player: str) -> None:
        operator.store.run_sync(set_player_active, ActivatePlayer(operator.agent.id, player, False))
        assert external.ok("getPlayerStatus", _status(player))["active"] is False

    def test_refusals(self, external: External, player: str) -> None:
        assert external.refused("getPlayerStatus", _status("nobody")) == (
            "PLAYER_NOT_FOUND",
            "player not found",
        )
        wrong = {"username": player, "agentSystemCurrency": "XXX"}
        assert external.refused("getPlayerStatus", wrong)[0] == "CURRENCY_NOT_SUPPORTED"
        envelope = external.envelope("getPlayerStatus", {"username": player})
        assert envelope["error"] == {
            "code": "INVALID_REQUEST",
            "message": "agentSystemCurrency: is required",
            "field": "agentSystemCurrency",
        }


def _move(username: str, amount: object, currency: str = "EUR") -> dict[str, object]:
    return {"username": username, "amount": amount, "currency": currency}


NO_AMOUNTS = [
    "0", "0.00", "-1", "+1", "1e3", "1E3", " 1", "1 ", "", "1,5", "0x10", "NaN", "Infinity", ".5",
    "5.", "1.005", "٣", "1" * 21, "9" * 20, "1000000000001", 1, 1.5, ["1"],
]  # fmt: skip


class TestDepositAndWithdraw:
    def test_documented_example(self, external: External, player: str) -> None:
        first = external.ok("deposit", _move(player, "100"))
        assert set(first) == {"txId", "currency", "agent", "player"}
        assert first["currency"] == "EUR"
        for side in ("agent", "player"):
            assert set(first[side]) == {"txId", "beforeBalance", "afterBalance"}
        found = {first["txId"], first["agent"]["txId"], first["player"]["txId"]}
        assert len(found) == 3
        assert all(WIRE_ID.fullmatch(one) for one in found)
        assert first["agent"]["beforeBalance"] == "1000000000"
        assert first["agent"]["afterBalance"] == "999999900"
        assert (first["player"]["beforeBalance"], first["player"]["afterBalance"]) == ("0", "100")
        second = external.ok("withdraw", _move(player, "0.01"))
        assert second["player"]["beforeBalance"] == "100"
        assert second["player"]["afterBalance"] == "99.99"
        assert second["agent"]["beforeBalance"] == "999999900"
        assert second["agent"]["afterBalance"] == "999999900.01"
        assert external.ok("getPlayerBalance", {"username": player, "currency": "EUR"}) == {
            "balance": "99.99",
            "currency": "EUR",
            "outstanding": "0",
        }

    def test_a_movement_keeps_from_where_it_was_asked_for(
        self, external: External, operator: Operator, player: str
    ) -> None:
        external.ok("deposit", _move(player, "2"))
        external.ok("withdraw", _move(player, "1"), address="::1")
        with operator.store.engine.connect() as connection:
            kept = connection.execute(
                sa.select(wallet_moves.c.kind, wallet_moves.c.address).order_by(wallet_moves.c.at)
            ).all()
        assert kept == [("deposit", "127.0.0.1"), ("withdraw", "::1")]

    def test_ids_sort_by_time(self, external: External, player: str) -> None:
        made = [external.ok("deposit", _move(player, "1"))["txId"] for _ in range(5)]
        assert made == sorted(made)

    def test_currencies_with_other_decimals(self, external: External, player: str) -> None:
        assert external.ok("deposit", _move(player, "0.125", "KWD"))["player"]["afterBalance"] == (
            "0.125"
        )
        assert external.ok("deposit", _move(player, "7", "JPY"))["player"]["afterBalance"] == "7"
        for amount, currency in (("0.1", "JPY"), ("0.001", "EUR"), ("0.1255", "KWD")):
            assert external.refused("deposit", _move(player, amount, currency))[0] == (
                "INVALID_AMOUNT"
            )
        assert external.ok("deposit", _move(player, "1.000", "JPY"))["player"]["afterBalance"] == (
            "8"
        )
        balances = {
            currency: external.ok("getPlayerBalance", {"username": player, "currency": currency})[
                "balance"
            ]
            for currency in ("EUR", "JPY", "KWD")
        }
        assert balances == {"EUR": "0", "JPY": "8", "KWD": "0.125"}

    @pytest.mark.parametrize("call", ["deposit", "withdraw"])
    def test_amounts_that_are_none(self, external: External, player: str, call: str) -> None:
        external.ok("deposit", _move(player, "5"))
        for amount in NO_AMOUNTS:
            envelope = external.envelope(call, _move(player, amount))
            assert envelope["error"]["code"] == "INVALID_AMOUNT", amount
            assert envelope["error"]["field"] == "amount"
        assert _balance(external, player) == "5"

    @pytest.mark.parametrize("amount", [True, {"a": 1}, [], [["1"]], None])
    def test_amounts_that_are_not_even_text(
        self, external: External, player: str, amount: object
    ) -> None:
        envelope = external.envelope("deposit", _move(player, amount))
        assert envelope["error"]["code"] in ("INVALID_REQUEST", "INVALID_AMOUNT")
        assert envelope["error"]["field"] == "amount"
        assert _balance(external, player) == "0"

    @pytest.mark.parametrize("call", ["deposit", "withdraw"])
    def test_missing_fields_are_all_named(self, external: External, call: str) -> None:
        envelope = external.envelope(call, {})
        assert envelope["error"]["code"] == "INVALID_REQUEST"
        assert "username: is required" in envelope["error"]["message"]
        assert "currency: is required" in envelope["error"]["message"]
        envelope = external.envelope(call, {"username": "player0001", "currency": "EUR"})
        assert envelope["error"]["message"] == "amount: is required"

    def test_refusals_move_nothing(
        self, external: External, operator: Operator, player: str
    ) -> None:
        external.ok("deposit", _move(player, "10"))
        assert external.refused("withdraw", _move(player, "10.01")) == (
            "PLAYER_INSUFFICIENT_BALANCE",
            "player balance is not enough",
        )
        assert external.refused("deposit", _move(player, "1000000000")) == (
            "AGENT_INSUFFICIENT_BALANCE",
            "agent balance is not enough",
        )
        assert external.refused("deposit", _move("nobody", "1"))[0] == "PLAYER_NOT_FOUND"
        assert external.refused("withdraw", _move("nobody", "1"))[0] == "PLAYER_NOT_FOUND"
        assert external.refused("deposit", _move(player, "1", "USD"))[0] == (
            "CURRENCY_NOT_SUPPORTED"
        )
        assert external.refused("deposit", _move(player, "1", "eur"))[0] == (
            "CURRENCY_NOT_SUPPORTED"
        )
        last = external.ok("withdraw", _move(player, "10"))
        assert last["player"] == {**last["player"], "beforeBalance": "10", "afterBalance": "0"}
        assert last["agent"]["afterBalance"] == "1000000000"

    def test_inactive_player_gets_no_money_but_can_get_it_back(
        self, external: External, operator: Operator, player: str
    ) -> None:
        external.ok("deposit", _move(player, "10"))
        operator.store.run_sync(set_player_active, ActivatePlayer(operator.agent.id, player, False))
        assert external.refused("deposit", _move(player, "1")) == (
            "PLAYER_INACTIVE",
            "player not active",
        )
        assert external.ok("withdraw", _move(player, "10"))["player"]["afterBalance"] == "0"

    def test_another_agents_player_is_not_found(
        self, external: External, operator: Operator, player: str
    ) -> None:
        other = open_operator(operator.store)
        for call, body in (
            ("deposit", _move(player, "1")),
            ("withdraw", _move(player, "1")),
            ("getPlayerBalance", {"username": player, "currency": "EUR"}),
            ("getPlayerStatus", _status(player)),
        ):
            assert external.refused(call, body, key=other.key)[0] == "PLAYER_NOT_FOUND"


class TestReplay:
    def test_same_key_same_body_is_the_same_bytes(self, external: External, player: str) -> None:
        body = {**_move(player, "10"), "clientTxId": "a-1"}
        raw = [
            external.client.raw("POST", "/external/deposit", json=body, key=external.key).content
            for _ in range(3)
        ]
        assert raw[0] == raw[1] == raw[2]
        by_header = external.client.raw(
            "POST",
            "/external/deposit",
            json=_move(player, "10"),
            key=external.key,
            headers={"Idempotency-Key": "a-1"},
        )
        assert by_header.content == raw[0]
        assert _balance(external, player) == "10"

    def test_other_body_is_a_conflict_without_effect(self, external: External, player: str) -> None:
        external.ok("deposit", {**_move(player, "10"), "clientTxId": "a-1"})
        code, _ = external.refused("deposit", {**_move(player, "11"), "clientTxId": "a-1"})
        assert code == "IDEMPOTENCY_CONFLICT"
        code, _ = external.refused("withdraw", {**_move(player, "10"), "clientTxId": "a-1"})
        assert code == "IDEMPOTENCY_CONFLICT"
        assert _balance(external, player) == "10"

    def test_both_ids_given_and_different(self, external: External, player: str) -> None:
        envelope = external.envelope(
            "deposit",
            {**_move(player, "10"), "clientTxId": "a-1"},
            headers={"Idempotency-Key": "a-2"},
        )
        assert envelope["error"]["code"] == "INVALID_REQUEST"
        assert envelope["error"]["field"] == "clientTxId"
        assert _balance(external, player) == "0"
        external.ok(
            "deposit",
            {**_move(player, "10"), "clientTxId": "a-1"},
            headers={"Idempotency-Key": "a-1"},
        )

    # An empty id must not count as none: the retry of such a deposit would move the money twice.
    @pytest.mark.parametrize("key", ["x" * 129, "a\tb", "ключ", "", "  ", [], 5])
    def test_malformed_ids_are_refused(self, external: External, player: str, key: object) -> None:
        envelope = external.envelope("deposit", {**_move(player, "1"), "clientTxId": key})
        assert envelope["error"]["code"] == "INVALID_REQUEST"
        assert envelope["error"]["field"] == "clientTxId"
        assert _balance(external, player) == "0"

    def test_null_is_no_id(self, external: External, player: str) -> None:
        for after in ("1", "2"):
            moved = external.ok("deposit", {**_move(player, "1"), "clientTxId": None})
            assert moved["player"]["afterBalance"] == after

    def test_a_refused_call_may_be_tried_again_with_its_key(
        self, external: External, player: str
    ) -> None:
        body = {**_move(player, "10"), "clientTxId": "w-1"}
        assert external.refused("withdraw", body)[0] == "PLAYER_INSUFFICIENT_BALANCE"
        external.ok("deposit", _move(player, "10"))
        assert external.ok("withdraw", body)["player"]["afterBalance"] == "0"

    def test_agents_do_not_share_keys(
        self, external: External, operator: Operator, player: str
    ) -> None:
        other = open_operator(operator.store)
        external.ok("createPlayer", {"username": player}, key=other.key)
        body = {**_move(player, "10"), "clientTxId": "a-1"}
        mine, theirs = external.ok("deposit", body), external.ok("deposit", body, key=other.key)
        assert mine["txId"] != theirs["txId"]


class TestTransaction:
    def test_by_either_id(self, external: External, player: str) -> None:
        made = external.ok("deposit", {**_move(player, "10.5"), "clientTxId": "a-1"})
        found = external.ok("transaction", {"clientTxId": "a-1"})
        assert found == external.ok("transaction", {"txId": made["txId"]})
        assert TIME.fullmatch(found.pop("createdAt"))
        assert found == {
            "txId": made["txId"],
            "clientTxId": "a-1",
            "type": "deposit",
            "status": "committed",
            "username": player,
            "currency": "EUR",
            "amount": "10.5",
            "agent": made["agent"],
            "player": made["player"],
            "state": "committed",
            "reverseTxId": None,
            "reversedByTxId": None,
            "attempts": 0,
            "nextAttemptAt": None,
            "providerId": None,
            "providerTxId": None,
            "roundId": None,
            "refusal": None,
        }

    def test_unknown_means_nothing_moved(
        self, external: External, operator: Operator, player: str
    ) -> None:
        external.ok("deposit", {**_move(player, "10"), "clientTxId": "a-1"})
        other = open_operator(operator.store)
        assert external.refused("transaction", {"clientTxId": "a-2"}) == (
            "TRANSACTION_NOT_FOUND",
            "transaction not found",
        )
        assert external.refused("transaction", {"clientTxId": "a-1"}, key=other.key)[0] == (
            "TRANSACTION_NOT_FOUND"
        )
        both = {"clientTxId": "a-1", "txId": "0" * 32}
        assert external.refused("transaction", both)[0] == "TRANSACTION_NOT_FOUND"
        assert external.refused("transaction", {})[0] == "INVALID_REQUEST"


def _balance(external: External, player: str) -> str:
    return external.ok("getPlayerBalance", {"username": player, "currency": "EUR"})["balance"]
