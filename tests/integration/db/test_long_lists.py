"""No list reads all history: the newest rows are found in an index that has them in order, whatever
a list is filtered by and however few rows fit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event

from lanhouse.cafe.offers.queries.buyers import _LIST as PACKAGE_LIST
from lanhouse.cafe.offers.queries.buyers import PackageSearch
from lanhouse.cafe.orders.queries import count_open, count_pending, open_orders
from lanhouse.cafe.orders.queries.listing import ORDER_LIST, OrdersWanted
from lanhouse.cafe.orders.schemas import Status
from lanhouse.cafe.products.queries.listing import MOVEMENT_LIST, MovementSearch
from lanhouse.cafe.products.schemas import StockKind
from lanhouse.db.listing import Listing
from lanhouse.db.store import Read, Store
from lanhouse.kit import clock
from tests.bench.histories import fill_histories
from tests.bench.long_log import fill
from tests.builders.floor import open_floor

_NOW = clock.now()
_RANGE: dict[str, Any] = {"start_at": _NOW - timedelta(days=9), "end_at": _NOW}
LISTS: list[tuple[Listing[Any], Any]] = [
    (ORDER_LIST, OrdersWanted(center_id=7777)),
    *((ORDER_LIST, OrdersWanted(center_id=7777, status=status)) for status in Status),
    (ORDER_LIST, OrdersWanted(center_id=7777, member_id=3)),
    (ORDER_LIST, OrdersWanted(center_id=7777, sort_name="at", is_descending=True, **_RANGE)),
    (MOVEMENT_LIST, MovementSearch(center_id=7777)),
    (MOVEMENT_LIST, MovementSearch(center_id=7777, product_id=3)),
    *(
        (MOVEMENT_LIST, MovementSearch(center_id=7777, kind=kind))
        for kind in StockKind
        if kind != StockKind.SALE
    ),
    (PACKAGE_LIST, PackageSearch(center_id=7777)),
    (PACKAGE_LIST, PackageSearch(center_id=7777, offer_id=3)),
    (PACKAGE_LIST, PackageSearch(center_id=7777, member_id=3)),
]


def _first_part(read: Read, listing: Listing[Any], wanted: Any) -> None:
    listing.part(read, wanted, None, 30)


def _plans(store: Store, act: Callable[[Read], None]) -> list[list[str]]:
    """The steps that SQLite takes for each statement of a read."""
    seen: list[tuple[str, Any]] = []

    def note(_c: Any, _cur: Any, sql: str, params: Any, _ctx: Any, _many: Any) -> None:
        seen.append((f"EXPLAIN QUERY PLAN {sql}", params))

    event.listen(store.engine, "before_cursor_execute", note)
    store.read_sync(act)
    event.remove(store.engine, "before_cursor_execute", note)
    with store.engine.connect() as connection:
        plans = [connection.exec_driver_sql(*each).all() for each in seen]
    return [[step[3] for step in plan] for plan in plans]


@pytest.mark.parametrize("has_history", [False, True])
def test_the_newest_rows_are_found_in_order(sqlite_store: Store, has_history: bool) -> None:
    """With the statistics of a young house and of an old one."""
    floor = open_floor(sqlite_store)
    for number in range(1, 4):
        floor.add_product(f"Product {number}", 5)
    if has_history:
        fill(sqlite_store, 9_000)
        fill_histories(sqlite_store, 9_000, 3)
    for listing, wanted in LISTS:
        (asked,) = _plans(sqlite_store, partial(_first_part, listing=listing, wanted=wanted))
        finding = next(step for step in asked if f" {listing.key.table.name} USING " in step)
        assert "SEARCH" in finding, (wanted, asked)
        assert "center_id=?" in finding, (wanted, asked)
        for name in ("status", "kind"):
            assert f"{name}=?" in finding or not getattr(wanted, name, ""), (wanted, asked)
        # Rows that show more than their table are put in order once more, the page's alone.
        sorts = [step for step in asked if "ORDER BY" in step]
        assert len(sorts) <= (listing is not ORDER_LIST), (wanted, asked)


def test_what_is_still_to_be_brought_is_found_without_what_was(sqlite_store: Store) -> None:
    open_floor(sqlite_store)
    seen: list[str] = []

    def look(read: Read) -> None:
        read.raw.set_trace_callback(seen.append)
        for query in (open_orders, count_open, count_pending):
            query(read, 7777)
        read.raw.set_trace_callback(None)

    sqlite_store.read_sync(look)
    with sqlite_store.engine.connect() as connection:
        for sql in seen[:3]:
            steps = [step[3] for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]
            assert "orders_open_ix" in steps[0] or "status=?" in steps[0], (sql, steps)
            assert len(steps) == 1, steps
