"""Every order of bet, settlement, rollback, repetition and late answer up to length 6, both wallet
types, both databases: the engine does what a model of a page does.

The walk goes back by savepoints. Two paths that lead to the same rows are walked on once: what
follows depends on the rows alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.aggregator.errors import RoundClosed, TransactionNotFound, TransactionRolledBack
from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.rounds.commands import begin, conclude
from lanhouse.aggregator.rounds.commands.conclude import Concluded, message_of
from lanhouse.aggregator.rounds.commands.operators import Answer
from lanhouse.aggregator.rounds.commands.sending import Sender
from lanhouse.aggregator.rounds.queries.reports import report_problem
from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.aggregator.rounds.tables import game_rounds, game_transactions
from lanhouse.aggregator.wallet.commands import move_money
from lanhouse.aggregator.wallet.schemas import DEPOSIT, Move
from lanhouse.db.statements import static
from lanhouse.db.store import Store, Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, Conflict
from lanhouse.ledger.tables import accounts
from tests.builders.agents import open_operator
from tests.builders.rounds import (
    EURO,
    NAME,
    OneTransaction,
    Wallet,
    an_ask,
    at_once,
    in_one_transaction,
    sit_down,
)

LENGTH = 6
BET, SETTLE, ROLLBACK = TxType.BET, TxType.SETTLE, TxType.ROLLBACK
HOUR = 3600

_ROUNDS = static(sa.select(game_rounds).order_by(game_rounds.c.id))
_TXS = static(sa.select(game_transactions).order_by(game_transactions.c.id))
_ACCOUNTS = static(sa.select(accounts).order_by(accounts.c.id))

# name -> type, provider's id, euros, further fields
ASKS: dict[str, tuple[TxType, str, int, dict[str, Any]]] = {
    "b1": (BET, "b1", 10, {}),
    "b1 other": (BET, "b1", 11, {}),
    "b2": (BET, "b2", 20, {}),
    "win": (SETTLE, "s1", 15, {}),
    "close": (SETTLE, "s2", 0, {"closes_round": True}),
    "back1": (ROLLBACK, "r1", 0, {"reverses_tx_id": "b1"}),
    "back2": (ROLLBACK, "r2", 0, {"reverses_tx_id": "b2", "closes_round": True}),
    "back win": (ROLLBACK, "r3", 0, {"reverses_tx_id": "s1"}),
}
HERE = list(ASKS)
"""What a provider may send about a wallet with us, which holds 25 EUR: not for both bets."""
THERE = [
    ("b1", "ok"), ("b1", "no"), ("b1", "lost"), ("b1", "held"), ("b2", "ok"), ("win", "ok"),
    ("close", "lost"), ("close", "ok"), ("back1", "ok"), ("back1", "down"), ("late yes", ""),
    ("time", ""),
]  # fmt: skip
"""The same with what the operator does; "held" is a bet whose answer has not come yet."""


@dataclass
class Known:
    """A transaction as the model knows it."""

    kind: TxType
    euros: int
    state: str
    of: str = ""
    closes: bool = False
    reversed: bool = False
    was_sent: bool = False


@dataclass
class Model:
    """The rules of decision 0190, without rows, ledger or clock."""

    held: int | None
    """Euros in the wallet that is with us; None: it is at an operator."""
    txs: dict[tuple[TxType, str], Known] = field(default_factory=dict)
    closed: bool = False
    mode: str = "ok"

    def copied(self) -> Model:
        return replace(self, txs={key: replace(tx) for key, tx in self.txs.items()})

    def ask(self, name: str) -> str:
        kind, tx_id, euros, more = ASKS[name]
        known = self.txs.get((kind, tx_id))
        if known is not None:
            if kind == BET and (known.state == "rolled_back" or known.reversed):
                return "TRANSACTION_ROLLED_BACK"
            return known.state if known.euros == euros else "CONFLICT"
        closes = bool(more.get("closes_round"))
        if kind == BET:
            return self._bet(tx_id, euros)
        if kind == SETTLE:
            return self._settle(tx_id, euros, closes)
        return self._rollback(tx_id, more["reverses_tx_id"], closes)

    def _will_close(self) -> bool:
        return any(tx.state == "pending" and tx.closes for tx in self.txs.values())

    def _bet(self, tx_id: str, euros: int) -> str:
        if self.closed or self._will_close():
            return "ROUND_CLOSED"
        made = self.txs[BET, tx_id] = Known(BET, euros, "pending", was_sent=True)
        if self.held is not None:
            made.state = "committed" if self.held >= euros else "rejected"
            self.held -= euros if made.state == "committed" else 0
        elif self.mode == "ok":
            made.state = "committed"
        elif self.mode == "no":
            made.state = "rejected"
        elif self.mode == "lost":
            self._give_up(tx_id, made)
        return made.state

    def _give_up(self, tx_id: str, bet: Known) -> None:
        bet.reversed = True
        self.txs[ROLLBACK, f"own {tx_id}"] = Known(ROLLBACK, 0, "pending", of=tx_id)

    def _bets(self, *states: str) -> bool:
        return any(
            tx.kind == BET and tx.state in states and not tx.reversed for tx in self.txs.values()
        )

    def _settle(self, tx_id: str, euros: int, closes: bool) -> str:
        if self.closed or self._will_close():
            return "ROUND_CLOSED"
        if not self._bets("committed", "pending"):
            return "TRANSACTION_NOT_FOUND"
        made = self.txs[SETTLE, tx_id] = Known(SETTLE, euros, "pending", closes=closes)
        self._try(made)
        return made.state

    def _rollback(self, tx_id: str, of: str, closes: bool) -> str:
        bet = self.txs.get((BET, of))
        if bet is None and (SETTLE, of) in self.txs:
            return "ROUND_CLOSED"
        if bet is None:
            self.txs[BET, of] = Known(BET, -1, "rolled_back")
        elif bet.state in ("committed", "pending") and not bet.reversed:
            settles = [tx.state for tx in self.txs.values() if tx.kind == SETTLE]
            if "committed" in settles or ("pending" in settles and bet.state == "committed"):
                return "ROUND_CLOSED"
            bet.reversed = True
            made = self.txs[ROLLBACK, tx_id] = Known(ROLLBACK, 0, "pending", of=of, closes=closes)
            self._try(made)
            return made.state
        self.txs[ROLLBACK, tx_id] = Known(ROLLBACK, 0, "committed", of=of, closes=closes)
        self.closed = self.closed or closes
        return "committed"

    def _is_free(self, made: Known) -> bool:
        for tx in self.txs.values():
            if tx is made:
                return True
            is_own = made.kind == ROLLBACK and tx is self.txs.get((BET, made.of))
            waits_for = made.kind != ROLLBACK or tx.kind == ROLLBACK
            if tx.state == "pending" and waits_for and not is_own:
                return False
        raise AssertionError("it is in the list")

    def _try(self, made: Known) -> None:
        """Send a settlement or a rollback, where it is its turn."""
        if self.held is None and not self._is_free(made):
            return
        made.was_sent = True
        if self.held is None and self.mode != "ok":
            return
        made.state = "committed"
        self.closed = self.closed or made.closes
        if made.kind == SETTLE:
            if self.held is not None:
                self.held += made.euros
            return
        bet = self.txs[BET, made.of]
        if self.held is not None:
            self.held += bet.euros
        bet.state = "rolled_back"
        if not any(tx.kind == BET and tx.state in ("committed", "pending")
                   for tx in self.txs.values()):  # fmt: skip
            for tx in self.txs.values():
                if tx.kind == SETTLE and tx.state == "pending" and not tx.was_sent:
                    tx.state = "rejected"

    def late_yes(self) -> None:
        bet = self.txs.get((BET, "b1"))
        if bet is not None and bet.state == "pending" and not bet.reversed:
            bet.state = "committed"

    def time(self) -> None:
        """Hours pass; the operator answers everything."""
        for tx_id, bet in [(key[1], tx) for key, tx in self.txs.items() if key[0] == BET]:
            if bet.state == "pending" and not bet.reversed:
                self._give_up(tx_id, bet)
        self.mode = "ok"
        for _ in self.txs:
            for tx in list(self.txs.values()):
                if tx.state == "pending" and tx.kind != BET:
                    self._try(tx)


class Walk:
    """The engine and the model, step by step."""

    def __init__(self, tx: Tx, session: GameSession, *, is_here: bool) -> None:
        self.house = OneTransaction(tx)
        self.session = session
        self.model = Model(25 if is_here else None)
        self.wallet = Wallet()
        self.late: tuple[int, Answer] | None = None
        self.seen: set[Any] = set()
        self.proven: set[Any] = set()
        self.steps = 0

    def here(self, name: str) -> None:
        got = self._answer(name)
        assert got == self.model.ask(name), name

    def there(self, step: tuple[str, str]) -> None:
        name, mode = step
        if name == "time":
            self._pass_time()
        elif name == "late yes":
            if self.late is not None:
                self.house.run(conclude, Concluded(*self.late))
                self.model.late_yes()
        elif mode == "held":
            self._hold(name)
        else:
            self.model.mode = self.wallet.mode = mode
            assert self._answer(name) == self.model.ask(name), step

    def _answer(self, name: str) -> str:
        kind, tx_id, euros, more = ASKS[name]
        sender = Sender(self.house, lambda _: self.wallet)  # type: ignore[arg-type]
        ask = an_ask(self.session, kind, tx_id, euros, **more)
        try:
            return str(at_once(sender.ask(ask)).state)
        except AppError as refusal:
            return _word(refusal)

    def _hold(self, name: str) -> None:
        """The operator takes the bet at once, and its answer is on the way."""
        kind, tx_id, euros, more = ASKS[name]
        self.model.mode, self.wallet.mode = "held", "ok"
        made: list[Any] = []
        try:
            ask = an_ask(self.session, kind, tx_id, euros, **more)
            made.append(self.house.run(begin, ask))
            got = str(made[0].state)
        except AppError as refusal:
            got = _word(refusal)
        assert got == self.model.ask(name), "held"
        for begun in made:
            # A repetition knows no round, and the answer to the first one is on its way.
            if begun.state == "pending" and begun.round is not None and self.late is None:
                message = message_of(self.house.tx, begun.id)
                self.late = (begun.id, at_once(self.wallet.transact(message)))

    def _pass_time(self) -> None:
        self.wallet.mode = "ok"
        self.model.time()
        sender = Sender(self.house, lambda _: self.wallet)  # type: ignore[arg-type]
        for _ in range(8):
            clock_now.advance(HOUR)
            if not at_once(sender.send_due()):
                break
        else:
            raise AssertionError("it is sent for ever")

    def rows(self) -> Any:
        """All that decides what follows, without ids and times."""
        tx = self.house.tx
        tx.forget_now()
        now = clock.now()
        found = [
            (
                row.provider_tx_id if len(row.provider_tx_id) < 32 else "own",
                row.tx_type, row.state, row.player_amount_micros, row.reverses_tx_id,
                row.reversed_by_id is not None, row.refusal, row.attempts,
                row.received_at is not None,
                row.next_attempt_at is not None and row.next_attempt_at <= now,
                row.next_attempt_at is None, row.parked_at is not None,
            )
            for row in tx.all(_TXS)
        ]  # fmt: skip
        rounds = [
            (row.bet_micros, row.win_micros, row.closed_at is not None) for row in tx.all(_ROUNDS)
        ]
        balances = [row.balance_micros for row in tx.all(_ACCOUNTS)]
        late = None if self.late is None else self.late[1].is_ok
        wallet = (self.wallet.held, len(self.wallet.taken), len(self.wallet.buried))
        return (tuple(found), tuple(rounds), tuple(balances), late, wallet)

    def check(self, rows: Any) -> None:
        """The rows are what the model says, and the sums agree."""
        kept = {(row[1], row[0]): row[2] for row in rows[0] if row[0] != "own"}
        wanted = {
            (int(kind), tx_id): tx.state
            for (kind, tx_id), tx in self.model.txs.items()
            if not tx_id.startswith("own")
        }
        assert kept == wanted
        staked = sum(
            tx.euros for tx in self.model.txs.values() if tx.kind == BET and tx.state == "committed"
        )
        settles = [
            tx.euros
            for tx in self.model.txs.values()
            if tx.kind == SETTLE and tx.state == "committed"
        ]
        if rows[1]:
            paid = sum(settles) * EURO if settles else None
            assert rows[1] == ((staked * EURO, paid, self.model.closed),)
        moved = (sum(settles) - staked) * EURO
        if self.model.held is not None:
            assert moved == (self.model.held - 25) * EURO
        player, provider = self._held()
        assert provider == -moved
        assert player == moved + (25 * EURO if self.model.held is not None else 0)
        if rows not in self.proven:
            self.proven.add(rows)
            assert report_problem(self.house.tx) is None
        if all(tx.state != "pending" for tx in self.model.txs.values()):
            self._agree(moved)

    def _held(self) -> tuple[int, int]:
        kinds = {(row.owner_kind, row.kind): row for row in self.house.tx.all(_ACCOUNTS)}
        mine = ("player", "balance") if self.model.held is not None else ("agent", "clearing")
        found = [kinds.get(key) for key in (mine, ("provider:house", "balance"))]
        return tuple(0 if row is None else row.balance_micros for row in found)  # type: ignore[return-value]

    def _agree(self, moved: int) -> None:
        """When nothing is on its way, the operator holds what we think it does."""
        if self.model.held is None:
            assert self.wallet.held == 1000 * EURO + moved


def _word(refusal: AppError) -> str:
    if type(refusal) is Conflict:
        return "CONFLICT"
    known = (RoundClosed, TransactionNotFound, TransactionRolledBack)
    assert isinstance(refusal, known), refusal
    return refusal.symbol


clock_now: Any = None


def _walk(walk: Walk, steps: list[Any], step: Any, length: int) -> None:
    """Try every step, and every step after it; go back after each."""
    for each in steps:
        point = f"s{length}"
        walk.house.tx.raw.execute(f"SAVEPOINT {point}")
        kept = (walk.model.copied(), walk.wallet.copied(), walk.late, clock.now())
        step(each)
        walk.steps += 1
        rows = walk.rows()
        walk.check(rows)
        if length > 1 and (rows, length) not in walk.seen:
            walk.seen.update((rows, shorter) for shorter in range(1, length + 1))
            _walk(walk, steps, step, length - 1)
        walk.house.tx.raw.execute(f"ROLLBACK TO SAVEPOINT {point}")
        walk.house.tx.begin_command()
        walk.model, walk.wallet, walk.late = kept[:3]
        clock_now.set(kept[3])


@pytest.mark.parametrize("kind", ["transfer", "seamless"])
def test_every_order_does_what_the_model_does(store: Store, kind: str) -> None:
    global clock_now
    operator = open_operator(store, kind=kind, currencies={"EUR": "1"})
    session = sit_down(operator)
    if kind == "transfer":
        move = Move(
            agent=operator.agent, kind=DEPOSIT, username=NAME, currency="EUR",
            amount_micros=25 * EURO,
        )  # fmt: skip
        store.run_sync(move_money, move)
    walked: list[int] = []

    def work(tx: Tx) -> None:
        walk = Walk(tx, session, is_here=kind == "transfer")
        steps: list[Any] = HERE if kind == "transfer" else THERE
        _walk(walk, steps, walk.here if kind == "transfer" else walk.there, LENGTH)
        walked.append(walk.steps)

    with clock.frozen(clock.now() + timedelta(days=1)) as clock_now:
        in_one_transaction(store, work)
    assert walked[0] > len(HERE) ** 2, "the walk went somewhere"
