"""Baccarat (punto banco), house_00005: a fresh shoe of eight decks each round.

Cards are dealt to player, banker, player, banker, then third cards by the fixed rules. Each number
is below the cards left (416, 415, ...) and names one of them in the order of the shoe: eight decks,
each of spades, hearts, diamonds, clubs from ace to king. Player pays 1:1, banker 0.95:1 (commission
of 5 %), tie 8:1; on a tie stakes on player and banker come back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lanhouse.aggregator.providers.house.games.cards import DECK, RANKS, card_name, nth_left
from lanhouse.aggregator.providers.house.games.fields import Table
from lanhouse.aggregator.providers.house.games.step import PARTS, Hand, Log, Numbers, Round, State

DECKS = 8
SHOE = DECKS * DECK
WINNERS = ("player", "banker", "tie")
PARTS_PAID = {"player": 2 * PARTS, "banker": 39, "tie": 9 * PARTS}
"""Field -> twentieths of the stake that come back when it wins."""


def points_of(card: int) -> int:
    """Ace 1, two to nine as they are, ten and pictures 0."""
    rank = card % len(RANKS)
    return rank + 1 if rank < 9 else 0


def total_of(cards: Sequence[int]) -> int:
    """The last digit of the sum."""
    return sum(map(points_of, cards)) % 10


def banker_draws(banker_total: int, player_third: int | None) -> bool:
    """Whether a banker of two cards takes a third; `player_third` in points, None: none drawn."""
    if player_third is None:
        return banker_total <= 5
    if banker_total == 3:
        return player_third != 8
    lowest = {4: 2, 5: 4, 6: 6}.get(banker_total)
    if lowest is not None:
        return lowest <= player_third <= 7
    return banker_total <= 2


def hands_of(cards: Sequence[int]) -> tuple[list[int], list[int]]:
    """The cards of player and banker from the order in which they were dealt."""
    player, banker = [cards[0], cards[2]], [cards[1], cards[3]]
    others = list(cards[4:])
    if others and total_of(player) <= 5 and total_of(banker) < 8:
        player.append(others.pop(0))
    return player, banker + others


def winner_of(cards: Sequence[int]) -> str:
    """player, banker or tie."""
    player, banker = map(total_of, hands_of(cards))
    if player == banker:
        return "tie"
    return "player" if player > banker else "banker"


def _draw(played: Round, numbers: Numbers) -> Sequence[int]:
    cards: list[int] = []

    def take() -> int:
        cards.append(nth_left(cards, played.draw(numbers, SHOE - len(cards))))
        return cards[-1]

    for _ in range(4):
        take()
    player, banker = map(total_of, hands_of(cards))
    if player < 8 and banker < 8:
        third = points_of(take()) if player <= 5 else None
        if banker_draws(banker, third):
            take()
    return cards


def _cards(numbers: Sequence[int]) -> Sequence[int]:
    cards: list[int] = []
    for number in numbers:
        cards.append(nth_left(cards, number))
    return cards


def _parts(on: str, _number: int | None, outcome: Sequence[int]) -> int:
    winner = winner_of(outcome)
    if on == winner:
        return PARTS_PAID[on]
    return PARTS if winner == "tie" else 0


def _show(outcome: Sequence[int]) -> dict[str, Any]:
    player, banker = hands_of(outcome)
    return {
        "player": {"cards": [card_name(card) for card in player], "total": total_of(player)},
        "banker": {"cards": [card_name(card) for card in banker], "total": total_of(banker)},
        "winner": winner_of(outcome),
    }


TABLE = Table(
    action="deal",
    fields=dict.fromkeys(WINNERS, range(0)),
    draw=_draw,
    parts=_parts,
    show=_show,
    outcome=_cards,
)


def log(state: State) -> Log:
    """The round for gameLogs: log type hand, banker first."""
    cards = TABLE.outcome_of(state)
    player, banker = hands_of(cards)
    winner = winner_of(cards)
    hands = (
        Hand("Banker", tuple(map(card_name, banker)), str(total_of(banker))),
        Hand("Player", tuple(map(card_name, player)), str(total_of(player))),
    )
    result = "Tie" if winner == "tie" else f"{winner.capitalize()} wins"
    return Log(log_type="hand", result=result, hands=hands)
