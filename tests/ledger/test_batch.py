"""Batches: many transfers at once leave the same books as one after the other."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Hashable
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from lanhouse.db.store import ALONE, Store, Tx
from lanhouse.kit.errors import Conflict, Refused
from lanhouse.ledger import Posting, Transfer, balances, open_account, post
from lanhouse.ledger.answers import Keyed, hash_input, run_once
from lanhouse.ledger.batch import post_many
from lanhouse.ledger.tables import answers, entries, transfers
from lanhouse.ledger.verify import verify_ledger

BOOK = 7


def _open(tx: Tx, _: Any) -> list[int]:
    cash = open_account(tx, BOOK, "center", 7, "cash", "EUR", may_go_negative=True)
    return [cash, *(open_account(tx, BOOK, "member", m, "balance", "EUR") for m in (1, 2, 3))]


def _random_transfers(ids: list[int], seed: int) -> list[Transfer]:
    rolls = random.Random(seed)
    made = []
    for number in range(60):
        member, amount = rolls.choice(ids[1:]), rolls.choice((-40, -7, 5, 30))
        key = rolls.choice((None, f"k{number % 7}"))
        postings = [Posting(member, amount), Posting(ids[0], -amount)]
        made.append(Transfer(book_id=BOOK, kind="move", postings=postings, key=key))
    return made


@pytest.mark.parametrize("seed", range(5))
def test_a_batch_does_what_single_posts_do(store: Store, seed: int) -> None:
    """The same transfers in a second book, one by one: outcomes and entries are the same."""
    ids = store.run_sync(_open, None)
    wanted = _random_transfers(ids, seed)
    batched = store.run_sync(post_many, wanted)
    rows = store.read_sync(
        lambda read: read.all(
            sa.select(
                entries.c.account_id, entries.c.before_micros, entries.c.after_micros
            ).order_by(entries.c.id)
        ),
    )
    assert store.read_sync(verify_ledger, None).is_clean
    expected = _expected(ids, wanted)
    assert [type(o).__name__ for o in batched] == [kind for kind, _ in expected]
    steps = [step for _, steps in expected for step in steps]
    assert [tuple(row) for row in rows] == steps


def _expected(
    ids: list[int], wanted: list[Transfer]
) -> list[tuple[str, list[tuple[int, int, int]]]]:
    """A plain model of posting on integers."""
    held, keys = dict.fromkeys(ids, 0), set()
    outcome = []
    for transfer in wanted:
        moving = {p.account_id: p.amount_micros for p in transfer.postings}
        if transfer.key in keys and transfer.key is not None:
            outcome.append(("Conflict", []))
        elif any(held[a] + n < 0 for a, n in moving.items() if a != ids[0]):
            outcome.append(("InsufficientFunds", []))
        else:
            keys.add(transfer.key)
            steps = [(a, held[a], held[a] + moving[a]) for a in sorted(moving)]
            for account, amount in moving.items():
                held[account] += amount
            outcome.append(("Posted", steps))
    return outcome


def _pay_in(tx: Tx, arg: tuple[int, int]) -> int:
    member, micros = arg
    ids = _open(tx, None)
    if micros < 0:
        raise Refused("negative")
    postings = [Posting(ids[member], micros), Posting(ids[0], -micros)]
    return post(tx, Transfer(book_id=BOOK, kind="in", postings=postings)).after[ids[member]]


class _PayInMany:
    def key_of(self, arg: tuple[int, int]) -> Hashable | None:
        return "pay in"

    def run(self, tx: Tx, args: list[tuple[int, int]]) -> list[Any]:
        ids = _open(tx, None)
        outcomes: list[Any] = []
        wanted = []
        for member, micros in args:
            if micros < 0:
                outcomes.append(Refused("negative"))
            elif micros == 13:
                outcomes.append(ALONE)
            else:
                outcomes.append(None)
                postings = [Posting(ids[member], micros), Posting(ids[0], -micros)]
                wanted.append(Transfer(book_id=BOOK, kind="in", postings=postings))
        done = iter(post_many(tx, wanted))
        for index, (member, _) in enumerate(args):
            if outcomes[index] is None:
                outcomes[index] = next(done).after[ids[member]]  # type: ignore[union-attr]
        return outcomes


_pay_in.batch = _PayInMany()  # type: ignore[attr-defined]


def test_keyed_calls_in_batches_answer_once_and_refuse_by_themselves(store: Store) -> None:
    store.run_sync(_open, None)
    rolls = random.Random(4)
    args = [(rolls.choice((1, 2, 3)), rolls.choice((-1, 13, 20, 500))) for _ in range(40)]

    async def work() -> list[Any]:
        store.start()
        calls = [
            Keyed(
                BOOK,
                f"k{n % 40}",
                hash_input(args[n % 40]),
                _pay_in,
                args[n % 40],
                msgspec.json.encode,
            )
            for n in range(120)
        ]
        got = await asyncio.gather(
            *(store.write(run_once, call) for call in calls), return_exceptions=True
        )
        other = Keyed(BOOK, "k0", hash_input("other"), _pay_in, (1, 5), msgspec.json.encode)
        with pytest.raises((Conflict, Refused)):
            await store.write(run_once, msgspec.structs.replace(other, key="k0"))
        await store.stop()
        return got

    # k0 must be a good one, so that its key is taken
    args[0] = (1, 500)
    got = asyncio.run(work())
    good = [n for n in range(40) if args[n][1] > 0]
    for n in range(40):
        same = [got[n], got[n + 40], got[n + 80]]
        if n in good:
            assert len(set(same)) == 1
            assert isinstance(same[0], bytes)
        else:
            assert [str(each) for each in same] == ["negative"] * 3

    def look(read: Any) -> tuple[int, int, int]:
        count = sa.func.count()
        held = sum(sum(balances(read, BOOK, "member", m).values()) for m in (1, 2, 3))
        return (
            read.scalar(sa.select(count).select_from(transfers)),
            read.scalar(sa.select(count).select_from(answers)),
            held,
        )

    assert store.read_sync(look) == (len(good), len(good), sum(args[n][1] for n in good))
    assert store.read_sync(verify_ledger, None).is_clean
