"""Posting many transfers at once, for batches (architecture section 2).

All accounts are locked by one statement in id order, the transfers are applied one after the
other in memory, and what came out is written in a few round trips. Every transfer keeps its own
entries with before and after: the books look as if `post` had run for each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from lanhouse.db.statements import among, known_among, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import AppError, Conflict
from lanhouse.kit.ids import wire_id
from lanhouse.kit.limits import BALANCE_MICROS_MAX
from lanhouse.kit.said import say
from lanhouse.ledger.posting import (
    ENTRY,
    TRANSFER,
    InsufficientFunds,
    LimitExceeded,
    Posted,
    Transfer,
    amounts_by_account,
)
from lanhouse.ledger.tables import accounts, transfers

_IN_BOOK = static(
    sa.select(
        accounts.c.id,
        accounts.c.kind,
        accounts.c.currency,
        accounts.c.balance_micros,
        accounts.c.may_go_negative,
    )
    .where(accounts.c.book_id == sa.bindparam("book"), among(accounts.c.id, "ids"))
    .order_by(accounts.c.id)
    .with_for_update(key_share=True)
)
_KEYS = static(known_among(transfers.c.key, "keys", transfers.c.book_id == sa.bindparam("book")))
_SET = static(
    sa.update(accounts)
    .where(accounts.c.id == sa.bindparam("account_id"))
    .values(balance_micros=sa.bindparam("balance"))
)


class _Held(msgspec.Struct):
    """A locked account while the batch is worked out."""

    kind: str
    currency: str
    balance_micros: int
    may_go_negative: bool


def post_many(tx: Tx, wanted: Sequence[Transfer]) -> list[Posted | AppError]:
    """Post transfers of one book in order; answers Posted or the refusal for each.

    A refused transfer has no effect and does not touch the others. Defects are assertions, as
    in post().
    """
    if not wanted:
        return []
    book_id = wanted[0].book_id
    amounts = [amounts_by_account(transfer) for transfer in wanted]
    held = _lock(tx, book_id, sorted({account for each in amounts for account in each}))
    taken = _keys_in_use(tx, book_id, [transfer.key for transfer in wanted if transfer.key])
    outcomes: list[Posted | AppError] = []
    for transfer, moving in zip(wanted, amounts, strict=True):
        if transfer.key is not None and transfer.key in taken:
            outcomes.append(Conflict(say("this movement has been booked already")))
            continue
        outcomes.append(_apply(held, transfer, moving))
        if transfer.key is not None and isinstance(outcomes[-1], Posted):
            taken.add(transfer.key)
    done = [
        (index, outcome) for index, outcome in enumerate(outcomes) if isinstance(outcome, Posted)
    ]
    for (index, outcome), transfer_id in zip(done, _write(tx, wanted, done), strict=True):
        outcomes[index] = msgspec.structs.replace(outcome, transfer_id=transfer_id)
    touched = sorted({account_id for _, outcome in done for account_id in outcome.after})
    tx.run_many(
        _SET, [{"account_id": each, "balance": held[each].balance_micros} for each in touched]
    )
    return outcomes


def _lock(tx: Tx, book_id: int, account_ids: list[int]) -> dict[int, _Held]:
    rows = tx.all(_IN_BOOK, book=book_id, ids=account_ids)
    assert len(rows) == len(account_ids), f"an account is not in book {book_id}"
    return {
        row.id: _Held(row.kind, row.currency, row.balance_micros, row.may_go_negative)
        for row in rows
    }


def _keys_in_use(tx: Tx, book_id: int, keys: list[str]) -> set[str]:
    return {row.key for row in tx.all(_KEYS, book=book_id, keys=keys)} if keys else set()


def _apply(held: dict[int, _Held], transfer: Transfer, moving: dict[int, int]) -> Posted | AppError:
    sums: dict[str, int] = defaultdict(int)
    for account_id, amount in moving.items():
        account = held[account_id]
        after = account.balance_micros + amount
        if amount < 0 and after < 0 and not account.may_go_negative:
            return InsufficientFunds(account_id, account.kind)
        if abs(after) > BALANCE_MICROS_MAX:
            return LimitExceeded("the balance would leave the range that can be held")
        sums[account.currency] += amount
    assert not any(sums.values()), f"postings of a {transfer.kind} do not sum to zero: {dict(sums)}"
    before = {account_id: held[account_id].balance_micros for account_id in sorted(moving)}
    for account_id, amount in moving.items():
        held[account_id].balance_micros += amount
    after_all = {account_id: held[account_id].balance_micros for account_id in before}
    return Posted(0, before, after_all)


def _write(tx: Tx, wanted: Sequence[Transfer], done: list[tuple[int, Posted]]) -> list[int]:
    """Write transfers and entries of what was applied; answers the transfer ids in order."""
    transfer_ids = tx.insert_many(
        TRANSFER,
        [
            {
                "book_id": wanted[index].book_id,
                "kind": wanted[index].kind,
                "key": wanted[index].key or wire_id(),
                "actor_kind": wanted[index].actor_kind,
                "actor_id": wanted[index].actor_id,
                "reverses_id": wanted[index].reverses_id,
                "at": tx.now,
            }
            for index, _ in done
        ],
    )
    tx.run_many(
        ENTRY,
        [
            {
                "book_id": wanted[index].book_id,
                "transfer_id": transfer_id,
                "account_id": account_id,
                "amount_micros": posted.after[account_id] - posted.before[account_id],
                "before_micros": posted.before[account_id],
                "after_micros": posted.after[account_id],
                "at": tx.now,
            }
            for (index, posted), transfer_id in zip(done, transfer_ids, strict=True)
            for account_id in posted.before
        ],
    )
    return transfer_ids
