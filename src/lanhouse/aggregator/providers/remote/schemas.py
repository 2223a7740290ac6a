"""What goes into and comes out of the calls that studios make."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.rounds.schemas import TxType

PortId = Annotated[str, Meta(max_length=100)]
TxTypeText = Literal["bet", "settle", "rollback"]
TYPES = {"bet": TxType.BET, "settle": TxType.SETTLE, "rollback": TxType.ROLLBACK}
PortAmount = Annotated[
    Any,  # what is no text is told as no amount, not as another fault of the request
    Meta(
        extra_json_schema={"type": ["string", "null"]},
        description="A plain decimal number as text, in the provider's unit and signed from the"
        " player's side: a bet is negative. Required but for a rollback.",
        examples=["-0.2", "0"],
    ),
]
Info = Annotated[Any, Meta(extra_json_schema={"type": "object", "additionalProperties": True})]


class PortAuthenticateIn(msgspec.Struct):
    """Body of authenticate."""

    token: PortId


class PortLimitOut(msgspec.Struct):
    """A set of bet limits that counts for the player; `info` as the provider told it."""

    id: str
    info: Info


class PortSessionOut(msgspec.Struct, rename="camel"):
    """Result of authenticate: who plays what; `currency` and `balance` in the provider's unit,
    `gameId` the provider's own, `country` null when it is not known."""

    session_id: str
    player: str
    username: str
    currency: str
    game_id: str
    language: str
    country: str | None
    balance: str
    limits: list[PortLimitOut]


class PortBalanceIn(msgspec.Struct, rename="camel"):
    """Body of balance."""

    session_id: PortId


class PortBalanceOut(msgspec.Struct):
    """Result of balance, in the provider's unit."""

    balance: str
    currency: str


class PortMoveIn(msgspec.Struct, rename="camel"):
    """The transaction itself; `reverseProviderTxId` names the bet of a rollback."""

    provider_tx_id: PortId
    type: TxTypeText
    round_id: PortId
    amount: PortAmount = None
    reverse_provider_tx_id: PortId | None = None
    round_closed: bool = False
    free_round_code: PortId | None = None


class PortTransactionIn(msgspec.Struct, rename="camel"):
    """Body of transaction; `requestId` is new for each try, `providerTxId` never."""

    session_id: PortId
    request_id: PortId
    transaction: PortMoveIn


class PortTransactionOut(msgspec.Struct, rename="camel"):
    """Result of transaction: our id, `committed` or, while an operator has not acknowledged a
    settlement or rollback, `pending`; the balance after it, or the one last known."""

    tx_id: str
    state: Literal["committed", "pending"]
    balance: str
    currency: str


class PortSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session of a studio's game with its player; `is_here`: the wallet is with us."""

    session: GameSession
    player: str
    username: str
    is_here: bool
