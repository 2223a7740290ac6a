"""The words of the provider port for what is refused."""

from __future__ import annotations

from collections.abc import Mapping

from lanhouse.kit.errors import AppError

PORT_CODES: Mapping[str, str] = {
    "PLAYER_INSUFFICIENT_BALANCE": "INSUFFICIENT_CREDIT",
    # Who may not play with his operator's leave is told like one who is switched off himself.
    "AGENT_NOT_ACTIVE": "PLAYER_INACTIVE",
    "COUNTRY_PROHIBITED": "PLAYER_INACTIVE",
    "COUNTRY_RESTRICTED": "PLAYER_INACTIVE",
    "AGENT_PROVIDER_NOT_FOUND": "PROVIDER_NOT_ACTIVE",
    "OPERATOR_ERROR": "OPERATOR_TIMEOUT",
}
"""Code of the house -> code of the port, where they differ."""

_TEXTS = {
    "INSUFFICIENT_CREDIT": "the balance is not enough",
    "PLAYER_NOT_FOUND": "player not found",
    "PLAYER_INACTIVE": "player not active",
    "PLAYER_SELF_EXCLUDED": "the player has excluded himself",
    "PLAYER_LIMIT_REACHED": "a limit of the player is reached",
    "OPERATOR_TIMEOUT": "the operator did not answer; nothing was played",
    "TRANSACTION_NOT_FOUND": "there is no bet that this belongs to",
}


class WalletRefused(AppError):
    """A wallet has refused a transaction for good; `symbol` is the port's code."""

    def __init__(self, code: str | None) -> None:
        self.symbol = PORT_CODES.get(code or "", code or "PLAYER_INACTIVE")
        super().__init__(_TEXTS.get(self.symbol, "the wallet refused"))
