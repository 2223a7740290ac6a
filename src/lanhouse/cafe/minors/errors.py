"""Why a minor may not play."""

from __future__ import annotations

from lanhouse.cafe.pcs.queries import PcRefused
from lanhouse.kit.errors import NotFound, Refused
from lanhouse.kit.said import say


class TooYoung(Refused):
    """The rules for minors say no; `reason` tells until or from when."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TooYoungHere(PcRefused):
    """The same for one PC of a call."""


class ConsentNotFound(NotFound):
    """The member has no such consent."""

    def __init__(self) -> None:
        super().__init__(say("Consent not found"))
