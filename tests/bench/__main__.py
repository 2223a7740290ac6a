"""`make bench`: measure this machine and print the table. Figures are printed, never asserted."""

from __future__ import annotations

import asyncio
import os
import platform
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
from psycopg import sql

import lanhouse.cafe.followers  # noqa: F401  (wires the facts)
from lanhouse.db.migrate import migrate
from lanhouse.db.open import open_store
from tests.bench.baselines import baseline_of
from tests.bench.load import CONNECTIONS, Job, generator_name, measure
from tests.bench.meter import Meter
from tests.bench.plain import is_there, pgbench_for
from tests.bench.postgres import scratch_database
from tests.bench.rounds import FOREIGN_CORES_MAX, WANTED, Case, NotMeasured, Rounds, Run, run_rounds
from tests.bench.scenario import Result, Scenario
from tests.bench.scenarios import scenarios
from tests.bench.server import Measured, start_seconds
from tests.bench.town import build_town

SECONDS = float(os.environ.get("LANHOUSE_BENCH_SECONDS", "3"))
WARM_UP_SECONDS = 1
_CONNECTIONS_OF = {"pc_list": 1, "map": 1, "order": 64, "one_product": 64}
_IDLE_LOOK_SECONDS = 0.4
_IDLE_LOOKS_MAX = 50
_IDLE_CORES = 0.1

PLAIN = "pgbench, plain SQL, top-up"
ORM_TOPUP = "FastAPI + ORM, PostgreSQL, top-up"
ORM_GET = "FastAPI + ORM, PostgreSQL, GET members/{id}"
RATIOS = (
    ("SQLite, topup", PLAIN, ">= 0.8"),
    ("PostgreSQL, topup", PLAIN, ">= 0.5"),
    ("SQLite, topup", ORM_TOPUP, ">= 4"),
    ("PostgreSQL, topup", ORM_TOPUP, ">= 1.8"),
    ("PostgreSQL, get", ORM_GET, ">= 2.5"),
)


class _Place:
    """Where a server of ours runs, and with what."""

    def __init__(self, name: str, server: Measured, asked: dict[str, Scenario], url: str) -> None:
        self.name = name
        self.server = server
        self.asked = asked
        self.database = urlsplit(url).path[1:]


def main() -> None:
    """Measure SQLite, PostgreSQL, pgbench and the FastAPI baseline, side by side."""
    os.chdir(Path(__file__).resolve().parents[2])
    Path(".bench").mkdir(exist_ok=True)
    app_cpus, load_cpus = pinning()
    server_url = os.environ.get("LANHOUSE_TEST_POSTGRES_URL", "")
    missing: list[str] = []
    with ExitStack() as stack:
        data_dir, asked = stack.enter_context(built_town(""))
        sqlite = Measured(data_dir, cpus=app_cpus)
        took = start_seconds(sqlite)
        places = [_Place("SQLite", sqlite, asked, "")]
        cases: list[Case] = []
        if server_url:
            url = stack.enter_context(scratch_database(server_url, "bench"))
            data_dir, asked = stack.enter_context(built_town(url))
            server = Measured(data_dir, database_url=url, cpus=app_cpus)
            places.append(_Place("PostgreSQL", server, asked, url))
            plain = stack.enter_context(_copy(server_url, url))
            cases += _baselines(server_url, plain, load_cpus, stack, missing)
        else:
            missing.append("PostgreSQL (LANHOUSE_TEST_POSTGRES_URL is not set)")
        for place in places:
            place.server.start()
            stack.callback(place.server.kill_if_running)
        ours = [_case(place, name, load_cpus) for place in places for name in place.asked]
        rounds = run_rounds(_in_turn(ours, cases))
        rss = sqlite.rss_mib()
        for place in places:
            place.server.stop()
            place.server.verify_ledger()
    print_table(rounds, app_cpus, missing)
    print(f"| start to first answer, existing data | {took:.2f} s | | | | |")
    print(f"| memory after the load (SQLite) | {rss:.0f} MiB | | | | |")


def _in_turn(ours: list[Case], baselines: list[Case]) -> list[Case]:
    """Each baseline right behind what it is compared with, as far as that goes."""
    placed = list(ours)
    for name, theirs, _ in reversed(RATIOS):
        for case in baselines:
            if case.name == theirs and case not in placed:
                at = next(i for i, each in enumerate(placed) if each.name == name)
                placed.insert(at + 1, case)
    return placed


def pinning() -> tuple[set[int] | None, set[int] | None]:
    """Server on one CPU, load on the others, as in the baselines; nothing pinned on one CPU."""
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) < 2 or os.environ.get("LANHOUSE_BENCH_PIN", "1") == "0":
        return None, None
    return {cpus[0]}, set(cpus[1:])


@contextmanager
def built_town(database_url: str) -> Iterator[tuple[Path, dict[str, Scenario]]]:
    """A data directory with everything built, and what the scenarios need to know."""
    with tempfile.TemporaryDirectory(prefix="lanhouse-bench-", dir=".bench") as folder:
        data_dir = Path(folder).absolute() / "data"
        store = open_store(database_url, data_dir)
        migrate(store)
        town = store.run_sync(build_town, None)
        migrate(store)  # counts the rows (ANALYZE) now that there are some
        asyncio.run(store.stop())
        yield data_dir, scenarios(town)


@contextmanager
def _copy(server_url: str, url: str) -> Iterator[str]:
    """A copy of a database that nobody is connected to, until the end."""
    name = urlsplit(url).path[1:]
    copy = f"{name}_plain"
    with psycopg.connect(server_url, autocommit=True) as connection:
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(made.format(sql.Identifier(copy), sql.Identifier(name)))
        try:
            yield urlsplit(url)._replace(path=f"/{copy}").geturl()
        finally:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(drop.format(sql.Identifier(copy)))


def _case(place: _Place, name: str, cpus: set[int] | None) -> Case:
    """Warm up, run once; any wrong answer ends the measurement."""
    scenario = place.asked[name]
    connections = _CONNECTIONS_OF.get(name, CONNECTIONS)

    def run() -> Run:
        pin_postgres(cpus)
        measure(Job(scenario, place.server.port, WARM_UP_SECONDS, connections), cpus)
        with Meter(place.server.pid, place.database) as meter:
            result = measure(Job(scenario, place.server.port, SECONDS, connections), cpus)
        # What a write leaves for later, its seals, is part of its price.
        with Meter(place.server.pid, place.database) as later:
            _until_idle(place.server.pid)
        app = meter.app_seconds + later.app_seconds
        database = meter.database_seconds + later.database_seconds
        return _run_of(scenario.name, result, app, database, meter.foreign_cores)

    return Case(f"{place.name}, {name}", run)


def _until_idle(pid: int) -> None:
    process = psutil.Process(pid)
    for _ in range(_IDLE_LOOKS_MAX):
        if process.cpu_percent(_IDLE_LOOK_SECONDS) < _IDLE_CORES * 100:
            return


def _run_of(name: str, result: Result, app: float, database: float, foreign: float) -> Run:
    if result.err:
        raise SystemExit(f"{name}: {result.err} answers were errors; no figures")
    return Run(
        rps=result.rps,
        p50=result.p50,
        p99=result.p99,
        app_micros=app / result.n * 1e6,
        database_micros=database / result.n * 1e6,
        foreign_cores=foreign,
    )


def _baselines(
    server_url: str, plain: str, cpus: set[int] | None, stack: ExitStack, missing: list[str]
) -> list[Case]:
    """pgbench and FastAPI + ORM, as far as this machine has them."""
    cases: list[Case] = []

    def plain_run() -> Run:
        pin_postgres(cpus)
        pgbench_for(plain, WARM_UP_SECONDS, cpus)
        with Meter(None, urlsplit(plain).path[1:]) as meter:
            result = pgbench_for(plain, SECONDS, cpus)
        return _run_of(PLAIN, result, 0.0, meter.database_seconds, meter.foreign_cores)

    if is_there():
        cases.append(Case(PLAIN, plain_run))
    else:
        missing.append("pgbench (not installed)")
    try:
        run = baseline_of(stack.enter_context(scratch_database(server_url, "baseline")))
    except NotMeasured as reason:
        missing.append(f"FastAPI + ORM ({reason})")
    else:
        cases.append(Case(ORM_TOPUP, lambda: run("topup")))
        cases.append(Case(ORM_GET, lambda: run("get")))
    return cases


def pin_postgres(cpus: set[int] | None) -> None:
    """Put the database's processes beside the load, where we may."""
    if cpus is None:
        return
    for process in psutil.process_iter(["name", "cmdline"]):
        command = " ".join(process.info["cmdline"] or [])
        if process.info["name"] == "postgres" and " lanhouse_b" in command:
            try:
                process.cpu_affinity(sorted(cpus))
            except psutil.Error:
                print("  (PostgreSQL runs under another user and is not pinned)")
                return


def print_table(rounds: Rounds, app_cpus: set[int] | None, missing: list[str]) -> None:
    """Print Markdown, so that it can be pasted where figures are kept."""
    cores = len(os.sched_getaffinity(0))
    pinned = "server on one of them, load on the others" if app_cpus else "nothing pinned"
    clean = "clean" if rounds.is_clean() else "NOT clean: strangers used the machine"
    print(
        f"\n{time.strftime('%Y-%m-%d')}, {cores} cores ({pinned}), Python "
        f"{platform.python_version()}, one server process, {CONNECTIONS} connections, for orders "
        f"{_CONNECTIONS_OF['order']}, load by {generator_name()}, {len(rounds.runs)} interleaved "
        f"rounds of {SECONDS:.0f} s, medians of the {WANTED} with the least foreign load: {clean} "
        f"(limit {FOREIGN_CORES_MAX} cores)\n"
    )
    print("| figure | a second | p50 ms | p99 ms | us app + database | strangers, cores |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name in dict.fromkeys(name for each in rounds.runs for name in each):
        run = rounds.median(name)
        assert run is not None
        p99 = "" if run.p99 != run.p99 else f"{run.p99:.1f}"
        used = f"{run.app_micros:.0f} + {run.database_micros:.0f}"
        figures = f"{run.rps:,.0f} | {run.p50:.1f} | {p99} | {used} | {run.foreign_cores:.2f}"
        print(f"| {name} | {figures} |")
    for ours, theirs, aim in RATIOS:
        ratios = rounds.ratios(ours, theirs)
        if ratios is not None:
            rate, cpu = ratios
            told = f"{rate:.2f} times ({aim}) | | | {cpu:.2f} times"
            print(f"| {ours} against {theirs} | {told} | |")
    for each in missing:
        print(f"| {each} | not measured | | | | |")


if __name__ == "__main__":
    main()
