"""Every page of the panel over a long history: `python -m tests.bench.pages [rows] [members]`.

500 PCs in use, 500 products, so many members and rows of the log, and what belongs to them
(histories.py), on SQLite, and on PostgreSQL when LANHOUSE_TEST_POSTGRES_URL is set. Wall times of
the server's whole answer, made in this process, and its processor time (PostgreSQL's own comes on
top). Aims are 60 ms at the 99th percentile, 100 for the computers and 300 for reports. A third
number says how often each page is asked for, 100 times if left out; whatever begins with a slash
leaves only the pages whose address begins so. Figures are printed, never asserted.
LANHOUSE_BENCH_ONLY=sqlite or =postgresql leaves one of the two.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from lanhouse.app import all_routes, create_app
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.followers import FOLLOWERS
from lanhouse.db.migrate import analyze, migrate
from lanhouse.db.store import Store, Tx
from lanhouse.kit import clock
from lanhouse.settings import AppSettings
from tests.bench.histories import fill_histories, open_last_shift
from tests.bench.long_log import FIRST, ROWS_A_MONTH, fill
from tests.bench.reports import signed_in, stores
from tests.bench.timed import print_times, settle
from tests.bench.town import add_member, fill_hall, fill_shop
from tests.builders.client import Client
from tests.builders.floor import open_floor

_ROWS = 1_000_000
_MEMBERS = 50_000
_ROUNDS = 100
_PACKAGES = 20
_ADMIN_ID = 1
_BATCH = 2_000
_STREAM = "/panel/news"
_OTHERS = (
    "/panel/bills/5",
    "/panel/computers/panel?pc=PC300",
    "/panel/jobs/1000",
    "/panel/members?search=m17&field=account",
    "/panel/orders/777",
    "/panel/packages/7",
    "/panel/packages/sold?page=900",
    "/panel/packages/sold?member_id=2000",
    "/panel/packages/sold/77",
    "/panel/products/7",
    "/panel/receipts/log/900000",
    "/panel/settings/audit?person=2",
    "/panel/shifts/7",
    "/panel/shop/find?who=m2999",
    "/panel/shop/pay?item[7]=2&payment=cash",
    "/panel/shop/tab?member_id=8",
    "/panel/shop/ticket?item[7]=2&item[9]=1",
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
    """Members who came before the log began, and a hall full of players."""

    def add(tx: Tx, first: int) -> None:
        for number in range(first, min(first + _BATCH, members)):
            add_member(tx, center, f"m{number}")

    with clock.frozen(FIRST - timedelta(days=30)):
        for first in range(0, members, _BATCH):
            store.run_sync(add, first)
    store.run_sync(fill_hall, center)


def _fill(store: Store, rows: int) -> Center:
    """A centre with goods, packages and its histories, without members and PCs."""
    floor = open_floor(store, pcs_count=0, price_cents=200)
    products = len(store.run_sync(fill_shop, floor.center))
    for number in range(1, _PACKAGES + 1):
        floor.add_offer(f"Package {number}", 1000)
    fill(store, rows)
    fill_histories(store, rows, products)
    return floor.center


def _measure(
    name: str, store: Store, counts: tuple[int, int, int], begins: tuple[str, ...], folder: Path
) -> None:
    rows, members, rounds = counts
    migrate(store)
    center = _fill(store, rows)
    last = FIRST + timedelta(seconds=30 * 86_400 * rows // ROWS_A_MONTH)
    settings = AppSettings(data_dir=folder, api_rate_per_minute=0)
    with clock.frozen(last), Client(create_app(settings, store, with_ticker=False)) as client:
        _furnish(store, center, members)
        open_last_shift(store, _ADMIN_ID)
        analyze(store)
        headers = signed_in(client, "admin7777")
        settle()
        for path in pages():
            if path.startswith(begins):
                print_times(name, client, path, headers, rounds)


def main(counts: tuple[int, int, int], begins: tuple[str, ...]) -> None:
    """Fill both databases and print what each page costs."""
    assert FOLLOWERS
    with tempfile.TemporaryDirectory() as folder, stores(Path(folder)) as made:
        for name, store in made:
            _measure(name, store, counts, begins, Path(folder))


if __name__ == "__main__":
    begins = tuple(each for each in sys.argv[1:] if each.startswith("/"))
    given = [int(each) for each in sys.argv[1:] if not each.startswith("/")]
    rows, members, rounds = given + [_ROWS, _MEMBERS, _ROUNDS][len(given) :]
    main((rows, members, rounds), begins or ("/",))
