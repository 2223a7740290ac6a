"""What stands between begin and conclude: asking an operator, outside any transaction of the
database.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from lanhouse.aggregator.errors import PlayerInsufficientBalance
from lanhouse.aggregator.providers.port import Ask, Outcome
from lanhouse.aggregator.rounds.commands.begin import begin, refuse_for_good
from lanhouse.aggregator.rounds.commands.conclude import (
    Concluded,
    conclude,
    message_of,
    take,
    take_due,
)
from lanhouse.aggregator.rounds.commands.operators import NO_ANSWER, Answer, Message, Operator
from lanhouse.aggregator.rounds.schemas import State, TxType
from lanhouse.db.store import Store

log = structlog.get_logger("lanhouse.aggregator")
Send = Callable[[Message], Awaitable[Answer]]


class Sender:
    """Does what providers ask, whosever wallet it is; `operator_of` finds an agent's operator.

    `under_way` are the rows that this process waits for an answer to.
    """

    def __init__(self, store: Store, operator_of: Callable[[int], Operator]) -> None:
        self._store = store
        self._operator_of = operator_of
        self.under_way: set[int] = set()

    async def ask(self, ask: Ask) -> Outcome:
        """Begin, send and conclude; the answer of a settlement and a rollback waits for the first
        try. `state` tells how it stands: a bet that is still pending was not played.

        Raises what begin() raises, but keeps that our own wallet did not cover a bet.
        """
        try:
            begun = await self._store.write(begin, ask)
        except PlayerInsufficientBalance:
            return await self._store.write(refuse_for_good, ask)
        if begun.state != State.PENDING or begun.round is None:
            return begun  # concluded, or a repetition of what is on its way
        if ask.tx_type == TxType.BET:
            message: Message | None = await self._store.read(message_of, begun.id)
        else:
            message = await self._store.write(take, begun.id)
        if message is None:
            return begun
        answer = await self.send(message)
        return await self._store.write(conclude, Concluded(message.row_id, answer))

    async def send(self, message: Message, by: Send | None = None) -> Answer:
        """Send what was taken, and answer what the operator says; never raises.

        `by` is the way to send it, the first try's if none is named. Whoever asks writes the answer
        down.
        """
        self.under_way.add(message.row_id)
        try:
            if by is None:
                by = self._operator_of(message.agent_id).transact
            return await by(message)
        except Exception:
            # Whatever went wrong, it is not known what the operator has done.
            log.exception("an operator could not be asked", agent=message.agent_id)
            return NO_ANSWER
        finally:
            self.under_way.discard(message.row_id)

    async def again(self, row_id: int, by: Send | None = None) -> Outcome | None:
        """Send a settlement or rollback whose turn it is, and conclude it; None: it was not."""
        message = await self._store.write(take, row_id)
        if message is None:
            return None
        answer = await self.send(message, by)
        return await self._store.write(conclude, Concluded(row_id, answer))

    async def give_up(self, row_id: int) -> Outcome:
        """Give a bet back whose answer nobody has written down in time."""
        return await self._store.write(conclude, Concluded(row_id, NO_ANSWER))

    async def send_due(self) -> int:
        """Send what is due again, and give up bets that nobody has an answer to; answers how many
        were concluded or tried."""
        waiting = await self._store.write(take_due, None)
        for each in waiting:
            if each.is_bet:
                await self.give_up(each.row_id)
            else:
                await self.again(each.row_id)
        return len(waiting)
