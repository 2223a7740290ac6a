"""Baccarat's exact return, by two counts of all 416 x 415 x ... x 411 orders of six cards.

`dealt` deals every sequence of points by the rules of the game, in the order of the cards.
`counted` knows no order: it counts pairs of two-card hands as combinations and reads the third
cards from the table that is printed in every casino.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from math import comb, perm

from lanhouse.aggregator.providers.house.games import baccarat as game
from lanhouse.aggregator.providers.house.games.step import PARTS
from lanhouse.aggregator.providers.house.returns.figures import Figures, of_spread

ORDERS = perm(game.SHOE, 6)
"""4 998 398 275 503 360 ways to take six cards in order; shorter rounds count with all that could
have followed."""
LEFT = {points: 4 * game.DECKS * (4 if points == 0 else 1) for points in range(10)}
"""Cards of each points in a full shoe."""

_DRAWS_ON = {
    0: "0123456789", 1: "0123456789", 2: "0123456789",
    3: "012345679", 4: "234567", 5: "4567", 6: "67", 7: "",
}  # fmt: skip
"""Banker's total -> the player's third cards on which the banker draws, as printed in casinos."""


def _winner(player: int, banker: int) -> str:
    if player == banker:
        return "tie"
    return "player" if player > banker else "banker"


@cache
def dealt() -> dict[str, int]:
    """Winner -> orders, dealing card after card."""
    left = dict(LEFT)
    found: Counter[str] = Counter()

    def take() -> Iterator[tuple[int, int]]:
        for points in range(10):
            if left[points]:
                ways = left[points]
                left[points] -= 1
                yield points, ways
                left[points] += 1

    for p1, ways1 in take():
        for b1, ways2 in take():
            for p2, ways3 in take():
                for b2, ways4 in take():
                    ways = ways1 * ways2 * ways3 * ways4
                    _finish((p1 + p2) % 10, (b1 + b2) % 10, ways, left, found)
    return dict(found)


def _finish(player: int, banker: int, ways: int, left: dict[int, int], found: Counter[str]) -> None:
    """Third cards after the first four; unused cards multiply."""
    fifth = game.SHOE - 4
    if player >= 8 or banker >= 8:
        found[_winner(player, banker)] += ways * fifth * (fifth - 1)
        return
    if player > 5:
        if not game.banker_draws(banker, None):
            found[_winner(player, banker)] += ways * fifth * (fifth - 1)
            return
        for points in range(10):
            end = (banker + points) % 10
            found[_winner(player, end)] += ways * left[points] * (fifth - 1)
        return
    for third in range(10):
        here = ways * left[third]
        total = (player + third) % 10
        if not game.banker_draws(banker, third):
            found[_winner(total, banker)] += here * (fifth - 1)
            continue
        for points in range(10):
            end = (banker + points) % 10
            found[_winner(total, end)] += here * (left[points] - (points == third))


@cache
def counted() -> dict[str, int]:
    """Winner -> orders, from combinations of hands and the printed table."""
    found: Counter[str] = Counter()
    pairs = [(low, high) for low in range(10) for high in range(low, 10)]
    for player in pairs:
        first = Counter(player)
        player_ways = _combinations(LEFT, player)
        after = {points: LEFT[points] - first[points] for points in range(10)}
        for banker in pairs:
            # Two cards of a hand can come in two orders each.
            ways = player_ways * _combinations(after, banker) * 4
            left = {points: after[points] - banker.count(points) for points in range(10)}
            for winner, of in _thirds(sum(player) % 10, sum(banker) % 10, left).items():
                found[winner] += ways * of
    return dict(found)


def _combinations(left: dict[int, int], pair: tuple[int, int]) -> int:
    low, high = pair
    return comb(left[low], 2) if low == high else left[low] * left[high]


def _thirds(player: int, banker: int, left: dict[int, int]) -> Counter[str]:
    """Winner -> ordered pairs of the fifth and sixth card."""
    found: Counter[str] = Counter()
    for fifth, ways in left.items():
        for sixth, of in left.items():
            both = ways * (of - (fifth == sixth))
            player_end, banker_end = player, banker
            if max(player, banker) < 8:
                if player <= 5:
                    player_end = (player + fifth) % 10
                    if str(fifth) in _DRAWS_ON[banker]:
                        banker_end = (banker + sixth) % 10
                elif banker <= 5:
                    banker_end = (banker + fifth) % 10
            found[_winner(player_end, banker_end)] += both
    return found


def _spread(on: str, orders: dict[str, int]) -> dict[Fraction, Fraction]:
    spread: dict[Fraction, Fraction] = {}
    for winner, ways in orders.items():
        parts = game.PARTS_PAID[on] if winner == on else PARTS if winner == "tie" else 0
        paid = Fraction(parts, PARTS)
        spread[paid] = spread.get(paid, Fraction(0)) + Fraction(ways, ORDERS)
    return spread


def figures() -> list[Figures]:
    """Player, banker and tie. A push counts as paid in the hit rate."""
    found: list[Figures] = []
    for on in game.WINNERS:
        other = sum((paid * chance for paid, chance in _spread(on, counted()).items()), Fraction(0))
        found.append(of_spread(on, _spread(on, dealt()), other))
    return found
