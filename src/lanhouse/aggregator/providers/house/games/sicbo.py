"""Sic bo, house_00007: three dice, three numbers below 6 a round, plus one each.

Pays (the stake comes back with it): small 4 to 10 and big 11 to 17 1:1, both lose on a triple;
total by the number; a triple that is named 180:1, any triple 30:1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lanhouse.aggregator.providers.house.games.fields import Table
from lanhouse.aggregator.providers.house.games.step import PARTS, Log, Numbers, Round, State

FACES = 6
DICE = 3
TOTAL_PAYS = {
    4: 60, 5: 30, 6: 18, 7: 12, 8: 8, 9: 6, 10: 6,
    11: 6, 12: 6, 13: 8, 14: 12, 15: 18, 16: 30, 17: 60,
}  # fmt: skip
"""Total -> what it pays to one."""
TRIPLE_PAYS = 180
ANY_TRIPLE_PAYS = 30


def pays_to_one(on: str, number: int | None, dice: Sequence[int]) -> int | None:
    """What a field pays to one for these three faces (1 to 6), or None when it loses."""
    total, is_triple = sum(dice), len(set(dice)) == 1
    if on == "total":
        return TOTAL_PAYS[total] if total == number else None
    if on == "triple":
        if not is_triple or number not in (None, dice[0]):
            return None
        return ANY_TRIPLE_PAYS if number is None else TRIPLE_PAYS
    if is_triple:
        return None
    return 1 if (total <= 10) == (on == "small") else None


def _draw(played: Round, numbers: Numbers) -> Sequence[int]:
    return _dice([played.draw(numbers, FACES) for _ in range(DICE)])


def _dice(numbers: Sequence[int]) -> Sequence[int]:
    return [number + 1 for number in numbers]


def _parts(on: str, number: int | None, outcome: Sequence[int]) -> int:
    pays = pays_to_one(on, number, outcome)
    return 0 if pays is None else (pays + 1) * PARTS


def _show(outcome: Sequence[int]) -> dict[str, Any]:
    is_triple = len(set(outcome)) == 1
    return {"dice": list(outcome), "total": sum(outcome), "isTriple": is_triple}


TABLE = Table(
    action="roll",
    fields={
        "big": range(0),
        "small": range(0),
        "total": range(4, 18),
        "triple": range(1, FACES + 1),
    },
    draw=_draw,
    parts=_parts,
    show=_show,
    outcome=_dice,
    optional_numbers=frozenset({"triple"}),
)


def log(state: State) -> Log:
    """The round for gameLogs: log type dice."""
    dice = TABLE.outcome_of(state)
    said = ", ".join(map(str, dice))
    return Log(log_type="dice", result=f"{said}: total {sum(dice)}", dices=tuple(map(str, dice)))
