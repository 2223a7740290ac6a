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


def spent_from(lots: Sequence[Lot], micros: int, at: datetime) -> list[Lot]:
    """The lots that change when so much bonus is spent at `at`, with what is left of them.

    What ends first is spent first. What has ended already and was not taken back yet comes last:
    so it makes no difference when the clock gets to it.
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
        return 1, 0.0, lot.id
    return (2 if lot.expires_at <= at else 0), lot.expires_at.timestamp(), lot.id
