"""The command line of seamless operators: callbacks, the mock operator, parked transactions."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.operators.commands import opened_callback
from lanhouse.aggregator.operators.queries import callback_row
from lanhouse.aggregator.rounds.commands import begin
from lanhouse.aggregator.rounds.commands.checks import Checked, was_checked
from lanhouse.aggregator.rounds.commands.conclude import Concluded, conclude
from lanhouse.aggregator.rounds.commands.operators import NO_ANSWER, Answer
from lanhouse.aggregator.rounds.commands.parked import parked_count
from lanhouse.aggregator.rounds.rules import TRY_FOR
from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.aggregator.rounds.tables import game_rounds, game_transactions, rollback_checks
from lanhouse.auth.server_secret import make_secret
from lanhouse.cli.doctor_seals import check_callbacks
from lanhouse.cli.findings import BAD, GOOD
from lanhouse.cli.main import lanhouse
from lanhouse.db.audit import audit_log
from lanhouse.db.sqlite import SqliteStore
from lanhouse.demo.operator.wallet import Wallet
from lanhouse.kit import clock
from lanhouse.kit.vault import Vault
from lanhouse.settings import AppSettings
from tests.builders.agents import Operator, open_operator
from tests.builders.databases import close, empty_sqlite
from tests.builders.rounds import EURO, NAME, an_ask, sit_down
from tests.crash.server import free_port

KEYS = re.compile(r"Callback key: (\S+)")
SECRET = re.compile(r"Signing secret: (\S+)")
URL = "https://wallet.example.org/lanhouse"


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    opened = empty_sqlite(tmp_path)
    assert isinstance(opened, SqliteStore)
    return opened


@pytest.fixture
def operator(store: SqliteStore) -> Operator:
    return open_operator(store, kind="seamless", currencies={"EUR": "1"})


@pytest.fixture
def vault(tmp_path: Path, store: SqliteStore) -> Vault:
    from lanhouse.auth.server_secret import open_vault

    make_secret(tmp_path / "server.secret")
    return open_vault(tmp_path / "server.secret", store)[0]


def run(tmp_path: Path, *words: str, **environment: str) -> Result:
    command = [*words, "--data-dir", str(tmp_path)]
    return CliRunner().invoke(lanhouse, command, env=environment)


def set_agent(tmp_path: Path, operator: Operator, *words: str, **environment: str) -> Result:
    return run(tmp_path, "set-agent", "--agent", str(operator.agent.id), *words, **environment)


class TestCallback:
    def test_key_and_secret_are_shown_once(
        self, tmp_path: Path, store: SqliteStore, operator: Operator, vault: Vault
    ) -> None:
        first = set_agent(tmp_path, operator, "--callback-url", URL + "/")
        assert f"called at {URL} for at most 3000 ms" in first.output
        key, secret = KEYS.search(first.output), SECRET.search(first.output)
        assert key is not None
        assert secret is not None
        row = store.read_sync(callback_row, operator.agent.id)
        assert row is not None
        assert secret[1].encode() not in bytes(row.sealed)
        kept = opened_callback(row, vault)
        assert (kept.key, kept.secret, kept.is_demo) == (key[1], secret[1], False)
        again = set_agent(tmp_path, operator, "--callback-timeout-ms", "500")
        assert f"called at {URL} for at most 500 ms" in again.output
        assert SECRET.search(again.output) is None

    def test_a_secret_is_replaced_in_two_steps_or_at_once(
        self, tmp_path: Path, store: SqliteStore, operator: Operator, vault: Vault
    ) -> None:
        def used() -> str:
            row = store.read_sync(callback_row, operator.agent.id)
            assert row is not None
            return opened_callback(row, vault).secret

        set_agent(tmp_path, operator, "--callback-url", URL)
        first = used()
        made = SECRET.search(set_agent(tmp_path, operator, "--callback-new-secret").output)
        assert made is not None
        assert used() == first
        set_agent(tmp_path, operator, "--callback-use-secret")
        assert used() == made[1] != first
        refused = set_agent(tmp_path, operator, "--callback-use-secret")
        assert isinstance(refused.exception, Exception)
        assert "--callback-use-secret" in str(refused.exception)
        both = set_agent(tmp_path, operator, "--callback-new-secret", "--callback-use-secret")
        assert used() == SECRET.search(both.output)[1]  # type: ignore[index]

    @pytest.mark.parametrize(
        ("words", "reason"),
        [
            (("--callback-url", "http://wallet.example.org"), "must begin with https://"),
            (("--callback-url", "wallet.example.org"), "must be an address"),
            (("--callback-url", "https://a:b@wallet.example.org"), "must be an address"),
            (("--callback-url", f"{URL}?key=1"), "must be an address"),
            (("--callback-url", URL, "--callback-timeout-ms", "49"), "must be 50 to 15000"),
            (("--callback-timeout-ms", "500"), "is required"),
            (("--callback-new-secret",), "is required"),
        ],
    )
    def test_what_is_wrong_changes_nothing(
        self,
        tmp_path: Path,
        store: SqliteStore,
        operator: Operator,
        vault: Vault,
        words: tuple[str, ...],
        reason: str,
    ) -> None:
        refused = set_agent(tmp_path, operator, *words)
        assert refused.exit_code
        assert reason in str(refused.exception)
        assert "--callback-" in str(refused.exception)
        assert store.read_sync(callback_row, operator.agent.id) is None

    def test_a_private_network_may_be_called_by_http(
        self, tmp_path: Path, operator: Operator, vault: Vault
    ) -> None:
        done = set_agent(
            tmp_path,
            operator,
            "--callback-url",
            "http://10.1.2.3/cb",
            LANHOUSE_OUTBOUND_PRIVATE="10.0.0.0/8",
        )
        assert "called at http://10.1.2.3/cb" in done.output

    def test_a_transfer_agent_has_none(
        self, tmp_path: Path, store: SqliteStore, vault: Vault
    ) -> None:
        refused = set_agent(tmp_path, open_operator(store), "--callback-url", URL)
        assert "is for seamless agents" in str(refused.exception)

    def test_a_lost_server_secret_is_told(
        self, tmp_path: Path, store: SqliteStore, operator: Operator, vault: Vault
    ) -> None:
        (tmp_path / "server.secret").unlink()
        refused = set_agent(tmp_path, operator, "--callback-url", URL)
        assert "secret file is missing" in str(refused.exception)
        assert store.read_sync(callback_row, operator.agent.id) is None

    def test_doctor_names_agents_whose_secret_does_not_open(
        self, tmp_path: Path, store: SqliteStore, operator: Operator, vault: Vault
    ) -> None:
        settings = AppSettings(data_dir=tmp_path)
        set_agent(tmp_path, operator, "--callback-url", URL)
        assert check_callbacks(settings, store).state == GOOD
        (tmp_path / "server.secret").unlink()
        found = check_callbacks(settings, store)
        assert found.state == BAD
        assert f"agents {operator.agent.id} do not open" in found.text


@contextmanager
def mock_operator(folder: Path, *words: str) -> Iterator[str]:
    """The program as integrators start it; answers its address."""
    with mock_operator_at(folder, free_port(), *words) as url:
        yield url


@contextmanager
def mock_operator_at(folder: Path, port: int, *words: str) -> Iterator[str]:
    """The same at a port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "lanhouse", "mock-operator", "--file", str(folder / "wallet.db"),
         "--port", str(port), "--key", "key", "--secret", "secret", *words],
        stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert str(port) in process.stdout.readline().decode()
        yield f"http://127.0.0.1:{port}/wallet"
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        process.stdout.close()  # type: ignore[union-attr]


def check(url: str) -> Result:
    words = ["mock-operator", "--check", url, "--key", "key", "--secret", "secret"]
    return CliRunner().invoke(lanhouse, words)


def test_the_mock_operator_keeps_its_obligations_and_its_wallet(tmp_path: Path) -> None:
    for _ in range(2):
        with mock_operator(tmp_path) as url:
            done = check(url)
            assert "All 8 obligations are kept." in done.output, done.output
    wallet = Wallet(tmp_path / "wallet.db")
    assert wallet.balance_micros("check0001", "EUR") == 1000 * EURO
    assert len(wallet.moves()) > 10
    wallet.close()


def test_an_operator_that_takes_a_bet_after_its_rollback_is_found_out(tmp_path: Path) -> None:
    with mock_operator(tmp_path, "--forget-rollbacks") as url:
        done = check(url)
    assert "FAILED  refuses a bet after its rollback: a bet was taken" in done.output
    assert "1 of 8 obligations are not kept" in str(done.exception)
    wallet = Wallet(tmp_path / "wallet.db")
    assert wallet.balance_micros("check0001", "EUR") == 1000 * EURO, "nobody lost money by it"
    wallet.close()


def test_faults_are_ordered_by_words(tmp_path: Path) -> None:
    with mock_operator(tmp_path, "--fault", "balance=garbage*2") as url:
        done = check(url)
        assert "FAILED  tells the balance: no balance in EUR was told" in done.output
    refused = CliRunner().invoke(
        lanhouse,
        ["mock-operator", "--fault", "bet=rain", "--key", "key", "--secret", "secret"],
    )
    assert "must be one of late, twice" in str(refused.exception)


class TestParked:
    """Parked transactions, with the operator as it is asked about them."""

    @pytest.fixture
    def session(self, operator: Operator) -> GameSession:
        return sit_down(operator)

    def park(self, store: SqliteStore, session: GameSession, kind: TxType) -> str:
        """A settlement or rollback that nobody has acknowledged for a day; answers its id."""
        bet = store.run_sync(begin, an_ask(session, TxType.BET, "b1", 10))
        yes = Answer(is_ok=True, balance_micros=990 * EURO, wallet_tx_id="op-1")
        store.run_sync(conclude, Concluded(bet.id, yes))
        with clock.frozen(clock.now()) as time:
            if kind == TxType.SETTLE:
                ask = an_ask(session, kind, "s1", 15, closes_round=True)
            else:
                ask = an_ask(session, kind, "r1", 0, reverses_tx_id="b1", closes_round=True)
            begun = store.run_sync(begin, ask)
            time.advance(int(TRY_FOR.total_seconds()))
            store.run_sync(conclude, Concluded(begun.id, NO_ANSWER))
        return begun.tx_id

    @contextmanager
    def there(self, tmp_path: Path, operator: Operator, *done: str) -> Iterator[None]:
        """An operator that has done these: "bet", "settle", "rollback"."""
        set_agent(tmp_path, operator, "--callback-url", URL)
        rows = operator.store.read_sync(
            lambda read: read.all(game_transactions.select().order_by(game_transactions.c.id))
        )
        wallet = Wallet(tmp_path / "wallet.db")
        for row in rows:
            name = TxType(row.tx_type).name.lower()
            if name in done:
                sent = {
                    "txId": row.code,
                    "type": name,
                    "amount": str(row.player_amount_micros // EURO),
                    "reverseTxId": rows[0].code,
                }
                wallet.transact(NAME, "EUR", sent)
        wallet.close()
        shown = set_agent(
            tmp_path, operator, "--callback-new-secret", "--callback-use-secret"
        ).output
        key, secret = KEYS.search(shown)[1], SECRET.search(shown)[1]  # type: ignore[index]
        with mock_operator(tmp_path, "--key", key, "--secret", secret) as url:
            set_agent(
                tmp_path, operator, "--callback-url", url, LANHOUSE_OUTBOUND_PRIVATE="127.0.0.1"
            )
            yield

    def command(self, tmp_path: Path, *words: str) -> Result:
        return run(tmp_path, "transactions", *words, LANHOUSE_OUTBOUND_PRIVATE="127.0.0.1")

    def row(self, store: SqliteStore, code: str) -> object:
        return store.read_sync(
            lambda read: read.one(
                game_transactions.select().where(game_transactions.c.code == code)
            )
        )

    def test_they_are_listed(
        self, tmp_path: Path, store: SqliteStore, session: GameSession, vault: Vault
    ) -> None:
        code = self.park(store, session, TxType.SETTLE)
        listed = self.command(tmp_path, "--parked").output
        assert re.search(rf"{code}  agent \d+  settle +15 EUR  {NAME}  parked 2\S+Z", listed)
        assert listed.endswith("1 parked.\n")

    def test_a_settle_is_sent_again(
        self,
        tmp_path: Path,
        store: SqliteStore,
        operator: Operator,
        session: GameSession,
        vault: Vault,
    ) -> None:
        code = self.park(store, session, TxType.SETTLE)
        with self.there(tmp_path, operator, "bet"):
            assert "says unknown" in self.command(tmp_path, "--resend", code).output
        found = self.row(store, code)
        assert (found.state, found.parked_at) == ("pending", None)  # type: ignore[attr-defined]
        assert found.next_attempt_at is not None  # type: ignore[attr-defined]
        refused = self.command(tmp_path, "--resend", code)
        assert "is pending and not parked" in str(refused.exception)

    def test_a_rollback_whose_bet_is_gone_is_ended(
        self,
        tmp_path: Path,
        store: SqliteStore,
        operator: Operator,
        session: GameSession,
        vault: Vault,
    ) -> None:
        code = self.park(store, session, TxType.ROLLBACK)
        with self.there(tmp_path, operator, "bet", "rollback"):
            done = self.command(tmp_path, "--resend", code)
        assert f"says rolled_back; {code} is committed" in done.output
        assert self.row(store, code).state == "committed"  # type: ignore[attr-defined]

    def test_what_the_operator_has_is_not_written_off(
        self,
        tmp_path: Path,
        store: SqliteStore,
        operator: Operator,
        session: GameSession,
        vault: Vault,
    ) -> None:
        code = self.park(store, session, TxType.SETTLE)
        with self.there(tmp_path, operator, "bet", "settle"):
            refused = self.command(tmp_path, "--write-off", code, "--note", "gone")
        assert f"--resend {code}" in str(refused.exception)
        assert self.row(store, code).parked_at is not None  # type: ignore[attr-defined]

    @pytest.mark.parametrize("done", [("bet",), ()])
    def test_a_question_that_nobody_answered_for_a_day_waits_too(
        self,
        tmp_path: Path,
        store: SqliteStore,
        operator: Operator,
        session: GameSession,
        vault: Vault,
        done: tuple[str, ...],
    ) -> None:
        bet = store.run_sync(begin, an_ask(session, TxType.BET, "b1", 10))
        store.run_sync(conclude, Concluded(bet.id, NO_ANSWER))
        [rollback] = store.read_sync(
            lambda read: read.all(
                game_transactions.select().where(game_transactions.c.tx_type == 3)
            )
        )
        with clock.frozen(clock.now()) as time:
            not_found = Answer(is_ok=False, code="TRANSACTION_NOT_FOUND")
            store.run_sync(conclude, Concluded(rollback.id, not_found))
            time.advance(int(TRY_FOR.total_seconds()))
            store.run_sync(was_checked, Checked(rollback.id, None))
        assert store.read_sync(parked_count) == 1
        listed = self.command(tmp_path, "--parked").output
        assert f"{rollback.code}  agent {operator.agent.id}  status" in listed
        with self.there(tmp_path, operator, *done):
            told = self.command(tmp_path, "--resend", rollback.code).output
        [*left] = store.read_sync(lambda read: read.all(rollback_checks.select()))
        if done:
            assert "says committed" in told
            assert [(row.is_taken, row.parked_at) for row in left] == [(True, None)]
        else:
            assert "nothing is to be sent" in told
            assert left == []
        assert store.read_sync(parked_count) == 0

    def test_a_settle_is_written_off_with_a_note(
        self,
        tmp_path: Path,
        store: SqliteStore,
        operator: Operator,
        session: GameSession,
        vault: Vault,
    ) -> None:
        code = self.park(store, session, TxType.SETTLE)
        assert "note" in str(self.command(tmp_path, "--write-off", code).exception)
        set_agent(tmp_path, operator, "--callback-url", "https://127.0.0.1:9/")
        words = ("--write-off", code, "--note", "the operator is bankrupt")
        assert "--unanswered" in str(self.command(tmp_path, *words).exception)
        self.command(tmp_path, *words, "--unanswered")
        found = self.row(store, code)
        assert (found.state, found.refusal) == ("rejected", "WRITTEN_OFF")  # type: ignore[attr-defined]
        [round_row] = store.read_sync(lambda read: read.all(game_rounds.select()))
        assert round_row.closed_at is not None
        [noted] = store.read_sync(
            lambda read: read.all(
                audit_log.select().where(audit_log.c.call == "lanhouse transactions")
            )
        )
        assert noted.after["note"] == "the operator is bankrupt"
        assert self.command(tmp_path, "--parked").output == "0 parked.\n"


def test_the_demos_operator_ends_with_it(tmp_path: Path) -> None:
    from lanhouse.demo.keys import AgentKey, Keys
    from lanhouse.demo.operator.starting import Place, answering

    agent = AgentKey(2, "seamless", "", "EUR", ["EUR"], "key", "secret")
    place = Place("")
    with answering(place, Keys(staff=[], members=[], agents=[agent]), tmp_path):
        assert "All 8 obligations" in check(place.url).output
    time.sleep(0.1)
    assert isinstance(check(place.url).exception, Exception)
    assert (tmp_path / "mock-operator.db").exists()
    assert os.environ.get("LANHOUSE_MOCK_SECRET") is None


@pytest.fixture(autouse=True)
def _closed(store: SqliteStore) -> Iterator[None]:
    yield
    close(store)
