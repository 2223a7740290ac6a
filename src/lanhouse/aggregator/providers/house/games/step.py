"""What every game of House takes and gives: one pure function from a state to the next one.

`step(state, action, numbers) -> Step`. `state` is None before the first action of a round, later
what the last Step gave; it is JSON (dicts, lists, texts, integers, true, false, null) and holds the
position in the stream, so that a later step reads on where the last one stopped. Whoever calls
keeps money, seeds and rows; a game asks `numbers` for integers and adds up.
Source: decision 0200; the one small JSON for all games (docs/house-games.md).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.money import format_plain

State = dict[str, Any]
"""A round as JSON."""

PARTS = 20
"""Pays are whole twentieths of a stake, because banker pays 0.95: every field's stake can be
divided by 20, and nothing is ever rounded."""


class Numbers(Protocol):
    """The numbers of a round in order; `fair.FairStream` is one."""

    @property
    def position(self) -> int:
        """How many words of the stream are read, thrown away ones too."""
        ...

    def below(self, bound: int) -> int:
        """A number of 0 ... bound - 1."""
        ...


class FieldBet(msgspec.Struct, frozen=True):
    """Money on one field of a table, in micros; `number` for the fields that have one."""

    on: str
    amount_micros: int
    number: int | None = None


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """What the player does.

    `bet_micros` is the stake of games with one bet, `bets` those of games with fields; both are
    of the first action of a round only. `hand` counts from 0 (blackjack). `free_micros` is
    the part of the first stake that a campaign gives: a free round's whole bet, or a chip on the
    first field.
    """

    name: str
    bet_micros: int | None = None
    bets: tuple[FieldBet, ...] = ()
    hand: int | None = None
    free_micros: int = 0


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What an action did.

    `stakes` are the amounts this action takes and `wins` those that it pays, in micros; a stake of
    0 is one that a campaign gives. `free_win_micros` is what of the wins the campaign's part has
    won; the rest is won by what the player staked himself. `actions` are those possible now; none:
    the round is over. `view` is what pages, gameLogs and state show; it depends on the round alone.
    """

    state: State
    stakes: tuple[int, ...]
    wins: tuple[int, ...]
    actions: tuple[str, ...]
    view: dict[str, Any]
    free_win_micros: int = 0

    @property
    def is_done(self) -> bool:
        """Whether the round is over."""
        return not self.actions


class Hand(msgspec.Struct, frozen=True):
    """A hand of cards in a log."""

    title: str
    cards: tuple[str, ...]
    result: str


class Pocket(msgspec.Struct, frozen=True):
    """A pocket of roulette in a log; 0 is neither even nor odd."""

    number: str
    color: str
    even_odd: str


class Log(msgspec.Struct, frozen=True, kw_only=True):
    """A finished round for gameLogs: its log type, a sentence, and the arrays of that type."""

    log_type: str
    result: str
    hands: tuple[Hand, ...] = ()
    pockets: tuple[Pocket, ...] = ()
    dices: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()


class Round(msgspec.Struct, kw_only=True):
    """What every state holds: the numbers drawn so far and where the stream stands."""

    numbers: list[int] = msgspec.field(default_factory=list)
    position: int = 0
    free_micros: int = 0
    is_done: bool = False

    def draw(self, numbers: Numbers, bound: int) -> int:
        """The next number below `bound`, noted down."""
        number = numbers.below(bound)
        self.numbers.append(number)
        self.position = numbers.position
        return number


class AmountNotAllowed(InvalidInput):
    """The amount is there, but it is none that can be staked."""

    symbol = "INVALID_AMOUNT"


class ActionNotPossible(Refused):
    """The action is not one of those possible now; nothing was done."""

    symbol = "ACTION_NOT_POSSIBLE"
    status = 409

    def __init__(self) -> None:
        super().__init__("this is not possible now; nothing was done")


StepFunction = Callable[[State | None, Action, Numbers], Step]


def check_amount(field: str, amount_micros: int, parts: int) -> None:
    """Refuse an amount that is not positive or cannot be divided by `parts` without a rest."""
    if amount_micros <= 0 or amount_micros % parts:
        raise AmountNotAllowed({field: "is not an amount that can be staked"})


def check_only_bet(action: Action, parts: int) -> int:
    """The one stake of a game without fields. Raises InvalidInput and AmountNotAllowed."""
    if action.bets:
        raise InvalidInput({"bets": "this game takes one bet"})
    if action.hand is not None:
        raise InvalidInput({"hand": "there is no hand yet"})
    if action.bet_micros is None:
        raise InvalidInput({"bet": "is required"})
    check_amount("bet", action.bet_micros, parts)
    check_free(action, action.bet_micros)
    return action.bet_micros


def check_no_bet(action: Action) -> None:
    """Refuse a stake inside a round whose steps take none by themselves."""
    if action.bet_micros is not None:
        raise InvalidInput({"bet": "is set when a round begins"})
    if action.bets:
        raise InvalidInput({"bets": "are set when a round begins"})


def check_free(action: Action, first_micros: int) -> None:
    """A campaign gives at most the first stake; anything else is a fault of the caller."""
    if not 0 <= action.free_micros <= first_micros:
        raise ValueError("free_micros is 0 to the first stake")


def paid_micros(stake_micros: int, parts: int, free_micros: int = 0) -> int:
    """What a stake pays back at so many twentieths; a chip in it is not paid back itself."""
    return max(0, stake_micros * parts // PARTS - free_micros)


def shown(micros: int) -> str:
    """An amount as decimal text."""
    return format_plain(micros)
