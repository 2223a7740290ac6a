"""A player at a table of any provider: asks, an operator's wallet with faults, and commands that
run one after the other inside one transaction, so that a test can go back."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

from lanhouse.aggregator.launch.commands import begin_session, launch_game
from lanhouse.aggregator.launch.queries import session_by_secret
from lanhouse.aggregator.launch.schemas import GameSession, Launch
from lanhouse.aggregator.players.commands import create_player
from lanhouse.aggregator.players.schemas import NewPlayer
from lanhouse.aggregator.providers.port import Ask
from lanhouse.aggregator.rounds.commands.operators import NO_ANSWER, NOT_FOUND, Answer, Message
from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.db.store import Retry, Store, Tx
from lanhouse.kit import ids
from lanhouse.kit.vault import Vault
from tests.builders.agents import Operator
from tests.builders.secrets import VAULT
from tests.builders.seeds import send_seed

NAME = "player0001"
EURO = 1_000_000
_names = itertools.count(1)


def sit_down(
    operator: Operator, username: str = NAME, *, is_new: bool = True, vault: Vault = VAULT
) -> GameSession:
    """A player of the agent in a session that has begun, in EUR; a new one has sent his client
    seed."""
    store = operator.store
    if is_new:
        store.run_sync(create_player, NewPlayer(operator.agent, username))
    launched = store.run_sync(
        launch_game,
        Launch(
            agent=operator.agent,
            username=username,
            game_id="house_00001",
            currency="EUR",
            language="en",
            is_mobile=False,
            player_address="203.0.113.7",
            lobby_url=None,
            cashier_url=None,
        ),
    )
    started = store.run_sync(begin_session, launched.token)
    secret_hash = ids.secret_hash(started.secret)
    session = store.read_sync(session_by_secret, started.code, secret_hash)
    if is_new and not vault.is_locked:
        send_seed(store, session, vault)
    return session


def an_ask(session: GameSession, tx_type: TxType, tx_id: str, euros: int = 0, **more: Any) -> Ask:
    """An ask in round "r" unless another is named."""
    return Ask(
        session_id=session.id,
        tx_type=tx_type,
        provider_tx_id=tx_id,
        round_code=more.pop("round_code", "r"),
        amount_micros=euros * EURO,
        **more,
    )


@dataclass
class Wallet:
    """An operator's wallet: takes each transaction once, keeps tombstones, and fails as told.

    `mode`: "ok" answers, "lost" does it and the answer is lost, "down" does nothing, "no" refuses
    bets for want of money.
    """

    held: int = 1000 * EURO
    mode: str = "ok"
    taken: dict[str, Message] = field(default_factory=dict)
    given_back: set[str] = field(default_factory=set)
    buried: set[str] = field(default_factory=set)
    asked: int = 0

    async def transact(self, message: Message) -> Answer:
        """One call."""
        self.asked += 1
        if self.mode == "down":
            return NO_ANSWER
        answer = self._done(message)
        return NO_ANSWER if self.mode == "lost" else answer

    def _done(self, message: Message) -> Answer:
        if message.tx_id not in self.taken:
            if message.tx_type == TxType.ROLLBACK:
                assert message.reverses_tx_id is not None
                named = message.reverses_tx_id
                if named not in self.taken:
                    self.buried.add(named)
                    return Answer(is_ok=False, code=NOT_FOUND)
                assert named not in self.given_back, "a bet is given back once"
                self.given_back.add(named)
            elif message.tx_id in self.buried:
                return Answer(is_ok=False, code="TRANSACTION_ROLLED_BACK")
            elif message.tx_type == TxType.BET and self.mode == "no":
                return Answer(is_ok=False, code="INSUFFICIENT_CREDIT")
            self.taken[message.tx_id] = message
            self.held += message.amount_micros
        return Answer(is_ok=True, balance_micros=self.held, wallet_tx_id=f"op-{message.tx_id}")

    def copied(self) -> Wallet:
        """As it is now."""
        return replace(
            self,
            taken=dict(self.taken),
            given_back=set(self.given_back),
            buried=set(self.buried),
        )


class OneTransaction:
    """Stands for a store inside one transaction: each command has a savepoint of its own."""

    def __init__(self, tx: Tx) -> None:
        self.tx = tx

    def run(self, command: Callable[[Tx, Any], Any], arg: Any) -> Any:
        """Run a command; what it raises leaves nothing behind."""
        name = f"c{next(_names)}"
        for _ in range(3):
            self.tx.raw.execute(f"SAVEPOINT {name}")
            self.tx.begin_command()
            try:
                result = self.tx.finish(command(self.tx, arg))
            except BaseException as error:
                self.tx.raw.execute(f"ROLLBACK TO SAVEPOINT {name}")
                self.tx.begin_command()
                if not isinstance(error, Retry):
                    raise
            else:
                self.tx.raw.execute(f"RELEASE SAVEPOINT {name}")
                return result
        raise AssertionError("a command starts over for ever")

    async def write(self, command: Callable[[Tx, Any], Any], arg: Any) -> Any:
        """As a store does it."""
        return self.run(command, arg)

    async def read(self, query: Callable[..., Any], *args: Any) -> Any:
        """As a store does it."""
        return query(self.tx, *args)


def at_once(work: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine that never waits."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waits")


def in_one_transaction(store: Store, work: Callable[[Tx], None]) -> None:
    """Do the work in a transaction that is undone at its end."""

    class _Done(Exception):
        pass

    def command(tx: Tx, _: None) -> None:
        work(tx)
        raise _Done

    try:
        store.run_sync(command, None)
    except _Done:
        return
    raise AssertionError("the work was not undone")
