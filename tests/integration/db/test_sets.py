"""A write for many rows is one statement on PostgreSQL, and does what one for each row does."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.orders.commands import place_order
from lanhouse.cafe.topups.commands import top_up
from lanhouse.cafe.topups.schemas import TopUp
from lanhouse.db.outbox import outbox
from lanhouse.db.statements import insert_ignore, numbered, static
from lanhouse.db.store import Store, Tx
from lanhouse.ledger.answers import Keyed, run_once
from lanhouse.ledger.tables import answers, transfers
from tests.builders.floor import DESK, EURO, open_floor
from tests.builders.nouns.orders import placing

AT = datetime(2026, 3, 4, 5, 6, 7, 891_234, tzinfo=UTC)
TRANSFER = numbered(transfers)
ANSWER = static(insert_ignore(answers))
OUTBOX = numbered(outbox)


def _transfer(key: str, reverses_id: int | None = None) -> dict[str, Any]:
    return {
        "book_id": 1,
        "kind": "topup",
        "key": key,
        "actor_kind": "system",
        "actor_id": 0,
        "reverses_id": reverses_id,
        "at": AT,
    }


def test_new_ids_rise_in_the_order_of_the_rows(store: Store) -> None:
    keys = [f"key {number}" for number in range(2_000)]
    random.Random(1).shuffle(keys)

    def insert(tx: Tx, _: None) -> None:
        first = tx.insert_many(TRANSFER, [_transfer("first")])[0]
        ids = tx.insert_many(TRANSFER, [_transfer(key, reverses_id=first) for key in keys])
        found = {row.key: row.id for row in tx.all(sa.select(transfers.c.key, transfers.c.id))}
        assert [found[key] for key in keys] == ids
        assert ids == sorted(ids)
        assert first < ids[0]

    store.run_sync(insert, None)


def _answer(key: str, sealed: bytes | None) -> dict[str, Any]:
    return {
        "book_id": 1,
        "key": key,
        "input_hash": "ab" * 32,
        "answer": b"{\x00%'\"\\",
        "sealed": sealed,
        "at": AT,
        "digest": "cd" * 32,
    }


def test_values_come_back_as_they_went_in_and_conflicts_are_left_out(store: Store) -> None:
    def insert(tx: Tx, _: None) -> None:
        rows = [
            _answer("a", None),
            _answer("b", b"\xff"),
            _answer("a", b"twice"),
            _answer("%", b""),
        ]
        assert tx.run_many(ANSWER, rows) == 3
        assert tx.run_many(ANSWER, [_answer("b", None)]) == 0
        found = {row.key: row for row in tx.all(sa.select(answers))}
        assert set(found) == {"a", "b", "%"}
        assert [found[key].sealed for key in ("a", "b", "%")] == [None, b"\xff", b""]
        assert {(row.answer, row.input_hash, row.at) for row in found.values()} == {
            (b"{\x00%'\"\\", "ab" * 32, AT)
        }

    store.run_sync(insert, None)


def test_json_lists_and_large_numbers_are_values_like_others(store: Store) -> None:
    events: list[Any] = [[], [1, [2, {"a": None}]], {"x": "{,}"}, "text"]

    def insert(tx: Tx, _: None) -> None:
        ids = tx.insert_many(
            OUTBOX,
            [
                {"writer": 2**62 + place, "events": each, "at": AT + timedelta(seconds=place)}
                for place, each in enumerate(events)
            ],
        )
        rows = tx.all(sa.select(outbox).where(outbox.c.id.in_(ids)).order_by(outbox.c.id))
        assert [row.events for row in rows] == events
        assert [row.writer - 2**62 for row in rows] == [0, 1, 2, 3]
        assert [row.at - AT for row in rows] == [timedelta(seconds=place) for place in range(4)]

    store.run_sync(insert, None)


def test_an_update_for_many_rows_changes_each_as_it_says(store: Store) -> None:
    change = static(
        sa.update(transfers)
        .where(transfers.c.id == sa.bindparam("transfer"), transfers.c.kind == "topup")
        .values(
            actor_id=transfers.c.actor_id + sa.bindparam("more"),
            at=sa.bindparam("new_at"),
            actor_kind="staff",
        )
    )

    def update(tx: Tx, _: None) -> None:
        ids = tx.insert_many(TRANSFER, [_transfer(key) for key in "abc"])
        rows = [
            {"transfer": id_, "more": place + 1, "new_at": AT + timedelta(hours=place)}
            for place, id_ in enumerate(ids)
        ]
        assert tx.run_many(change, [*rows[1:], {**rows[0], "transfer": 0}]) == 2
        found = tx.all(sa.select(transfers).order_by(transfers.c.id))
        assert [(row.actor_id, row.actor_kind, row.at - AT) for row in found] == [
            (0, "system", timedelta()),
            (2, "staff", timedelta(hours=1)),
            (3, "staff", timedelta(hours=2)),
        ]

    store.run_sync(update, None)


def test_a_batch_of_top_ups_takes_a_fixed_number_of_statements(postgres_store: Store) -> None:
    """However many they are: answers, members, accounts and their lock; transfers, entries and
    balances; orders, log, open sessions, sums, digests, printers, answers.
    """
    floor = open_floor(postgres_store)
    members = [floor.add_member(f"m{number}", balance=EURO) for number in range(8)]

    def batch(tx: Tx, number: int) -> int:
        calls = [
            Keyed(
                *(floor.center.id, f"{number} {member_id}", "ab" * 32, top_up),
                TopUp(
                    center=floor.center,
                    actor=DESK,
                    member_ids=[member_id],
                    value_micros=EURO,
                ),
                msgspec.json.encode,
            )
            for member_id in members[:number]
        ]
        counted = _Counting(tx._cursor)
        tx._cursor = counted
        run_once.batch.run(tx, calls)  # type: ignore[attr-defined]
        tx.settle()
        return counted.statements

    assert [floor.run(batch, number) for number in (4, 8)] == [17, 17]
    floor.verify()


def test_a_batch_of_orders_takes_a_fixed_number_of_statements(postgres_store: Store) -> None:
    """However many they are, and however many lines each has: answers, combos, products, groups,
    accounts and their lock; orders, stock, movements, lines; transfers, entries and balances; log,
    payments, badge, open sessions, sums, digests, printers, answers.
    """
    floor = open_floor(postgres_store)
    goods = [floor.add_product(f"Product {number}", 99) for number in range(6)]

    def batch(tx: Tx, wanted: tuple[int, int]) -> int:
        number, lines = wanted
        calls = [
            Keyed(
                *(floor.center.id, f"{wanted} {place}", "ab" * 32, place_order),
                placing(floor, dict.fromkeys(goods[:lines], 1)),
                msgspec.json.encode,
            )
            for place in range(number)
        ]
        counted = _Counting(tx._cursor)
        tx._cursor = counted
        run_once.batch.run(tx, calls)  # type: ignore[attr-defined]
        tx.settle()
        return counted.statements

    assert [floor.run(batch, wanted) for wanted in ((4, 1), (4, 5), (8, 5))] == [23] * 3
    floor.verify()


class _Counting:
    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self.statements = 0

    def execute(self, *args: Any) -> Any:
        self.statements += 1
        return self._cursor.execute(*args)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)
