"""What stands between begin and conclude: asking an operator, outside any transaction of the
database.
"""

from __future__ import annotations

from collections.abc import Callable

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


class Sender:
    """Does what providers ask, whosever wallet it is; `operator_of` finds an agent's operator."""

    def __init__(self, store: Store, operator_of: Callable[[int], Operator]) -> None:
        self._store = store
        self._operator_of = operator_of

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
        return begun if message is None else await self._send(message)

    async def send_due(self) -> int:
        """Send what is due again, and give up bets that nobody has an answer to; answers how many
        were concluded or tried."""
        waiting = await self._store.write(take_due, None)
        for each in waiting:
            if each.is_bet:
                await self._store.write(conclude, Concluded(each.row_id, NO_ANSWER))
            else:
                message = await self._store.write(take, each.row_id)
                if message is not None:
                    await self._send(message)
        return len(waiting)

    async def _send(self, message: Message) -> Outcome:
        try:
            answer: Answer = await self._operator_of(message.agent_id).transact(message)
        except Exception:
            # Whatever went wrong, it is not known what the operator has done.
            log.exception("an operator could not be asked", agent=message.agent_id)
            answer = NO_ANSWER
        return await self._store.write(conclude, Concluded(message.row_id, answer))
