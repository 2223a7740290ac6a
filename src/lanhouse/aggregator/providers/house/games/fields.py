"""Tables with fields: roulette, baccarat and sic bo read bets, draw once and pay alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from lanhouse.aggregator.providers.house.games.step import (
    PARTS,
    Action,
    ActionNotPossible,
    FieldBet,
    Numbers,
    Round,
    State,
    Step,
    check_amount,
    check_free,
    paid_micros,
    shown,
)
from lanhouse.kit.errors import InvalidInput

FIELDS_MAX = 200
"""More entries than any table has fields are refused."""


class FieldRound(Round, kw_only=True):
    """A round of a table with fields: what lies where, and what it paid."""

    bets: list[FieldBet]
    wins: list[int]


class FieldShown(msgspec.Struct, frozen=True, omit_defaults=True):
    """A field with what lies on it and what it paid (0: lost), in decimal text."""

    on: str
    amount: str
    win: str
    number: int | None = None


@dataclass(frozen=True)
class Table:
    """A table as data: its action, its fields and the numbers each may have, and what it pays.

    `fields` names for each field the numbers allowed; an empty range: it takes none; with
    `optional_numbers` a field may be played with or without. `draw` reads one outcome from the
    stream; `parts` says how many twentieths of a stake come back on a field for it, the stake
    included; `show` tells the outcome.
    """

    action: str
    fields: dict[str, range]
    draw: Callable[[Round, Numbers], Sequence[int]]
    parts: Callable[[str, int | None, Sequence[int]], int]
    show: Callable[[Sequence[int]], dict[str, Any]]
    outcome: Callable[[Sequence[int]], Sequence[int]]
    optional_numbers: frozenset[str] = frozenset()

    def merged(self, action: Action) -> list[FieldBet]:
        """The fields staked on, checked, each once and in the order of its first bet."""
        if action.bet_micros is not None:
            raise InvalidInput({"bet": "this table takes bets on fields"})
        if action.hand is not None:
            raise InvalidInput({"hand": "this table has no hands"})
        if not action.bets:
            raise InvalidInput({"bets": "is required"})
        if len(action.bets) > FIELDS_MAX:
            raise InvalidInput({"bets": f"must be at most {FIELDS_MAX}"})
        sums: dict[tuple[str, int | None], int] = {}
        for place, bet in enumerate(action.bets):
            self._check(f"bets[{place}]", bet)
            key = bet.on, bet.number
            sums[key] = sums.get(key, 0) + bet.amount_micros
        fields = [FieldBet(on, amount, number) for (on, number), amount in sums.items()]
        check_free(action, fields[0].amount_micros)
        return fields

    def _check(self, name: str, bet: FieldBet) -> None:
        allowed = self.fields.get(bet.on)
        if allowed is None:
            raise InvalidInput({f"{name}.on": "is no field of this table"})
        if bet.number is None:
            if allowed and bet.on not in self.optional_numbers:
                raise InvalidInput({f"{name}.number": "is required"})
        elif not allowed:
            raise InvalidInput({f"{name}.number": "this field has no number"})
        elif bet.number not in allowed:
            reason = f"must be {allowed.start} to {allowed.stop - 1}"
            raise InvalidInput({f"{name}.number": reason})
        check_amount(f"{name}.amount", bet.amount_micros, PARTS)

    def stakes(self, state: State | None, action: Action) -> tuple[int, ...]:
        """What an action would take, one amount a field, before anything is drawn."""
        if state is not None or action.name != self.action:
            raise ActionNotPossible
        first, *others = (bet.amount_micros for bet in self.merged(action))
        return (first - action.free_micros, *others)

    def step(self, state: State | None, action: Action, numbers: Numbers) -> Step:
        """Play a round, its one step; raises InvalidInput, AmountNotAllowed, ActionNotPossible."""
        stakes = self.stakes(state, action)
        played = FieldRound(
            bets=self.merged(action), wins=[], free_micros=action.free_micros, is_done=True
        )
        outcome = self.draw(played, numbers)
        free_win_micros = 0
        for place, bet in enumerate(played.bets):
            parts = self.parts(bet.on, bet.number, outcome)
            free_micros = played.free_micros if place == 0 else 0
            played.wins.append(paid_micros(bet.amount_micros, parts, free_micros))
            free_win_micros += paid_micros(free_micros, parts, free_micros)
        kept: State = msgspec.to_builtins(played)
        return Step(
            state=kept,
            stakes=stakes,
            wins=tuple(played.wins),
            actions=(),
            view=self.view(kept),
            free_win_micros=free_win_micros,
        )

    def view(self, state: State) -> dict[str, Any]:
        """The round as shown: the outcome, and each field with what it paid."""
        played = msgspec.convert(state, FieldRound)
        fields = [
            FieldShown(bet.on, shown(bet.amount_micros), shown(paid), bet.number)
            for bet, paid in zip(played.bets, played.wins, strict=True)
        ]
        return {**self.show(self.outcome(played.numbers)), "bets": msgspec.to_builtins(fields)}

    def outcome_of(self, state: State) -> Sequence[int]:
        """What fell in a finished round."""
        return self.outcome(msgspec.convert(state, FieldRound).numbers)
