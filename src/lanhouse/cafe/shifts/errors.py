"""Refusals about shifts."""

from __future__ import annotations

from lanhouse.kit.errors import NotFound, Refused
from lanhouse.kit.said import say


class ShiftNotFound(NotFound):
    """No such shift in this centre, or not one that this caller may see."""

    def __init__(self) -> None:
        super().__init__(say("Shift not found"))


class TillNotFound(NotFound):
    """No such till in this centre."""

    def __init__(self) -> None:
        super().__init__(say("Till not found"))


class ShiftClosed(Refused):
    """The shift is over; its report is frozen."""

    def __init__(self) -> None:
        super().__init__(say("the shift is closed"))


class CountFirst(Refused):
    """A shift is closed only when its drawer was counted."""

    def __init__(self) -> None:
        super().__init__(say("count the drawer first"))
