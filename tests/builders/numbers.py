"""A stream whose numbers are given, to play a round that the test has thought of."""

from __future__ import annotations

from collections.abc import Iterable

from lanhouse.aggregator.providers.house.games.cards import RANKS, SUITS


class Given:
    """Answers these numbers in order; `asked` are the bounds, all of them when it is empty."""

    def __init__(self, numbers: Iterable[int], position: int = 0) -> None:
        self._left = list(numbers)
        self.asked: list[int] = []
        self.position = position

    def below(self, bound: int) -> int:
        number = self._left.pop(0)
        assert 0 <= number < bound, f"{number} is not below {bound}"
        self.asked.append(bound)
        self.position += 1
        return number

    @property
    def is_empty(self) -> bool:
        return not self._left


def card(name: str) -> int:
    """The number of a card of one deck: `AS` is 0, `10H` 22."""
    return RANKS.index(name[:-1]) + len(RANKS) * SUITS.index(name[-1])


def cards(names: str) -> list[int]:
    return [card(name) for name in names.split()]
