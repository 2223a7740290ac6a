"""Idempotency: same key, same bytes; other input, no effect; refusals leave the key free."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
import sqlalchemy as sa

from lanhouse.db.store import Read, Store, Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import Conflict, Refused
from lanhouse.kit.vault import LOCKED, Vault
from lanhouse.ledger import Posting, Transfer, open_account, post, verify
from lanhouse.ledger.answers import HIDDEN, Keyed, hash_input, run_once
from lanhouse.ledger.sealing import seal_new_entries
from lanhouse.ledger.tables import answers, transfers
from lanhouse.ledger.verify import verify_ledger
from tests.builders.secrets import OTHER_VAULT, VAULT

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


def _movements(read: Read) -> int:
    return read.scalar(sa.select(sa.func.count()).select_from(transfers))


def test_a_repeated_call_answers_the_first_bytes_and_moves_nothing(store: Store) -> None:
    first = store.run_sync(run_once, _keyed("a", 100))
    store.run_sync(run_once, _keyed("b", 5))
    assert store.run_sync(run_once, _keyed("a", 100)) == first
    assert store.read_sync(_movements) == 2


def test_the_same_key_with_other_input_is_a_conflict_without_effect(store: Store) -> None:
    store.run_sync(run_once, _keyed("a", 100))
    with pytest.raises(Conflict):
        store.run_sync(run_once, _keyed("a", 101))
    assert store.read_sync(_movements) == 1


def test_keys_of_two_books_do_not_meet(store: Store) -> None:
    store.run_sync(run_once, _keyed("a", 100))
    store.run_sync(run_once, _keyed("a", 101, book_id=8))
    assert store.read_sync(_movements) == 2


def test_a_refused_call_leaves_its_key_free(store: Store) -> None:
    with pytest.raises(Refused):
        store.run_sync(run_once, _keyed("a", 901))
    kept = store.read_sync(
        lambda read: read.scalar(sa.select(sa.func.count()).select_from(answers))
    )
    assert kept == 0
    store.run_sync(run_once, _keyed("a", 100))
    assert store.read_sync(_movements) == 1


def test_without_a_key_every_call_is_new(store: Store) -> None:
    store.run_sync(run_once, _keyed(None, 100))
    store.run_sync(run_once, _keyed(None, 100))
    assert store.read_sync(_movements) == 2


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
    assert store.read_sync(_movements) == 5
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


SECRET = "t9kq4mza"


def _told(secret: str) -> bytes:
    return b'{"account":"G_ABC234","password":"%s"}' % secret.encode()


def _secret_one(
    key: str | None, vault: Vault = VAULT, book_id: int = BOOK, secret: str = SECRET
) -> Keyed:
    """A call whose answer holds a secret that is new at every run."""
    return Keyed(
        book_id, key, hash_input(1), lambda _tx, _: secret, None, _told, lambda _: HIDDEN, vault
    )


def test_an_answer_with_a_secret_is_repeated_but_not_readable_in_the_database(
    store: Store,
) -> None:
    first = store.run_sync(run_once, _secret_one("a"))
    assert first == _told(SECRET)
    # The second run would make another secret: what comes is the first answer.
    assert store.run_sync(run_once, _secret_one("a", secret="another1")) == first
    row = store.read_sync(lambda read: read.one(sa.select(answers)))
    assert row.answer == b'{"account":"G_ABC234","password":"no longer shown"}'
    assert SECRET.encode() not in b"".join(str(value).encode() for value in row)
    assert SECRET.encode() not in row.sealed
    assert store.read_sync(verify_ledger, None).problem is None


def test_the_sealed_answer_of_one_key_does_not_open_for_another(store: Store) -> None:
    store.run_sync(run_once, _secret_one("a"))
    store.run_sync(run_once, _secret_one("b", secret="another1"))
    stolen = sa.select(answers.c.sealed).where(answers.c.key == "a").scalar_subquery()
    swap = sa.update(answers).where(answers.c.key == "b").values(sealed=stolen)
    store.run_sync(lambda tx, _: tx.run(swap), None)
    assert store.run_sync(run_once, _secret_one("b")) == _told(HIDDEN)
    problem = store.read_sync(verify_ledger, None).problem
    assert problem == f"answer of key 'b' in book {BOOK}: was changed"


@pytest.mark.parametrize("vault", [LOCKED, OTHER_VAULT])
def test_without_the_server_secret_the_rest_of_the_answer_is_repeated(
    store: Store, vault: Vault
) -> None:
    """Who repeats a sale must learn that it was done, even when its password is gone."""
    store.run_sync(run_once, _secret_one("a"))
    assert store.run_sync(run_once, _secret_one("a", vault)) == _told(HIDDEN)


def test_a_locked_server_tells_a_secret_once_and_keeps_none(store: Store) -> None:
    assert store.run_sync(run_once, _secret_one("a", LOCKED)) == _told(SECRET)
    assert store.run_sync(run_once, _secret_one("a")) == _told(HIDDEN)
    assert store.run_sync(run_once, _secret_one(None, LOCKED)) == _told(SECRET)
    assert store.read_sync(verify_ledger, None).problem is None


def test_an_answer_without_its_secret_is_stored_as_it_is(store: Store) -> None:
    """Money added to a running session makes no password."""
    call = Keyed(BOOK, "a", hash_input(1), lambda *_: "", None, _told, lambda same: same, VAULT)
    first = store.run_sync(run_once, call)
    row = store.read_sync(lambda read: read.one(sa.select(answers)))
    assert (row.answer, row.sealed) == (first, None)


@pytest.mark.parametrize("change", [{"sealed": b"\x01other"}, {"sealed": None}])
def test_verification_names_a_sealed_answer_that_was_changed(
    store: Store, change: dict[str, bytes | None]
) -> None:
    store.run_sync(run_once, _secret_one("a"))
    store.run_sync(lambda tx, _: tx.run(sa.update(answers).values(**change)), None)
    problem = store.read_sync(verify_ledger, None).problem
    assert problem == f"answer of key 'a' in book {BOOK}: was changed"
