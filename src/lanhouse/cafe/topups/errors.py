"""Refusals of top-ups."""

from __future__ import annotations

from lanhouse.kit.errors import BalanceTooLow


class NotRefundable(BalanceTooLow):
    """What is to be taken back has been spent, or is being played with."""
