"""Slots without a feature: Night Shift (house_00001) and Three Lamps (house_00003).

One number below the length of each strip, reel by reel from the left: the stops. Night Shift's
rounds read the same numbers as before there were steps, so every old one can still be recomputed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from lanhouse.aggregator.providers.house.games.step import (
    Action,
    ActionNotPossible,
    Log,
    Numbers,
    Round,
    State,
    Step,
    check_only_bet,
    shown,
)
from lanhouse.aggregator.providers.house.slot import Machine, Outcome, evaluate

SPIN = "spin"


class LineShown(msgspec.Struct, frozen=True):
    """A line that pays: `pays` is the multiple of the line bet, `amount` decimal text."""

    line: int
    symbol: str
    count: int
    pays: int
    amount: str


class ReelsShown(msgspec.Struct, frozen=True, rename="camel"):
    """What one spin shows and pays; `scatter_pays` is a multiple of the bet."""

    stops: list[int]
    window: list[list[str]]
    lines: list[LineShown]
    scatters: int
    scatter_pays: int
    bet: str
    win: str


class SpinRound(Round, kw_only=True):
    """A round of a slot: the stake and what was paid, in micros; the stops are its numbers."""

    bet_micros: int
    win_micros: int = 0


def draw_stops(played: Round, machine: Machine, numbers: Numbers) -> list[int]:
    """One number for each reel."""
    return [played.draw(numbers, size) for size in machine.stops_per_reel]


def reels_shown(machine: Machine, stops: Sequence[int], bet_micros: int, factor: int = 1) -> Any:
    """A spin as JSON; `factor` multiplies every amount (free spins)."""
    outcome = evaluate(machine, stops, bet_micros // len(machine.lines) * factor)
    return msgspec.to_builtins(_reels(machine, outcome, bet_micros, factor))


def _reels(machine: Machine, outcome: Outcome, bet_micros: int, factor: int) -> ReelsShown:
    line_micros = bet_micros // len(machine.lines) * factor
    return ReelsShown(
        stops=list(outcome.stops),
        window=[list(row) for row in outcome.window],
        lines=[
            LineShown(
                win.line, win.symbol, win.count, win.multiple, shown(win.multiple * line_micros)
            )
            for win in outcome.line_wins
        ],
        scatters=outcome.scatter_count,
        scatter_pays=outcome.scatter_multiple,
        bet=shown(bet_micros),
        win=shown(outcome.win_micros),
    )


@dataclass(frozen=True)
class Reels:
    """A slot of one spin a round."""

    machine: Machine

    def stakes(self, state: State | None, action: Action) -> tuple[int, ...]:
        """What an action would take, before anything is drawn."""
        if state is not None or action.name != SPIN:
            raise ActionNotPossible
        bet_micros = check_only_bet(action, len(self.machine.lines))
        return (bet_micros - action.free_micros,)

    def step(self, state: State | None, action: Action, numbers: Numbers) -> Step:
        """Play a round, its one step; raises InvalidInput, AmountNotAllowed, ActionNotPossible."""
        stakes = self.stakes(state, action)
        assert action.bet_micros is not None
        played = SpinRound(
            bet_micros=action.bet_micros, free_micros=action.free_micros, is_done=True
        )
        stops = draw_stops(played, self.machine, numbers)
        line_micros = played.bet_micros // len(self.machine.lines)
        played.win_micros = evaluate(self.machine, stops, line_micros).win_micros
        kept: State = msgspec.to_builtins(played)
        return Step(
            state=kept,
            stakes=stakes,
            wins=(played.win_micros,),
            actions=(),
            view=self.view(kept),
            free_win_micros=played.win_micros if played.free_micros else 0,
        )

    def view(self, state: State) -> dict[str, Any]:
        """The round as shown: window, lines that pay, amounts."""
        played = msgspec.convert(state, SpinRound)
        return reels_shown(self.machine, played.numbers, played.bet_micros)

    def log(self, state: State) -> Log:
        """The round for gameLogs: log type iframe, a page that shows the reels."""
        played = msgspec.convert(state, SpinRound)
        return Log(log_type="iframe", result=f"win {shown(played.win_micros)}")
