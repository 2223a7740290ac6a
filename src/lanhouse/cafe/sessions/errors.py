"""Why a check-out or a command to a PC is refused."""

from __future__ import annotations

from collections.abc import Mapping

from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say


class QuoteRefused(Refused):
    """The quoted cost of a check-out is too old, or is not one that this centre gave."""


class PcOffline(Refused):
    """Nothing is connected that a packet could be sent to (cafe-wire, Sessions)."""

    def __init__(self) -> None:
        super().__init__(say("PC is offline"))


class ShortCash(Refused):
    """The customer handed over less cash than is to be paid."""

    def __init__(self) -> None:
        super().__init__(say("the cash received is less than what is to be paid"))

    @property
    def fields(self) -> Mapping[str, str]:
        return {"received": say("is less than what is to be paid")}
