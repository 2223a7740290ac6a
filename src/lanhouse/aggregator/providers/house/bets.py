"""What a player may stake in a game, and what a campaign gives him: asked at each state and act."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from lanhouse.aggregator.bet_limits.queries import chosen_ids, that_count
from lanhouse.aggregator.bonuses.queries import due_gift
from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.providers.house.games.catalogue import SLOT, HouseGame
from lanhouse.aggregator.providers.house.games.chips import (
    chips_micros,
    is_table_amount,
    limit_sets,
    line_bets_micros,
    slot_bets_micros,
    unit_micros,
)
from lanhouse.aggregator.providers.house.games.step import Action, AmountNotAllowed, shown
from lanhouse.aggregator.providers.house.slot import NIGHT_SHIFT, Machine
from lanhouse.aggregator.providers.port import BetLimit
from lanhouse.db.store import Read

HOUSE_ID = "house"


class BetRange(msgspec.Struct, frozen=True):
    """From what a field may be staked to what the whole first stake may be, in micros."""

    min_micros: int
    max_micros: int


class AllowedBets(msgspec.Struct, frozen=True):
    """What may be staked: a stake is allowed that one of the ranges allows.

    `steps_micros` are the bets of a slot's round, smallest first; of a table the one amount of
    which a field takes any multiple.
    """

    ranges: tuple[BetRange, ...]
    steps_micros: tuple[int, ...]

    @property
    def min_micros(self) -> int:
        """The least of a field, whichever range counts."""
        return min(each.min_micros for each in self.ranges)

    @property
    def max_micros(self) -> int:
        """The most of a whole first stake, whichever range counts."""
        return max(each.max_micros for each in self.ranges)

    def allows(self, fields_micros: Sequence[int]) -> bool:
        """Whether a first stake on these fields is within one of the ranges."""
        least, whole = min(fields_micros), sum(fields_micros)
        return any(each.min_micros <= least and whole <= each.max_micros for each in self.ranges)


class FreeRounds(msgspec.Struct, frozen=True):
    """Rounds that a campaign gives, played before paid ones: how many, and the bet of each."""

    remaining: int
    bet_micros: int


def house_limits(category: str, currency: str) -> list[BetLimit]:
    """House's sets of a category in a currency: Low, Standard (default) and High."""
    return [
        BetLimit(
            id=each.id,
            label=each.label,
            min_micros=each.min_micros,
            max_micros=each.max_micros,
            is_default=each.is_default,
        )
        for each in limit_sets(category, currency)
    ]


def free_amounts_micros(category: str, currency: str) -> tuple[int, ...]:
    """What a campaign may give: a bet of a slot, or one chip of a table, in micros."""
    return slot_bets_micros(currency) if category == SLOT else chips_micros(currency)


def bets_by(game: HouseGame, currency: str, ids: Sequence[str] | None) -> AllowedBets:
    """What may be staked by the sets that were chosen for a player (None: by the default)."""
    sets = that_count(house_limits(game.category, currency), ids)
    ranges = tuple(BetRange(each.min_micros, each.max_micros) for each in sets)
    return AllowedBets(ranges, steps_of(game, currency, ranges))


def allowed_bets(read: Read, session: GameSession, game: HouseGame) -> AllowedBets:
    """What the player of a session may stake in a game now."""
    ids = chosen_ids(read, session.agent_id, session.player_id, HOUSE_ID, game.category)
    return bets_by(game, session.currency, ids)


def free_rounds(read: Read, session: GameSession, game: HouseGame) -> FreeRounds | None:
    """What a campaign gives the player of a session in a game now: the one that expires first."""
    assert game.id == session.game_id, "a session is in one game"
    gift = due_gift(read, session)
    return None if gift is None else FreeRounds(gift.remaining, gift.bet_micros)


def steps_of(game: HouseGame, currency: str, ranges: Sequence[BetRange]) -> tuple[int, ...]:
    """The steps of AllowedBets within the ranges."""
    if game.category != SLOT:
        return (unit_micros(currency),)
    return tuple(
        bet
        for bet in slot_bets_micros(currency)
        if any(each.min_micros <= bet <= each.max_micros for each in ranges)
    )


def check_steps(game: HouseGame, currency: str, action: Action) -> None:
    """Refuse amounts that nobody can stake in this game, whatever his limits are.

    Raises AmountNotAllowed naming `bet` or `bets[N].amount`.
    """
    if game.category == SLOT:
        if action.bet_micros is not None and action.bet_micros not in slot_bets_micros(currency):
            raise AmountNotAllowed({"bet": "is not one of the bets of this game"})
        return
    named = {f"bets[{place}].amount": bet.amount_micros for place, bet in enumerate(action.bets)}
    if action.bet_micros is not None:
        named["bet"] = action.bet_micros
    for name, micros in named.items():
        if not is_table_amount(currency, micros):
            unit = shown(unit_micros(currency))
            raise AmountNotAllowed({name: f"must be a multiple of {unit}"})


def check_limits(allowed: AllowedBets, game: HouseGame, fields_micros: Sequence[int]) -> None:
    """Refuse a first stake, by its fields, that the player's limits do not allow; what a campaign
    gives is none.

    Raises AmountNotAllowed naming `bet` or `bets`.
    """
    if not fields_micros or allowed.allows(fields_micros):
        return
    told = " or ".join(
        f"{shown(each.min_micros)} to {shown(each.max_micros)}" for each in allowed.ranges
    )
    if game.has_fields:
        raise AmountNotAllowed({"bets": f"are outside the limits: {told}"})
    raise AmountNotAllowed({"bet": f"is outside the limits: {told}"})


def total_bets_micros(currency: str, machine: Machine = NIGHT_SHIFT) -> tuple[int, ...]:
    """The bets of a whole round (all lines) that the Standard set allows, smallest first."""
    return tuple(bet * len(machine.lines) for bet in line_bets_micros(currency))


def default_bet_micros(currency: str, machine: Machine = NIGHT_SHIFT) -> int:
    """The bet a new player finds set: the smallest one."""
    return total_bets_micros(currency, machine)[0]
