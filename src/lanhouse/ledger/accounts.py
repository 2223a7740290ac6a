"""Accounts: who owns them, how they are found, what they hold."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from lanhouse.db.statements import insert_ignore, numbered, static
from lanhouse.db.store import Read, Tx
from lanhouse.ledger.tables import accounts, transfers

_AGENT_BOOKS_FROM = 1_000_000

_OWNER = (
    (accounts.c.book_id == sa.bindparam("book_id"))
    & (accounts.c.owner_kind == sa.bindparam("owner_kind"))
    & (accounts.c.owner_id == sa.bindparam("owner_id"))
)
_FIND = static(
    sa.select(accounts.c.id).where(
        _OWNER,
        accounts.c.kind == sa.bindparam("kind"),
        accounts.c.currency == sa.bindparam("currency"),
    )
)
_NEW = numbered(accounts)
_CREATE = static(insert_ignore(accounts).returning(accounts.c.id))
_OF_BOOK = static(
    sa.select(accounts.c.id)
    .where(
        accounts.c.book_id == sa.bindparam("book"), accounts.c.currency == sa.bindparam("before")
    )
    .order_by(accounts.c.id)
    .with_for_update()
)
_IS_MOVED = static(
    sa.select(transfers.c.id).where(transfers.c.book_id == sa.bindparam("book")).limit(1)
)
_RENAME = static(
    sa.update(accounts)
    .where(
        accounts.c.book_id == sa.bindparam("book"), accounts.c.currency == sa.bindparam("before")
    )
    .values(currency=sa.bindparam("after"))
)
_BALANCES = static(
    sa.select(accounts.c.kind, accounts.c.currency, accounts.c.balance_micros).where(_OWNER)
)


def book_of_center(center_id: int) -> int:
    """The ledger book of a centre: its own number (1..9999)."""
    return center_id


def book_of_agent(agent_id: int) -> int:
    """The ledger book of an agent and its players; never meets a centre's number."""
    return _AGENT_BOOKS_FROM + agent_id


def open_account(
    tx: Tx,
    book_id: int,
    owner_kind: str,
    owner_id: int,
    kind: str,
    currency: str,
    *,
    may_go_negative: bool = False,
) -> int:
    """The id of an owner's account of this kind and currency, opened at zero if it is new.

    `may_go_negative` counts only when the account is opened here.
    """
    name = {
        "book_id": book_id,
        "owner_kind": owner_kind,
        "owner_id": owner_id,
        "kind": kind,
        "currency": currency,
    }
    found = tx.scalar(_FIND, **name)
    if found is None:
        found = tx.scalar(_CREATE, **name, may_go_negative=may_go_negative)
    if found is None:  # another transaction opened it between the two statements
        found = tx.scalar(_FIND, **name)
    assert found is not None
    return found


def open_new_accounts(
    tx: Tx, book_id: int, owners: Sequence[tuple[str, int, str, str]]
) -> list[int]:
    """Open accounts (owner kind, owner id, kind, currency) of owners who have none of them yet, all
    at once; answers their ids in order. They may not go below zero."""
    names = ("owner_kind", "owner_id", "kind", "currency")
    rows = [
        {"book_id": book_id, "may_go_negative": False, **dict(zip(names, owner, strict=True))}
        for owner in owners
    ]
    return tx.insert_many(_NEW, rows)


def has_moved(read: Read, book_id: int) -> bool:
    """Whether anything was ever posted in a book."""
    return read.scalar(_IS_MOVED, book=book_id) is not None


def redenominate(tx: Tx, book_id: int, before: str, after: str) -> bool:
    """Let the accounts of a book hold another currency; False, with nothing done, once anything
    was ever posted in the book: what its entries mean would change."""
    tx.all(_OF_BOOK, book=book_id, before=before)
    if has_moved(tx, book_id):
        return False
    tx.run(_RENAME, book=book_id, before=before, after=after)
    return True


def balances(
    read: Read, book_id: int, owner_kind: str, owner_id: int
) -> dict[tuple[str, str], int]:
    """All balances of one owner in micros, by (kind, currency).

    An account that was never opened is absent.
    """
    rows = read.all(_BALANCES, book_id=book_id, owner_kind=owner_kind, owner_id=owner_id)
    return {(row.kind, row.currency): row.balance_micros for row in rows}
