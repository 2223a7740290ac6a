"""Idempotency: same key, same bytes; other input, no effect; refusals leave the key free."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
import sqlalchemy as sa

from lanhouse.db.store import Read, Store, Tx
from lanhouse.kit.errors import Conflict, Refused
from lanhouse.ledger import Posting, Transfer, open_account, post
from lanhouse.ledger.answers import Keyed, hash_input, run_once
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
