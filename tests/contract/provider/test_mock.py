"""The mock provider against the platform, both on sockets: what a studio has to compare with."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from lanhouse.aggregator.caller import Caller
from lanhouse.aggregator.providers.port import FreeRoundAsk, Reach
from lanhouse.aggregator.providers.registry import provider_of
from lanhouse.aggregator.providers.remote.studios import HttpStudios
from lanhouse.db.store import Store
from lanhouse.demo.studio.journal import Journal
from lanhouse.demo.studio.platform import Platform, back
from lanhouse.demo.studio.server import MockProvider, parse_fault
from tests.builders.agents import open_operator
from tests.builders.secrets import VAULT
from tests.builders.studio import KEY, Port, _Server, enter_studio, served

UNITS = [("EUR", "EUR", "1"), ("KJPY", "JPY", "1000")]


@contextmanager
def mock_provider(listener: socket.socket, base: str, journal: Journal) -> Iterator[MockProvider]:
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    platform = Platform(f"{base}/provider/v1", "studio", KEY, journal)
    mock = MockProvider(key=KEY, url=url, currencies=UNITS, journal=journal, platform=platform)
    server = _Server(uvicorn.Config(mock, log_level="warning", ws="none"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])), daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield mock
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def world(store: Store, tmp_path: Path) -> Iterator[tuple[Port, MockProvider, Journal]]:
    operator = open_operator(store)
    with socket.socket() as listener, httpx.Client(timeout=20) as http:
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        enter_studio(operator, url)
        journal = Journal(str(tmp_path / "mock.db"))
        # The studio is not there yet when the platform starts: it is asked again by itself.
        with (
            served(store, tmp_path) as base,
            mock_provider(listener, base, journal) as mock,
        ):
            port = Port(base, http, operator.key)
            until = time.monotonic() + 12
            while not port.external("games", {"providerId": "studio"})["result"]["items"]:
                assert time.monotonic() < until
                time.sleep(0.1)
            yield port, mock, journal
        journal.close()


def begin(port: Port, currency: str = "EUR") -> tuple[str, float]:
    """Launch and open the page; answers its address and the balance on it."""
    url = port.launch("anna", currency)["result"]["url"]
    page = port.http.get(url, follow_redirects=True)
    assert page.status_code == 200, page.text
    assert port.http.get(url, follow_redirects=True).status_code == 403, "a token is good once"
    return str(page.url), shown(page.text)[0]


def shown(text: str) -> tuple[float, str]:
    balance, told = re.findall(r'id="(?:balance|told)">([^<]*)', text)
    return float(balance), told


def flip(port: Port, page: str, bet: str) -> tuple[float, str]:
    answer = port.http.post(page, data={"bet": bet, "side": "heads"})
    assert answer.status_code == 200, answer.text
    return shown(answer.text)


def test_rounds_on_its_page(world: tuple[Port, MockProvider, Journal]) -> None:
    port, _, journal = world
    port.player("anna", "JPY", "5000")
    page, held = begin(port, "JPY")
    assert held == 5
    for _ in range(4):
        balance, told = flip(port, page, "0.1")
        won = "you win 0.196" in told
        assert round(balance - held, 3) == (0.096 if won else -0.1), told
        held = balance
    assert port.http.post(page, data={"bet": "77", "side": "heads"}).status_code == 400
    assert port.http.post(page + "x", data={"bet": "1"}).status_code == 404
    items = port.external("history", {"gameId": "studio_coin"})["result"]["currencyGroup"]["EUR"]
    newest = items["items"][0]
    log = port.external(
        "gameLogs",
        {"gameId": "studio_coin", "username": "anna", "roundId": newest["roundId"]},
    )["result"]
    assert log["result"]["logType"] == "table"
    assert {row["key"] for row in log["rows"]} == {"chosen", "side"}
    assert journal.unanswered() == []


def test_faults_on_order(world: tuple[Port, MockProvider, Journal]) -> None:
    port, mock, _ = world
    port.player("anna")
    for name in ("5xx", "cut", "garbage", "huge", "refuse"):
        mock.faults.append(parse_fault(f"launch={name}"))
        if name == "huge":
            time.sleep(0)
        code = port.launch("anna").get("error", {}).get("code")
        assert code == "PROVIDER_OFFLINE", name
        mock.faults.clear()
        until = time.monotonic() + 12
        while not port.launch("anna")["ok"]:
            assert time.monotonic() < until
            time.sleep(0.2)
    page, held = begin(port)
    mock.faults.append(parse_fault("bet=twice*2"))
    balance, told = flip(port, page, "5")
    assert round(balance - held, 2) == (4.8 if "you win 9.8" in told else -5)
    url = page.partition("/play")[0]
    assert port.http.post(f"{url}/faults", json=[{"fault": "x"}]).status_code == 400
    assert port.http.post(f"{url}/faults", json=[{"fault": "late"}]).status_code == 200
    assert mock.faults
    assert port.http.post(f"{url}/faults", json=[]).status_code == 200
    assert not mock.faults
    with pytest.raises(ValueError, match="nothing"):
        parse_fault("nothing=late")
    # Who signs with another key is not answered.
    answer = port.http.post(f"{url}/games", content=b"{}", headers={"X-Provider": "studio"})
    assert answer.status_code == 401


def test_free_rounds_come_before_paid_ones(
    world: tuple[Port, MockProvider, Journal], store: Store
) -> None:
    port, _, _ = world
    port.player("anna")
    page, held = begin(port)
    player = port.external("getPlayerStatus", {"username": "anna", "agentSystemCurrency": "EUR"})
    asked = FreeRoundAsk(
        code="gift", players=(player["result"]["id"],), currency="EUR", game_id="studio_coin",
        rounds=2, bet_micros=5_000_000, from_at=datetime(2026, 1, 1, tzinfo=UTC),
        to_at=datetime(2030, 1, 1, tzinfo=UTC),
    )  # fmt: skip

    async def give() -> str:
        caller = Caller("127.0.0.1")
        reach = Reach(store=store, base_url="x", studios=_Direct(store, caller))
        provider = store.read_sync(provider_of, "studio")
        assert provider is not None
        given = await provider.free_round(reach, asked)
        await caller.close()
        await asyncio.sleep(0)
        return given

    assert asyncio.run(give()) == "mock-gift"
    for _ in range(2):
        balance, told = flip(port, page, "20")
        assert round(balance - held, 2) == (9.8 if "you win 9.8" in told else 0), told
        held = balance
    balance, told = flip(port, page, "20")
    assert round(balance - held, 2) == (19.2 if "you win 39.2" in told else -20)


class _Direct(HttpStudios):
    """Our calls from a loop of its own, beside the served platform that has the store."""

    def __init__(self, store: Store, caller: Caller) -> None:
        super().__init__(_Beside(store), VAULT, caller)  # type: ignore[arg-type]


class _Beside:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def read(self, query: Any, *args: Any) -> Any:
        return self._store.read_sync(query, *args)


def test_a_restart_asks_again_for_what_has_no_answer(
    world: tuple[Port, MockProvider, Journal],
) -> None:
    """The studio died between asking and its answer: of a bet, and of a settlement."""
    port, _, journal = world
    port.player("anna")
    page, held = begin(port)
    session = journal.session(page.rpartition("/")[2])
    assert session is not None
    move: dict[str, Any] = {
        "providerTxId": "dead-1", "type": "bet", "amount": "-5", "reverseProviderTxId": None,
        "roundId": "dead-1", "roundClosed": False, "freeRoundCode": None,
    }  # fmt: skip
    here = session["sessionId"]
    port.ok("transaction", {"sessionId": here, "requestId": "1", "transaction": move})
    assert port.ok("balance", {"sessionId": here})["balance"] == f"{held - 5:g}"
    journal.add_message({"sessionId": here, "requestId": "", "transaction": move})
    paid = {**move, "providerTxId": "dead-2", "roundId": "dead-2"}
    port.ok("transaction", {"sessionId": here, "requestId": "2", "transaction": paid})
    settle = {**paid, "type": "settle", "amount": "9.8", "roundClosed": True}
    journal.add_message({"sessionId": here, "requestId": "", "transaction": settle})
    until = time.monotonic() + 10
    while journal.unanswered():
        assert time.monotonic() < until
        time.sleep(0.1)
    assert port.ok("balance", {"sessionId": here})["balance"] == f"{held - 5 + 9.8:g}"
    again = {"sessionId": here, "requestId": "3", "transaction": move}
    assert port.refused("transaction", again) == "TRANSACTION_ROLLED_BACK"
    assert back(move)["reverseProviderTxId"] == "dead-1"
