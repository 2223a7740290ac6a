"""Top-ups while every screen asks for the floor: `python -m tests.bench.beside` prints both.

A server with 500 PCs in use takes top-ups alone and, right after that, beside 50 screens that ask
for `pcList` or the panel's map: each once a second, then as fast as they can. On SQLite, and on
PostgreSQL where LANHOUSE_TEST_POSTGRES_URL is set. Figures are printed, never asserted.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.bench.__main__ import built_town, pin_postgres, pinning
from tests.bench.load import Job, generator_name, measure
from tests.bench.postgres import scratch_database
from tests.bench.scenario import Result, Scenario
from tests.bench.server import Measured

SCREENS = 50
SECONDS = 5.0
WARM_UP_SECONDS = 1.0
PAUSES = {"once a second": 1.0, "as fast as they can": 0.0}


class Beside:
    """A running server and what is asked of it."""

    def __init__(self, server: Measured, asked: dict[str, Scenario], cpus: set[int] | None) -> None:
        self._server = server
        self._asked = asked
        self._cpus = cpus

    def top_ups(self) -> Result:
        """Top-ups on all connections, with whatever runs beside them."""
        return self._told(Job(self._asked["topup"], self._server.port, SECONDS))

    def top_ups_beside(self, name: str, pause_seconds: float) -> tuple[Result, Result]:
        """Top-ups, and what the screens got that asked from before until after them."""
        seconds = SECONDS + 2 * WARM_UP_SECONDS
        screens = Job(self._asked[name], self._server.port, seconds, SCREENS, pause_seconds)
        with ThreadPoolExecutor(1) as beside:
            asking = beside.submit(self._told, screens)
            self._told(Job(self._asked["topup"], self._server.port, WARM_UP_SECONDS))
            return self.top_ups(), asking.result()

    def _told(self, job: Job) -> Result:
        result = measure(job, self._cpus)
        if result.err:
            raise SystemExit(f"{job.scenario.name}: {result.err} answers were errors; no figures")
        return result


def _print_rows(store: str, beside: Beside) -> None:
    beside.top_ups()
    for name in ("pc_list", "map"):
        for words, pause_seconds in PAUSES.items():
            alone = beside.top_ups()
            ours, screens = beside.top_ups_beside(name, pause_seconds)
            print(
                f"| {store}, {name} {words} | {alone.rps:,.0f}, {alone.p99:.0f} "
                f"| {ours.rps:,.0f}, {ours.p99:.0f} | {ours.rps / alone.rps:.2f} "
                f"| {screens.rps:,.0f}, {screens.p99:.0f} |",
                flush=True,
            )


def main() -> None:
    """Print a Markdown table: a line for each database, list and pace."""
    os.chdir(Path(__file__).resolve().parents[2])
    Path(".bench").mkdir(exist_ok=True)
    app_cpus, load_cpus = pinning()
    server_url = os.environ.get("LANHOUSE_TEST_POSTGRES_URL", "")
    print(f"a second, p99 in ms; {SCREENS} screens; runs of {SECONDS:.0f} s by {generator_name()}")
    print("| screens ask for | top-ups alone | beside them | times | answers to screens |")
    print("| --- | ---: | ---: | ---: | ---: |")
    with scratch_database(server_url, "beside") as url:
        for store, database_url in {"SQLite": "", "PostgreSQL": url}.items():
            if store == "PostgreSQL" and not url:
                continue
            with built_town(database_url) as (data_dir, asked):
                server = Measured(data_dir, database_url=database_url, cpus=app_cpus)
                server.start()
                try:
                    pin_postgres(load_cpus)
                    _print_rows(store, Beside(server, asked, load_cpus))
                    server.stop()
                    server.verify_ledger()
                finally:
                    server.kill_if_running()


if __name__ == "__main__":
    main()
