"""Who may call, in which order that is decided, and the envelope of everything that goes wrong."""

from __future__ import annotations

import pytest

from lanhouse.aggregator.absent import ABSENT_CALLS
from lanhouse.aggregator.agents.commands import create_agent_key, set_agent_active
from lanhouse.aggregator.agents.schemas import ActivateAgent
from lanhouse.app import all_routes
from tests.builders.agents import External, Operator, open_operator
from tests.builders.client import Client
from tests.builders.play import launch_body

DOCUMENTED = {
    "createPlayer", "getPlayerBalance", "getPlayerStatus", "games", "launchGame", "deposit",
    "withdraw", "history", "playerDailyReport", "gameLogs", "providers", "freeRound",
    "getFreeRound", "cancelFreeRound", "setPlayerBetLimits", "freeChip", "getFreeChip",
    "cancelFreeChip",
}  # fmt: skip
PROTECTION_CALLS = {"setPlayerLimits", "getPlayerLimits", "excludePlayer"}
ALL_CALLS = sorted({*DOCUMENTED, *PROTECTION_CALLS, "transaction"})
WALLET_CALLS = ("deposit", "withdraw", "getPlayerBalance")
MOVE = {"username": "player0001", "amount": "1", "currency": "EUR"}


def test_every_documented_call_has_a_route() -> None:
    served = {
        route.path.rpartition("/")[2] for route in all_routes() if route.surface == "external"
    }
    assert served == set(ALL_CALLS)


@pytest.mark.parametrize("key", ["", "lha_unknown", "lhk_something", "x" * 4000])
def test_no_key_or_an_unknown_one(web: Client, key: str) -> None:
    for call in ALL_CALLS:
        answer = web.raw("POST", f"/external/{call}", json={}, key=key)
        assert answer.status_code == 401, call
        assert answer.json() == {
            "ok": False,
            "error": {"code": "AGENT_NOT_FOUND", "message": "agent not found"},
        }


def test_address_not_in_the_list(external: External) -> None:
    for call in ALL_CALLS:
        assert external.refused(call, {}, address="198.51.100.9") == (
            "IP_NOT_ALLOWED",
            "ip not allowed",
        ), call


def test_networks_and_both_kinds_of_addresses(external: External, operator: Operator) -> None:
    other = open_operator(operator.store, allowed_ips="10.1.0.0/16, 2001:db8::/32")
    for address in ("10.1.255.1", "2001:db8::7", "::ffff:10.1.0.1"):
        assert external.ok("providers", {}, key=other.key, address=address)["items"]
    for address in ("10.2.0.1", "127.0.0.1", "2001:db9::1"):
        assert external.refused("providers", {}, key=other.key, address=address)[0] == (
            "IP_NOT_ALLOWED"
        )


# The state counts before the address (aggregator-domain 1.2 row 30).
@pytest.mark.parametrize("address", ["127.0.0.1", "198.51.100.9"])
def test_agent_switched_off(external: External, operator: Operator, address: str) -> None:
    operator.store.run_sync(set_agent_active, ActivateAgent(operator.agent.id, False))
    for call in ALL_CALLS:
        assert external.refused(call, {}, address=address) == (
            "AGENT_NOT_ACTIVE",
            "agent not active",
        ), call


def test_switching_off_counts_at_once(web: Client, external: External, operator: Operator) -> None:
    external.ok("providers", {})
    web.run(web_write(operator, set_agent_active, ActivateAgent(operator.agent.id, False)))
    assert external.refused("providers", {})[0] == "AGENT_NOT_ACTIVE"


async def web_write(operator: Operator, command: object, arg: object) -> object:
    return await operator.store.write(command, arg)  # type: ignore[arg-type]


def test_two_keys_live_and_a_third_ends_the_oldest(external: External, operator: Operator) -> None:
    second = operator.store.run_sync(create_agent_key, operator.agent.id).secret
    assert external.ok("games", {}, key=operator.key)
    assert external.ok("games", {}, key=second)
    third = operator.store.run_sync(create_agent_key, operator.agent.id).secret
    assert external.ok("games", {}, key=third)
    assert external.ok("games", {}, key=second)


class TestSeamless:
    @pytest.fixture
    def seamless(self, operator: Operator) -> str:
        return open_operator(operator.store, kind="seamless").key

    @pytest.mark.parametrize("call", WALLET_CALLS)
    @pytest.mark.parametrize("body", [{}, MOVE, {"username": 1}])
    def test_wallet_calls(self, external: External, seamless: str, call: str, body: dict) -> None:
        assert external.refused(call, body, key=seamless) == (
            "AGENT_INVALID_TYPE",
            "invalid agent type",
        )

    def test_everything_else_serves_it(self, external: External, seamless: str) -> None:
        assert external.ok("createPlayer", {"username": "seam1"}, key=seamless) == {}
        status = {"username": "seam1", "agentSystemCurrency": "EUR"}
        assert external.ok("getPlayerStatus", status, key=seamless)["active"] is True
        assert external.ok("games", {}, key=seamless)["items"]
        assert external.ok("providers", {}, key=seamless)["items"]
        assert external.ok("history", {}, key=seamless)["currencyGroup"] == {}

    def test_launch_says_what_is_missing(self, external: External, seamless: str) -> None:
        external.ok("createPlayer", {"username": "seam1"}, key=seamless)
        assert external.refused("launchGame", launch_body("seam1"), key=seamless) == (
            "OPERATOR_ERROR",
            "this agent has no callback address yet; nothing was started",
        )


def test_calls_of_a_later_release(external: External) -> None:
    for call in ABSENT_CALLS:
        assert external.refused(call, {"username": "player0001"}) == (
            "NOT_AVAILABLE",
            f"{call} is not in this release",
        )


MALFORMED = [
    ("open", b"{", 400),
    ("cut", b'{"username": ', 400),
    ("bytes", b"\xff\xfe", 400),
    ("list", b"[]", 200),
    ("text", b'"text"', 200),
    ("null", b'{"username": "a\\u0000b", "query": "\\u0000", "to": "\\u0000"}', 200),
    ("types", b'{"username": {}, "paginate": 5, "query": [1], "agentSystemCurrency": {}}', 200),
    ("deep", b'{"username":' + b"[" * 500 + b"]" * 500 + b"}", 200),
    ("huge", b'{"amount": 1e999999999, "page": 1e9999, "query": 1e99999}', 200),
]


class TestMalformed:
    @pytest.mark.parametrize(("name", "body", "status"), MALFORMED)
    def test_always_the_envelope(
        self, external: External, name: str, body: bytes, status: int
    ) -> None:
        for call in sorted(DOCUMENTED - set(ABSENT_CALLS)):
            answer = external.client.raw(
                "POST",
                f"/external/{call}",
                content=body,
                key=external.key,
                headers={"Content-Type": "application/json"},
            )
            assert answer.headers["content-type"] == "application/json"
            assert answer.status_code == status, call
            envelope = answer.json()
            if envelope["ok"]:  # a call without required fields ignores what it does not know
                assert call in ("games", "providers", "history")
                continue
            assert set(envelope) == {"ok", "error"}
            assert envelope["error"]["code"] == "INVALID_REQUEST"
            assert envelope["error"]["message"]

    def test_statuses_of_calls_that_went_wrong_themselves(self, external: External) -> None:
        large = b'{"username": "' + b"a" * 1_100_000 + b'"}'
        for method, path, content, kind, status, code in (
            ("POST", "createPlayer", large, "application/json", 413, "INVALID_REQUEST"),
            ("POST", "createPlayer", b"hello", "text/plain", 415, "INVALID_REQUEST"),
            ("POST", "nothing", b"", "application/json", 404, "NOT_FOUND"),
            ("GET", "nothing", b"", "application/json", 404, "NOT_FOUND"),
            ("GET", "games", b"", "application/json", 405, "METHOD_NOT_ALLOWED"),
            ("DELETE", "deposit", b"", "application/json", 405, "METHOD_NOT_ALLOWED"),
        ):
            answer = external.client.raw(
                method,
                f"/external/{path}",
                content=content,
                key=external.key,
                headers={"Content-Type": kind},
            )
            assert answer.status_code == status, path
            envelope = answer.json()
            assert set(envelope) == {"ok", "error"}
            assert envelope["ok"] is False
            assert envelope["error"]["code"] == code

    def test_a_cookie_never_authenticates(self, web: Client, operator: Operator) -> None:
        headers = {"Cookie": f"Authorization=Bearer {operator.key}; key={operator.key}"}
        answer = web.raw("POST", "/external/games", json={}, key="", headers=headers)
        assert answer.status_code == 401

    def test_keys_are_stored_as_hashes_only(self, operator: Operator) -> None:
        from lanhouse.aggregator.agents.tables import agent_keys

        rows = operator.store.read_sync(lambda read: read.all(agent_keys.select()))
        assert all(operator.key not in str(tuple(row)) for row in rows)
