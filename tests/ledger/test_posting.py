"""Posting: sums, floors, keys, before and after, on both databases."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.db.store import Read, Store, Tx
from lanhouse.db.types import StoredMicros
from lanhouse.kit import clock
from lanhouse.kit.errors import Conflict
from lanhouse.kit.limits import BALANCE_MICROS_MAX
from lanhouse.ledger import (
    InsufficientFunds,
    Posting,
    Transfer,
    balances,
    open_account,
    post,
    sealing,
)
from lanhouse.ledger.posting import LimitExceeded
from lanhouse.ledger.sealing import seal_late_entries, seal_new_entries
from lanhouse.ledger.tables import accounts, entries, seals, transfers
from lanhouse.ledger.verify import verify_ledger
from tests.builders import databases
from tests.builders.databases import by_hand

BOOK = 7


def _open(tx: Tx, _: None) -> tuple[int, int, int]:
    cash = open_account(tx, BOOK, "center", 7, "cash", "EUR", may_go_negative=True)
    ada = open_account(tx, BOOK, "member", 1, "balance", "EUR")
    coins = open_account(tx, BOOK, "member", 1, "coin", "COIN")
    return cash, ada, coins


def _open_others(tx: Tx, _: None) -> tuple[int, int]:
    bob = open_account(tx, BOOK, "member", 2, "balance", "EUR")
    return bob, open_account(tx, BOOK, "center", 7, "card", "EUR", may_go_negative=True)


def _move(store: Store, *pairs: tuple[int, int], **options: object) -> object:
    transfer = Transfer(
        book_id=BOOK,
        kind="topup",
        postings=[Posting(account, amount) for account, amount in pairs],
        **options,  # type: ignore[arg-type]
    )
    return store.run_sync(post, transfer)


def _counts(read: Read) -> tuple[int, int]:
    return (
        read.scalar(sa.select(sa.func.count()).select_from(transfers)),
        read.scalar(sa.select(sa.func.count()).select_from(entries)),
    )


def test_a_movement_changes_both_sides_and_tells_before_and_after(store: Store) -> None:
    cash, ada, _ = store.run_sync(_open, None)
    first = _move(store, (cash, -5_000_000), (ada, 5_000_000))
    second = _move(store, (cash, -1_000_000), (ada, 1_000_000))
    assert first.before[ada] == 0
    assert first.after[ada] == 5_000_000
    assert second.before[ada] == 5_000_000
    assert second.after[ada] == 6_000_000
    held = store.read_sync(lambda read: balances(read, BOOK, "member", 1))
    assert held == {("balance", "EUR"): 6_000_000, ("coin", "COIN"): 0}


def test_an_account_is_opened_once(store: Store) -> None:
    assert store.run_sync(_open, None) == store.run_sync(_open, None)


def test_postings_that_do_not_sum_to_zero_are_a_defect_and_change_nothing(store: Store) -> None:
    cash, ada, _ = store.run_sync(_open, None)
    with pytest.raises(AssertionError, match="do not sum to zero"):
        _move(store, (cash, -5_000_000), (ada, 4_999_999))
    assert store.read_sync(_counts) == (0, 0)
    assert store.read_sync(verify_ledger, None).is_clean


def test_each_currency_sums_to_zero_by_itself(store: Store) -> None:
    cash, _, coins = store.run_sync(_open, None)
    with pytest.raises(AssertionError, match="do not sum to zero"):
        _move(store, (cash, -5_000_000), (coins, 5_000_000))
    assert store.read_sync(_counts) == (0, 0)


def test_no_account_without_overdraft_falls_below_zero(store: Store) -> None:
    cash, ada, _ = store.run_sync(_open, None)
    _move(store, (cash, -3_000_000), (ada, 3_000_000))
    with pytest.raises(InsufficientFunds) as refused:
        _move(store, (cash, 3_000_001), (ada, -3_000_001))
    assert (refused.value.account_id, refused.value.message) == (ada, "not enough balance")
    assert store.read_sync(_counts) == (1, 2)
    _move(store, (cash, 3_000_000), (ada, -3_000_000))
    assert store.read_sync(verify_ledger, None).is_clean


def test_the_same_key_cannot_move_money_twice(store: Store) -> None:
    cash, ada, _ = store.run_sync(_open, None)
    _move(store, (cash, -1_000_000), (ada, 1_000_000), key="k1")
    with pytest.raises(Conflict):
        _move(store, (cash, -1_000_000), (ada, 1_000_000), key="k1")
    assert store.read_sync(_counts) == (1, 2)


def test_a_balance_cannot_leave_the_range(store: Store) -> None:
    cash, ada, _ = store.run_sync(_open, None)
    step = 10**18
    for _ in range(BALANCE_MICROS_MAX // step):
        _move(store, (cash, -step), (ada, step))
    with pytest.raises(LimitExceeded):
        _move(store, (cash, -step), (ada, step))
    with pytest.raises(LimitExceeded):
        _move(store, (cash, -step - 1), (ada, step + 1))
    assert store.read_sync(verify_ledger, None).is_clean


def test_an_account_of_another_book_is_never_touched(store: Store) -> None:
    cash, _, _ = store.run_sync(_open, None)
    other = store.run_sync(lambda tx, _: open_account(tx, 8, "member", 1, "balance", "EUR"), None)
    with pytest.raises(AssertionError, match="is not in book"):
        _move(store, (cash, -1_000_000), (other, 1_000_000))
    assert store.read_sync(_counts) == (0, 0)


TAMPERINGS = {
    "amount": "UPDATE ledger_entries SET amount_micros = 9, after_micros = before_micros + 9"
    " WHERE id = 3",
    "time": "UPDATE ledger_transfers SET kind = 'gift' WHERE id = 2",
    "balance": "UPDATE ledger_accounts SET balance_micros = 1 WHERE kind = 'balance'",
    "key": "UPDATE ledger_transfers SET key = 'other' WHERE id = 3",
    "seal": "UPDATE ledger_seals SET hash = 'x' WHERE sequence = 4",
    "lost seal": "DELETE FROM ledger_seals WHERE sequence = 2",
    "lost last seal": "DELETE FROM ledger_seals WHERE sequence = 8",
    "lost chain": "DELETE FROM ledger_seals",
    "lost head": "DELETE FROM ledger_seal_head",
    "moved head": "UPDATE ledger_seal_head SET sequence = 7",
    "time of a transfer": "UPDATE ledger_transfers SET at = (SELECT max(at) FROM ledger_transfers)"
    " WHERE id = 1",
    "owner": "UPDATE ledger_accounts SET owner_id = 99 WHERE kind = 'balance' AND owner_id = 1",
    "overdraft": "UPDATE ledger_accounts SET may_go_negative = true WHERE id = 2",
}


NAMED = {
    "amount": "entry 3:",
    "time": "entry 3:",
    "balance": "account 2:",
    "key": "entry 5:",
    "seal": "entry 4:",
    "lost seal": "seal 2:",
    "lost last seal": "seal 8:",
    "lost chain": "seal 1:",
    "lost head": "chain:",
    "moved head": "seal 8:",
    "time of a transfer": "transfer 1:",
    "owner": "entry 2:",
    "overdraft": "entry 2:",
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_verification_names_what_was_tampered_with(store: Store, what: str) -> None:
    cash, ada, _ = store.run_sync(_open, None)
    for number in range(1, 5):
        _move(store, (cash, -number * 1_000_000), (ada, number * 1_000_000))
    assert store.run_sync(seal_new_entries, None) == 8
    clean = store.read_sync(verify_ledger, None)
    assert (clean.is_clean, clean.sealed, clean.transfers) == (True, 8, 4)
    by_hand(store, TAMPERINGS[what])
    problem = store.read_sync(verify_ledger, None).problem
    assert problem is not None
    assert problem.startswith(NAMED[what]), problem


@pytest.mark.parametrize("lost", [3, 8])
def test_verification_names_an_entry_that_was_deleted(store: Store, lost: int) -> None:
    cash, ada, _ = store.run_sync(_open, None)
    for number in range(1, 5):
        _move(store, (cash, -number * 1_000_000), (ada, number * 1_000_000))
    store.run_sync(seal_new_entries, None)
    by_hand(store, f"DELETE FROM ledger_entries WHERE id = {lost}")
    problem = store.read_sync(verify_ledger, None).problem
    assert problem == f"entry {lost}: is missing, seal {lost} names it"


def test_a_newest_movement_that_was_cut_off_with_its_seals_is_missed(store: Store) -> None:
    """Balances, sums and the rest of the chain are right: only the chain's head knows better."""
    cash, ada, _ = store.run_sync(_open, None)
    for _ in range(2):
        _move(store, (cash, -1_000_000), (ada, 1_000_000))
    store.run_sync(seal_new_entries, None)
    by_hand(
        store,
        "DELETE FROM ledger_seals WHERE sequence > 2",
        "DELETE FROM ledger_entries WHERE transfer_id = 2",
        "DELETE FROM ledger_transfers WHERE id = 2",
        f"UPDATE ledger_accounts SET balance_micros = 1000000 WHERE id = {ada}",
        f"UPDATE ledger_accounts SET balance_micros = -1000000 WHERE id = {cash}",
    )
    report = store.read_sync(verify_ledger, None)
    assert report.problem == "seal 3: is missing, the chain goes on to 4"
    # Sealing goes on behind the gap and does not close it.
    _move(store, (cash, -1_000_000), (ada, 1_000_000))
    assert store.run_sync(seal_new_entries, None) == 2
    assert store.read_sync(verify_ledger, None).problem == "seal 3: is missing"


def test_the_hash_of_an_entry_never_changes(store: Store) -> None:
    """The chain of an installation was begun by older versions, which wrote this text."""
    cash, ada, _ = store.run_sync(_open, None)
    _move(store, (cash, -1_000_000), (ada, 1_000_000))
    store.run_sync(seal_new_entries, None)
    previous = "0" * 64
    for entry in store.read_sync(_whole_entries):
        text = (
            f"{previous}|{entry.id}|{entry.book_id}|{entry.transfer_id}|{entry.account_id}"
            f"|{entry.amount_micros}|{entry.before_micros}|{entry.after_micros}"
            f"|{clock.to_micros(entry.at)}|{entry.kind}|{entry.key}|{entry.actor_kind}"
            f"|{entry.actor_id}|{entry.reverses_id or 0}|{entry.owner_kind}|{entry.owner_id}"
            f"|{entry.account_kind}|{entry.currency}|{entry.may_go_negative:d}"
        )
        previous = hashlib.sha256(text.encode()).hexdigest()
        assert entry.hash == previous


def _whole_entries(read: Read) -> list[Any]:
    return read.all(
        sa.select(
            entries,
            transfers.c.kind,
            transfers.c.key,
            transfers.c.actor_kind,
            transfers.c.actor_id,
            transfers.c.reverses_id,
            accounts.c.owner_kind,
            accounts.c.owner_id,
            accounts.c.kind.label("account_kind"),
            accounts.c.currency,
            accounts.c.may_go_negative,
            seals.c.hash,
        )
        .join(transfers, transfers.c.id == entries.c.transfer_id)
        .join(accounts, accounts.c.id == entries.c.account_id)
        .join(seals, seals.c.row_id == entries.c.id)
        .order_by(entries.c.id)
    )


@pytest.mark.parametrize("micros", [0, 1, 999_999, 1_772_625_600_123_457, 4_102_444_799_999_999])
def test_a_time_is_read_as_exact_microseconds(store: Store, micros: int) -> None:
    """PostgreSQL counts them out itself, in a type of its own."""
    cash, ada, _ = store.run_sync(_open, None)
    _move(store, (cash, -1_000_000), (ada, 1_000_000))

    micros_of_entries = sa.select(StoredMicros(entries.c.at)).select_from(entries)

    def look(tx: Tx, _: None) -> list[int]:
        tx.run(sa.update(entries).values(at=clock.from_micros(micros)))
        return [row[0] for row in tx.all(micros_of_entries)]

    assert store.run_sync(look, None) == [micros, micros]


def test_one_slice_is_small_and_looks_nothing_up(sqlite_store: Store) -> None:
    """The one writer waits for it: a slice is at most BATCH_MAX rows, straight from the index."""
    cash, ada, _ = sqlite_store.run_sync(_open, None)
    for _ in range(sealing.BATCH_MAX // 2 + 3):
        _move(sqlite_store, (cash, -1_000_000), (ada, 1_000_000))
    asked: list[str] = []

    def seal(tx: Tx, _: None) -> int:
        tx.raw.set_trace_callback(asked.append)
        try:
            return seal_new_entries(tx)
        finally:
            tx.raw.set_trace_callback(None)

    assert sealing.BATCH_MAX <= 50
    assert sqlite_store.run_sync(seal, None) == sealing.BATCH_MAX
    assert [text for text in asked if "EXISTS" in text] == []
    assert sqlite_store.run_sync(seal_new_entries, None) == 6
    assert sqlite_store.read_sync(verify_ledger, None).problem is None


def test_sealing_goes_on_where_it_stopped(store: Store) -> None:
    cash, ada, _ = store.run_sync(_open, None)
    _move(store, (cash, -1_000_000), (ada, 1_000_000))
    assert store.run_sync(seal_new_entries, None) == 2
    assert store.run_sync(seal_new_entries, None) == 0
    _move(store, (cash, -1_000_000), (ada, 1_000_000))
    assert store.run_sync(seal_new_entries, None) == 2
    assert store.read_sync(verify_ledger, None).sealed == 4


def test_an_entry_that_commits_late_is_sealed_late(postgres_store: Store) -> None:
    """Its id is lower than that of an entry which is sealed already."""
    store = postgres_store
    cash, ada, _ = store.run_sync(_open, None)
    bob, till = store.run_sync(_open_others, None)
    other = databases.PostgresStore(store.url)

    def slow(tx: Tx, _: None) -> None:
        postings = [Posting(cash, -1_000_000), Posting(ada, 1_000_000)]
        post(tx, Transfer(book_id=BOOK, kind="topup", postings=postings))
        quick = [Posting(till, -2_000_000), Posting(bob, 2_000_000)]
        other.run_sync(post, Transfer(book_id=BOOK, kind="topup", postings=quick))
        assert other.run_sync(seal_new_entries, None) == 2

    store.run_sync(slow, None)
    databases.close(other)
    assert store.run_sync(seal_new_entries, None) == 0
    assert store.run_sync(seal_late_entries, None) == 2
    assert store.run_sync(seal_late_entries, None) == 0
    report = store.read_sync(verify_ledger, None)
    assert (report.problem, report.sealed) == (None, 4)


def test_many_movements_at_once_lose_nothing(store: Store) -> None:
    async def work() -> list[object]:
        cash, ada, _ = store.run_sync(_open, None)
        store.start()
        transfers_ = [
            Transfer(
                book_id=BOOK,
                kind="topup",
                postings=[Posting(cash, -number), Posting(ada, number)],
            )
            for number in range(1, 101)
        ]
        out = [
            Transfer(book_id=BOOK, kind="refund", postings=[Posting(cash, 60), Posting(ada, -60)])
            for _ in range(100)
        ]
        mixed = [t for pair in zip(transfers_, out, strict=True) for t in pair]
        results = await asyncio.gather(
            *(store.write(post, transfer) for transfer in mixed), return_exceptions=True
        )
        await store.stop()
        return results

    results = asyncio.run(work())
    refused = [r for r in results if isinstance(r, InsufficientFunds)]
    assert not [
        r for r in results if isinstance(r, Exception) and not isinstance(r, InsufficientFunds)
    ]
    held = store.read_sync(lambda read: balances(read, BOOK, "member", 1))
    assert held[("balance", "EUR")] == 5050 - 60 * (100 - len(refused))
    assert store.read_sync(verify_ledger, None).is_clean
    locked = store.read_sync(
        lambda read: read.scalar(sa.select(sa.func.sum(accounts.c.balance_micros)))
    )
    assert int(locked) == 0
