"""A refusal that lost its reason while it was looked up."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.db.store import Store, Tx
from lanhouse.ledger import Posting, Transfer, open_account, post, posting
from tests.builders import databases

BOOK = 7


def _open(tx: Tx, _: None) -> tuple[int, int]:
    ada = open_account(tx, BOOK, "member", 1, "balance", "EUR")
    return ada, open_account(tx, BOOK, "center", 7, "cash", "EUR", may_go_negative=True)


def test_money_that_arrives_while_a_refusal_is_worded_is_used(
    postgres_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The balance was too low for the update and is high enough for the look after it.

    With SQLite's one writer nothing comes between two statements.
    """
    store = postgres_store
    ada, cash = store.run_sync(_open, None)
    other = databases.PostgresStore(store.url)
    arriving = [Transfer(book_id=BOOK, kind="topup", postings=_moving(cash, ada, 100))]
    whole = Tx.one

    def one(tx: Tx, statement: Any, /, **params: Any) -> Any:
        if statement is posting._LOOK and arriving:
            other.run_sync(post, arriving.pop())
        return whole(tx, statement, **params)

    monkeypatch.setattr(Tx, "one", one)
    spent = Transfer(book_id=BOOK, kind="checkout", postings=_moving(ada, cash, 60))
    try:
        assert store.run_sync(post, spent).after[ada] == 40
    finally:
        databases.close(other)


def _moving(payer: int, payee: int, amount: int) -> list[Posting]:
    return [Posting(payer, -amount), Posting(payee, amount)]
