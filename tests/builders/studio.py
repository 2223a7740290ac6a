"""A studio on this machine that answers as it is told, a platform on a socket, and signed calls to
it.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from lanhouse.aggregator.agents.commands import add_agent_provider
from lanhouse.aggregator.providers.commands import add_provider, add_provider_key
from lanhouse.aggregator.providers.queries import KEY_PURPOSE
from lanhouse.aggregator.providers.schemas import AddProvider, SealedKey
from lanhouse.aggregator.signing import NotSigned, check_signed, signed_headers
from lanhouse.app import create_app
from lanhouse.db.store import Store
from lanhouse.settings import AppSettings
from tests.builders.agents import Operator
from tests.builders.secrets import VAULT

KEY = "lhs_key-of-the-studio"
START_SECONDS = 10
_numbers = itertools.count(1)

LIMITS = [
    {"id": "low", "label": "Low", "currency": "EUR", "info": {"min": "0.2", "max": "5"},
     "isDefault": True},
    {"id": "high", "label": "High", "currency": "EUR", "info": {"min": "1", "max": "100"},
     "isDefault": False},
    {"id": "kjpy", "label": "Low", "currency": "KJPY", "info": {"min": 0.1, "max": 2, "x": [1]},
     "isDefault": True},
]  # fmt: skip
CATALOGUE: dict[str, Any] = {
    "provider": {
        "name": "Small Studio",
        "logoUrl": "https://studio.example/logo.svg",
        "restrictedCountries": ["GB"],
        "prohibitedCountries": ["US", "CA-ON"],
        "currencies": [
            {"code": "EUR", "playerCurrency": "EUR", "scale": "1"},
            {"code": "KJPY", "playerCurrency": "JPY", "scale": "1000"},
        ],
    },
    "games": [
        {
            "id": "coin",
            "name": "Coin",
            "category": {"id": "arcade", "label": "Arcade"},
            "logoUrl": "https://studio.example/coin.svg",
            "rtp": "98.00",
            "hasFreeRound": True,
            "betLimits": LIMITS,
        }
    ],
}
ROUND = {
    "logType": "hand",
    "gameResult": "heads",
    "hands": [{"title": "Player", "cards": ["Ah"], "result": "win"}],
    "rows": [{"key": "side", "value": "heads"}],
}


@dataclass
class Studio:
    """What it was asked (call, body), and how it answers: a result, or a function of the body that
    answers (status, bytes) or None to cut the connection."""

    port: int
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    results: dict[str, Any] = field(default_factory=dict)
    scripts: dict[str, Callable[[dict[str, Any]], tuple[int, bytes] | None]] = field(
        default_factory=dict
    )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/studio"

    def asked(self, call: str) -> list[dict[str, Any]]:
        """The bodies of one call."""
        return [body for name, body in self.calls if name == call]

    def answer(self, call: str, body: dict[str, Any]) -> tuple[int, bytes] | None:
        if call in self.scripts:
            return self.scripts[call](body)
        return 200, json.dumps({"ok": True, "result": self.results[call]}).encode()


def silent(seconds: float) -> Callable[[dict[str, Any]], tuple[int, bytes] | None]:
    """Says nothing for so long, then cuts."""

    def wait(_: dict[str, Any]) -> None:
        time.sleep(seconds)

    return wait


def refusing(code: str) -> Callable[[dict[str, Any]], tuple[int, bytes]]:
    """Refuses with this code."""
    body = json.dumps({"ok": False, "error": {"code": code, "message": "no"}}).encode()
    return lambda _: (200, body)


@contextmanager
def open_studio() -> Iterator[Studio]:
    """A studio that answers every call well."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                check_signed([KEY], headers, body, time.time())
                assert headers["x-provider"] == "studio"
            except (NotSigned, AssertionError) as error:
                studio.problems.append(repr(error))
            call, sent = self.path.rpartition("/")[2], json.loads(body)
            studio.calls.append((call, sent))
            answered = studio.answer(call, sent)
            if answered is None:
                self.close_connection = True
                return
            self.send_response(answered[0])
            self.send_header("Content-Length", str(len(answered[1])))
            self.end_headers()
            self.wfile.write(answered[1])

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    studio = Studio(server.server_port)
    studio.results = {
        "games": json.loads(json.dumps(CATALOGUE)),
        "launch": {"type": "url", "url": "https://studio.example/play?x=1"},
        "round": ROUND,
        "freeRound": {"id": "theirs-1"},
        "cancelFreeRound": {},
    }
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield studio
    server.shutdown()
    server.server_close()
    assert not studio.problems, studio.problems


def enter_studio(
    operator: Operator,
    url: str,
    provider_id: str = "studio",
    key: str = KEY,
    *,
    is_demo: bool = False,
) -> None:
    """Enter a provider with a key, and let the operator's players play it."""
    store = operator.store
    new = AddProvider(provider_id=provider_id, name="Studio", url=url, is_demo=is_demo)
    store.run_sync(add_provider, new)
    sealed = VAULT.seal(KEY_PURPOSE, provider_id, key.encode())
    assert sealed is not None
    row = SealedKey(provider_id=provider_id, sealed=sealed, fingerprint=VAULT.fingerprint)
    store.run_sync(add_provider_key, row)
    store.run_sync(add_agent_provider, (operator.agent.id, provider_id))


class _Server(uvicorn.Server):
    """In a thread of its own: the process's signals stay with the tests."""

    def install_signal_handlers(self) -> None:
        """Leave the signals alone."""


@contextmanager
def served(store: Store, folder: Path, *, outbound_private: str = "127.0.0.1") -> Iterator[str]:
    """The application on a free port; answers its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        settings = AppSettings(
            data_dir=folder, port=port, api_rate_per_minute=0, outbound_private=outbound_private
        )
        app = create_app(settings, store, vault=VAULT, with_ticker=False)
        server = _Server(uvicorn.Config(app, log_level="warning", ws="none"))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])), daemon=True)
        thread.start()
        until = time.monotonic() + START_SECONDS
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            assert time.monotonic() < until, "the server did not start in time"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join(START_SECONDS)


@dataclass
class Port:
    """Calls of a studio to the platform, and of the operator whose players play there."""

    base: str
    http: httpx.Client
    operator_key: str
    provider_id: str = "studio"
    key: str = KEY

    def post(self, call: str, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        """One signed call; `headers` replace those that are made."""
        made = {
            "X-Provider": self.provider_id,
            **signed_headers(self.key, body, int(time.time())),
            "Content-Type": "application/json",
        }
        made |= headers or {}
        return self.http.post(f"{self.base}/provider/v1/{call}", content=body, headers=made)

    def raw(self, call: str, body: Any) -> httpx.Response:
        """One signed call with a JSON body; it must be answered HTTP 200."""
        answer = self.post(call, json.dumps(body).encode())
        assert answer.status_code == 200, answer.text
        return answer

    def ok(self, call: str, body: Any) -> Any:
        """A call that must succeed; answers its result."""
        told = self.raw(call, body).json()
        assert told["ok"] is True, told
        assert set(told) == {"ok", "result"}
        return told["result"]

    def refused(self, call: str, body: Any) -> str:
        """A call that must be refused; answers the code."""
        told = self.raw(call, body).json()
        assert told["ok"] is False, told
        assert set(told) == {"ok", "error"}
        assert set(told["error"]) <= {"code", "message", "field"}
        return told["error"]["code"]

    def external(self, call: str, body: Any, **headers: str) -> Any:
        """A call of the operator; answers the envelope."""
        made = {"Authorization": f"Bearer {self.operator_key}", **headers}
        answer = self.http.post(f"{self.base}/external/{call}", json=body, headers=made)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def player(self, username: str, currency: str = "EUR", amount: str = "100") -> None:
        """A player with money."""
        assert self.external("createPlayer", {"username": username})["ok"]
        money = {"username": username, "currency": currency, "amount": amount}
        assert self.external("deposit", money)["ok"]

    def launch(self, username: str, currency: str = "EUR", **more: Any) -> dict[str, Any]:
        """launchGame of the coin; answers the envelope."""
        body = {
            "username": username, "isMobile": False, "gameId": "studio_coin", "lang": "de",
            "playerIp": "203.0.113.7", "currency": currency, **more,
        }  # fmt: skip
        return self.external("launchGame", body)

    def session(self, studio: Studio, username: str, currency: str = "EUR") -> str:
        """Launch and authenticate; answers the session's id."""
        assert self.launch(username, currency)["ok"]
        token = studio.asked("launch")[-1]["token"]
        return self.ok("authenticate", {"token": token})["sessionId"]


def move(
    session: str, kind: str, tx_id: str, amount: str | None = None, **more: Any
) -> dict[str, Any]:
    """The body of transaction, in round "r" unless another is named."""
    return {
        "sessionId": session,
        "requestId": f"q{next(_numbers)}",
        "transaction": {
            "providerTxId": tx_id,
            "type": kind,
            "amount": amount,
            "reverseProviderTxId": more.pop("reverse", None),
            "roundId": more.pop("round_id", "r"),
            "roundClosed": more.pop("closed", False),
            "freeRoundCode": more.pop("free", None),
            **more,
        },
    }
