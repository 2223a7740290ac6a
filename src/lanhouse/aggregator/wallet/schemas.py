"""What goes into and comes out of the calls that move players' money."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.aggregator.players.schemas import Currency, Username
from lanhouse.aggregator.wire import AmountText, OfAgent

DEPOSIT = "deposit"
WITHDRAW = "withdraw"


class MoveIn(OfAgent, rename="camel"):
    """Body of deposit and withdraw. `clientTxId` is the caller's own id (row 4)."""

    username: Username
    amount: AmountText
    currency: Currency
    client_tx_id: str | None = None


class BalanceIn(OfAgent):
    """Body of getPlayerBalance."""

    username: Username
    currency: Currency


class BalanceOut(msgspec.Struct):
    """Result of getPlayerBalance; `outstanding` are the bets of open rounds (row 6)."""

    balance: str
    currency: str
    outstanding: str


class SideOut(msgspec.Struct, rename="camel"):
    """One wallet's side of a movement."""

    tx_id: str
    before_balance: str
    after_balance: str


class MoveOut(msgspec.Struct, rename="camel"):
    """Result of deposit and withdraw."""

    tx_id: str
    currency: str
    agent: SideOut
    player: SideOut


TransactionType = Literal["bet", "settle", "rollback"]


class TransactionIn(OfAgent, rename="camel"):
    """Body of transaction: our id, the caller's own, or a provider's with the provider; bet and
    settlement may share that, so `type` tells which is meant (default: the bet)."""

    client_tx_id: str | None = None
    tx_id: str | None = None
    provider_tx_id: str | None = None
    provider_id: str | None = None
    type: TransactionType = "bet"


class TransactionOut(msgspec.Struct, rename="camel"):
    """Result of transaction: what happened under an id.

    Of a deposit or withdrawal `state` is always "committed"; a game's transaction names its round
    and has no side of the agent. Balances are there once the wallet has answered.
    """

    tx_id: str
    client_tx_id: str | None
    type: str
    status: str
    username: str
    currency: str
    amount: str
    agent: SideOut | None
    player: SideOut | None
    created_at: str
    state: str
    reverse_tx_id: str | None = None
    reversed_by_tx_id: str | None = None
    attempts: int = 0
    next_attempt_at: str | None = None
    provider_id: str | None = None
    provider_tx_id: str | None = None
    round_id: str | None = None
    refusal: str | None = None


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """A deposit (agent to player) or withdrawal (player to agent) to make."""

    agent: Agent
    kind: str
    username: str
    currency: str
    amount_micros: int
    client_tx_id: str | None = None
    address: str = ""
    """From where the operator called; "" when the house itself moves."""
    caller_id: int | None = None
    """The agent that called, where that is one above the wallet's own."""


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """What a movement did: its ids and each side's balance before and after, in micros."""

    tx_id: str
    agent_tx_id: str
    player_tx_id: str
    currency: str
    agent_before_micros: int
    agent_after_micros: int
    player_before_micros: int
    player_after_micros: int
    at: datetime
