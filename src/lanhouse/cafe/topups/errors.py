"""Refusals of top-ups."""

from __future__ import annotations

from lanhouse.kit.errors import BalanceTooLow, NotFound


class MemberNotFound(NotFound):
    """No such member in this centre; the wording is the wire's (cafe-wire, Members)."""

    def __init__(self) -> None:
        super().__init__("Member not found")


class NotRefundable(BalanceTooLow):
    """What is to be taken back has been spent, or is being played with."""
