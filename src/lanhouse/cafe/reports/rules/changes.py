"""How much a figure differs from the one it is compared with. Pure."""

from __future__ import annotations

import msgspec

from lanhouse.kit.money import half_up


class Change(msgspec.Struct, frozen=True):
    """`trend` is up, down or same; `percent` is None where the figure before gives none."""

    trend: str
    percent: int | None
    difference: int


def change(now: int, before: int) -> Change:
    """Of two figures of any unit. A percentage needs a figure above 0 on both sides, and more than
    tenfold is told as a difference."""
    difference = now - before
    trend = "up" if difference > 0 else "down" if difference < 0 else "same"
    percent = None
    if before > 0 and 0 <= now <= 10 * before:
        percent = half_up(abs(difference) * 100, before)
    return Change(trend, percent, abs(difference))
