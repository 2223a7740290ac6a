"""Idempotency: same key, same bytes; other input, no effect; refusals leave the key free."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
import sqlalchemy as sa
from alembic import command

from lanhouse.db.migrate import config_for, migrate
from lanhouse.db.store import Read, Store, Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import Conflict, Refused
from lanhouse.ledger import Posting, Transfer, open_account, post, verify
from lanhouse.ledger.answers import Keyed, hash_input, run_once
from lanhouse.ledger.sealing import seal_new_entries
from lanhouse.ledger.tables import answers, transfers
from lanhouse.ledger.verify import verify_ledger

BOOK = 7


def _pay_in(tx: Tx, micros: int) -> tuple[int, int]:
    if micros > 900:
        raise Refused("too much")
    cash = open_account(tx, BOOK, "center", 7, "cash", "EUR", may_go_negative=True)
    ada = open_account(tx, BOOK, "member", 1, "balance", "EUR")
    postings = [Posting(cash, -micros), Posting(ada, micros)]
    done = post(tx, Transfer(book_id=BOOK, kind="topup", postings=postings))
    return done.transfer_id, done.after[ada]


def _keyed(key: str | None, micros: int, book_id: int = BOOK) -> Keyed:
    return Keyed(book_id, key, hash_input(micros), _pay_in, micros, msgspec.json.encode)


def _movements(read: Read, _: None) -> int:
    return read.scalar(sa.select(sa.func.count()).select_from(transfers))


def test_a_repeated_call_answers_the_first_bytes_and_moves_nothing(store: Store) -> None:
    first = store.run_sync(run_once, _keyed("a", 100))
    store.run_sync(run_once, _keyed("b", 5))
    assert store.run_sync(run_once, _keyed("a", 100)) == first
    assert store.read_sync(_movements, None) == 2


def test_the_same_key_with_other_input_is_a_conflict_without_effect(store: Store) -> None:
    store.run_sync(run_once, _keyed("a", 100))
    with pytest.raises(Conflict):
        store.run_sync(run_once, _keyed("a", 101))
    assert store.read_sync(_movements, None) == 1


def test_keys_of_two_books_do_not_meet(store: Store) -> None:
    store.run_sync(run_once, _keyed("a", 100))
    store.run_sync(run_once, _keyed("a", 101, book_id=8))
    assert store.read_sync(_movements, None) == 2


def test_a_refused_call_leaves_its_key_free(store: Store) -> None:
    with pytest.raises(Refused):
        store.run_sync(run_once, _keyed("a", 901))
    kept = store.read_sync(
        lambda read, _: read.scalar(sa.select(sa.func.count()).select_from(answers)), None
    )
    assert kept == 0
    store.run_sync(run_once, _keyed("a", 100))
    assert store.read_sync(_movements, None) == 1


def test_without_a_key_every_call_is_new(store: Store) -> None:
    store.run_sync(run_once, _keyed(None, 100))
    store.run_sync(run_once, _keyed(None, 100))
    assert store.read_sync(_movements, None) == 2


def test_the_same_key_many_times_at_once_is_applied_once(store: Store) -> None:
    async def work() -> list[bytes]:
        store.start()
        calls = [store.write(run_once, _keyed(f"k{n % 5}", 100 + n % 5)) for n in range(100)]
        got = await asyncio.gather(*calls)
        await store.stop()
        return got

    got = asyncio.run(work())
    for n in range(5):
        assert len({got[i] for i in range(n, 100, 5)}) == 1
    assert store.read_sync(_movements, None) == 5
    assert store.read_sync(verify_ledger, None).is_clean


TAMPERINGS = {
    "answer": {"answer": b"[1,999]"},
    "input": {"input_hash": "0" * 64},
    "key": {"key": "z"},
    "time": {"at": clock.from_micros(0)},
    "book": {"book_id": BOOK + 1},
    "digest": {"digest": ""},
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_verification_names_a_stored_answer_that_was_changed(store: Store, what: str) -> None:
    """Whoever repeats a key is told what stands there, and so must be able to rely on it."""
    for number in range(3):
        store.run_sync(run_once, _keyed(f"k{number}", 100 + number))
    store.run_sync(seal_new_entries, None)
    assert store.read_sync(verify_ledger, None).problem is None
    change = sa.update(answers).where(answers.c.key == "k1").values(TAMPERINGS[what])
    store.run_sync(lambda tx, _: tx.run(change), None)
    problem = store.read_sync(verify_ledger, None).problem
    book, key = (BOOK + 1 if what == "book" else BOOK), ("z" if what == "key" else "k1")
    assert problem == f"answer of key {key!r} in book {book}: was changed"


def test_answers_of_an_older_revision_can_be_verified(store: Store) -> None:
    """0006 makes their digests; the answer and its key are what they were."""
    first = [store.run_sync(run_once, _keyed(f"k{number}", number + 1)) for number in range(3)]
    with store.engine.connect() as connection, connection.begin():
        command.downgrade(config_for(connection), "0005")
    migrate(store)
    assert store.read_sync(verify_ledger, None).problem is None
    again = [store.run_sync(run_once, _keyed(f"k{number}", number + 1)) for number in range(3)]
    assert again == first


def test_verification_pages_through_the_answers(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "_PAGE", 2)
    for number in range(5):
        sqlite_store.run_sync(run_once, _keyed(f"k{number}", 100 + number))
        sqlite_store.run_sync(run_once, _keyed(f"k{number}", 100 + number, book_id=BOOK + 1))
    assert sqlite_store.read_sync(verify_ledger, None).problem is None
    last = (answers.c.book_id == BOOK + 1) & (answers.c.key == "k4")
    change = sa.update(answers).where(last).values(answer=b"1")
    sqlite_store.run_sync(lambda tx, _: tx.run(change), None)
    problem = sqlite_store.read_sync(verify_ledger, None).problem
    assert problem == f"answer of key 'k4' in book {BOOK + 1}: was changed"
