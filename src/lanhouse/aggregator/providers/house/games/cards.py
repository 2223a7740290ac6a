"""Cards: number 0 to 51 of a deck is a rank (card % 13, 0 is the ace) and a suit (card // 13)."""

from __future__ import annotations

from collections.abc import Sequence

DECK = 52
RANKS = ("A", "2", "3", "4", "5", "6", "7", "8", "9", "10", "J", "Q", "K")
SUITS = ("S", "H", "D", "C")
"""Spades, hearts, diamonds, clubs."""


def card_name(card: int) -> str:
    """Rank and suit of a card of any deck: `AS`, `10H`, `KC`."""
    card %= DECK
    return RANKS[card % len(RANKS)] + SUITS[card // len(RANKS)]


def nth_left(taken: Sequence[int], number: int) -> int:
    """The card that is number `number` (from 0) of those not `taken`, in the shoe's own order."""
    card = number
    for gone in sorted(taken):
        if gone > card:
            break
        card += 1
    return card
