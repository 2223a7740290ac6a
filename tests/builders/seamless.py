"""A seamless agent, the mock operator on a real socket, and the application that calls it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lanhouse.aggregator.caller import Caller
from lanhouse.aggregator.operators.commands import set_callback
from lanhouse.aggregator.operators.schemas import CallbackShown, SetCallback
from lanhouse.aggregator.operators.sending import Dispatcher, Operators
from lanhouse.aggregator.rounds.tables import game_rounds, game_transactions, rollback_checks
from lanhouse.app import create_app
from lanhouse.db.store import Read, Store
from lanhouse.demo.operator.server import Fault, MockOperator
from lanhouse.demo.operator.wallet import Wallet
from lanhouse.ledger.tables import accounts
from lanhouse.settings import AppSettings
from tests.builders.agents import External, Operator, open_operator
from tests.builders.client import Client
from tests.builders.rounds import EURO, NAME
from tests.builders.secrets import VAULT

TIMEOUT_MS = 300


@dataclass
class Seamless:
    """All of it; `mock` is the operator, `operators` what this side calls it by."""

    store: Store
    client: Client
    operator: Operator
    mock: MockOperator
    operators: Operators
    shown: CallbackShown
    dispatcher: Dispatcher = field(init=False)

    def __post_init__(self) -> None:
        self.dispatcher = Dispatcher(self.store, self.operators, lambda: True, is_alone=False)
        self.dispatcher._led = True  # a start would hurry everything: tests move the clock

    @property
    def external(self) -> External:
        return External(self.client, self.operator.key)

    def fail(self, fault: str, on: str = "any", count: int = 1, delay_ms: int = 600) -> None:
        """Let the operator fail so at the next messages."""
        self.mock.faults.append(Fault(fault=fault, on=on, count=count, delay_ms=delay_ms))

    def ask(self, ask: Any) -> Any:
        """What a provider asks, over the whole way."""
        return self.client.run(self.operators.sender.ask(ask))

    def send_due(self) -> None:
        """Everything that is due has its try now."""
        self.client.run(self.dispatcher.drain_all())

    def heard(self, kind: str) -> list[dict[str, Any]]:
        """The messages of this kind that the operator got."""
        return [body for name, body in self.mock.calls if name == kind]

    def theirs(self, username: str = NAME, currency: str = "EUR") -> int:
        """What the operator says the player holds, in micros."""
        return self.mock.wallet.balance_micros(username, currency)

    def rows(self) -> list[Any]:
        """Our transactions as they stand."""
        return self.store.read_sync(_rows)

    def states(self) -> list[tuple[int, str]]:
        """Type and state of each, oldest first."""
        return [(row.tx_type, row.state) for row in self.rows()]

    def agree(self, start: int = 1000 * EURO) -> None:
        """Both sides hold the same to the cent, and nothing is on its way."""
        assert all(row.state != "pending" for row in self.rows()), self.states()
        ours = self.store.read_sync(_clearing)
        assert self.theirs() - start == ours, (self.theirs(), ours)
        done = {tx_id: (kind, state) for tx_id, kind, _, state in self.mock.wallet.moves()}
        for row in self.rows():
            if row.tx_type != 3:
                # What we count as taken or paid they have, and nothing else.
                theirs = done.get(row.code, ("", "unknown"))[1]
                assert (row.state == "committed") == (theirs == "committed"), (row.state, theirs)


def _rows(read: Read) -> list[Any]:
    return read.all(game_transactions.select().order_by(game_transactions.c.id))


def checks(store: Store) -> list[Any]:
    """The rollbacks that are asked about again."""
    return store.read_sync(lambda read: read.all(rollback_checks.select()))


def open_rounds(store: Store) -> list[Any]:
    """All rounds as they stand."""
    return store.read_sync(lambda read: read.all(game_rounds.select().order_by(game_rounds.c.id)))


def _clearing(read: Read) -> int:
    rows = read.all(accounts.select().where(accounts.c.kind == "clearing"))
    return sum(row.balance_micros for row in rows)


@contextmanager
def seamless(
    store: Store, folder: Path, *, timeout_ms: int = TIMEOUT_MS, **wallet: Any
) -> Iterator[Seamless]:
    """Open everything on `store`; the operator's wallet lies in `folder`."""
    operator = open_operator(store, kind="seamless", currencies={"EUR": "1"})
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/wallet"
    shown = store.run_sync(
        set_callback,
        SetCallback(
            agent_id=operator.agent.id,
            vault=VAULT,
            url=url,
            timeout_ms=timeout_ms,
            may_be_plain=True,
            is_demo=True,
        ),
    )
    settings = AppSettings(data_dir=folder, api_rate_per_minute=0, public_url="http://testserver")
    mock = MockOperator(
        Wallet(folder / "operator.db", **wallet), key=shown.key, secrets=[shown.secret]
    )
    with Client(create_app(settings, store, vault=VAULT, with_ticker=False)) as client:

        async def make() -> Operators:
            return Operators(store, VAULT, Caller())

        operators = client.run(make())
        client.run(mock.start(listener))
        try:
            yield Seamless(store, client, operator, mock, operators, shown)
        finally:
            client.run(operators.caller.close())
            client.run(mock.stop())
            client.run(asyncio.sleep(0))
            mock.wallet.close()
