"""Which of many keys are known is asked by the whole key, whatever the database knows of it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from lanhouse.db.statements import insert_ignore, known_among, static
from lanhouse.db.store import Store, Tx
from lanhouse.kit import clock
from lanhouse.ledger.tables import answers

BOOK = 7
_KNOWN = static(known_among(answers.c.key, "keys", answers.c.book_id == sa.bindparam("book")))
_STORE = static(insert_ignore(answers))
# Rows that this transaction has read of the table, by whatever way.
_READ = "SELECT pg_stat_get_xact_tuples_fetched('idempotent_answers'::regclass)"
_SCANNED = "SELECT pg_stat_get_xact_tuples_returned('idempotent_answers'::regclass)"


def _answer(key: str, book_id: int = BOOK) -> dict[str, Any]:
    return {
        "book_id": book_id,
        "key": key,
        "input_hash": "ab" * 32,
        "answer": b"{}",
        "sealed": None,
        "at": clock.now(),
        "digest": "cd" * 32,
    }


def _known(tx: Tx, keys: list[str]) -> list[str]:
    return sorted(row.key for row in tx.all(_KNOWN, book=BOOK, keys=keys))


def test_those_that_are_there_are_answered(store: Store) -> None:
    def work(tx: Tx, _: None) -> None:
        tx.run_many(_STORE, [_answer("a"), _answer("'b\"\\"), _answer("c", book_id=8)])
        assert _known(tx, ["z", "'b\"\\", "c", "a", ""]) == ["'b\"\\", "a"]
        assert _known(tx, ["z"]) == []

    store.run_sync(work, None)


def test_no_other_row_of_the_book_is_read(postgres_store: Store) -> None:
    """A plan made while there were few answers took the keys for a filter, and read all answers of
    the book at every batch until the table was counted again."""
    with postgres_store.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(sa.text("VACUUM ANALYZE idempotent_answers"))

    def read_by(tx: Tx, found: list[str]) -> int:
        cursor = tx._connection.connection.cursor()
        before = sum(cursor.execute(sql).fetchone()[0] for sql in (_READ, _SCANNED))
        asked = [f"new {number}" for number in range(30)]
        assert _known(tx, [*asked, *found]) == sorted(found)
        return sum(cursor.execute(sql).fetchone()[0] for sql in (_READ, _SCANNED)) - before

    def work(tx: Tx, _: None) -> None:
        tx.run_many(_STORE, [_answer(f"first {number}") for number in range(300)])
        for _again in range(8):  # the sixth gets the lasting plan
            assert read_by(tx, ["first 7"]) <= 1
        tx.run_many(_STORE, [_answer(f"later {number}") for number in range(5_000)])
        assert read_by(tx, ["first 7", "later 4000"]) <= 2

    postgres_store.run_sync(work, None)
