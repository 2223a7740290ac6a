"""Which centre was made as a demo hall."""

from __future__ import annotations

from datetime import datetime

from lanhouse.db.store import Read
from lanhouse.ledger import book_of_center
from lanhouse.ledger.answers import answered_at

_MARK = "demo:"
WHOLE = "whole"
"""The step that is done last."""


def mark_of(step: str) -> str:
    """The idempotency key under which a step of filling the demo is done (decision 0080)."""
    return f"{_MARK}{step}"


def demo_since(read: Read, center_id: int) -> datetime | None:
    """When the filling of a demo hall came to its end; None for every other centre."""
    return answered_at(read, book_of_center(center_id), mark_of(WHOLE))
