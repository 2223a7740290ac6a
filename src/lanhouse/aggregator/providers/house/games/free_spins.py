"""Lit Windows, house_00002: a slot whose scatters open free spins; a round is one paid spin and
all free spins that follow from it.

Each free spin is a step of its own, `spin` without a bet, on the next five numbers of the same
stream. Scatters within free spins give more of them, up to the most a round may have. Everything
is paid when the round ends, so a round that cannot be finished can be given back whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from lanhouse.aggregator.providers.house.games.machines import FreeSpins
from lanhouse.aggregator.providers.house.games.slots import (
    SPIN,
    SpinRound,
    draw_stops,
    reels_shown,
)
from lanhouse.aggregator.providers.house.games.step import (
    Action,
    ActionNotPossible,
    Log,
    Numbers,
    State,
    Step,
    check_no_bet,
    check_only_bet,
    shown,
)
from lanhouse.aggregator.providers.house.slot import evaluate
from lanhouse.kit.errors import InvalidInput


class FreeSpinRound(SpinRound, kw_only=True):
    """A round with free spins: how many it has in all, how many are played, each spin's win."""

    granted: int = 0
    played: int = 0
    spin_wins: list[int] = msgspec.field(default_factory=list)


class SpinShown(msgspec.Struct, frozen=True):
    """One spin of the round: its stops and what it won, in decimal text."""

    stops: list[int]
    win: str


class FreeSpinsShown(msgspec.Struct, frozen=True):
    """Free spins of a round: in all, played, left; the factor of their wins, won in them."""

    total: int
    played: int
    left: int
    factor: int
    won: str


@dataclass(frozen=True)
class FreeSpinReels:
    """A slot with free spins."""

    rules: FreeSpins

    def stakes(self, state: State | None, action: Action) -> tuple[int, ...]:
        """What an action would take, before anything is drawn; a free spin takes nothing."""
        is_over = state is not None and state["is_done"]
        if action.name != SPIN or is_over:
            raise ActionNotPossible
        if state is None:
            bet_micros = check_only_bet(action, len(self.rules.machine.lines))
            return (bet_micros - action.free_micros,)
        check_no_bet(action)
        if action.hand is not None:
            raise InvalidInput({"hand": "this game has no hands"})
        return ()

    def step(self, state: State | None, action: Action, numbers: Numbers) -> Step:
        """The paid spin or the next free one; raises InvalidInput, AmountNotAllowed,
        ActionNotPossible.
        """
        stakes = self.stakes(state, action)
        if state is None:
            assert action.bet_micros is not None
            played = FreeSpinRound(bet_micros=action.bet_micros, free_micros=action.free_micros)
        else:
            played = msgspec.convert(state, FreeSpinRound)
        self._spin(played, numbers, is_free=state is not None)
        kept: State = msgspec.to_builtins(played)
        return Step(
            state=kept,
            stakes=stakes,
            wins=(played.win_micros,) if played.is_done else (),
            actions=() if played.is_done else (SPIN,),
            view=self.view(kept),
            free_win_micros=played.win_micros if played.is_done and played.free_micros else 0,
        )

    def _spin(self, played: FreeSpinRound, numbers: Numbers, *, is_free: bool) -> None:
        machine = self.rules.machine
        factor = self.rules.factor if is_free else 1
        stops = draw_stops(played, machine, numbers)
        outcome = evaluate(machine, stops, played.bet_micros // len(machine.lines) * factor)
        played.played += is_free
        played.granted = self.rules.granted_after(played.granted, outcome.scatter_count)
        played.spin_wins.append(outcome.win_micros)
        played.win_micros += outcome.win_micros
        played.is_done = played.played == played.granted

    def view(self, state: State) -> dict[str, Any]:
        """The last spin as shown, the free spins, and every spin of the round in order."""
        played = msgspec.convert(state, FreeSpinRound)
        reels = len(self.rules.machine.strips)
        stops = [
            played.numbers[start : start + reels] for start in range(0, len(played.numbers), reels)
        ]
        factor = self.rules.factor if len(stops) > 1 else 1
        free = FreeSpinsShown(
            total=played.granted,
            played=played.played,
            left=played.granted - played.played,
            factor=self.rules.factor,
            won=shown(sum(played.spin_wins[1:])),
        )
        spins = [SpinShown(at, shown(won)) for at, won in zip(stops, played.spin_wins, strict=True)]
        last = reels_shown(self.rules.machine, stops[-1], played.bet_micros, factor)
        return {
            **last,
            "freeSpins": msgspec.to_builtins(free),
            "spins": msgspec.to_builtins(spins),
            "total": shown(played.win_micros),
        }

    def log(self, state: State) -> Log:
        """The round for gameLogs: log type iframe, a page that shows the reels."""
        played = msgspec.convert(state, FreeSpinRound)
        spins = f", {played.played} free spins" if played.played else ""
        return Log(log_type="iframe", result=f"win {shown(played.win_micros)}{spins}")
