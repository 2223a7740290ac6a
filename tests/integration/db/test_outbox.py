"""The outbox by cursor: every event once, in an order in which nothing comes late."""

from __future__ import annotations

import os
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.cafe.facts import MemberRegrouped
from lanhouse.db.outbox import (
    READ_ROWS_MAX,
    Place,
    Stored,
    delete_older_than,
    forget_foreign,
    newest_place,
    outbox,
    place_of,
    read_after,
)
from lanhouse.db.store import Store, Tx
from lanhouse.kit import clock


def _say(tx: Tx, number: int) -> None:
    tx.emit("said", {"number": number})


def _read(store: Store, place: Place, count: int) -> list[Stored]:
    """So many rows behind a place, as soon as they are settled: a transaction of somebody else on
    the server that ends at this moment may hold them up for one look.
    """
    for _ in range(500):
        rows = store.read_sync(read_after, place)
        if len(rows) >= count:
            return rows
        time.sleep(0.01)
    raise AssertionError(f"only {len(rows)} of {count} rows were settled")


def _newest(store: Store, rows: int) -> Place:
    """The newest place, behind so many rows."""
    return _read(store, Place(), rows)[-1].place


def _numbers(rows: list[Stored]) -> list[int]:
    return [event.payload["number"] for row in rows for event in row.events]


def test_a_reader_goes_on_behind_what_it_has_read(store: Store) -> None:
    for number in range(3):
        store.run_sync(_say, number)
    first = _read(store, Place(), 3)
    assert _numbers(first) == [0, 1, 2]
    store.run_sync(_say, 3)
    assert _numbers(_read(store, first[1].place, 2)) == [2, 3]
    newest = _newest(store, 4)
    assert store.read_sync(read_after, newest) == []
    store.run_sync(_say, 4)
    assert _numbers(_read(store, newest, 1)) == [4]


def test_a_command_without_events_leaves_no_row_and_one_with_many_leaves_one(store: Store) -> None:
    def say_twice(tx: Tx, _: None) -> None:
        _say(tx, 1)
        _say(tx, 2)

    store.run_sync(lambda tx, _: None, None)
    store.run_sync(say_twice, None)
    [row] = _read(store, Place(), 1)
    assert _numbers([row]) == [1, 2]


def test_a_fact_that_was_followed_can_be_read_by_others(store: Store) -> None:
    store.run_sync(lambda tx, _: tx.tell(MemberRegrouped(7777, 12)), None)
    [row] = _read(store, Place(), 1)
    [event] = row.events
    assert event.topic == "MemberRegrouped"
    assert event.payload == {"center_id": 7777, "member_id": 12, "keeps_tariff": False}


def test_what_was_rolled_back_is_not_told(store: Store) -> None:
    def break_off(tx: Tx, _: None) -> None:
        _say(tx, 1)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        store.run_sync(break_off, None)
    assert store.read_sync(read_after, Place()) == []


def test_long_histories_come_in_parts(store: Store) -> None:
    def fill(tx: Tx, _: None) -> None:
        values = {
            "events": [{"topic": "said", "payload": {"number": 0}}],
            "writer": 1,
            "at": tx.now,
        }
        tx.run(sa.insert(outbox).values([values] * (READ_ROWS_MAX + 1)))

    store.run_sync(fill, None)
    first = _read(store, Place(), READ_ROWS_MAX)
    assert len(first) == READ_ROWS_MAX
    assert len(_read(store, first[-1].place, 1)) == 1


def test_a_row_waits_for_a_transaction_that_began_before_its_own(postgres_store: Store) -> None:
    """The slow one has the smaller id and commits last: a cursor on ids would never see it."""
    has_written, may_end = threading.Event(), threading.Event()

    def say_slowly(tx: Tx, _: None) -> None:
        values = {"events": [{"topic": "said", "payload": {"number": 1}}], "at": tx.now}
        number = sa.cast(sa.cast(sa.func.pg_current_xact_id(), sa.Text), sa.BigInteger)
        tx.run(sa.insert(outbox).values(writer=number, **values))
        has_written.set()
        assert may_end.wait(30)

    slow = threading.Thread(target=postgres_store.run_sync, args=(say_slowly, None))
    slow.start()
    assert has_written.wait(30)
    postgres_store.run_sync(_say, 2)
    early: Any = postgres_store.read_sync(read_after, Place())
    newest = postgres_store.read_sync(newest_place)
    may_end.set()
    slow.join(30)
    assert early == []
    assert newest == Place()
    assert _numbers(_read(postgres_store, Place(), 2)) == [1, 2]


def test_a_transaction_of_another_database_holds_nobody_up(postgres_store: Store) -> None:
    """All databases of a server draw from one row of numbers."""
    server = sa.make_url(os.environ["LANHOUSE_TEST_POSTGRES_URL"])
    engine = sa.create_engine(server.set(drivername="postgresql+psycopg"))
    with engine.connect() as other:
        other.execute(sa.text("SELECT pg_current_xact_id()"))
        postgres_store.run_sync(_say, 1)
        assert _numbers(_read(postgres_store, Place(), 1)) == [1]
        other.rollback()
    engine.dispose()


def test_old_events_go_but_the_newest_stays(store: Store) -> None:
    """SQLite would give out the same ids again, and readers behind them would see nothing."""
    for number in range(3):
        store.run_sync(_say, number)
    newest = _newest(store, 3)
    soon = clock.real_now() + timedelta(hours=1)
    assert store.run_sync(lambda tx, _: delete_older_than(tx, soon, 1), None) == 1
    assert store.run_sync(lambda tx, _: delete_older_than(tx, soon, 10), None) == 1
    assert _newest(store, 1) == newest
    store.run_sync(_say, 3)
    assert _numbers(_read(store, newest, 1)) == [3]


def test_a_database_that_was_moved_here_forgets_the_numbers_of_its_old_server(
    postgres_store: Store,
) -> None:
    def bring(tx: Tx, _: None) -> None:
        event = {"topic": "said", "payload": {"number": 1}}
        tx.run(sa.insert(outbox).values(writer=2**50, events=[event], at=tx.now))

    postgres_store.run_sync(bring, None)
    postgres_store.run_sync(_say, 2)
    assert postgres_store.run_sync(forget_foreign, None) == 1
    assert _numbers(_read(postgres_store, Place(), 1)) == [2]


@pytest.mark.parametrize(
    "text", ["", "1", "1.", ".1", "-1.2", "1.2.3", "a.b", "1." + "9" * 40, "١.١"]
)
def test_a_text_that_names_no_place(text: str) -> None:
    assert place_of(text) is None


def test_a_place_is_read_back_from_its_text() -> None:
    assert place_of(str(Place(12, 345))) == Place(12, 345)
