"""The lines to operators: one for each seamless agent, with its slots and its patience.

A line is an `Operator` (rounds.commands.operators) over HTTP. What is slow or silent holds up
nobody else: each has its own slots, and after time-outs in a row bets are not sent any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec
import structlog

from lanhouse.aggregator.caller import Caller, Incoming, NotReached, TimedOut
from lanhouse.aggregator.errors import OperatorError, OperatorTimeout
from lanhouse.aggregator.operators.commands import opened_callback
from lanhouse.aggregator.operators.queries import callback_row
from lanhouse.aggregator.operators.rules import read_answer, read_balance, read_status
from lanhouse.aggregator.operators.schemas import (
    BalanceAsked,
    Callback,
    StatusAsked,
    TransactionAsked,
    TransactionSent,
)
from lanhouse.aggregator.rounds.commands.operators import (
    NO_ANSWER,
    NOT_SENT,
    NOT_SENT_IN_TIME,
    TOO_LATE,
    Answer,
    Message,
)
from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.aggregator.signing import signed_headers
from lanhouse.aggregator.wire import wire_time
from lanhouse.db.store import Event, Store
from lanhouse.kit import clock, ids
from lanhouse.kit.money import format_plain
from lanhouse.kit.vault import Unreadable, Vault

log = structlog.get_logger("lanhouse.aggregator")

CALLS_MAX = 32
REPEATS_MAX = 8
SLOT_SECONDS_MAX = 0.5
TIMEOUTS_MAX = 5
PROBE_SECONDS = 1.0
_KEPT_SECONDS = 1.0


class Slots:
    """How many calls of one agent are under way: CALLS_MAX, of which REPEATS_MAX send again."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(CALLS_MAX)
        self._repeats = 0

    async def take(self) -> bool:
        """Take a slot for something new; False when there was none for SLOT_SECONDS_MAX."""
        try:
            async with asyncio.timeout(SLOT_SECONDS_MAX):
                await self._free.acquire()
        except TimeoutError:
            return False
        return True

    def give(self) -> None:
        """Give a slot back."""
        self._free.release()

    async def take_repeat(self) -> bool:
        """Take a slot for sending again; False when all of them are in use."""
        if self._repeats >= REPEATS_MAX or self._free.locked():
            return False
        self._repeats += 1
        await self._free.acquire()  # one is free: this does not wait
        return True

    def give_repeat(self) -> None:
        """Give a slot of sending again back."""
        self._repeats -= 1
        self._free.release()


class Patience:
    """Whether bets are sent: not after TIMEOUTS_MAX time-outs in a row, but for one a second,
    until a call succeeds."""

    def __init__(self, now: Callable[[], float] = clock.monotonic) -> None:
        self._now = now
        self._late = 0
        self._probed_at = 0.0

    @property
    def is_over(self) -> bool:
        """Whether the operator counts as silent."""
        return self._late >= TIMEOUTS_MAX

    def may_bet(self) -> bool:
        """Whether a bet is sent now; a yes while patience is over is the probe of this second."""
        if not self.is_over:
            return True
        if self._now() - self._probed_at < PROBE_SECONDS:
            return False
        self._probed_at = self._now()
        return True

    def was_late(self) -> None:
        """A call ran into its time limit."""
        self._late += 1
        if self.is_over:
            self._probed_at = self._now()

    def failed(self) -> None:
        """A call failed at once: the row of time-outs is broken, a silence is not ended."""
        if not self.is_over:
            self._late = 0

    def succeeded(self) -> None:
        """A call was answered."""
        self._late = 0


class Line:
    """The way to the operator of one agent. Its methods never raise but as they say."""

    def __init__(self, store: Store, vault: Vault, caller: Caller, agent_id: int) -> None:
        self._store, self._vault, self._caller = store, vault, caller
        self.agent_id = agent_id
        self.slots = Slots()
        self.patience = Patience()
        self._callback: Callback | None = None
        self._loaded_at = -_KEPT_SECONDS * 2

    def forget(self) -> None:
        """Look the address and the secret up anew."""
        self._loaded_at = -_KEPT_SECONDS * 2

    async def transact(self, message: Message) -> Answer:
        """Ask for the first time. A bet that was not sent at all is refused for good."""
        if message.tx_type == TxType.BET and not self.patience.may_bet():
            return NOT_SENT_IN_TIME
        if not await self.slots.take():
            return NOT_SENT_IN_TIME
        try:
            return await self.ask(message)
        finally:
            self.slots.give()

    async def ask(self, message: Message) -> Answer:
        """Ask once, in a slot that the caller has taken."""
        callback = await self._found()
        if callback is None:
            return NOT_SENT
        body = msgspec.json.encode(_asked(callback, message))
        try:
            incoming = await self._post(callback, "/transaction", body)
        except TimedOut:
            return TOO_LATE
        except NotReached:
            return NO_ANSWER
        return self._judged(read_answer(incoming, message.currency), incoming)

    async def status(self, tx_id: str) -> str | None:
        """What became of a transaction at the operator (rules.STATUSES); None: it did not say."""
        callback = await self._found()
        if callback is None:
            return None
        body = msgspec.json.encode(StatusAsked(callback.key, tx_id))
        try:
            return read_status(await self._post(callback, "/status", body))
        except NotReached:
            return None

    async def balance_micros(self, username: str, currency: str) -> int:
        """A player's balance in micros. Raises OperatorTimeout and OperatorError."""
        callback = await self._found()
        if callback is None:
            raise OperatorError
        if self.patience.is_over or not await self.slots.take():
            raise OperatorTimeout
        body = msgspec.json.encode(BalanceAsked(callback.key, username, currency))
        try:
            incoming = await self._post(callback, "/balance", body)
        except TimedOut:
            raise OperatorTimeout from None
        except NotReached:
            raise OperatorError from None
        finally:
            self.slots.give()
        balance = read_balance(incoming, currency)
        if balance is None:
            raise OperatorError
        self.patience.succeeded()
        return balance

    async def _found(self) -> Callback | None:
        """Where to call; None when the agent has no callback or its secret does not open."""
        if clock.monotonic() - self._loaded_at < _KEPT_SECONDS:
            return self._callback
        row = await self._store.point(callback_row, self.agent_id)
        try:
            self._callback = None if row is None else opened_callback(row, self._vault)
        except Unreadable:
            log.error(  # noqa: TRY400 - the trace says no more than this
                "the signing secret of an agent cannot be read", agent=self.agent_id
            )
            self._callback = None
        self._loaded_at = clock.monotonic()
        return self._callback

    async def _post(self, callback: Callback, path: str, body: bytes) -> Incoming:
        headers = signed_headers(callback.secret, body, clock.real_micros() // 1_000_000)
        try:
            return await self._caller.post(
                callback.url + path,
                body,
                headers,
                timeout_ms=callback.timeout_ms,
                is_demo=callback.is_demo,
            )
        except TimedOut:
            self.patience.was_late()
            raise
        except NotReached as error:
            log.warning("an operator was not reached", agent=self.agent_id, reason=error.message)
            self.patience.failed()
            raise

    def _judged(self, answer: Answer, incoming: Incoming) -> Answer:
        if answer.is_ok or answer.code:
            self.patience.succeeded()
        else:
            log.warning("an operator's answer is none", agent=self.agent_id, http=incoming.status)
            self.patience.failed()
        return answer


class Lines:
    """The lines of all agents, made when they are first asked for."""

    def __init__(self, store: Store, vault: Vault, caller: Caller) -> None:
        self._store, self._vault, self._caller = store, vault, caller
        self._lines: dict[int, Line] = {}
        store.subscribe(self._forget)

    def of(self, agent_id: int) -> Line:
        """The line of an agent."""
        line = self._lines.get(agent_id)
        if line is None:
            line = Line(self._store, self._vault, self._caller, agent_id)
            self._lines[agent_id] = line
        return line

    def _forget(self, events: list[Event]) -> None:
        if any(event.topic == "access.changed" for event in events):
            for line in list(self._lines.values()):
                line.forget()


def _asked(callback: Callback, message: Message) -> TransactionAsked:
    return TransactionAsked(
        key=callback.key,
        username=message.username,
        currency=message.currency,
        request_id=ids.wire_id(),
        transaction=TransactionSent(
            tx_id=message.tx_id,
            type=message.tx_type.name.lower(),
            amount=format_plain(message.amount_micros),
            reverse_tx_id=message.reverses_tx_id,
            provider_tx_id=message.provider_tx_id,
            provider_id=message.provider_id,
            game_id=message.game_id,
            round_id=message.round_id,
            round_closed=message.closes_round,
            session_id=message.session_id,
            free_round_code=message.free_round_code,
            created_at=wire_time(message.created_at),
        ),
    )
