"""The panel's page of computers: `python -m tests.bench.first_page [PCs …]` prints what it costs.

Bytes of the answer, and processor time of this process for one request through all layers, plain
and packed (with the client's unpacking): the fastest of several rounds, in milliseconds. Figures
are printed, never asserted.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from lanhouse.app import create_app
from lanhouse.db.migrate import migrate
from lanhouse.db.sqlite import SqliteStore
from lanhouse.settings import AppSettings
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor
from tests.builders.secrets import VAULT
from tests.contract.pages.test_pages import Desk

PATHS = ("/panel/computers", "/panel/computers/map", "/panel/members")
REQUESTS = 10
ROUNDS = 7


def _hall(folder: Path, pcs_count: int) -> Floor:
    """A hall in which four of five PCs are in use."""
    store = SqliteStore(folder / "lanhouse.db")
    migrate(store)
    floor = open_floor(store, pcs_count=pcs_count, price_cents=300)
    names = list(floor.pc_ids)
    floor.guests("prepaid", *names[: pcs_count * 4 // 5], paid_micros=3 * EURO)
    return floor


def _cost(desk: Desk, path: str, coding: str) -> tuple[int, float]:
    """Bytes of the answer's body and milliseconds of one request."""
    answer = desk.get(path, **{"Accept-Encoding": coding})
    best = float("inf")
    for _ in range(ROUNDS):
        begun = time.process_time()
        for _ in range(REQUESTS):
            desk.get(path, **{"Accept-Encoding": coding})
        best = min(best, (time.process_time() - begun) * 1000 / REQUESTS)
    return int(answer.headers["content-length"]), best


def main(sizes: list[int]) -> None:
    """Print a line for each page and size of the hall."""
    for pcs_count in sizes:
        with tempfile.TemporaryDirectory() as folder:
            floor = _hall(Path(folder), pcs_count)
            settings = AppSettings(data_dir=Path(folder), api_rate_per_minute=0)
            app = create_app(settings, floor.store, vault=VAULT, with_ticker=False)
            with Client(app) as client:
                desk = Desk(client, floor.hall.staff["staff"])
                for path in PATHS:
                    plain, packed = (_cost(desk, path, each) for each in ("identity", "gzip"))
                    print(
                        f"{pcs_count:4} PCs  {path:<22} plain {plain[0]:8,} B {plain[1]:7.2f} ms"
                        f"   packed {packed[0]:7,} B {packed[1]:7.2f} ms"
                    )


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [100, 500])
