"""Which bets a player may place in a game of House now: the steps of the currency within the sets
of limits that count for him, and the round that a campaign gives him.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from lanhouse.aggregator.bet_limits.queries import chosen_ids, that_count
from lanhouse.aggregator.bonuses.queries import due_gift
from lanhouse.aggregator.bonuses.schemas import Gift
from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.providers.house.games.catalogue import SLOT, HouseGame
from lanhouse.aggregator.providers.house.games.chips import (
    chips_micros,
    limit_sets,
    line_bets_micros,
    slot_bets_micros,
    unit_micros,
)
from lanhouse.aggregator.providers.house.games.step import Action, AmountNotAllowed
from lanhouse.aggregator.providers.house.slot import NIGHT_SHIFT, Machine
from lanhouse.aggregator.providers.port import BetLimit
from lanhouse.db.store import Read
from lanhouse.kit.money import format_plain

HOUSE_ID = "house"


class AllowedBets(msgspec.Struct, frozen=True):
    """What a player may stake, in micros: the least on a field, the most of a whole first stake,
    and the bets of a slot or the one amount that each field's stake is a multiple of.
    """

    min_micros: int
    max_micros: int
    steps_micros: tuple[int, ...]


def total_bets_micros(currency: str, machine: Machine = NIGHT_SHIFT) -> tuple[int, ...]:
    """The bets of a whole round (all lines) of the Standard limits in micros, smallest first."""
    return tuple(bet * len(machine.lines) for bet in line_bets_micros(currency))


def default_bet_micros(currency: str, machine: Machine = NIGHT_SHIFT) -> int:
    """The bet a new player finds set: the smallest one."""
    return total_bets_micros(currency, machine)[0]


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


def allowed_bets(read: Read, session: GameSession, game: HouseGame) -> AllowedBets:
    """What the player may stake in this game now. A bet must fit one of his sets; what they allow
    together is told as one range."""
    sets = _sets(
        game,
        session.currency,
        chosen_ids(read, session.agent_id, session.player_id, HOUSE_ID, game.category),
    )
    steps = (unit_micros(session.currency),)
    if game.category == SLOT:
        steps = tuple(
            bet
            for bet in slot_bets_micros(session.currency)
            if any(each.min_micros <= bet <= each.max_micros for each in sets)
        )
    return AllowedBets(
        min(each.min_micros for each in sets), max(each.max_micros for each in sets), steps
    )


def free_rounds(read: Read, session: GameSession, game: HouseGame) -> Gift | None:
    """The campaign whose round or chip the player's next round in this game is, or None."""
    assert game.id == session.game_id, "a session is in one game"
    return due_gift(read, session)


def _sets(game: HouseGame, currency: str, ids: Sequence[str] | None) -> list[BetLimit]:
    return that_count(house_limits(game.category, currency), ids)


def check_first_stake(
    game: HouseGame, currency: str, ids: Sequence[str] | None, action: Action
) -> None:
    """Raise AmountNotAllowed, naming the field, for a round's first stake that none of the player's
    sets allows; `ids` are those that were chosen for him. What a campaign gives is no stake.
    """
    stakes = dict(_stakes(action))
    if not stakes:
        return
    bets = slot_bets_micros(currency) if game.category == SLOT else None
    for field, amount in stakes.items():
        if bets is not None and amount not in bets:
            raise AmountNotAllowed({field: "is not one of the bets of this game"})
        if bets is None and amount % unit_micros(currency):
            unit = format_plain(unit_micros(currency))
            raise AmountNotAllowed({field: f"must be a multiple of {unit}"})
    sets = _sets(game, currency, ids)
    total = sum(stakes.values())
    if any(min(stakes.values()) >= of.min_micros and total <= of.max_micros for of in sets):
        return
    least = min(each.min_micros for each in sets)
    for field, amount in stakes.items():
        if amount < least:
            raise AmountNotAllowed({field: f"must be at least {format_plain(least)}"})
    most = max(each.max_micros for each in sets)
    field = "bets" if action.bets else "bet"
    if total > most:
        raise AmountNotAllowed({field: f"must be at most {format_plain(most)}"})
    raise AmountNotAllowed({field: "is not within one of the limits of this player"})


def _stakes(action: Action) -> Iterator[tuple[str, int]]:
    """(field of the request, what the player stakes there himself), each place of a table once."""
    if action.bet_micros is not None:
        if action.bet_micros > action.free_micros:
            yield "bet", action.bet_micros - action.free_micros
        return
    names: dict[tuple[str, int | None], str] = {}
    sums: dict[str, int] = {}
    for place, bet in enumerate(action.bets):
        name = names.setdefault((bet.on, bet.number), f"bets[{place}].amount")
        sums[name] = sums.get(name, 0) + bet.amount_micros
        if place == 0:
            sums[name] -= action.free_micros
    yield from ((name, amount) for name, amount in sums.items() if amount > 0)
