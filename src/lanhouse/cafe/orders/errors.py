"""Refusals about orders."""

from __future__ import annotations

from lanhouse.kit.errors import NotFound, Refused
from lanhouse.kit.said import say


class OrderNotFound(NotFound):
    """There is no such order in this centre."""

    def __init__(self) -> None:
        super().__init__(say("Order not found"))


class WrongStatus(Refused):
    """The order is not where this act needs it: somebody else was faster."""

    symbol = "WRONG_STATUS"


class TotalChanged(Refused):
    """A price, tax or discount is another one than was shown; `total_micros` is what it is now."""

    symbol = "TOTAL_CHANGED"

    def __init__(self, total_micros: int, text: str) -> None:
        self.total_micros = total_micros
        super().__init__(say("Prices have changed: the total is %(total)s now.", total=text))
