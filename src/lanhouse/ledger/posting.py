"""Posting: the one function through which every balance changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.db.statements import numbered, static
from lanhouse.db.store import Read, Retry, Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, BalanceTooLow, Conflict
from lanhouse.kit.ids import wire_id
from lanhouse.kit.limits import BALANCE_MICROS_MAX, POSTING_MICROS_MAX
from lanhouse.kit.said import say
from lanhouse.ledger.tables import accounts, entries, transfers


class Posting(msgspec.Struct, frozen=True):
    """`amount_micros` (not zero, either sign) put on one account."""

    account_id: int
    amount_micros: int


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """A movement: postings that sum to zero per currency.

    `key` names it for ever within the book (None: a fresh one is made); `reverses_id` is the
    transfer that this one corrects; the actor is who caused it (kind and id, never a name).
    """

    book_id: int
    kind: str
    postings: Sequence[Posting]
    key: str | None = None
    actor_kind: str = "system"
    actor_id: int = 0
    reverses_id: int | None = None


class Posted(msgspec.Struct, frozen=True):
    """What posting did: the transfer's id, each account's balance before and after in micros."""

    transfer_id: int
    before: dict[int, int]
    after: dict[int, int]


class InsufficientFunds(BalanceTooLow):
    """An account that may not go below zero would; nothing was posted."""

    def __init__(self, account_id: int, account_kind: str) -> None:
        super().__init__(say("not enough %(account_kind)s", account_kind=account_kind))
        self.account_id = account_id
        self.account_kind = account_kind


class LimitExceeded(AppError):
    """The amount or the resulting balance leaves the range the ledger can hold."""


_ADD = static(
    sa.update(accounts)
    .where(
        accounts.c.id == sa.bindparam("account_id"),
        accounts.c.book_id == sa.bindparam("book"),
        accounts.c.balance_micros.between(sa.bindparam("low"), sa.bindparam("high")),
        accounts.c.may_go_negative | (accounts.c.balance_micros >= sa.bindparam("needed")),
    )
    .values(balance_micros=accounts.c.balance_micros + sa.bindparam("amount"))
    .returning(accounts.c.balance_micros, accounts.c.currency)
)
_LOOK = static(
    sa.select(accounts.c.kind, accounts.c.balance_micros, accounts.c.may_go_negative).where(
        accounts.c.id == sa.bindparam("account_id"), accounts.c.book_id == sa.bindparam("book")
    )
)
TRANSFER = numbered(transfers)
ENTRY = static(sa.insert(entries))
_NEWEST_AT = static(sa.select(transfers.c.at).order_by(transfers.c.id.desc()).limit(1))
_BY_KEY = static(
    sa.select(transfers.c.id).where(
        transfers.c.book_id == sa.bindparam("book"), transfers.c.key == sa.bindparam("the_key")
    )
)


def newest_movement_at(read: Read) -> datetime:
    """The business time of the newest transfer of all books; 1970 when there is none."""
    return read.scalar(_NEWEST_AT) or clock.from_micros(0)


def post(tx: Tx, transfer: Transfer) -> Posted:
    """Move money: lock the accounts in id order, change balances, write transfer and entries.

    Raises InsufficientFunds when an account without overdraft would fall below zero,
    LimitExceeded outside the ledger's range, Conflict when the key names a transfer already.
    A defect of the caller (a sum that is not zero, an unknown account) is an assertion.
    """
    amounts = amounts_by_account(transfer)
    if transfer.key is not None and tx.scalar(_BY_KEY, book=transfer.book_id, the_key=transfer.key):
        raise Conflict(say("this movement has been booked already"))
    before: dict[int, int] = {}
    after: dict[int, int] = {}
    sums: dict[str, int] = defaultdict(int)
    for account_id in sorted(amounts):
        balance, currency = _add(tx, transfer.book_id, account_id, amounts[account_id])
        before[account_id] = balance - amounts[account_id]
        after[account_id] = balance
        sums[currency] += amounts[account_id]
    assert not any(sums.values()), f"postings of a {transfer.kind} do not sum to zero: {dict(sums)}"
    transfer_id = tx.scalar(
        TRANSFER.returning_id,
        book_id=transfer.book_id,
        kind=transfer.kind,
        key=transfer.key or wire_id(),
        actor_kind=transfer.actor_kind,
        actor_id=transfer.actor_id,
        reverses_id=transfer.reverses_id,
        at=tx.now,
    )
    tx.run_many(
        ENTRY,
        [
            {
                "book_id": transfer.book_id,
                "transfer_id": transfer_id,
                "account_id": account_id,
                "amount_micros": amounts[account_id],
                "before_micros": before[account_id],
                "after_micros": after[account_id],
                "at": tx.now,
            }
            for account_id in before
        ],
    )
    return Posted(transfer_id, before, after)


def amounts_by_account(transfer: Transfer) -> dict[int, int]:
    """What a transfer changes on each account (never zero); raises LimitExceeded."""
    amounts: dict[int, int] = defaultdict(int)
    for posting in transfer.postings:
        if abs(posting.amount_micros) > POSTING_MICROS_MAX:
            raise LimitExceeded(say("the amount is too large"))
        amounts[posting.account_id] += posting.amount_micros
    moving = {account_id: amount for account_id, amount in amounts.items() if amount}
    assert moving, f"a {transfer.kind} moves nothing"
    return moving


def _add(tx: Tx, book_id: int, account_id: int, amount: int) -> tuple[int, str]:
    """Change one balance under its row lock; answers the new balance and the currency."""
    row = tx.one(
        _ADD,
        account_id=account_id,
        book=book_id,
        amount=amount,
        low=-BALANCE_MICROS_MAX - min(amount, 0),
        high=BALANCE_MICROS_MAX - max(amount, 0),
        # A deposit is always allowed; only what takes money away needs the money to be there.
        needed=-amount if amount < 0 else -BALANCE_MICROS_MAX,
    )
    if row is not None:
        return row.balance_micros, row.currency
    account = tx.one(_LOOK, account_id=account_id, book=book_id)
    assert account is not None, f"account {account_id} is not in book {book_id}"
    after = account.balance_micros + amount
    if amount < 0 and after < 0 and not account.may_go_negative:
        raise InsufficientFunds(account_id, account.kind)
    if abs(after) <= BALANCE_MICROS_MAX:
        raise Retry  # money moved between the two statements, and now it would do
    raise LimitExceeded(say("the balance would leave the range that can be held"))
