"""A hypothesis state machine over the ledger: whatever happens in whatever order, a plain
dictionary of integers and the ledger agree, and verification stays clean."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from lanhouse.db.store import Tx
from lanhouse.kit.errors import Conflict
from lanhouse.ledger import InsufficientFunds, Posting, Transfer, balances, open_account, post
from lanhouse.ledger.sealing import seal_new_entries
from lanhouse.ledger.verify import verify_ledger
from tests.builders import databases
from tests.builders.effort import effort

BOOK = 7
MEMBERS = st.integers(1, 3)
AMOUNTS = st.integers(1, 50)


class LedgerMachine(RuleBasedStateMachine):
    """Members pay in, pay each other, are refunded, by key or without."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="lanhouse-machine-"))
        self.store = databases.empty_sqlite(self.folder)
        self.model: dict[int, int] = dict.fromkeys((1, 2, 3), 0)
        self.till = 0
        self.keys: set[str] = set()
        self.movements = 0
        self.store.run_sync(self._open, None)

    def _open(self, tx: Tx, _: None) -> None:
        self.cash = open_account(tx, BOOK, "center", 7, "cash", "EUR", may_go_negative=True)
        self.accounts = {
            member: open_account(tx, BOOK, "member", member, "balance", "EUR")
            for member in self.model
        }

    def _post(self, *pairs: tuple[int, int], key: str | None = None) -> bool:
        postings = [Posting(account, amount) for account, amount in pairs]
        transfer = Transfer(book_id=BOOK, kind="move", postings=postings, key=key)
        try:
            self.store.run_sync(post, transfer)
        except InsufficientFunds:
            return False
        self.movements += 1
        return True

    @rule(member=MEMBERS, amount=AMOUNTS)
    def pay_in(self, member: int, amount: int) -> None:
        assert self._post((self.cash, -amount), (self.accounts[member], amount))
        self.model[member] += amount
        self.till += amount

    @rule(member=MEMBERS, amount=AMOUNTS)
    def pay_out(self, member: int, amount: int) -> None:
        done = self._post((self.cash, amount), (self.accounts[member], -amount))
        assert done == (self.model[member] >= amount)
        if done:
            self.model[member] -= amount
            self.till -= amount

    @rule(giver=MEMBERS, taker=MEMBERS, amount=AMOUNTS)
    def give(self, giver: int, taker: int, amount: int) -> None:
        if giver == taker:
            return
        done = self._post((self.accounts[giver], -amount), (self.accounts[taker], amount))
        assert done == (self.model[giver] >= amount)
        if done:
            self.model[giver] -= amount
            self.model[taker] += amount

    @rule(member=MEMBERS, amount=AMOUNTS, key=st.sampled_from("abc"))
    def pay_in_by_key(self, member: int, amount: int, key: str) -> None:
        try:
            self._post((self.cash, -amount), (self.accounts[member], amount), key=key)
        except Conflict:
            assert key in self.keys
            return
        assert key not in self.keys
        self.keys.add(key)
        self.model[member] += amount
        self.till += amount

    @precondition(lambda self: self.movements > 0)
    @rule()
    def seal(self) -> None:
        self.store.run_sync(seal_new_entries, None)

    @invariant()
    def the_ledger_agrees_with_the_model(self) -> None:
        def look(read: object) -> dict[int, int]:
            held = {
                member: balances(read, BOOK, "member", member)[("balance", "EUR")]  # type: ignore[arg-type]
                for member in self.model
            }
            held[0] = -balances(read, BOOK, "center", 7)[("cash", "EUR")]  # type: ignore[arg-type]
            return held

        assert self.store.read_sync(look) == {**self.model, 0: self.till}
        report = self.store.read_sync(verify_ledger, None)
        assert (report.problem, report.transfers) == (None, self.movements)

    def teardown(self) -> None:
        asyncio.run(self.store.stop())
        shutil.rmtree(self.folder)


LedgerMachine.TestCase.settings = settings(
    max_examples=effort(25, 300), stateful_step_count=effort(25, 50), deadline=None
)
TestLedgerMachine = pytest.mark.long(LedgerMachine.TestCase)
