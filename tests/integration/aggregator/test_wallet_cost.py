"""How many statements a deposit takes: the figure of the hot path is pinned here."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from lanhouse.aggregator.players.commands import create_player
from lanhouse.aggregator.players.schemas import NewPlayer
from lanhouse.aggregator.wallet.commands import move_money
from lanhouse.aggregator.wallet.schemas import DEPOSIT, Move
from lanhouse.db.store import Store, Tx
from lanhouse.ledger import book_of_agent
from lanhouse.ledger.answers import Keyed, run_once
from tests.builders.agents import open_operator

# The ninth is the digest.
STATEMENTS_MAX = 9


def test_a_keyed_deposit_takes_at_most_nine_statements(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = open_operator(sqlite_store)
    sqlite_store.run_sync(create_player, NewPlayer(operator.agent, "player0001"))

    def deposit(tx: Tx, key: str) -> bytes:
        move = Move(
            agent=operator.agent,
            kind=DEPOSIT,
            username="player0001",
            currency="EUR",
            amount_micros=1_000_000,
            client_tx_id=key,
        )
        book = book_of_agent(operator.agent.id)
        return run_once(tx, Keyed(book, key, "ab" * 32, move_money, move, msgspec.json.encode))

    sqlite_store.run_sync(deposit, "first")
    executed: list[str] = []

    def traced(tx: Tx, key: str) -> bytes:
        raw: Any = tx._connection.connection.dbapi_connection
        raw.set_trace_callback(executed.append)
        try:
            return deposit(tx, key)
        finally:
            raw.set_trace_callback(None)

    sqlite_store.run_sync(traced, "second")
    # executemany of the two entries shows as two lines but is prepared and sent once.
    lines = [line for line in executed if "ledger_entries" not in line]
    assert len(executed) - len(lines) == 2
    assert len(lines) + 1 <= STATEMENTS_MAX, "\n".join(executed)
