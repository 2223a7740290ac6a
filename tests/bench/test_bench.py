"""The bench measures what it says: requests are valid, new and counted; no timing asserted."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import psutil
import psycopg
import pytest
import sqlalchemy as sa

from lanhouse.app import create_app
from lanhouse.cafe.money.checks import check_sums
from lanhouse.cafe.shifts.queries import open_shift_of, report_of
from lanhouse.cafe.topups.commands import top_up
from lanhouse.cafe.topups.schemas import TopUp
from lanhouse.db.store import Store, Tx
from lanhouse.kit import clock
from lanhouse.kit.money import MICROS
from lanhouse.ledger.answers import Keyed, run_once
from lanhouse.settings import AppSettings
from tests.bench import town as towns
from tests.bench.histories import fill_histories, open_last_shift
from tests.bench.load import Job, run
from tests.bench.long_log import fill
from tests.bench.meter import Meter
from tests.bench.plain import is_there, pgbench
from tests.bench.reports import stores
from tests.bench.rounds import WANTED, Case, NotMeasured, Run, run_rounds
from tests.bench.scenario import Scenario, raw_requests, write_lua
from tests.bench.scenarios import scenarios
from tests.builders import databases
from tests.builders.client import Client
from tests.builders.floor import Floor, open_floor
from tests.builders.nouns.orders import place

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
    for name, count in (("IDLE_MEMBERS", 3), ("PLAYERS", 2), ("PRODUCTS", 6), ("MAX_PC", 2)):
        monkeypatch.setattr(towns, name, count)
    return sqlite_store.run_sync(towns.build_town, None)


def test_every_scenario_is_answered_as_expected(
    small_town: towns.Town, sqlite_store: Store, tmp_path: Path
) -> None:
    app = create_app(AppSettings(data_dir=tmp_path), sqlite_store, with_ticker=False)
    with Client(app) as client:
        for seed, scenario in enumerate(scenarios(small_town).values()):
            head, _, body = next(raw_requests(scenario, "x", seed)).partition(b"\r\n\r\n")
            method, path, _ = head.split(b"\r\n")[0].decode().split(" ")
            headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
            answer = client.raw(method, path, headers=headers, content=body)
            assert answer.status_code == 200
            assert scenario.expect in answer.text, (scenario.name, answer.text)


def test_histories_are_made_on_both_databases_with_the_sums_of_the_product(store: Store) -> None:
    floor = open_floor(store)
    cola = floor.add_product("Cola")
    fill(store, 3_000)
    fill_histories(store, 3_000, cola)
    open_last_shift(store, 1)

    assert store.read_sync(check_sums, 7777) is None
    shift = store.read_sync(open_shift_of, 7777, 1)
    assert store.read_sync(report_of, shift, clock.now()).figures.expected_micros > 0
    # Ids go on behind those of the history.
    assert place(floor, {floor.add_product("Tea", 1): 1}).order_id == 1_001


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
    assert "delay" not in text


def test_the_script_for_wrk_waits_before_each_request_when_asked_to(tmp_path: Path) -> None:
    script = tmp_path / "topup.lua"
    write_lua(TOPUP, script, 1.0)

    assert "function delay() return math.random(500, 1500) end\n" in script.read_text()


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


def test_our_generator_waits_before_each_request_when_asked_to(port: int) -> None:
    result = run(Job(TOPUP, port, seconds=0.6, connections=2, pause_seconds=0.1))

    # Each waits for a twentieth of a second at least.
    assert 0 < result.n <= 2 * 12


_TOUCHED = [sa.column(f"n_tup_{name}", sa.BigInteger) for name in ("ins", "upd", "del")]
ROWS_TOUCHED = sa.select(sa.func.sum(_TOUCHED[0] + _TOUCHED[1] + _TOUCHED[2])).select_from(
    sa.table("pg_stat_xact_user_tables")
)
OTHERS = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
    AND backend_type = 'client backend' AND pid <> pg_backend_pid()"""
ROWS_TOUCHED_IN_ALL = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables"


@pytest.mark.skipif(not is_there(), reason="pgbench is not installed")
def test_plain_sql_writes_as_many_rows_as_a_top_up(postgres_store: Store) -> None:
    floor = open_floor(postgres_store)
    ada = floor.add_member("ada", balance=MICROS)
    floor.run(top_up, _top_up(floor, ada, bonus_micros=MICROS))
    keyed = Keyed(
        *(floor.center.id, "k", "ab" * 32, top_up, _top_up(floor, ada), msgspec.json.encode)
    )

    def top_up_once(tx: Tx, _: None) -> int:
        before = tx.scalar(ROWS_TOUCHED)
        run_once(tx, keyed)
        tx.settle()
        return tx.scalar(ROWS_TOUCHED) - before

    ours = postgres_store.run_sync(top_up_once, None)
    databases.close(postgres_store)
    databases.hang_up()
    with psycopg.connect(postgres_store.url, autocommit=True) as connection:
        before = _rows_touched(connection)
        result = pgbench(postgres_store.url, "-t", "2")
        after = _rows_touched(connection)

    assert result.n == 2
    assert after - before == 2 * ours


def _rows_touched(connection: psycopg.Connection[Any]) -> int:
    """By all who were there: whoever leaves tells the statistics what he did, and then is gone."""
    for _ in range(600):
        if connection.execute(OTHERS).fetchone() == (0,):
            break
        time.sleep(0.05)
    connection.execute("SELECT pg_stat_clear_snapshot()")
    (rows,) = connection.execute(ROWS_TOUCHED_IN_ALL).fetchone() or (0,)
    return int(rows)


def _top_up(floor: Floor, member_id: int, **more: int) -> TopUp:
    return TopUp(
        center=floor.center,
        actor=towns.ACTOR,
        member_ids=[member_id],
        value_micros=5 * MICROS,
        comment="counter top-up",
        **more,
    )


def _a_run(rps: float, foreign: float) -> Run:
    return Run(rps=rps, p50=1, p99=2, app_micros=100, database_micros=100, foreign_cores=foreign)


def test_rounds_go_on_until_they_are_clean_and_compare_what_lay_side_by_side() -> None:
    # The first round is disturbed: our run in it says nothing.
    ours = iter([_a_run(10, 1.5), *(_a_run(rps, 0) for rps in (80, 100, 90))])
    theirs = iter([_a_run(500, 1.5), *(_a_run(rps, 0.1) for rps in (100, 50, 60))])

    rounds = run_rounds([Case("ours", lambda: next(ours)), Case("theirs", lambda: next(theirs))])

    assert len(rounds.runs) == 1 + WANTED
    assert rounds.is_clean()
    assert rounds.median("ours").rps == 90
    assert rounds.ratios("ours", "theirs") == (1.5, 1.0)


def test_rounds_say_when_the_machine_was_never_left_alone() -> None:
    rounds = run_rounds([Case("ours", lambda: _a_run(10, 0.9))])

    assert not rounds.is_clean()
    assert rounds.median("ours").foreign_cores == 0.9


def test_a_case_that_cannot_be_measured_leaves_the_others() -> None:
    def refuse() -> Run:
        raise NotMeasured("not here")

    rounds = run_rounds([Case("ours", lambda: _a_run(10, 0)), Case("theirs", refuse)])

    assert rounds.median("theirs") is None
    assert rounds.ratios("ours", "theirs") is None


def test_the_meter_tells_the_measured_process_from_strangers() -> None:
    """Two busy processes, one of them ours: its share stands under its name."""
    busy = [sys.executable, "-c", "while True: pass"]
    with subprocess.Popen(busy) as ours, subprocess.Popen(busy) as stranger:
        with Meter(ours.pid, "") as meter:
            while _used(ours) < 0.3 or _used(stranger) < 0.3:
                time.sleep(0.02)
        ours.kill()
        stranger.kill()

    assert meter.app_seconds > 0.1
    assert meter.foreign_cores > 0
    assert meter.database_seconds == 0


def _used(process: subprocess.Popen[bytes]) -> float:
    times = psutil.Process(process.pid).cpu_times()
    return times.user + times.system


@pytest.mark.parametrize(
    ("only", "names"),
    [("", ["SQLite", "PostgreSQL"]), ("sqlite", ["SQLite"]), ("postgresql", ["PostgreSQL"])],
)
def test_a_bench_of_pages_is_run_in_pieces(
    postgres_store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    only: str,
    names: list[str],
) -> None:
    monkeypatch.setenv("LANHOUSE_BENCH_ONLY", only)
    with stores(tmp_path) as made:
        assert [name for name, _ in made] == names


def test_a_piece_that_cannot_be_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for only in ("oracle", "postgresql"):
        monkeypatch.setenv("LANHOUSE_BENCH_ONLY", only)
        monkeypatch.delenv("LANHOUSE_TEST_POSTGRES_URL", raising=False)
        with pytest.raises(ValueError, match="LANHOUSE_"), stores(tmp_path):
            pass
