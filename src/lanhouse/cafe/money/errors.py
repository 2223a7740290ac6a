"""Refusals about money at the desk."""

from __future__ import annotations

from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.said import say


class NeedsShift(InvalidInput):
    """Money may be taken and given at the desk only in an open shift."""

    def __init__(self) -> None:
        super().__init__({"shift": say("open a shift first")})
