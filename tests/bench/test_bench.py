"""The bench measures what it says: requests are valid, new and counted; no timing asserted."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from lanhouse.app import create_app
from lanhouse.db.store import Store
from lanhouse.settings import AppSettings
from tests.bench import town as towns
from tests.bench.load import Job, run
from tests.bench.scenario import Scenario, raw_requests, write_lua
from tests.bench.scenarios import scenarios
from tests.builders.client import Client

TOPUP = Scenario(
    name="topup",
    method="POST",
    path="/members/{id}/topup",
    headers={"Idempotency-Key": "{key}"},
    body='{"id":{id},"key":"{key}"}',
    ids=("7", "8"),
    expect='"code":200',
)


@pytest.fixture
def small_town(monkeypatch: pytest.MonkeyPatch, sqlite_store: Store) -> towns.Town:
    """The bench's data, but few of everything."""
    for name, count in (("IDLE_MEMBERS", 3), ("PLAYERS", 2), ("MAX_PC", 2)):
        monkeypatch.setattr(towns, name, count)
    return sqlite_store.run_sync(towns.build_town, None)


def test_every_scenario_is_answered_as_expected(
    small_town: towns.Town, sqlite_store: Store, tmp_path: Path
) -> None:
    app = create_app(AppSettings(data_dir=tmp_path), sqlite_store, with_ticker=False)
    with Client(app) as client:
        for scenario in scenarios(small_town).values():
            head, _, body = next(raw_requests(scenario, "x", seed=1)).partition(b"\r\n\r\n")
            method, path, _ = head.split(b"\r\n")[0].decode().split(" ")
            headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
            answer = client.raw(method, path, headers=headers, content=body)
            assert answer.status_code == 200
            assert scenario.expect in answer.text, (scenario.name, answer.text)


def test_requests_are_new_every_time() -> None:
    requests = raw_requests(TOPUP, "x", seed=1)
    texts = [next(requests).decode() for _ in range(50)]

    assert len(set(texts)) == 50
    for text in texts:
        head, body = text.split("\r\n\r\n")
        assert f"Content-Length: {len(body)}" in head
        assert f"Idempotency-Key: {json.loads(body)['key']}" in head


def test_the_script_for_wrk_holds_the_same_request(tmp_path: Path) -> None:
    script = tmp_path / "topup.lua"
    write_lua(TOPUP, script)
    text = script.read_text()

    assert 'local ids = { "7", "8" }' in text
    assert '["Idempotency-Key"] = fill("{key}", id)' in text
    assert 'gsub("{id}", id)' in text


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    seen: ClassVar[Counter[str]] = Counter()

    def handle_error(self, request: object, client_address: object) -> None:
        """The generator hangs up in the middle of its last requests: nothing to tell."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        _Server.seen[json.loads(body)["key"]] += 1
        answer = b'{"code":200}' if self.path == "/members/7/topup" else b'{"code":400}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Says nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """A server that answers members/7 rightly and everything else wrongly."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_our_generator_counts_answers_and_errors(port: int) -> None:
    result = run(Job(TOPUP, port, seconds=0.3, connections=3))

    assert 0 < result.err < result.n
    assert max(_Server.seen.values()) == 1
    assert result.n <= len(_Server.seen) <= result.n + 3
    assert result.p50 <= result.p99
