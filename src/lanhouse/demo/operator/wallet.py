"""The wallet of the mock operator: its own SQLite file, each transaction taken once.

It keeps the obligations of an operator (docs/aggregator.md): the same txId is done once and
answered the same, and a bet whose rollback came first is refused for good.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, NamedTuple

from lanhouse.kit import ids
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import currency_decimals, format_plain, parse_micros

_PLAYERS = (
    "CREATE TABLE IF NOT EXISTS players"  # house: allow text-sql - own file
    " (username TEXT NOT NULL, currency TEXT NOT NULL, balance_micros INTEGER NOT NULL,"
    " PRIMARY KEY (username, currency))"
)
_TRANSACTIONS = (
    "CREATE TABLE IF NOT EXISTS transactions"  # house: allow text-sql - own file
    " (tx_id TEXT PRIMARY KEY, own_id TEXT NOT NULL, type TEXT NOT NULL, username TEXT NOT NULL,"
    " currency TEXT NOT NULL, amount_micros INTEGER NOT NULL, reverse_tx_id TEXT,"
    " state TEXT NOT NULL, after_micros INTEGER NOT NULL)"
)
# Bets whose rollback came first.
_BURIALS = (
    "CREATE TABLE IF NOT EXISTS buried"  # house: allow text-sql - own file
    " (tx_id TEXT PRIMARY KEY)"
)
_BALANCE = (
    "SELECT balance_micros FROM players"  # house: allow text-sql - own file
    " WHERE username = ? AND currency = ?"
)
_STATE = "SELECT state FROM transactions WHERE tx_id = ?"  # house: allow text-sql - own file
_BURIED = "SELECT 1 FROM buried WHERE tx_id = ?"  # house: allow text-sql - own file
_KNOWN = (
    "SELECT type, username, currency, amount_micros, own_id,"  # house: allow text-sql - own file
    " after_micros FROM transactions WHERE tx_id = ?"
)
_HOLD = (
    "INSERT INTO players VALUES (?, ?, ?)"  # house: allow text-sql - own file
    " ON CONFLICT (username, currency) DO UPDATE SET balance_micros = excluded.balance_micros"
)
_KEEP = (
    "INSERT INTO transactions"  # house: allow text-sql - own file
    " VALUES (?, ?, ?, ?, ?, ?, ?, 'committed', ?)"
)
_BURY = "INSERT OR IGNORE INTO buried VALUES (?)"  # house: allow text-sql - own file
_REVERSE = (
    "UPDATE transactions SET state = 'rolled_back'"  # house: allow text-sql - own file
    " WHERE tx_id = ?"
)
_MOVES = (
    "SELECT tx_id, type, amount_micros, state"  # house: allow text-sql - own file
    " FROM transactions ORDER BY rowid"
)
_START_UNITS = 1000


class Refusal(Exception):
    """A code that the wallet answers instead of doing anything."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Told(NamedTuple):
    """What the wallet answers to a transaction: the balance after it and its own id of it."""

    balance_micros: int
    own_id: str


class Wallet:
    """The players' money. A player is there from the first word about him, with `start_units`.

    `forgets_rollbacks` breaks the one obligation that is often broken, so that it can be seen what
    follows. One thread uses it.
    """

    def __init__(
        self, path: Path, *, start_units: int = _START_UNITS, forgets_rollbacks: bool = False
    ) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._start_micros = start_units * 1_000_000
        self.forgets_rollbacks = forgets_rollbacks
        for statement in (_PLAYERS, _TRANSACTIONS, _BURIALS):
            self._db.execute(statement)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def balance_micros(self, username: str, currency: str) -> int:
        """A player's balance."""
        row = self._one(_BALANCE, username, currency)
        return self._start_micros if row is None else row[0]

    def status(self, tx_id: str) -> str:
        """What became of a transaction: committed, rolled_back or unknown."""
        row = self._one(_STATE, tx_id)
        if row is not None:
            return row[0]
        buried = self._one(_BURIED, tx_id)
        return "unknown" if buried is None else "rolled_back"

    def transact(self, username: str, currency: str, asked: dict[str, Any]) -> Told:
        """Do a transaction once; the same one is answered as it was. Raises Refusal."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            told = self._transact(username, currency, asked)
        except Refusal:
            # A burial is kept although the answer is no.
            self._db.execute("COMMIT")
            raise
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
        return told

    def _transact(self, username: str, currency: str, asked: dict[str, Any]) -> Told:
        tx_id, kind = str(asked["txId"]), asked["type"]
        amount = _micros(asked["amount"], currency)
        known = self._one(_KNOWN, tx_id)
        if known is not None:
            if tuple(known[:4]) != (kind, username, currency, amount):
                raise Refusal("IDEMPOTENCY_CONFLICT")
            return Told(known[5], known[4])
        if kind == "rollback":
            self._reverse(str(asked["reverseTxId"]))
        elif self._one(_BURIED, tx_id) is not None:
            raise Refusal("TRANSACTION_ROLLED_BACK")
        after = self.balance_micros(username, currency) + amount
        if kind == "bet" and after < 0:
            raise Refusal("INSUFFICIENT_CREDIT")
        self._db.execute(
            _HOLD,
            (username, currency, after),
        )
        own_id = f"op-{ids.wire_id()}"
        self._db.execute(
            _KEEP,
            (tx_id, own_id, kind, username, currency, amount, asked.get("reverseTxId"), after),
        )
        return Told(after, own_id)

    def _reverse(self, bet_id: str) -> None:
        row = self._one(_STATE, bet_id)
        if row is None:
            if not self.forgets_rollbacks:
                self._db.execute(_BURY, (bet_id,))
            raise Refusal("TRANSACTION_NOT_FOUND")
        if row[0] != "committed":
            raise Refusal("TRANSACTION_NOT_FOUND")
        self._db.execute(_REVERSE, (bet_id,))

    def moves(self) -> list[tuple[str, str, int, str]]:
        """All that was done: (txId, type, amount in micros, state), as it came."""
        rows = self._db.execute(_MOVES)
        return rows.fetchall()

    def _one(self, statement: str, *values: Any) -> Any:
        return self._db.execute(statement, values).fetchone()


def shown(micros: int) -> str:
    """An amount as text."""
    return format_plain(micros)


def _micros(amount: Any, currency: str) -> int:
    try:
        return parse_micros(str(amount), decimals=currency_decimals(currency), signed=True)
    except InvalidInput:
        raise Refusal("INVALID_AMOUNT") from None
