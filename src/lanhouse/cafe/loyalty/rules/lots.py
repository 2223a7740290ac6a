"""Bonus by the day on which it ends. Pure, in micros."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple


class Lot(NamedTuple):
    """What is left of a lot of bonus; `expires_at` None: it does not end."""

    id: int
    expires_at: datetime | None
    left_micros: int

    def is_over(self, at: datetime) -> bool:
        """Whether its day has come."""
        return self.expires_at is not None and self.expires_at <= at


class Ended(NamedTuple):
    """A lot whose day has come, and what of it goes back to the house."""

    lot: Lot
    gone_micros: int


def spent_from(lots: Sequence[Lot], micros: int, at: datetime) -> list[Lot]:
    """The lots that change when so much bonus is spent at `at`, with what is left of them.

    What a session had used of a lot when that ended is spent first, for that session pays; then
    what ends first. What has ended already and was not taken back yet comes last, because
    nobody may spend it: so it makes no difference when the clock gets to it.
    """
    left = micros
    changed: list[Lot] = []
    for lot in sorted(lots, key=lambda lot: _order(lot, at)):
        part = min(left, lot.left_micros)
        if part <= 0:
            continue
        changed.append(lot._replace(left_micros=lot.left_micros - part))
        left -= part
    return changed


def _order(lot: Lot, at: datetime) -> tuple[int, float, int]:
    if lot.expires_at is None:
        return 0, 0.0, lot.id
    return (2 if lot.is_over(at) else 1), lot.expires_at.timestamp(), lot.id
