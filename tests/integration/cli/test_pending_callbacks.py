"""500 callbacks that are pending when the server is killed are out within 10 s of its restart."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lanhouse.aggregator.operators.commands import set_callback
from lanhouse.aggregator.operators.schemas import CallbackShown, SetCallback
from lanhouse.aggregator.rounds.commands import begin
from lanhouse.aggregator.rounds.commands.conclude import Concluded, conclude
from lanhouse.aggregator.rounds.commands.operators import NO_ANSWER, Answer
from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.aggregator.rounds.tables import game_transactions
from lanhouse.auth.server_secret import open_vault
from lanhouse.db.sqlite import SqliteStore
from lanhouse.db.store import Store, Tx
from lanhouse.demo.operator.wallet import Wallet
from tests.builders.agents import open_operator
from tests.builders.databases import close, empty_sqlite
from tests.builders.rounds import EURO, NAME, an_ask, sit_down
from tests.crash.server import Server, free_port
from tests.integration.cli.test_operators import mock_operator_at

PENDING = 500
SECONDS_MAX = 10


class Serve(Server):
    """`lanhouse serve`."""

    def command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "lanhouse", "serve", "--data-dir", str(self.data_dir)),
            *("--port", str(self.port)),
        ]


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def server(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    monkeypatch.setenv("LANHOUSE_OUTBOUND_PRIVATE", "127.0.0.1")
    opened = Serve(data_dir)
    yield opened
    opened.kill_if_running()


def filled(data_dir: Path, url: str) -> CallbackShown:
    """A database with PENDING settlements that were tried in vain, the next try minutes away, and
    one bet whose answer nobody has written down."""
    store = empty_sqlite(data_dir)
    operator = open_operator(store, kind="seamless", currencies={"EUR": "1"})
    session = sit_down(operator)
    vault, _ = open_vault(data_dir / "server.secret", store)
    shown = store.run_sync(
        set_callback,
        SetCallback(
            agent_id=operator.agent.id, vault=vault, url=url, may_be_plain=True, timeout_ms=1000
        ),
    )

    def fill(tx: Tx, _: None) -> None:
        for number in range(PENDING):
            code = f"r{number}"
            bet = begin(tx, an_ask(session, TxType.BET, f"b{number}", 1, round_code=code))
            yes = Answer(is_ok=True, balance_micros=EURO, wallet_tx_id="op")
            conclude(tx, Concluded(bet.id, yes))
            settle = an_ask(
                session, TxType.SETTLE, f"s{number}", 2, round_code=code, closes_round=True
            )
            conclude(tx, Concluded(begin(tx, settle).id, NO_ANSWER))
        begin(tx, an_ask(session, TxType.BET, "lost", 1, round_code="lost"))
        tx.run(
            game_transactions.update()
            .where(game_transactions.c.state == "pending", game_transactions.c.tx_type == 2)
            .values(attempts=9)
        )

    store.run_sync(fill, None)
    close(store)
    return shown


def pending(data_dir: Path) -> int:
    store: Store = SqliteStore(data_dir / "lanhouse.db")
    try:
        return len(
            store.read_sync(
                lambda read: read.all(
                    game_transactions.select().where(game_transactions.c.state == "pending")
                )
            )
        )
    finally:
        close(store)


def test_pending_callbacks_are_out_soon_after_a_kill(
    tmp_path: Path, data_dir: Path, server: Serve
) -> None:
    port = free_port()
    shown = filled(data_dir, f"http://127.0.0.1:{port}/wallet")
    # The operator is down: everything is tried, nothing is acknowledged, and then the power goes.
    server.start()
    time.sleep(1.5)
    server.kill()
    assert pending(data_dir) > PENDING, "the settlements and the bet, perhaps its rollback too"
    words = ("--key", shown.key, "--secret", shown.secret)
    with mock_operator_at(tmp_path, port, *words):
        server.start()
        began = time.monotonic()
        while pending(data_dir):
            assert time.monotonic() - began < SECONDS_MAX, f"{pending(data_dir)} are left"
            time.sleep(0.2)
        assert server.stop() < 5
    wallet = Wallet(tmp_path / "wallet.db")
    assert len(wallet.moves()) == PENDING
    assert wallet.balance_micros(NAME, "EUR") == (1000 + 2 * PENDING) * EURO
    wallet.close()
    server.verify_ledger()
