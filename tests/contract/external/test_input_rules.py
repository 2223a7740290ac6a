"""Only a JSON object is input; every wrong field is named, in the order of the document; the order
in which a call is checked; signatures; how an agent wants its answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lanhouse.aggregator.agents.commands import (
    set_agent_active,
    set_agent_habits,
    set_agent_signing,
)
from lanhouse.aggregator.agents.rules import sealed_signing
from lanhouse.aggregator.agents.schemas import ActivateAgent, SetHabits, SignAgent
from lanhouse.aggregator.signing import signed_headers
from lanhouse.app import all_routes
from lanhouse.kit import clock
from lanhouse.kit.vault import Vault
from tests.builders.agents import External, Operator, open_operator
from tests.builders.client import Client
from tests.builders.secrets import VAULT

CALLS = sorted(
    route.path.rpartition("/")[2] for route in all_routes() if route.surface == "external"
)
JSON = "application/json"


def send(external: External, call: str, **options: Any) -> Any:
    options.setdefault("key", external.key)
    return external.client.raw("POST", f"/external/{call}", **options)


@pytest.mark.parametrize("call", CALLS)
def test_nothing_may_stand_behind_a_question_mark(external: External, call: str) -> None:
    for query, field in (
        ("username=player0001&x=1", "username"),
        ("&&_t=5", "_t"),
        ("%F0%9F%8E%B2=1", "🎲"),
        ("=1", "query"),
        ("%00=1", "query"),
        ("x" * 200, "query"),
    ):
        answer = send(external, f"{call}?{query}", json={})
        assert answer.status_code == 400, query
        assert answer.json() == {
            "ok": False,
            "error": {
                "code": "INVALID_REQUEST",
                "message": f"{field}: belongs into the body",
                "field": field,
            },
        }


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
     "text/json", "application/xml", "application/merge-patch+json"],
)  # fmt: skip
def test_another_content_type_is_415(external: External, call: str, kind: str) -> None:
    for content in (b"", b'{"username": "player0001"}', b"username=player0001"):
        answer = send(external, call, content=content, headers={"Content-Type": kind})
        assert answer.status_code == 415
        assert answer.json()["error"] == {
            "code": "INVALID_REQUEST",
            "message": "body: must be application/json",
            "field": "body",
        }


def test_an_empty_body_is_an_object_and_a_missing_type_is_json(external: External) -> None:
    for content, headers in (
        (b"", {}),
        (b" \r\n", {}),
        (b"{}", {}),
        (b"\xef\xbb\xbf{}", {}),
        (b"", {"Content-Type": "Application/JSON; charset=utf-8"}),
    ):
        answer = send(external, "games", content=content, headers=headers)
        assert answer.status_code == 200
        assert answer.json()["result"]["items"]
        answer = send(external, "createPlayer", content=content, headers=headers)
        assert answer.json()["error"]["message"] == "username: is required"
    made = send(external, "createPlayer", content=b'{"username": "nobody99"}')
    assert made.json() == {"ok": True, "result": {}}


@pytest.mark.parametrize("content", [b"[]", b"null", b"5", b'"x"', b'[{"username": "abcd"}]'])
def test_only_an_object(external: External, content: bytes) -> None:
    for call in CALLS:
        answer = send(external, call, content=content, headers={"Content-Type": JSON})
        assert answer.json()["error"] == {
            "code": "INVALID_REQUEST",
            "message": "body: must be a JSON object",
            "field": "body",
        }


def test_a_form_s_spelling_of_a_list_is_no_field(external: External) -> None:
    sent = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z", "currency": "EUR"}
    item = {"txId": "0" * 32, "amount": "1"}
    assert external.ok("reconcile", {**sent, "transactions[]": [item]})["missingHere"] == []
    assert external.ok("reconcile", {**sent, "transactions": [item]})["missingHere"] == ["0" * 32]
    for wrong in (json.dumps([item]), item, "x"):
        envelope = external.envelope("reconcile", {**sent, "transactions": wrong})
        assert envelope["error"]["message"] == "transactions: must be a list"


NO_AMOUNTS = ["", " 1", "1e3", "-1", "0", 1, 1.5, True, {}, ["1"], "9" * 30]


@pytest.mark.parametrize("call", ["deposit", "withdraw"])
def test_what_is_missing_and_what_is_no_amount(external: External, call: str) -> None:
    whole = {"username": "player0001", "amount": "1", "currency": "EUR"}

    def told(**change: Any) -> tuple[str, str, str]:
        error = external.envelope(call, {**whole, **change})["error"]
        return error["code"], error["field"], error["message"]

    for amount in NO_AMOUNTS:
        code, field, message = told(amount=amount)
        assert (code, field) == ("INVALID_AMOUNT", "amount"), amount
        assert message.startswith("amount: ")
        # A player who is not there is looked for later.
        assert told(amount=amount, username="nobody")[0] == "INVALID_AMOUNT"
        code, field, message = told(amount=amount, currency=None)
        assert (code, field) == ("INVALID_REQUEST", "amount")
        assert message.startswith("amount: ")
        assert message.endswith("; currency: is required")
        code, field, message = told(amount=amount, username=None)
        assert (code, field) == ("INVALID_REQUEST", "username")
        assert message.startswith("username: is required; amount: ")
    for missing in ("username", "amount", "currency"):
        assert told(**{missing: None}) == (
            "INVALID_REQUEST", missing, f"{missing}: is required",
        )  # fmt: skip
    assert external.envelope(call, {})["error"]["message"] == (
        "username: is required; amount: is required; currency: is required"
    )
    assert told(username=5, amount="x")[:2] == ("INVALID_REQUEST", "username")


def test_fields_are_named_in_the_order_of_the_document(external: External) -> None:
    for call, names in (
        ("launchGame", ["username", "isMobile", "gameId", "lang", "playerIp", "currency"]),
        ("gameLogs", ["gameId", "username", "roundId"]),
        ("playerDailyReport", ["username", "from", "to"]),
        ("reconcile", ["from", "to", "currency"]),
        ("getPlayerStatus", ["username", "agentSystemCurrency"]),
        ("endSession", ["sessionId"]),
    ):
        error = external.envelope(call, {})["error"]
        assert error["field"] == names[0]
        assert error["message"] == "; ".join(f"{name}: is required" for name in names)


def test_the_order_of_checks(external: External, web: Client, operator: Operator) -> None:
    """Key, active, address, body, agentId, type of the named agent, other fields."""
    store = operator.store
    seamless = open_operator(store, kind="seamless")
    far = {"address": "198.51.100.9"}

    def code(key: str, content: bytes, query: str = "", **options: Any) -> str:
        answer = send(external, f"deposit{query}", content=content, key=key, **options)
        return answer.json()["error"]["code"]

    assert code("lha_unknown", b"{", "?a=1", **far) == "AGENT_NOT_FOUND"
    assert code(seamless.key, b"{", "?a=1", **far) == "IP_NOT_ALLOWED"
    assert code(seamless.key, b'{"agentId": 999999}', "?a=1") == "INVALID_REQUEST"
    assert code(seamless.key, b'{"agentId": 999999') == "INVALID_REQUEST"
    assert code(seamless.key, b'{"agentId": 999999}') == "AGENT_NOT_UNDER"
    assert code(seamless.key, b'{"agentId": "x"}') == "INVALID_REQUEST"
    assert code(seamless.key, b"{}") == "AGENT_INVALID_TYPE"
    assert code(operator.key, b"{}") == "INVALID_REQUEST"
    web.run(store.write(set_agent_active, ActivateAgent(seamless.agent.id, False)))
    assert code(seamless.key, b"{", "?a=1", **far) == "AGENT_NOT_ACTIVE"


class TestSigning:
    SECRET = "lhs_of_this_agent"

    @pytest.fixture
    def signed(self, operator: Operator) -> Operator:
        sealed = sealed_signing(VAULT, operator.agent.id, self.SECRET)
        operator.store.run_sync(set_agent_signing, SignAgent(operator.agent.id, sealed))
        return operator

    def test_unsigned_and_wrong_calls_are_unknown(
        self, external: External, signed: Operator
    ) -> None:
        body = b'{"username": "player0001"}'
        now = int(clock.real_now().timestamp())
        good = signed_headers(self.SECRET, body, now)
        stale = signed_headers(self.SECRET, body, now - 400)
        early = signed_headers(self.SECRET, body, now + 400)
        for headers, content in (
            ({}, body),
            ({"X-Signature": good["X-Signature"]}, body),
            ({**good, "X-Timestamp": str(now + 1)}, body),
            (good, body + b" "),
            (good, b""),
            (stale, body),
            (early, body),
            (signed_headers("lhs_another", body, now), body),
            ({**good, "X-Signature": "0" * 64}, body),
        ):
            for call in ("createPlayer", "games", "nothing?x=1"):
                answer = send(external, call, content=content, headers=headers)
                if call.startswith("nothing"):
                    assert answer.status_code == 404
                    continue
                assert answer.status_code == 401
                assert answer.json() == {
                    "ok": False,
                    "error": {"code": "AGENT_NOT_FOUND", "message": "agent not found"},
                }
        answer = send(external, "createPlayer", content=body, headers=good)
        assert answer.json() == {"ok": True, "result": {}}
        almost = signed_headers(self.SECRET, body, now - 290)
        again = send(external, "createPlayer", content=body, headers=almost)
        assert again.json()["error"]["code"] == "PLAYER_USERNAME_UNAVAILABLE"
        assert again.status_code == 200

    def test_it_ends_as_it_began_and_another_agent_is_not_asked(
        self, external: External, web: Client, signed: Operator
    ) -> None:
        other = open_operator(signed.store)
        assert external.ok("games", {}, key=other.key)["items"]
        assert send(external, "games", json={}).status_code == 401
        web.run(signed.store.write(set_agent_signing, SignAgent(signed.agent.id, None)))
        assert external.ok("games", {})["items"]

    def test_a_secret_that_does_not_open_lets_nobody_in(
        self, external: External, operator: Operator
    ) -> None:
        sealed = sealed_signing(Vault(b"x" * 32), operator.agent.id, self.SECRET)
        operator.store.run_sync(set_agent_signing, SignAgent(operator.agent.id, sealed))
        headers = signed_headers(self.SECRET, b"{}", int(clock.real_now().timestamp()))
        answer = send(external, "games", content=b"{}", headers=headers)
        assert answer.json()["error"]["code"] == "SECRET_UNREADABLE"


class TestHabits:
    """aggregator-domain 1.2, rows 1 and 2."""

    def test_aliases(self, external: External, operator: Operator) -> None:
        store, agent = operator.store, operator.agent
        store.run_sync(set_agent_habits, SetHabits(agent_id=agent.id, has_aliases=True))
        games = external.envelope("games", {})
        assert list(games) == ["ok", "result", "message", "data"]
        assert games["data"] == games["result"] != {}
        assert games["message"] == ""
        made = external.envelope("createPlayer", {"username": "player0001"})
        assert made == {"ok": True, "result": {}, "message": "", "data": {}}
        refused = external.envelope("createPlayer", {"username": "player0001"})
        assert refused == {
            "ok": False,
            "error": {"code": "PLAYER_USERNAME_UNAVAILABLE", "message": "username unavailable"},
            "message": "username unavailable",
            "data": None,
        }
        other = open_operator(store)
        assert set(external.envelope("games", {}, key=other.key)) == {"ok", "result"}

    def test_statuses(self, external: External, web: Client, operator: Operator) -> None:
        store, agent = operator.store, operator.agent
        store.run_sync(set_agent_habits, SetHabits(agent_id=agent.id, has_statuses=True))
        external.ok("createPlayer", {"username": "player0001"})
        status = {"username": "player0001", "agentSystemCurrency": "EUR"}
        move = {"username": "player0001", "amount": "1", "currency": "EUR"}
        for call, body, expected, code in (
            ("createPlayer", {"username": "player0001"}, 409, "PLAYER_USERNAME_UNAVAILABLE"),
            ("getPlayerStatus", {**status, "username": "nobody"}, 404, "PLAYER_NOT_FOUND"),
            ("getPlayerStatus", {}, 400, "INVALID_REQUEST"),
            ("deposit", {**move, "amount": 1}, 400, "INVALID_AMOUNT"),
            ("withdraw", move, 402, "PLAYER_INSUFFICIENT_BALANCE"),
            ("deposit", {**move, "agentId": 99999}, 403, "AGENT_NOT_UNDER"),
            ("transaction", {"txId": "0" * 32}, 404, "TRANSACTION_NOT_FOUND"),
        ):
            answer = send(external, call, json=body)
            assert answer.json()["error"]["code"] == code
            assert answer.status_code == expected, code
        assert send(external, "games", json={}, address="198.51.100.9").status_code == 403
        legacy = SetHabits(agent_id=agent.id, has_statuses=False)
        web.run(store.write(set_agent_habits, legacy))
        assert send(external, "getPlayerStatus", json={}).status_code == 200
