"""No list reads all history: the newest rows are found in an index that has them in order, whatever
a list is filtered by and however few rows fit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from lanhouse.cafe.offers.queries.buyers import _LIST as PACKAGE_LIST
from lanhouse.cafe.offers.queries.buyers import PackageSearch
from lanhouse.cafe.orders.queries import count_open, count_pending, open_orders
from lanhouse.cafe.orders.queries.listing import ORDER_LIST, OrdersWanted
from lanhouse.cafe.orders.schemas import Status
from lanhouse.cafe.own_limits.queries import topped_up_micros
from lanhouse.cafe.products.queries.listing import MOVEMENT_LIST, MovementSearch
from lanhouse.cafe.products.schemas import StockKind
from lanhouse.cafe.sessions.queries.bundles import debts_of
from lanhouse.cafe.topups.commands import top_up
from lanhouse.cafe.topups.schemas import TopUp
from lanhouse.cafe.topups.tables import topups
from lanhouse.db.listing import Listing
from lanhouse.db.statements import static
from lanhouse.db.store import Read, Store, Tx
from lanhouse.kit import clock
from tests.bench.histories import fill_histories
from tests.bench.long_log import fill
from tests.builders.floor import DESK, EURO, Floor, open_floor

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


def test_a_months_top_ups_are_found_without_those_before(sqlite_store: Store) -> None:
    """With the statistics of a young house and of an old one."""
    floor = open_floor(sqlite_store)
    for has_history in (False, True):
        if has_history:
            _long_history_of_top_ups(floor, floor.add_member("ada"), 3_000)
        act = partial(topped_up_micros, center=floor.center, member_id=3, at=_NOW)
        ((finding,),) = _traced(sqlite_store, act)
        assert "topups_member_at_ix (center_id=? AND member_id=? AND at>?)" in finding, has_history


def _long_history_of_top_ups(floor: Floor, member_id: int, days: int) -> None:
    cmd = TopUp(center=floor.center, actor=DESK, member_ids=[member_id], value_micros=EURO)
    floor.run(top_up, cmd)

    def add(tx: Tx, _: None) -> None:
        row = tx.one(sa.select(topups).where(topups.c.member_id == member_id))
        assert row is not None
        first = {name: value for name, value in row._asdict().items() if name != "id"}
        rows = [first | {"at": _NOW - timedelta(days=n)} for n in range(days)]
        tx.run_many(static(sa.insert(topups)), rows)

    floor.run(add, None)
    with floor.store.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")


def test_what_is_left_open_is_one_read(sqlite_store: Store) -> None:
    floor = open_floor(sqlite_store)
    ((debts, loans, *_),) = _traced(sqlite_store, partial(debts_of, center=floor.center))
    assert "session_debts_open_ix (center_id=?)" in debts
    assert loans.startswith("SEARCH ledger_accounts ")
    assert "owner_id=?" in loans


def _traced(store: Store, act: Callable[[Read], object]) -> list[list[str]]:
    """As _plans(), of statements that are compiled once."""
    seen: list[str] = []

    def look(read: Read) -> None:
        read.raw.set_trace_callback(seen.append)
        act(read)
        read.raw.set_trace_callback(None)

    store.read_sync(look)
    with store.engine.connect() as connection:
        found = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}").all() for sql in seen]
    return [[step[3] for step in plan] for plan in found]


@pytest.mark.parametrize("query", [open_orders, count_open, count_pending])
def test_what_is_still_to_be_brought_is_found_without_what_was(
    sqlite_store: Store, query: Callable[[Read, int], object]
) -> None:
    open_floor(sqlite_store)
    ((finding,),) = _traced(sqlite_store, lambda read: query(read, 7777))
    assert "orders_open_ix" in finding or "status=?" in finding, finding
