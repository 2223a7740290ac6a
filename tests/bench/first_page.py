"""The panel's page of computers: `python -m tests.bench.first_page [PCs …]` prints what it costs.

Bytes of the answer, plain and packed; processor time of this process for one plain request through
all layers, and of packing its answer: the fastest of several rounds, in milliseconds. Figures are
printed, never asserted.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lanhouse.app import create_app
from lanhouse.db.migrate import migrate
from lanhouse.db.sqlite import SqliteStore
from lanhouse.settings import AppSettings
from lanhouse.web.packing import packed
from lanhouse.web.replies import Reply
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor
from tests.builders.secrets import VAULT
from tests.contract.pages.test_pages import Desk

PATHS = ("/panel/computers", "/panel/computers/map", "/panel/members", "/panel/settings/payment")
TIMES = 10
ROUNDS = 7


def _hall(folder: Path, pcs_count: int) -> Floor:
    """A hall in which four of five PCs are in use."""
    store = SqliteStore(folder / "lanhouse.db")
    migrate(store)
    floor = open_floor(store, pcs_count=pcs_count, price_cents=300)
    names = list(floor.pc_ids)
    floor.guests("prepaid", *names[: pcs_count * 4 // 5], paid_micros=3 * EURO)
    return floor


def _millis(act: Callable[[], Any]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        begun = time.process_time()
        for _ in range(TIMES):
            act()
        best = min(best, (time.process_time() - begun) * 1000 / TIMES)
    return best


def _line(desk: Desk, path: str) -> str:
    def asked() -> bytes:
        return desk.get(path, **{"Accept-Encoding": "identity"}).content

    plain = Reply(asked())
    sent = len(packed(plain).body)
    return (
        f"{path:<24} {len(plain.body):8,} B {_millis(asked):7.2f} ms"
        f"   packed {sent:7,} B {_millis(lambda: packed(plain)):6.2f} ms"
    )


def main(sizes: list[int]) -> None:
    """Print a line for each page and size of the hall."""
    for pcs_count in sizes:
        with tempfile.TemporaryDirectory() as folder:
            floor = _hall(Path(folder), pcs_count)
            settings = AppSettings(data_dir=Path(folder), api_rate_per_minute=0)
            app = create_app(settings, floor.store, vault=VAULT, with_ticker=False)
            with Client(app) as client:
                desk = Desk(client, floor.hall.staff["admin"])
                for path in PATHS:
                    print(f"{pcs_count:4} PCs  {_line(desk, path)}")


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [100, 500])
