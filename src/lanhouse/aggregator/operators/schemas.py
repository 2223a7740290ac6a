"""What sets a callback up, and what is said to an operator."""

from __future__ import annotations

import msgspec

from lanhouse.kit.vault import Vault

TIMEOUT_MS_DEFAULT = 3000
TIMEOUT_MS_MIN = 50
TIMEOUT_MS_MAX = 15_000
"""Together with the wait for a slot far below the 30 s after which a bet is given up."""


class SetCallback(msgspec.Struct, frozen=True, kw_only=True):
    """Where and how a seamless agent's wallet is called; None leaves it as it is.

    `makes_secret` makes the signing secret that will follow, `uses_secret` goes over to it; both
    together replace a secret that has become known at once. `may_be_plain`: http:// is allowed,
    since some private networks are (LANHOUSE_OUTBOUND_PRIVATE).
    """

    agent_id: int
    vault: Vault
    url: str | None = None
    timeout_ms: int | None = None
    makes_secret: bool = False
    uses_secret: bool = False
    may_be_plain: bool = False
    is_demo: bool = False


class CallbackShown(msgspec.Struct, frozen=True):
    """A callback as it is now; `secret` is a new one, for this one time, or empty."""

    url: str
    timeout_ms: int
    key: str
    secret: str


class Callback(msgspec.Struct, frozen=True):
    """Where an operator is called, its secret opened."""

    url: str
    timeout_ms: int
    key: str
    secret: str
    is_demo: bool


class BalanceAsked(msgspec.Struct):
    """POST {callbackUrl}/balance."""

    key: str
    username: str
    currency: str


class StatusAsked(msgspec.Struct, rename="camel"):
    """POST {callbackUrl}/status."""

    key: str
    tx_id: str


class TransactionSent(msgspec.Struct, rename="camel"):
    """The transaction in a message; `amount` is signed from the player's side."""

    tx_id: str
    type: str
    amount: str
    reverse_tx_id: str | None
    provider_tx_id: str
    provider_id: str
    game_id: str
    round_id: str
    round_closed: bool
    session_id: str
    free_round_code: str | None
    created_at: str


class TransactionAsked(msgspec.Struct, rename="camel"):
    """POST {callbackUrl}/transaction; `requestId` is new for each attempt."""

    key: str
    username: str
    currency: str
    request_id: str
    transaction: TransactionSent
