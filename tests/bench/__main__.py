"""`make bench`: measure this machine and print the table. Figures are printed, never asserted."""

from __future__ import annotations

import asyncio
import os
import platform
import statistics
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import psutil

from lanhouse.db.migrate import migrate
from lanhouse.db.open import open_store
from tests.bench.baselines import NotMeasured, measure_baselines
from tests.bench.load import CONNECTIONS, Job, generator_name, measure
from tests.bench.postgres import scratch_database
from tests.bench.scenario import Result, Scenario
from tests.bench.scenarios import scenarios
from tests.bench.server import Measured, start_seconds
from tests.bench.town import build_town

RUNS = 3
SECONDS = float(os.environ.get("LANHOUSE_BENCH_SECONDS", "3"))
WARM_UP_SECONDS = 1


class Figure(msgspec.Struct):
    """A row of the table: what, measured value with unit, what was aimed at."""

    what: str
    measured: str
    target: str


def main() -> None:
    """Measure SQLite, then PostgreSQL and the baseline when they are there."""
    os.chdir(Path(__file__).resolve().parents[2])
    Path(".bench").mkdir(exist_ok=True)
    app_cpus, load_cpus = pinning()
    sqlite_topup, rows = measure_sqlite(app_cpus, load_cpus)
    postgres_topup: Result | None = None
    baseline: dict[str, Any] | str
    server_url = os.environ.get("LANHOUSE_TEST_POSTGRES_URL", "")
    if server_url:
        with scratch_database(server_url, "bench") as url:
            postgres_topup, more = measure_postgres(url, app_cpus, load_cpus)
            rows += more
    else:
        rows.append(Figure("PostgreSQL", "not measured", "LANHOUSE_TEST_POSTGRES_URL is not set"))
    try:
        with scratch_database(server_url, "baseline") as url:
            baseline = measure_baselines(url)
    except NotMeasured as reason:
        baseline = f"not measured ({reason})"
    rows += compare(baseline, sqlite_topup, postgres_topup)
    print_table(rows, app_cpus)


def pinning() -> tuple[set[int] | None, set[int] | None]:
    """Server on one CPU, load on the others, as in the baselines; nothing pinned on one CPU."""
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) < 2 or os.environ.get("LANHOUSE_BENCH_PIN", "1") == "0":
        return None, None
    return {cpus[0]}, set(cpus[1:])


@contextmanager
def built_town(database_url: str) -> Any:
    """A data directory with everything built, and what the scenarios need to know."""
    with tempfile.TemporaryDirectory(prefix="lanhouse-bench-", dir=".bench") as folder:
        data_dir = Path(folder).absolute() / "data"
        store = open_store(database_url, data_dir)
        migrate(store)
        town = store.run_sync(build_town, None)
        migrate(store)  # counts the rows (ANALYZE) now that there are some
        asyncio.run(store.stop())
        yield data_dir, scenarios(town)


def measure_sqlite(
    app_cpus: set[int] | None, load_cpus: set[int] | None
) -> tuple[Result, list[Figure]]:
    """All figures of the embedded database, synchronous=FULL."""
    with built_town("") as (data_dir, asked):
        server = Measured(data_dir, cpus=app_cpus)
        took = start_seconds(server)
        server.start()
        get = median_run(server, asked["get"], load_cpus)
        topup = median_run(server, asked["topup"], load_cpus)
        deposit = median_run(server, asked["deposit"], load_cpus)
        pc_list = median_run(server, asked["pc_list"], load_cpus, connections=1)
        rss = server.rss_mib()
        server.stop()
        server.verify_ledger()
    return topup, [
        Figure("SQLite FULL, top-up", rate(topup), ">= 3 000/s, p99 <= 25 ms"),
        Figure("SQLite, GET members/{id}", rate(get), ">= 4 000/s"),
        Figure("SQLite FULL, deposit of one agent", rate(deposit), ">= 3 000/s"),
        Figure("pcList, 500 PCs in use, 1 connection", f"{pc_list.p50:.1f} ms", "<= 25 ms"),
        Figure("start to first answer, existing data", f"{took:.2f} s", "<= 1.0 s"),
        Figure("RSS after the load", f"{rss:.0f} MiB", "<= 160 MiB"),
    ]


def measure_postgres(
    url: str, app_cpus: set[int] | None, load_cpus: set[int] | None
) -> tuple[Result, list[Figure]]:
    """The figures of PostgreSQL."""
    with built_town(url) as (data_dir, asked):
        server = Measured(data_dir, database_url=url, cpus=app_cpus)
        server.start()
        pin_postgres(load_cpus)
        get = median_run(server, asked["get"], load_cpus)
        topup = median_run(server, asked["topup"], load_cpus)
        deposit = median_run(server, asked["deposit"], load_cpus)
        pc_list = median_run(server, asked["pc_list"], load_cpus, connections=1)
        server.stop()
        server.verify_ledger()
        pin_postgres(set(range(os.cpu_count() or 1)))
    return topup, [
        Figure("PostgreSQL, top-up", rate(topup), ">= 1 200/s"),
        Figure("PostgreSQL, GET members/{id}", rate(get), ""),
        Figure("PostgreSQL, deposit of one agent", rate(deposit), ""),
        Figure("PostgreSQL, pcList, 500 in use", f"{pc_list.p50:.1f} ms", ""),
    ]


def median_run(
    server: Measured,
    scenario: Scenario,
    cpus: set[int] | None,
    *,
    connections: int = CONNECTIONS,
) -> Result:
    """Warm up, run a few times, answer the middle one. Any wrong answer ends the measurement."""
    measure(Job(scenario, server.port, WARM_UP_SECONDS, connections), cpus)
    runs = [measure(Job(scenario, server.port, SECONDS, connections), cpus) for _ in range(RUNS)]
    wrong = sum(run.err for run in runs)
    if wrong:
        raise SystemExit(f"{scenario.name}: {wrong} answers were errors; no figures")
    middle = sorted(runs, key=lambda run: run.rps)[RUNS // 2]
    p99 = statistics.median(run.p99 for run in runs)
    print(f"  {scenario.name}: {middle.rps:.0f}/s, p99 {p99:.1f} ms", flush=True)
    return msgspec.structs.replace(middle, p99=p99)


def pin_postgres(cpus: set[int] | None) -> None:
    """Put the database's processes beside the load, where we may."""
    if cpus is None:
        return
    for process in psutil.process_iter(["name"]):
        if process.info["name"] == "postgres":
            try:
                process.cpu_affinity(sorted(cpus))
            except psutil.Error:
                print("  (PostgreSQL runs under another user and is not pinned)")
                return


def compare(
    baseline: dict[str, Any] | str, sqlite: Result, postgres: Result | None
) -> list[Figure]:
    """The rows against FastAPI with the SQLAlchemy ORM on PostgreSQL."""
    if isinstance(baseline, str):
        return [Figure("FastAPI + SQLAlchemy ORM, PostgreSQL, top-up", baseline, "")]
    there = baseline["topup"]["rps"]
    rows = [
        Figure("FastAPI + SQLAlchemy ORM, PostgreSQL, top-up", f"{there:,.0f}/s", "the baseline"),
        Figure("  our SQLite against it", f"{sqlite.rps / there:.1f} times", ">= 4 times"),
    ]
    if postgres is not None:
        ratio = f"{postgres.rps / there:.1f} times"
        rows.append(Figure("  our PostgreSQL against it", ratio, ">= 1.8 times"))
    return rows


def rate(result: Result) -> str:
    """A result as the table shows it."""
    return f"{result.rps:,.0f}/s, p50 {result.p50:.1f} ms, p99 {result.p99:.1f} ms"


def print_table(rows: list[Figure], app_cpus: set[int] | None) -> None:
    """Print Markdown, so that it can be pasted where figures are kept."""
    cores = len(os.sched_getaffinity(0))
    pinned = "server on one of them, load on the others" if app_cpus else "nothing pinned"
    print(
        f"\n{cores} cores ({pinned}), Python {platform.python_version()}, one server process, "
        f"{CONNECTIONS} connections, load by {generator_name()}, "
        f"median of {RUNS} runs of {SECONDS:.0f} s\n"
    )
    print("| figure | measured | aim |\n| --- | --- | --- |")
    for row in rows:
        print(f"| {row.what} | {row.measured} | {row.target} |")


if __name__ == "__main__":
    main()
