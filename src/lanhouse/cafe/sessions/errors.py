"""Why a check-out is refused."""

from __future__ import annotations

from collections.abc import Mapping

from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say


class QuoteRefused(Refused):
    """The quoted cost of a check-out is too old, or is not one that this centre gave."""


class ShortCash(Refused):
    """The customer handed over less cash than is to be paid."""

    def __init__(self) -> None:
        super().__init__(say("the cash received is less than what is to be paid"))

    @property
    def fields(self) -> Mapping[str, str]:
        return {"received": "is less than what is to be paid"}
