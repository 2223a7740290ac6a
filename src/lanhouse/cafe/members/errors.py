"""Refusals about members that others raise too."""

from __future__ import annotations

from lanhouse.kit.errors import NotFound
from lanhouse.kit.said import say


class MemberNotFound(NotFound):
    """No such member in this centre; the wording is the wire's (cafe-wire, Members)."""

    def __init__(self) -> None:
        super().__init__(say("Member not found"))
