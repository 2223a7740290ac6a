"""The wheel Harbour Light, house_00008: 50 fields, one number below 50 a round, one bet.

The number is the field, counted from the mark clockwise; each field pays its half multiples of the
bet, the stake included. All fields together pay 96 halves on 100: 96 %.
"""

from __future__ import annotations

from typing import Any

import msgspec

from lanhouse.aggregator.providers.house.games.slots import SPIN, SpinRound
from lanhouse.aggregator.providers.house.games.step import (
    PARTS,
    Action,
    ActionNotPossible,
    Log,
    Numbers,
    State,
    Step,
    check_only_bet,
    paid_micros,
    shown,
)

HALVES = (
    20, 0, 3, 0, 0, 4, 0, 0, 3, 0, 2, 0, 6, 0, 0, 4, 0, 10, 0, 0, 3, 0, 0, 0, 0,
    6, 0, 0, 3, 0, 0, 4, 0, 10, 0, 0, 3, 0, 2, 0, 6, 0, 0, 4, 0, 0, 3, 0, 0, 0,
)  # fmt: skip
"""For each field what it pays in halves of the bet."""


def multiple_text(field: int) -> str:
    """What a field pays as a multiple of the bet: `10`, `1.5`, `0`."""
    return f"{HALVES[field] // 2}{'.5' if HALVES[field] % 2 else ''}"


def stakes(state: State | None, action: Action) -> tuple[int, ...]:
    """What an action would take, before anything is drawn."""
    if state is not None or action.name != SPIN:
        raise ActionNotPossible
    return (check_only_bet(action, PARTS) - action.free_micros,)


def step(state: State | None, action: Action, numbers: Numbers) -> Step:
    """Play the one step of a round; raises InvalidInput, AmountNotAllowed, ActionNotPossible."""
    staked = stakes(state, action)
    assert action.bet_micros is not None
    played = SpinRound(bet_micros=action.bet_micros, free_micros=action.free_micros, is_done=True)
    field = played.draw(numbers, len(HALVES))
    parts = HALVES[field] * PARTS // 2
    played.win_micros = paid_micros(played.bet_micros, parts, played.free_micros)
    kept: State = msgspec.to_builtins(played)
    return Step(
        state=kept,
        stakes=staked,
        wins=(played.win_micros,),
        actions=(),
        view=view(kept),
        free_win_micros=paid_micros(played.free_micros, parts, played.free_micros),
    )


def view(state: State) -> dict[str, Any]:
    """The round as shown: the field, its multiple, amounts."""
    played = msgspec.convert(state, SpinRound)
    field = played.numbers[0]
    return {
        "field": field,
        "multiple": multiple_text(field),
        "bet": shown(played.bet_micros),
        "win": shown(played.win_micros),
    }


def log(state: State) -> Log:
    """The round for gameLogs: log type table."""
    field = msgspec.convert(state, SpinRound).numbers[0]
    multiple = multiple_text(field)
    rows = (("field", str(field)), ("pays", f"{multiple} x bet"))
    return Log(log_type="table", result=f"field {field} pays {multiple} x", rows=rows)
