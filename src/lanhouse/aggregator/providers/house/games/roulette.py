"""European roulette, house_00004: pockets 0 to 36, one number below 37 a round.

Pays (the stake comes back with it): straight 35:1, dozen and column 2:1, the even chances 1:1; zero
takes all of them but a straight bet on 0. Every field returns 36/37.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lanhouse.aggregator.providers.house.games.fields import Table
from lanhouse.aggregator.providers.house.games.step import PARTS, Log, Numbers, Pocket, Round, State

POCKETS = 37
RED = frozenset((1, 3, 5, 7, 9, 12, 14, 16, 18, 19, 21, 23, 25, 27, 30, 32, 34, 36))
PAYS = {
    "red": 2, "black": 2, "odd": 2, "even": 2, "low": 2, "high": 2,
    "dozen": 3, "column": 3, "straight": 36,
}  # fmt: skip
"""Field -> how many stakes come back when it wins."""
_NONE = range(0)


def color_of(pocket: int) -> str:
    """red, black or green."""
    if pocket == 0:
        return "green"
    return "red" if pocket in RED else "black"


def even_odd_of(pocket: int) -> str:
    """even, odd, or "" for zero."""
    if pocket == 0:
        return ""
    return "odd" if pocket % 2 else "even"


def is_won(on: str, number: int | None, pocket: int) -> bool:
    """Whether a field wins: low is 1 to 18, column 1 is 1, 4, ... 34, dozen 1 is 1 to 12."""
    if on == "straight":
        return number == pocket
    if pocket == 0:
        return False
    if on in ("red", "black"):
        return color_of(pocket) == on
    if on in ("odd", "even"):
        return even_odd_of(pocket) == on
    if on in ("low", "high"):
        return (pocket <= 18) == (on == "low")
    if on == "dozen":
        return (pocket - 1) // 12 + 1 == number
    return (pocket - 1) % 3 + 1 == number


def _draw(played: Round, numbers: Numbers) -> Sequence[int]:
    return (played.draw(numbers, POCKETS),)


def _parts(on: str, number: int | None, outcome: Sequence[int]) -> int:
    return PAYS[on] * PARTS if is_won(on, number, outcome[0]) else 0


def _show(outcome: Sequence[int]) -> dict[str, Any]:
    pocket = outcome[0]
    return {"pocket": pocket, "color": color_of(pocket), "evenOdd": even_odd_of(pocket)}


TABLE = Table(
    action="spin",
    fields={
        **dict.fromkeys(("red", "black", "odd", "even", "low", "high"), _NONE),
        "dozen": range(1, 4),
        "column": range(1, 4),
        "straight": range(POCKETS),
    },
    draw=_draw,
    parts=_parts,
    show=_show,
    outcome=lambda numbers: numbers,
)


def log(state: State) -> Log:
    """The round for gameLogs: log type roulette."""
    pocket = TABLE.outcome_of(state)[0]
    color = color_of(pocket)
    told = Pocket(str(pocket), color, even_odd_of(pocket))
    return Log(log_type="roulette", result=f"{pocket} {color}", pockets=(told,))
