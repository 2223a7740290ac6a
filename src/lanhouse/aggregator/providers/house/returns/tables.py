"""Roulette, sic bo and wheel: every outcome played by the game, and the same from counting."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from math import comb

from lanhouse.aggregator.providers.house.games import roulette, sicbo, wheel
from lanhouse.aggregator.providers.house.games.fields import Table
from lanhouse.aggregator.providers.house.games.step import PARTS
from lanhouse.aggregator.providers.house.returns.figures import Figures, of_spread


def fields_of(table: Table) -> list[tuple[str, int | None]]:
    """Every field of a table with each of its numbers, and without where that is possible."""
    found: list[tuple[str, int | None]] = []
    for on, numbers in table.fields.items():
        if not numbers or on in table.optional_numbers:
            found.append((on, None))
        found.extend((on, number) for number in numbers)
    return found


def spread_of(
    table: Table, on: str, number: int | None, outcomes: Sequence[Sequence[int]]
) -> dict[Fraction, Fraction]:
    """What a field pays per unit and how likely, over outcomes that are all equally likely."""
    spread: dict[Fraction, Fraction] = {}
    for outcome in outcomes:
        paid = Fraction(table.parts(on, number, outcome), PARTS)
        spread[paid] = spread.get(paid, Fraction(0)) + Fraction(1, len(outcomes))
    return spread


def bet_name(on: str, number: int | None) -> str:
    """`total 4`, `red`."""
    return on if number is None else f"{on} {number}"


def roulette_outcomes() -> list[tuple[int, ...]]:
    """The 37 pockets."""
    return [(pocket,) for pocket in range(roulette.POCKETS)]


def sicbo_outcomes() -> list[tuple[int, ...]]:
    """The 216 throws."""
    return list(itertools.product(range(1, sicbo.FACES + 1), repeat=sicbo.DICE))


_POCKETS_COVERED = {"straight": 1, "dozen": 12, "column": 12}


def _roulette_counted(on: str) -> Fraction:
    """A field of n pockets pays 36/n stakes back on n of 37 pockets."""
    covered = _POCKETS_COVERED.get(on, 18)
    return Fraction(36, covered) * Fraction(covered, 37)


def throws_of_total(total: int) -> int:
    """How many of 216 throws show a total, by inclusion and exclusion."""
    return sum(
        (-1) ** over * comb(3, over) * comb(total - 6 * over - 1, 2)
        for over in range(4)
        if total - 6 * over >= 3
    )


def _sicbo_counted(on: str, number: int | None) -> Fraction:
    if on == "total":
        assert number is not None
        return Fraction((1 + sicbo.TOTAL_PAYS[number]) * throws_of_total(number), 216)
    if on == "triple" and number is not None:
        return Fraction(1 + sicbo.TRIPLE_PAYS, 216)
    if on == "triple":
        return Fraction((1 + sicbo.ANY_TRIPLE_PAYS) * 6, 216)
    totals = range(4, 11) if on == "small" else range(11, 18)
    triples = sum(1 for face in range(1, 7) if 3 * face in totals)
    return Fraction(2 * (sum(map(throws_of_total, totals)) - triples), 216)


def roulette_figures() -> list[Figures]:
    """Every field of roulette."""
    outcomes = roulette_outcomes()
    return [
        of_spread(
            bet_name(on, number),
            spread_of(roulette.TABLE, on, number, outcomes),
            _roulette_counted(on),
        )
        for on, number in fields_of(roulette.TABLE)
    ]


def sicbo_figures() -> list[Figures]:
    """Every field of sic bo."""
    outcomes = sicbo_outcomes()
    return [
        of_spread(
            bet_name(on, number),
            spread_of(sicbo.TABLE, on, number, outcomes),
            _sicbo_counted(on, number),
        )
        for on, number in fields_of(sicbo.TABLE)
    ]


def wheel_figures() -> list[Figures]:
    """The one bet of the wheel: field by field, and multiple by multiple."""
    spread: dict[Fraction, Fraction] = {}
    for field in range(len(wheel.HALVES)):
        paid = Fraction(wheel.multiple_text(field))
        spread[paid] = spread.get(paid, Fraction(0)) + Fraction(1, len(wheel.HALVES))
    counted = sum(halves * wheel.HALVES.count(halves) for halves in set(wheel.HALVES))
    return [of_spread("bet", spread, Fraction(counted, 2 * len(wheel.HALVES)))]
