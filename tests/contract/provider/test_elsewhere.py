"""The provider port for players whose wallet is at an operator: the same function, the same
answers, and what is told while the operator is silent.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lanhouse.aggregator.signing import signed_headers
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.rounds import NAME
from tests.builders.seamless import Seamless, seamless
from tests.builders.studio import KEY, Studio, enter_studio, move, open_studio


class There:
    """A studio's calls for players of a seamless agent."""

    def __init__(self, there: Seamless, studio: Studio) -> None:
        self.there, self.studio = there, studio

    def raw(self, call: str, body: Any) -> bytes:
        sent = json.dumps(body).encode()
        headers = {"X-Provider": "studio", **signed_headers(KEY, sent, int(time.time()))}
        url = f"/provider/v1/{call}"
        answer = self.there.client.raw("POST", url, content=sent, headers=headers, key="")
        assert answer.status_code == 200, answer.text
        return answer.content

    def ok(self, call: str, body: Any) -> Any:
        told = json.loads(self.raw(call, body))
        assert told["ok"], told
        return told["result"]

    def refused(self, call: str, body: Any) -> str:
        told = json.loads(self.raw(call, body))
        assert not told["ok"], told
        return told["error"]["code"]

    def token(self, username: str = NAME) -> str:
        body = {
            "username": username, "isMobile": False, "gameId": "studio_coin", "lang": "en",
            "playerIp": "203.0.113.7", "currency": "EUR",
        }  # fmt: skip
        self.there.external.ok("launchGame", body)
        return self.studio.asked("launch")[-1]["token"]


@pytest.fixture
def far(store: Store, tmp_path: Path) -> Iterator[There]:
    with open_studio() as studio, seamless(store, tmp_path) as there:
        enter_studio(there.operator, studio.url, is_demo=True)
        there.external.ok("createPlayer", {"username": NAME})
        until = time.monotonic() + 10
        while not there.external.ok("games", {"providerId": "studio"})["items"]:
            assert time.monotonic() < until
            time.sleep(0.1)
        yield There(there, studio)


@pytest.fixture
def session(far: There) -> str:
    begun = far.ok("authenticate", {"token": far.token()})
    assert begun["balance"] == "1000"
    return begun["sessionId"]


def agree(there: Seamless) -> None:
    there.send_due()
    there.agree()


def test_a_round_of_a_wallet_elsewhere(far: There, session: str) -> None:
    bet = far.ok("transaction", move(session, "bet", "t1", "-10"))
    assert (bet["state"], bet["balance"]) == ("committed", "990")
    first = far.raw("transaction", move(session, "settle", "t1", "25", closed=True))
    assert json.loads(first)["result"]["balance"] == "1015"
    assert far.raw("transaction", move(session, "settle", "t1", "25", closed=True)) == first
    assert far.ok("balance", {"sessionId": session}) == {"balance": "1015", "currency": "EUR"}
    heard = far.there.heard("bet")[0]["transaction"]
    assert (heard["providerId"], heard["gameId"], heard["roundId"]) == (
        "studio",
        "studio_coin",
        "r",
    )
    poor = move(session, "bet", "t2", "-5000", round_id="r2")
    assert far.refused("transaction", poor) == "INSUFFICIENT_CREDIT"
    # The operator is not asked again.
    asked = len(far.there.heard("bet"))
    assert far.refused("transaction", poor) == "INSUFFICIENT_CREDIT"
    assert len(far.there.heard("bet")) == asked
    agree(far.there)


def test_a_bet_of_unknown_fate_was_not_played(far: There, session: str) -> None:
    body = move(session, "bet", "t1", "-10")
    far.there.fail("never", "bet")
    assert far.refused("transaction", body) == "OPERATOR_TIMEOUT"
    assert far.refused("transaction", body) == "TRANSACTION_ROLLED_BACK"
    late = move(session, "settle", "t1", "5")
    assert far.refused("transaction", late) == "TRANSACTION_NOT_FOUND"
    agree(far.there)
    assert far.ok("balance", {"sessionId": session})["balance"] == "1000"


@pytest.mark.parametrize("kind", ["settle", "rollback"])
def test_what_the_operator_has_not_acknowledged_is_pending(
    far: There, session: str, kind: str, freeze: clock.frozen
) -> None:
    far.ok("transaction", move(session, "bet", "t1", "-10"))
    far.there.fail("5xx", kind)
    amount, reverse = ("25", None) if kind == "settle" else ("10", "t1")
    body = move(session, kind, "t2", amount, reverse=reverse, closed=True)
    first = far.raw("transaction", body)
    told = json.loads(first)["result"]
    assert (told["state"], told["balance"], told["currency"]) == ("pending", "990", "EUR")
    assert far.raw("transaction", body) == first
    freeze.advance(2)
    agree(far.there)
    # A late acknowledgement does not change what was told.
    assert far.raw("transaction", body) == first
    held = far.ok("balance", {"sessionId": session})["balance"]
    assert held == ("1015" if kind == "settle" else "1000")


def test_an_operator_out_of_reach_costs_no_token(far: There) -> None:
    token = far.token()
    far.there.fail("down", "balance")
    assert far.refused("authenticate", {"token": token}) == "OPERATOR_TIMEOUT"
    assert far.ok("authenticate", {"token": token})["balance"] == "1000"


def test_a_repetition_waits_for_the_first_try(far: There, session: str) -> None:
    far.there.fail("late", "bet", delay_ms=150)
    body = move(session, "bet", "t1", "-10")
    answers: list[bytes] = []

    def ask() -> None:
        answers.append(far.raw("transaction", body))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1
    assert json.loads(answers[0])["result"]["balance"] == "990"
    assert len(far.there.heard("bet")) == 1
    agree(far.there)


def test_a_settlement_on_its_way_is_told_the_same_to_all(far: There, session: str) -> None:
    far.ok("transaction", move(session, "bet", "t1", "-10"))
    far.there.fail("late", "settle", delay_ms=200)
    body = move(session, "settle", "t1", "25", closed=True)
    answers: list[bytes] = []

    def ask(wait_seconds: float) -> None:
        time.sleep(wait_seconds)
        answers.append(far.raw("transaction", body))

    threads = [threading.Thread(target=ask, args=(wait,)) for wait in (0, 0.1, 0.15)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Whoever asked while it was on its way was told that it is pending, and so is everybody.
    assert len(set(answers)) == 1
    assert far.raw("transaction", body) == answers[0]
    assert len(far.there.heard("settle")) == 1
    agree(far.there)


def test_the_first_thing_that_is_asked_may_be_a_rollback(far: There, session: str) -> None:
    body = move(session, "rollback", "t1", None, reverse="none")
    assert far.ok("transaction", body)["balance"] == "1000"
    far.there.fail("down", "balance")
    body = move(session, "rollback", "t2", None, reverse="other")
    assert far.ok("transaction", body)["balance"] == "0"


def test_a_rollback_of_what_nobody_saw_tells_the_balance_last_known(
    far: There, session: str
) -> None:
    far.ok("transaction", move(session, "bet", "t1", "-10"))
    body = move(session, "rollback", "t2", None, reverse="none", round_id="r2")
    told = far.ok("transaction", body)
    assert (told["state"], told["balance"]) == ("committed", "990")
    far.ok("transaction", move(session, "settle", "t1", "20", closed=True))
    assert far.ok("transaction", body) == told
