"""Refusals about payments by QR code."""

from __future__ import annotations

from lanhouse.kit.errors import NotFound, Refused
from lanhouse.kit.said import say


class NotOffered(Refused):
    """Nobody takes payments by QR code for this house (the words are those of the wire)."""

    symbol = "NOT_AVAILABLE"

    def __init__(self) -> None:
        super().__init__(say("QR top-up is not available"))


class PaymentNotFound(NotFound):
    """There is no such payment in this centre, or it is somebody else's."""

    def __init__(self) -> None:
        super().__init__(say("Order not found"))


class NotPending(Refused):
    """The payment is done or cancelled already: somebody else was faster."""

    symbol = "WRONG_STATUS"


class GatewayFailed(Refused):
    """The gateway did not answer as it should; nothing was begun."""

    symbol = "GATEWAY_FAILED"
    status = 502

    def __init__(self, message: str = "") -> None:
        super().__init__(message or say("The payment service could not be reached. Try again."))
