"""Round sums that people hand over, for buttons."""

from __future__ import annotations

from lanhouse.kit.money import MICROS, paid_decimals

_SCALES = {"KRW": 1000, "VND": 1000, "IDR": 1000}
_NOTES = (5, 10, 20, 50, 100, 200, 500)
_NOTES_SHOWN = 4


def round_sums(currency: str, *sums: int) -> list[int]:
    """Sums of a currency like the euro, in whole units, as micros of this one: of a currency whose
    unit is small, a hundred or a thousand times as many."""
    scale = _SCALES.get(currency, 1 if paid_decimals(currency) else 100)
    return [amount * scale * MICROS for amount in sums]


def notes_for(currency: str, due_micros: int) -> list[int]:
    """The smallest bank notes, in micros, with which a sum may be paid."""
    enough = [note for note in round_sums(currency, *_NOTES) if note >= due_micros]
    return enough[:_NOTES_SHOWN]
