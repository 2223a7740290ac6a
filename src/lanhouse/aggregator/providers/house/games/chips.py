"""What may be staked: chips of tables and bets of slots in each currency, and House's limit sets.

Source: decision 0201; the list is in docs/house-games.md, and a test holds the two together.
"""

from __future__ import annotations

import msgspec

from lanhouse.aggregator.providers.house.games.step import PARTS
from lanhouse.aggregator.providers.house.slot import NIGHT_SHIFT
from lanhouse.kit.money import MICROS, currency_decimals, minor_unit_micros

CHIPS = (1, 5, 25, 100, 500)
"""Chips in units of the currency."""

_UNITS = {
    "ALL": 100, "AMD": 500, "AOA": 1_000, "ARS": 1_000, "BDT": 100, "BIF": 2_000, "CDF": 2_000,
    "CLP": 1_000, "COP": 5_000, "CRC": 500, "CZK": 20, "DKK": 10, "DJF": 200, "DZD": 100,
    "EGP": 50, "GNF": 10_000, "HUF": 500, "IDR": 10_000, "INR": 100, "IQD": 1_000, "IRR": 500_000,
    "ISK": 100, "JPY": 100, "KES": 100, "KHR": 5_000, "KMF": 500, "KRW": 1_000, "KZT": 500,
    "LAK": 20_000, "LBP": 100_000, "LKR": 200, "MMK": 2_000, "MNT": 2_000, "MWK": 1_000,
    "MXN": 20, "NGN": 1_000, "NOK": 10, "NPR": 100, "PHP": 50, "PKR": 200, "PLAY": 20,
    "PYG": 5_000, "RSD": 100, "RUB": 100, "RWF": 1_000, "SEK": 10, "SYP": 10_000, "THB": 20,
    "TRY": 20, "TWD": 20, "TZS": 2_000, "UAH": 50, "UGX": 4_000, "UYI": 20, "UZS": 10_000,
    "VND": 20_000, "VUV": 100, "XAF": 500, "XOF": 500, "XPF": 100, "ZAR": 20,
}  # fmt: skip
"""The smallest chip of a currency whose unit is not worth about one euro; all others: 1."""

_LINE_STEPS = (1, 2, 3, 5, 10, 15, 20, 25, 50, 75, 100)
"""Line bets in minor units: with 20 lines 0.20 to 20.00 of a currency with two decimals."""

_UNITS_PER_STEP = {
    "BHD": 5, "JOD": 5, "KWD": 5, "LYD": 5, "OMR": 5, "TND": 10,
    "ARS": 100, "INR": 10, "PHP": 10, "RUB": 10, "THB": 5, "TRY": 5, "UAH": 5,
    "CLP": 5, "IQD": 5_000, "KRW": 10, "MMK": 10_000, "PYG": 50, "UGX": 25, "VND": 100,
    "IDR": 10_000, "KHR": 25_000, "LAK": 100_000,
}  # fmt: skip
"""Currencies whose minor unit is too small or too big to be one step; all others count 1."""

_LINE_STEPS_BEYOND = (200, 300, 500)
"""Line bets of slots above those of the first release, for the High limits: 40, 60, 100 in EUR."""


class LimitSet(msgspec.Struct, frozen=True, kw_only=True):
    """A range of what may be staked: `min_micros` a field (a round of a slot), `max_micros` the
    whole first stake of a round.
    """

    id: str
    label: str
    min_micros: int
    max_micros: int
    is_default: bool = False


def line_bets_micros(currency: str) -> tuple[int, ...]:
    """The allowed bets per line in micros, smallest first."""
    unit = minor_unit_micros(currency) * _UNITS_PER_STEP.get(currency, 1)
    return tuple(step * unit for step in _LINE_STEPS)


def unit_micros(currency: str) -> int:
    """The smallest chip in micros; a twentieth and a half of it exist in the currency."""
    return _UNITS.get(currency, 100 if currency_decimals(currency) == 0 else 1) * MICROS


def chips_micros(currency: str) -> tuple[int, ...]:
    """The chips of a table in micros, smallest first."""
    return tuple(chip * unit_micros(currency) for chip in CHIPS)


def is_table_amount(currency: str, amount_micros: int) -> bool:
    """Whether a field can take the amount: a positive multiple of the smallest chip."""
    return amount_micros > 0 and amount_micros % unit_micros(currency) == 0


def slot_bets_micros(currency: str) -> tuple[int, ...]:
    """The bets of a slot's round in micros, smallest first; whole minor units a line."""
    lines = line_bets_micros(currency)
    further = (step * lines[0] for step in _LINE_STEPS_BEYOND)
    return tuple(bet * len(NIGHT_SHIFT.lines) for bet in (*lines, *further))


def limit_sets(category: str, currency: str) -> tuple[LimitSet, ...]:
    """Low, Standard (default) and High of a category, `slot` or `table`."""
    if category == "slot":
        smallest = slot_bets_micros(currency)[0]
        ranges = ((1, 25), (1, 100), (1, 500))
    else:
        smallest = unit_micros(currency)
        ranges = ((1, 25), (1, 500), (25, 5_000))
    return tuple(
        LimitSet(
            id=label.lower(),
            label=label,
            min_micros=least * smallest,
            max_micros=most * smallest,
            is_default=label == "Standard",
        )
        for label, (least, most) in zip(("Low", "Standard", "High"), ranges, strict=True)
    )


def units() -> dict[str, int]:
    """Currency -> its smallest chip in whole units, of those that are not 1."""
    return dict(sorted(_UNITS.items()))


assert all(unit * MICROS % PARTS == 0 for unit in _UNITS.values())
