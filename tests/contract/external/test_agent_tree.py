"""agentId in every call that names a player or an id; agent; endSession."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.aggregator.agents.commands import (
    create_agent,
    create_agent_key,
    fund_agent,
    set_agent_active,
    set_terms,
)
from lanhouse.aggregator.agents.queries import agent_by_id
from lanhouse.aggregator.agents.schemas import ActivateAgent, FundAgent, NewAgent, SetTerms
from lanhouse.app import all_routes
from lanhouse.ledger import book_of_agent
from lanhouse.ledger.tables import transfers
from tests.builders.agents import External, Operator, open_operator
from tests.builders.client import Client
from tests.builders.play import launch_body
from tests.builders.small_json import open_game

OWN = {"games", "providers", "agent"}
NAMING = sorted({r.path.rpartition("/")[2] for r in all_routes() if r.surface == "external"} - OWN)
MOVE = {"username": "player0001", "amount": "10", "currency": "EUR"}


def below(operator: Operator, parent_id: int, kind: str = "transfer") -> Operator:
    """An agent below another, with a key and, where the money is with us, 1000 EUR."""
    store = operator.store
    new = NewAgent(
        name="below", kind=kind, base_currency="EUR", currencies={"EUR": "1"},
        allowed_ips="127.0.0.1", parent_id=parent_id,
    )  # fmt: skip
    agent = store.run_sync(create_agent, new)
    fund = FundAgent(agent_id=agent.id, currency="EUR", amount_micros=10**9)
    store.run_sync(fund_agent, fund)
    key = store.run_sync(create_agent_key, agent.id).secret
    found = store.read_sync(agent_by_id, agent.id)
    assert found is not None
    return Operator(store, found, key)


@pytest.fixture
def child(operator: Operator) -> Operator:
    return below(operator, operator.agent.id)


@pytest.fixture
def grandchild(child: Operator) -> Operator:
    return below(child, child.agent.id)


@pytest.mark.parametrize("call", NAMING)
def test_who_is_not_below_is_not_under(
    external: External, operator: Operator, child: Operator, call: str
) -> None:
    other = open_operator(operator.store)
    for named in (other.agent.id, 999_999, 0, 2**62):
        assert external.refused(call, {"agentId": named}) == ("AGENT_NOT_UNDER", "agent not under")
    # Neither the parent nor the sibling.
    sibling = below(operator, operator.agent.id)
    for named in (operator.agent.id, sibling.agent.id):
        told = external.refused(call, {"agentId": named}, key=child.key)
        assert told[0] == "AGENT_NOT_UNDER"
    for wrong in ("1", 1.5, True, [], -1, 2**63, ""):
        error = external.envelope(call, {"agentId": wrong})["error"]
        assert (error["code"], error["field"]) == ("INVALID_REQUEST", "agentId"), wrong


def test_a_parent_acts_for_those_below_it(
    external: External, operator: Operator, child: Operator, grandchild: Operator
) -> None:
    for agent in (child, grandchild):
        of: dict[str, Any] = {"agentId": agent.agent.id}
        name = {"username": "player0001", **of}
        assert external.ok("createPlayer", name) == {}
        assert external.refused("createPlayer", name)[0] == "PLAYER_USERNAME_UNAVAILABLE"
        moved = external.ok("deposit", {**MOVE, **of, "clientTxId": "d-1"})
        assert moved["agent"]["beforeBalance"] == "1000"
        assert moved["agent"]["afterBalance"] == "990"
        assert external.ok("transaction", {"clientTxId": "d-1", **of})["txId"] == moved["txId"]
        balance = {"username": "player0001", "currency": "EUR"}
        for own in (external.ok("getPlayerBalance", {**balance, **of}),
                    external.ok("getPlayerBalance", balance, key=agent.key)):  # fmt: skip
            assert own["balance"] == "10"
        status = {"username": "player0001", "agentSystemCurrency": "EUR"}
        code = external.ok("getPlayerStatus", {**status, **of})["id"]
        assert code.startswith(agent.agent.prefix)
        game = open_game(external, "player0001", **of)
        game.spin()
        groups = external.ok("history", of)["currencyGroup"]
        assert {item["userInGame"]["agentId"] for item in groups["EUR"]["items"]} == {
            agent.agent.id
        }
        assert groups == external.ok("history", {}, key=agent.key)["currencyGroup"]
        round_id = groups["EUR"]["items"][0]["roundId"]
        logs = {"gameId": "house_00001", "username": "player0001", "roundId": round_id}
        assert external.ok("gameLogs", {**logs, **of})["result"]["logType"] != "nodata"
    # The caller alone is meant without it, never those below.
    assert external.ok("history", {})["currencyGroup"] == {}
    assert external.refused("getPlayerBalance", balance)[0] == "PLAYER_NOT_FOUND"
    assert external.refused("transaction", {"clientTxId": "d-1"})[0] == "TRANSACTION_NOT_FOUND"
    assert external.ok("createPlayer", {"username": "player0001"}) == {}
    assert external.ok("agent", {})["wallets"][0]["balance"] == "1000000000"


def test_naming_oneself_is_naming_nobody(external: External, operator: Operator) -> None:
    own = {"agentId": operator.agent.id}
    external.ok("createPlayer", {"username": "player0001", **own})
    first = external.ok("deposit", {**MOVE, "clientTxId": "a", **own})
    assert external.ok("deposit", {**MOVE, "clientTxId": "a"}) == first
    assert external.ok("deposit", {**MOVE, "clientTxId": "a", "agentId": None}) == first


def test_two_callers_with_one_key_are_not_one_who_repeats_himself(
    external: External, operator: Operator, child: Operator
) -> None:
    of = {"agentId": child.agent.id}
    external.ok("createPlayer", {"username": "player0001", **of})
    first = external.ok("deposit", {**MOVE, "clientTxId": "a", **of})
    assert external.ok("deposit", {**MOVE, "clientTxId": "a", **of}) == first
    told = external.refused("deposit", {**MOVE, "clientTxId": "a"}, key=child.key)
    assert told[0] == "IDEMPOTENCY_CONFLICT"
    # The same id at the parent's own wallet is another transaction.
    external.ok("createPlayer", {"username": "player0001"})
    assert external.ok("deposit", {**MOVE, "clientTxId": "a"})["txId"] != first["txId"]
    rows = operator.store.read_sync(
        lambda read: read.all(
            transfers.select().where(
                transfers.c.kind == "player_deposit",
                transfers.c.book_id == book_of_agent(child.agent.id),
            )
        )
    )
    assert [row.actor_id for row in rows] == [operator.agent.id]  # who called, not whose money


def test_the_type_is_that_of_the_named_agent(
    external: External, operator: Operator, child: Operator
) -> None:
    seamless = below(operator, operator.agent.id, "seamless")
    of = {"agentId": seamless.agent.id}
    for call in ("deposit", "withdraw", "getPlayerBalance"):
        for body in ({**MOVE, **of}, of):
            assert external.refused(call, body)[0] == "AGENT_INVALID_TYPE"
    under = below(operator, seamless.agent.id)
    told = external.refused("deposit", {"agentId": under.agent.id}, key=seamless.key)
    assert told[0] == "INVALID_REQUEST"  # a transfer agent below a seamless one
    for call in ("deposit", "withdraw"):
        assert external.refused(call, {}, key=seamless.key)[0] == "AGENT_INVALID_TYPE"


def test_one_that_is_off_is_named_in_vain(
    external: External, web: Client, operator: Operator, child: Operator, grandchild: Operator
) -> None:
    web.run(operator.store.write(set_agent_active, ActivateAgent(child.agent.id, False)))
    for named in (child, grandchild):
        told = external.refused("history", {"agentId": named.agent.id})
        assert told[0] == "AGENT_NOT_ACTIVE"
    assert external.ok("history", {})["currencyGroup"] == {}


class TestAgent:
    def test_it_tells_the_caller_what_is_his(
        self, external: External, operator: Operator, child: Operator
    ) -> None:
        terms = {"share": "0.5", "commission": "0", "contribution": "0.005"}
        named = SetTerms(agent_id=child.agent.id, provider_id="house", **terms)
        operator.store.run_sync(set_terms, named)
        told = external.ok("agent", {"agentId": operator.agent.id}, key=child.key)
        [key] = told.pop("keys")
        assert told == {
            "agentId": child.agent.id,
            "parentAgentId": operator.agent.id,
            "type": "transfer",
            "active": True,
            "wallets": [{"currency": "EUR", "balance": "1000", "settleRate": "1"}],
            "terms": [{"providerId": "house", **terms}],
            "allowedIps": ["127.0.0.1"],
        }
        assert set(key) == {"prefix", "createdAt", "lastUsedAt"}
        assert child.key.startswith(key["prefix"])
        assert len(key["prefix"]) < len(child.key) / 2
        assert key["lastUsedAt"] >= key["createdAt"]
        [provider] = external.ok("providers", {}, key=child.key)["items"]
        assert provider["terms"] == terms

    def test_keys_that_work_and_their_use(self, external: External, operator: Operator) -> None:
        operator.store.run_sync(create_agent_key, operator.agent.id)
        told = external.ok("agent", {})
        assert told["parentAgentId"] is None
        assert [wallet["currency"] for wallet in told["wallets"]] == ["EUR", "JPY", "KWD"]
        assert told["wallets"][1]["settleRate"] == "0.0061"
        used, unused = told["keys"]
        assert used["lastUsedAt"] is not None
        assert unused["lastUsedAt"] is None


class TestEndSession:
    @pytest.fixture(autouse=True)
    def player(self, external: External) -> None:
        external.ok("createPlayer", {"username": "player0001"})
        external.ok("deposit", MOVE)

    def test_it_ends_at_once_and_twice_is_the_same(self, external: External) -> None:
        game = open_game(external, "player0001")
        session = game.session
        game.spin()
        ended = external.ok("endSession", {"sessionId": session})
        assert set(ended) == {"sessionId", "endedAt"}
        assert ended["sessionId"] == session
        assert game.refused("spin", bet="1")[:2] == (401, "SESSION_EXPIRED")
        assert external.ok("endSession", {"sessionId": session}) == ended
        again = open_game(external, "player0001")
        assert again.spin()["round"]["done"]

    def test_a_launch_that_nobody_followed(self, external: External) -> None:
        launched = external.ok("launchGame", launch_body("player0001"))
        external.ok("endSession", {"sessionId": launched["sessionId"]})
        path = launched["url"].removeprefix("http://testserver")
        assert external.client.raw("GET", path, key="").status_code == 401

    def test_refusals(self, external: External, operator: Operator) -> None:
        session = external.ok("launchGame", launch_body("player0001"))["sessionId"]
        other = open_operator(operator.store)
        for key, code in ((external.key, "0" * 32), (other.key, session)):
            told = external.refused("endSession", {"sessionId": code}, key=key)
            assert told == ("SESSION_NOT_FOUND", "session not found")

    def test_a_parent_ends_one_below(
        self, external: External, operator: Operator, child: Operator
    ) -> None:
        of: dict[str, Any] = {"agentId": child.agent.id}
        external.ok("createPlayer", {"username": "player0001", **of})
        session = external.ok("launchGame", launch_body("player0001", **of))["sessionId"]
        assert external.refused("endSession", {"sessionId": session})[0] == "SESSION_NOT_FOUND"
        assert external.ok("endSession", {"sessionId": session, **of})["sessionId"] == session
