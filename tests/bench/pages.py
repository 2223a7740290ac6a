"""Every page of the panel over a long history: `python -m tests.bench.pages [rows] [members]`.

500 PCs in use, so many members and rows of the log, on SQLite, and on PostgreSQL when
LANHOUSE_TEST_POSTGRES_URL is set. Wall times of the server's whole answer, made in this process;
aims are 60 ms at the 99th percentile, 100 for the computers and 300 for reports. Figures are
printed, never asserted.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from lanhouse.app import all_routes, create_app
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.followers import FOLLOWERS
from lanhouse.db.migrate import analyze, migrate
from lanhouse.db.store import Store, Tx
from lanhouse.kit import clock
from lanhouse.settings import AppSettings
from tests.bench.long_log import FIRST, ROWS_A_MONTH, fill
from tests.bench.reports import signed_in, stores
from tests.bench.town import add_member, fill_hall
from tests.builders.client import Client
from tests.builders.floor import open_floor

ROUNDS = 100
_ROWS = 1_000_000
_MEMBERS = 50_000
_BATCH = 2_000
_STREAM = "/panel/news"
_OTHERS = (
    "/panel/members?sort=balance&descending=1",
    "/panel/members?search=m4999",
    "/panel/members?page=900",
    "/panel/log?page=9000",
    "/panel/log?search=m2999",
    "/panel/reports?period=month",
)


def pages() -> list[str]:
    """The addresses of all pages that need nothing named, and those lists that hurt most."""
    own = [
        route.path
        for route in all_routes()
        if route.surface == "panel" and route.method == "GET" and "{" not in route.path
        if not route.public and "." not in route.path and route.path != _STREAM
    ]
    return sorted(own) + list(_OTHERS)


def _furnish(store: Store, center: Center, members: int) -> None:
    def add(tx: Tx, first: int) -> None:
        for number in range(first, min(first + _BATCH, members)):
            add_member(tx, center, f"m{number}")

    for first in range(0, members, _BATCH):
        store.run_sync(add, first)
    store.run_sync(fill_hall, center)


def _measure(name: str, store: Store, rows: int, members: int, folder: Path) -> None:
    migrate(store)
    floor = open_floor(store, pcs_count=0, price_cents=200)
    fill(store, rows)
    last = FIRST + timedelta(seconds=30 * 86_400 * rows // ROWS_A_MONTH)
    settings = AppSettings(data_dir=folder, api_rate_per_minute=0)
    with clock.frozen(last), Client(create_app(settings, store, with_ticker=False)) as client:
        _furnish(store, floor.center, members)
        analyze(store)
        headers = signed_in(client, "admin7777")
        for path in pages():
            times: list[float] = []
            if client.raw("GET", path, headers=headers).status_code != 200:
                continue  # asks for something by name, or belongs to a centre without anything
            used = time.process_time()
            for _ in range(ROUNDS):
                begun = time.perf_counter()
                answer = client.raw("GET", path, headers=headers)
                times.append((time.perf_counter() - begun) * 1000)
            used = (time.process_time() - used) * 1000 / ROUNDS
            times.sort()
            print(
                f"{name:<11} {path:<44} {len(answer.content) // 1024:5} KiB"
                f"  p50 {times[ROUNDS // 2]:6.1f} ms  p99 {times[-1 - ROUNDS // 100]:6.1f} ms"
                f"  processor here {used:6.1f} ms",
                flush=True,
            )


def main(rows: int, members: int) -> None:
    """Fill both databases and print what each page costs."""
    assert FOLLOWERS
    with tempfile.TemporaryDirectory() as folder, stores(Path(folder)) as made:
        for name, store in made:
            _measure(name, store, rows, members, Path(folder))


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    main(*(given + [_ROWS, _MEMBERS][len(given) :]))
