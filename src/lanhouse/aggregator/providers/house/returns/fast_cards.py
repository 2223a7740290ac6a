"""Baccarat and blackjack on words of the stream, without hands, names or states."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from lanhouse.aggregator.providers.house import fair
from lanhouse.aggregator.providers.house.games import baccarat
from lanhouse.aggregator.providers.house.games.blackjack import total_of, value_of
from lanhouse.aggregator.providers.house.games.cards import DECK, nth_left
from lanhouse.aggregator.providers.house.games.strategy import move_of

_POINTS = [baccarat.points_of(card) for card in range(baccarat.SHOE)]
_SHOE_LIMIT = min(fair.WORDS - fair.WORDS % (baccarat.SHOE - taken) for taken in range(6))
_BANKER_DRAWS = [[baccarat.banker_draws(total, third) for third in range(10)] for total in range(8)]

OpenStream = Callable[[], fair.FairStream]


def baccarat_winner(words: Sequence[int], stream: OpenStream) -> str:
    """The winner of a round whose first block these words are; `stream` opens it from its start."""
    if max(words[:6]) < _SHOE_LIMIT:
        numbers = [words[taken] % (baccarat.SHOE - taken) for taken in range(6)]
    else:
        opened = stream()
        numbers = [opened.below(baccarat.SHOE - taken) for taken in range(6)]
    cards: list[int] = []
    for number in numbers:
        cards.append(nth_left(cards, number))
    p1, b1, p2, b2, fifth, sixth = (_POINTS[card] for card in cards)
    player, banker = (p1 + p2) % 10, (b1 + b2) % 10
    if player < 8 and banker < 8:
        if player <= 5:
            if _BANKER_DRAWS[banker][fifth]:
                banker = (banker + sixth) % 10
            player = (player + fifth) % 10
        elif banker <= 5:
            banker = (banker + fifth) % 10
    if player == banker:
        return "tie"
    return "player" if player > banker else "banker"


_CARD_LIMIT = fair.WORDS - fair.WORDS % DECK
_VALUES = [value_of(card) for card in range(DECK)]
_HARD_ACE = 11


def _values(words: Sequence[int], stream: OpenStream) -> Iterator[int]:
    """Card after card; `stream` opens what follows the first block."""
    for word in words:
        if word < _CARD_LIMIT:
            yield _VALUES[word % DECK]
    opened = stream()
    while True:
        yield _VALUES[opened.below(DECK)]


class BlackjackPlay:
    """Plays the printed strategy; the moves of every total are looked up once."""

    def __init__(self) -> None:
        self._moves: dict[tuple[int, bool, int, bool, bool], str] = {}
        for upcard in range(1, 11):
            for first in range(1, 11):
                for second in range(1, 11):
                    self._note((first, second), upcard)
        for upcard in range(1, 11):
            for points in range(5, 21):
                cards = (2, 2, points - 4) if points < 15 else (10, 2, points - 12)
                self._note_total(cards, upcard)
            for other in range(2, 10):
                self._note_total((1, 1, other - 1), upcard)

    def _note(self, cards: tuple[int, int], upcard: int) -> None:
        total, is_soft = total_of(cards)
        if total == 21:
            return
        for is_split in (False, True):
            is_pair = cards[0] == cards[1] and not is_split
            key = total, is_soft, upcard, True, is_pair
            self._moves[key] = move_of(cards, upcard, is_split=is_split)

    def _note_total(self, cards: tuple[int, ...], upcard: int) -> None:
        total, is_soft = total_of(cards)
        key = total, is_soft, upcard, False, False
        self._moves[key] = move_of(cards, upcard, is_split=False)

    def net_halves(self, words: Sequence[int], stream: OpenStream) -> int:
        """The net result of a round in half stakes."""
        deal = _values(words, stream).__next__
        first, up, second, hole = deal(), deal(), deal(), deal()
        player_has = {first, second} == {1, 10}
        dealer_has = {up, hole} == {1, 10}
        if player_has or dealer_has:
            return 3 * (player_has and not dealer_has) - 2 * (dealer_has and not player_has)
        total, is_soft = _two(first, second)
        move = self._moves[total, is_soft, up, True, first == second]
        if move == "split":
            return self._split(first, up, hole, deal)
        total, stakes = self._played(total, is_soft, up, move, deal)
        if total > 21:
            return -2 * stakes
        dealer = _dealer(up, hole, deal)
        return 2 * stakes * _sign(total, dealer)

    def _split(self, value: int, up: int, hole: int, deal: Callable[[], int]) -> int:
        halves = [_two(value, deal()), _two(value, deal())]
        ends: list[tuple[int, int]] = []
        for total, is_soft in halves:
            if value == 1 or total == 21:
                ends.append((total, 1))
            else:
                move = self._moves[total, is_soft, up, True, False]
                ends.append(self._played(total, is_soft, up, move, deal))
        if all(total > 21 for total, _ in ends):
            return sum(-2 * stakes for _, stakes in ends)
        dealer = _dealer(up, hole, deal)
        return sum(
            -2 * stakes if total > 21 else 2 * stakes * _sign(total, dealer)
            for total, stakes in ends
        )

    def _played(
        self, total: int, is_soft: bool, up: int, move: str, deal: Callable[[], int]
    ) -> tuple[int, int]:
        """(total, stakes) of a hand when it is over."""
        if move == "double":
            return _add(total, is_soft, deal())[0], 2
        while move == "hit":
            total, is_soft = _add(total, is_soft, deal())
            if total >= 21:
                break
            move = self._moves[total, is_soft, up, False, False]
        return total, 1


def _add(total: int, is_soft: bool, value: int) -> tuple[int, bool]:
    if value == 1 and total <= 21 - _HARD_ACE:
        return total + _HARD_ACE, True
    total += value
    if total > 21 and is_soft:
        return total - 10, False
    return total, is_soft


def _two(first: int, second: int) -> tuple[int, bool]:
    return _add(*_add(0, False, first), second)


def _dealer(up: int, hole: int, deal: Callable[[], int]) -> int:
    total, is_soft = _two(up, hole)
    while total < 17:
        total, is_soft = _add(total, is_soft, deal())
    return total


def _sign(total: int, dealer: int) -> int:
    return 1 if dealer > 21 else (total > dealer) - (total < dealer)
