"""Pages of the log and of a member's orders, the same on both databases."""

from __future__ import annotations

import pytest

from lanhouse.cafe.logs.queries import LogFilter, log_page
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.orders.queries.of_member import orders_of_member
from lanhouse.cafe.topups.commands import top_up
from lanhouse.cafe.topups.queries.quotes import bonus_quote
from lanhouse.cafe.topups.schemas import Quote, TopUp
from lanhouse.db.store import Store
from tests.builders.floor import DESK, EURO, Floor, open_floor


def _top_ups(floor: Floor, member_id: int, count: int) -> None:
    for number in range(1, count + 1):
        cmd = TopUp(
            center=floor.center, actor=DESK, member_ids=[member_id], value_micros=number * EURO
        )
        floor.run(top_up, cmd)


def test_pages_totals_and_events(store: Store) -> None:
    floor = open_floor(store)
    ada, bob = floor.add_member("ada"), floor.add_member("bob", balance=7 * EURO)
    _top_ups(floor, ada, 32)
    of_ada = LogFilter(center_id=7777, member_id=ada, is_balance_only=True)
    first = store.read_sync(log_page, of_ada, 1)
    assert [row.cash_micros // EURO for row in first.rows] == list(range(32, 2, -1))
    assert first.total_records == 32
    assert first.totals["cash_micros"] == 528 * EURO
    assert type(first.totals["cash_micros"]) is int
    assert first.events == ["TOPUP"]
    rest = store.read_sync(log_page, of_ada, 2)
    assert [row.cash_micros // EURO for row in rest.rows] == [2, 1]
    assert rest.totals == first.totals
    assert store.read_sync(log_page, of_ada, 3).rows == []
    nothing = store.read_sync(log_page, LogFilter(center_id=7778), 1)
    assert (nothing.rows, nothing.total_records, nothing.events) == ([], 0, [])
    assert set(nothing.totals.values()) == {0}
    orders = store.read_sync(orders_of_member, 7777, ada, 2, 30)
    assert ([row.value_micros for row in orders.rows], orders.total) == ([2 * EURO, EURO], 32)
    assert store.read_sync(orders_of_member, 7777, bob, 1, 30).total == 0
    with pytest.raises(MemberNotFound):
        store.read_sync(orders_of_member, 7778, ada, 1, 30)
    quote = Quote(center=floor.center, value_micros=EURO, member_ids=[ada, 5])
    with pytest.raises(MemberNotFound):
        store.read_sync(bonus_quote, quote)
