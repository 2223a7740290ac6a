"""The page of reports over a million rows: `python -m tests.bench.reports [rows] [rows a month]`.

Wall times of the server's whole answer, made in this process, and the processor time of that:
SQLite, and PostgreSQL when LANHOUSE_TEST_POSTGRES_URL is set. Figures are printed, never asserted.
LANHOUSE_BENCH_ONLY=sqlite or =postgresql leaves one of the two.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from lanhouse.app import create_app
from lanhouse.cafe.followers import FOLLOWERS
from lanhouse.db.migrate import migrate
from lanhouse.db.postgres import PostgresStore
from lanhouse.db.sqlite import SqliteStore
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.settings import AppSettings
from tests.bench.long_log import FIRST, ROWS_A_MONTH, fill
from tests.bench.postgres import scratch_database
from tests.builders.centers import PASSWORD, open_hall
from tests.builders.client import Client

ROUNDS = 25


@contextmanager
def stores(folder: Path) -> Iterator[Iterator[tuple[str, Store]]]:
    """The databases that are measured, each made when its turn comes; LANHOUSE_BENCH_ONLY (sqlite
    or postgresql) leaves one of them, for a bench that is run in pieces.

    Raises ValueError for another name, and for a PostgreSQL that is not named.
    """
    only = os.environ.get("LANHOUSE_BENCH_ONLY", "").lower()
    server = os.environ.get("LANHOUSE_TEST_POSTGRES_URL", "")
    if only not in ("", "sqlite", "postgresql"):
        raise ValueError(f"LANHOUSE_BENCH_ONLY is {only}; it is sqlite or postgresql")
    if only == "postgresql" and not server:
        raise ValueError("LANHOUSE_TEST_POSTGRES_URL is not set")
    with scratch_database("" if only == "sqlite" else server, "reports") as url:

        def made() -> Iterator[tuple[str, Store]]:
            if only != "postgresql":
                yield "SQLite", SqliteStore(folder / "lanhouse.db")
            if url:
                yield "PostgreSQL", PostgresStore(url)

        yield made()


def signed_in(client: Client, account: str = "manager7777") -> dict[str, str]:
    """The headers of the browser of somebody who signed in."""
    asked = {"center": "7777", "account": account, "password": PASSWORD}
    signed = client.raw("POST", "/panel/sign-in", data=asked)
    return {"Cookie": signed.headers["set-cookie"].partition(";")[0]}


def _measure(name: str, store: Store, rows: int, rows_a_month: int, folder: Path) -> None:
    migrate(store)
    open_hall(store)
    fill(store, rows, rows_a_month)
    last = FIRST + timedelta(seconds=30 * 86_400 * rows // rows_a_month)
    year = f"date_start={(last - timedelta(days=399)).date()}&date_end={last.date()}"
    settings = AppSettings(data_dir=folder, api_rate_per_minute=0)
    with clock.frozen(last), Client(create_app(settings, store, with_ticker=False)) as client:
        headers = signed_in(client)
        for query in (
            *("period=today", "period=yesterday", "period=week", "period=month"),
            *(f"period=days&{year}", "table=pcs&period=month"),
        ):
            path = "/panel/reports.xlsx" if query.startswith("table") else "/panel/reports"
            times: list[float] = []
            used = time.process_time()
            for _ in range(ROUNDS):
                begun = time.perf_counter()
                answer = client.raw("GET", f"{path}?{query}", headers=headers)
                times.append((time.perf_counter() - begun) * 1000)
                assert answer.status_code == 200, answer.text
            times.sort()
            used = (time.process_time() - used) * 1000 / ROUNDS
            print(
                f"{name:<11} {query:<52} least {times[0]:5.0f} ms  p50 {times[ROUNDS // 2]:5.0f} ms"
                f"  most {times[-1]:5.0f} ms  processor here {used:5.0f} ms",
                flush=True,
            )


def main(rows: int, rows_a_month: int) -> None:
    """Fill both databases and print what the page costs by period."""
    assert FOLLOWERS
    with tempfile.TemporaryDirectory() as folder, stores(Path(folder)) as made:
        for name, store in made:
            _measure(name, store, rows, rows_a_month, Path(folder))


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    main(*(given + [1_000_000, ROWS_A_MONTH][len(given) :]))
