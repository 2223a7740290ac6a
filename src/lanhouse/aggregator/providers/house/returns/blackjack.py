"""Blackjack's exact return: by dynamic programming over totals, and by walking every sequence of
cards under the printed strategy.

`best` chooses the best move of every situation from expectations alone and so finds the strategy;
`walked` knows nothing of expectations: it plays the printed strategy against every sequence of
cards, hand by hand, with the rules of the game itself. The two must give the same rational number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache

from lanhouse.aggregator.providers.house.games import blackjack as game
from lanhouse.aggregator.providers.house.games.step import PARTS
from lanhouse.aggregator.providers.house.games.strategy import UPCARDS, move_of
from lanhouse.aggregator.providers.house.returns.figures import Figures

RANKS = 13
WEIGHTS = {value: 4 if value == 10 else 1 for value in range(1, 11)}
"""How many of 13 ranks have a value; 1 is the ace."""
_DEPTH = 30
"""No hand has so many cards; weights are whole numbers of 13 to this power."""
_WHOLE = RANKS**_DEPTH
_BUST = 0

Total = tuple[int, bool]
"""(total, is soft); 0: bust."""


# By dynamic programming.


def _with(total: Total, value: int) -> Total:
    """A total after one more card, from the total alone."""
    points, is_soft = total
    if value == 1 and points + 11 <= 21:
        return points + 11, True
    points += value
    if points > 21 and is_soft:
        return points - 10, False
    return (_BUST, False) if points > 21 else (points, is_soft)


@cache
def _dealer_ends(total: Total) -> dict[int, Fraction]:
    """Where the dealer ends from a total: 17 to 21, or 0 for bust."""
    if total[0] == _BUST or total[0] >= 17:
        return {total[0]: Fraction(1)}
    ends: dict[int, Fraction] = {}
    for value, weight in WEIGHTS.items():
        for end, chance in _dealer_ends(_with(total, value)).items():
            ends[end] = ends.get(end, Fraction(0)) + chance * Fraction(weight, RANKS)
    return ends


def _hole_chances(upcard: int) -> dict[int, Fraction]:
    """The hole card's values once the dealer has looked and has no blackjack."""
    possible = {v: w for v, w in WEIGHTS.items() if {v, upcard} != {1, 10}}
    whole = sum(possible.values())
    return {value: Fraction(weight, whole) for value, weight in possible.items()}


@cache
def _dealer_of(upcard: int) -> dict[int, Fraction]:
    ends: dict[int, Fraction] = {}
    start = _with((0, False), upcard)
    for value, share in _hole_chances(upcard).items():
        for end, chance in _dealer_ends(_with(start, value)).items():
            ends[end] = ends.get(end, Fraction(0)) + share * chance
    return ends


@cache
def _stood(points: int, upcard: int) -> Fraction:
    """Net result of standing, per stake."""
    if points == _BUST:
        return Fraction(-1)
    net = Fraction(0)
    for end, chance in _dealer_of(upcard).items():
        net += chance * ((points > end) - (points < end))
    return net


@cache
def _played(total: Total, upcard: int) -> Fraction:
    """Net result of hitting and standing at their best."""
    if total[0] in (_BUST, 21):
        return _stood(total[0], upcard)
    return max(_stood(total[0], upcard), _hit(total, upcard))


@cache
def _hit(total: Total, upcard: int) -> Fraction:
    shares = ((_with(total, value), weight) for value, weight in WEIGHTS.items())
    return sum((_played(after, upcard) * Fraction(w, RANKS) for after, w in shares), Fraction(0))


def _doubled(total: Total, upcard: int) -> Fraction:
    shares = ((_with(total, value)[0], weight) for value, weight in WEIGHTS.items())
    return 2 * sum((_stood(end, upcard) * Fraction(w, RANKS) for end, w in shares), Fraction(0))


def _two(first: int, second: int) -> Total:
    return _with(_with((0, False), first), second)


def _split(value: int, upcard: int) -> Fraction:
    net = Fraction(0)
    for drawn, weight in WEIGHTS.items():
        total = _two(value, drawn)
        if value == 1 or total[0] == 21:
            half = _stood(total[0], upcard)
        else:
            half = max(_played(total, upcard), _doubled(total, upcard))
        net += half * Fraction(weight, RANKS)
    return 2 * net


def values_of_moves(first: int, second: int, upcard: int) -> dict[str, Fraction]:
    """What each move of two cards is worth, net per stake, everything after it at its best."""
    total = _two(first, second)
    found = {
        "stand": _stood(total[0], upcard),
        "hit": _hit(total, upcard),
        "double": _doubled(total, upcard),
    }
    if first == second:
        found["split"] = _split(first, upcard)
    return found


def hit_or_stand(total: Total, upcard: int) -> str:
    """The better of the two for a hand that can do nothing else."""
    return "hit" if _hit(total, upcard) > _stood(total[0], upcard) else "stand"


def best() -> Fraction:
    """The expected net result of a round per first stake, every move at its best."""
    net = Fraction(0)
    for up, up_weight in WEIGHTS.items():
        dealer_has = Fraction({1: 4, 10: 1}.get(up, 0), RANKS)
        for first, first_weight in WEIGHTS.items():
            for second, second_weight in WEIGHTS.items():
                chance = Fraction(up_weight * first_weight * second_weight, RANKS**3)
                if {first, second} == {1, 10}:
                    net += chance * (1 - dealer_has) * Fraction(3, 2)
                    continue
                moves = values_of_moves(first, second, up)
                net += chance * ((1 - dealer_has) * max(moves.values()) - dealer_has)
    return net


# By walking every sequence of cards.

Ends = dict[tuple[int, int], int]
"""(total or 0 for bust, stakes on the hand) -> weight out of 13 to the power _DEPTH."""


def _draws(weight: int) -> Iterator[tuple[int, int]]:
    """Every next card with the weight that is left of it."""
    for value, of in WEIGHTS.items():
        yield value, weight * of // RANKS


def _walk_player(
    cards: Sequence[int], upcard: int, weight: int, ends: Ends, *, is_split: bool
) -> None:
    points = game.total_of(cards)[0]
    if points >= 21:
        key = (_BUST if points > 21 else points, 1)
        ends[key] = ends.get(key, 0) + weight
        return
    move = move_of(cards, upcard, is_split=is_split)
    if move == "stand":
        ends[points, 1] = ends.get((points, 1), 0) + weight
    elif move == "double":
        for value, share in _draws(weight):
            end = game.total_of((*cards, value))[0]
            key = (_BUST if end > 21 else end, 2)
            ends[key] = ends.get(key, 0) + share
    else:
        for value, share in _draws(weight):
            _walk_player((*cards, value), upcard, share, ends, is_split=is_split)


def _walk_half(value: int, upcard: int) -> Ends:
    """One hand of a split."""
    ends: Ends = {}
    for drawn, share in _draws(_WHOLE):
        cards = (value, drawn)
        if value == 1:
            key = (game.total_of(cards)[0], 1)
            ends[key] = ends.get(key, 0) + share
        else:
            _walk_player(cards, upcard, share, ends, is_split=True)
    return ends


def _walk_dealer(cards: Sequence[int], weight: int, ends: dict[int, int]) -> None:
    points = game.total_of(cards)[0]
    if points >= game.DEALER_STANDS:
        end = _BUST if points > 21 else points
        ends[end] = ends.get(end, 0) + weight
        return
    for value, share in _draws(weight):
        _walk_dealer((*cards, value), share, ends)


class Walk:
    """Every round under the printed strategy, gathered: chances of what a round pays net and of
    how much is staked, both in stakes. Halves of a split meet the same dealer.
    """

    def __init__(self) -> None:
        self.nets: dict[Fraction, Fraction] = {}
        self.staked = Fraction(0)
        self.hits = Fraction(0)
        for upcard in WEIGHTS:
            self._upcard(upcard)

    def _add(self, net: Fraction, stakes: int, chance: Fraction) -> None:
        self.nets[net] = self.nets.get(net, Fraction(0)) + chance
        self.staked += stakes * chance
        if net > -stakes:
            self.hits += chance

    def _upcard(self, upcard: int) -> None:
        has, dealer = Fraction(0), dict[int, int]()
        for hole, share in _draws(_WHOLE):
            if game.is_blackjack((upcard, hole)):
                has += Fraction(share, _WHOLE)
            else:
                _walk_dealer((upcard, hole), share, dealer)
        ends = {end: Fraction(weight, _WHOLE) for end, weight in dealer.items()}
        for first, first_weight in WEIGHTS.items():
            for second, second_weight in WEIGHTS.items():
                weight = WEIGHTS[upcard] * first_weight * second_weight
                self._hand((first, second), upcard, Fraction(weight, RANKS**3), has, ends)

    def _hand(
        self,
        cards: tuple[int, int],
        upcard: int,
        chance: Fraction,
        has: Fraction,
        dealer: dict[int, Fraction],
    ) -> None:
        if game.is_blackjack(cards):
            pays = Fraction(game.PARTS_PAID["blackjack"], PARTS) - 1
            self._add(Fraction(0), 1, chance * has)
            self._add(pays, 1, chance * (1 - has))
            return
        self._add(Fraction(-1), 1, chance * has)
        if move_of(cards, upcard, is_split=False) == "split":
            half = _walk_half(cards[0], upcard)
            for end, of in dealer.items():
                outcomes = self._against(half, end)
                for (net, stakes), share in outcomes.items():
                    for (net2, stakes2), share2 in outcomes.items():
                        self._add(
                            Fraction(net + net2), stakes + stakes2, chance * of * share * share2
                        )
            return
        ends: Ends = {}
        _walk_player(cards, upcard, _WHOLE, ends, is_split=False)
        for end, of in dealer.items():
            for (net, stakes), share in self._against(ends, end).items():
                self._add(Fraction(net), stakes, chance * of * share)

    @staticmethod
    def _against(ends: Ends, dealer: int) -> dict[tuple[int, int], Fraction]:
        """(net, stakes) -> chance of a hand against a dealer's end."""
        found: dict[tuple[int, int], Fraction] = {}
        for (points, stakes), weight in ends.items():
            sign = -1 if points == _BUST else (points > dealer) - (points < dealer)
            key = sign * stakes, stakes
            found[key] = found.get(key, Fraction(0)) + Fraction(weight, _WHOLE)
        return found


@cache
def walked() -> Walk:
    """The walk, made once."""
    return Walk()


def printed_strategy() -> dict[str, str]:
    """The table of best moves found by `best`, in the form of games.strategy: row -> 10 letters."""
    rows: dict[str, str] = {}
    for points in range(5, 21):
        first = max(2, points - 10)
        rows[f"{points}"] = "".join(_letter(first, points - first, up) for up in UPCARDS)
    for other in range(1, 10):
        rows[f"A{other}"] = "".join(_letter(1, other, up) for up in UPCARDS)
    for value in (*range(2, 11), 1):
        name = "AA" if value == 1 else f"{value}{value}"
        rows[name] = "".join("P" if _is_split_best(value, up) else "-" for up in UPCARDS)
    return rows


def _is_split_best(value: int, upcard: int) -> bool:
    moves = values_of_moves(value, value, upcard)
    return max(moves, key=lambda move: moves[move]) == "split"


def _letter(first: int, second: int, upcard: int) -> str:
    """H, S, D (double, else hit) or d (double, else stand), splitting aside."""
    moves = values_of_moves(first, second, upcard)
    moves.pop("split", None)
    base = hit_or_stand(_two(first, second), upcard)
    if moves["double"] > moves[base]:
        return "D" if base == "hit" else "d"
    return "H" if base == "hit" else "S"


def figures() -> Figures:
    """The game's figures per first stake, under the printed strategy."""
    walk = walked()
    mean = sum((net * chance for net, chance in walk.nets.items()), Fraction(0))
    squares = sum((net * net * chance for net, chance in walk.nets.items()), Fraction(0))
    assert sum(walk.nets.values()) == 1
    return Figures(
        bet="printed strategy",
        rtp=1 + best(),
        other_rtp=1 + mean,
        hit_rate=walk.hits,
        gain_rate=sum((chance for net, chance in walk.nets.items() if net > 0), Fraction(0)),
        variance=squares - mean * mean,
        biggest=max(walk.nets) + 4,
    )
