"""Which bets a currency allows: whole minor units per line, so that every win is exact too."""

from __future__ import annotations

from lanhouse.aggregator.providers.house.slot import NIGHT_SHIFT, Machine
from lanhouse.kit.money import minor_unit_micros

_STEPS = (1, 2, 3, 5, 10, 15, 20, 25, 50, 75, 100)
"""Line bets in minor units: with 20 lines 0.20 to 20.00 of a currency with two decimals."""

_UNITS_PER_STEP = {
    "BHD": 5, "JOD": 5, "KWD": 5, "LYD": 5, "OMR": 5, "TND": 10,
    "ARS": 100, "INR": 10, "PHP": 10, "RUB": 10, "THB": 5, "TRY": 5, "UAH": 5,
    "CLP": 5, "IQD": 5_000, "KRW": 10, "MMK": 10_000, "PYG": 50, "UGX": 25, "VND": 100,
    "IDR": 10_000, "KHR": 25_000, "LAK": 100_000,
}  # fmt: skip
"""Currencies whose minor unit is too small or too big to be one step; all others count 1."""


def line_bets_micros(currency: str) -> tuple[int, ...]:
    """The allowed bets per line in micros, smallest first."""
    unit = minor_unit_micros(currency) * _UNITS_PER_STEP.get(currency, 1)
    return tuple(step * unit for step in _STEPS)


def total_bets_micros(currency: str, machine: Machine = NIGHT_SHIFT) -> tuple[int, ...]:
    """The allowed bets of a whole round (all lines) in micros, smallest first."""
    return tuple(bet * len(machine.lines) for bet in line_bets_micros(currency))


def default_bet_micros(currency: str, machine: Machine = NIGHT_SHIFT) -> int:
    """The bet a new player finds set: the smallest one."""
    return total_bets_micros(currency, machine)[0]
