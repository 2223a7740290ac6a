"""The port to wallets that live at the operator: one transaction a message.

`Operator` is the whole port. Its HTTP side turns a message into a signed call (issue of seamless
operators); tests put an operator of their own behind it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import msgspec

from lanhouse.aggregator.rounds.schemas import TxType

BET_REFUSALS = frozenset(
    {
        "INSUFFICIENT_CREDIT",
        "PLAYER_NOT_FOUND",
        "PLAYER_INACTIVE",
        "PLAYER_SELF_EXCLUDED",
        "PLAYER_LIMIT_REACHED",
        "COUNTRY_PROHIBITED",
    }
)
"""The codes by which an operator refuses a bet for good; any other one says nothing about money."""
NOT_FOUND = "TRANSACTION_NOT_FOUND"
"""Acknowledges a rollback: the operator never took that bet, and never will."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A transaction for an operator; `amount_micros` is signed from the player's side, in
    `currency`. `row_id` is ours, for the answer; the ids are those of the wire."""

    row_id: int
    agent_id: int
    username: str
    currency: str
    tx_id: str
    tx_type: TxType
    amount_micros: int
    reverses_tx_id: str | None
    provider_tx_id: str
    provider_id: str
    game_id: str
    round_id: str
    closes_round: bool
    session_id: str
    free_round_code: str | None
    created_at: datetime


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator answered: yes with the balance (micros) after it and its own id, or a code.

    Whatever cannot be read as one of them is no answer: `code` is then empty. `problem` is what the
    player is told where it is not known, or not wanted to be known, what the operator did;
    `was_sent` is false where it was not asked at all, so that it has done nothing.
    """

    is_ok: bool
    balance_micros: int | None = None
    wallet_tx_id: str = ""
    code: str = ""
    problem: str = "OPERATOR_ERROR"
    was_sent: bool = True


NO_ANSWER = Answer(is_ok=False)
TOO_LATE = Answer(is_ok=False, problem="OPERATOR_TIMEOUT")
NOT_SENT = Answer(is_ok=False, was_sent=False)
NOT_SENT_IN_TIME = Answer(is_ok=False, was_sent=False, problem="OPERATOR_TIMEOUT")


class Operator(Protocol):
    """A wallet elsewhere."""

    async def transact(self, message: Message) -> Answer:
        """Ask once. Answers NO_ANSWER when it is not known what the operator did."""
        ...


def is_refused(tx_type: TxType, answer: Answer) -> bool:
    """Whether a bet is refused for good, which nothing else can be: by the operator, or because it
    was never asked."""
    if tx_type != TxType.BET or answer.is_ok:
        return False
    return answer.code in BET_REFUSALS or not answer.was_sent


def is_acknowledged(tx_type: TxType, answer: Answer) -> bool:
    """Whether the operator has done what was asked, or has nothing to do for it."""
    return answer.is_ok or (tx_type == TxType.ROLLBACK and answer.code == NOT_FOUND)
