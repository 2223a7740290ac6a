"""Blackjack, house_00006: cards with replacement, the dealer stands on every 17.

Rules, exactly:
- Each card is one number below 52, independent of the others (cards.py names it). Dealt are player,
  dealer (face up), player, dealer (face down).
- An ace and a ten-valued card as the first two are a blackjack. With an ace or a ten-valued card up
  the dealer looks at once: any blackjack ends the round, so more than the first stake is never lost
  to a dealer's blackjack. A player's pays 3:2, both are a push. No insurance, no surrender.
- Hit and stand while below 21; a hand of 21 stands by itself.
- Double on any first two cards, after a split too: the stake again, exactly one card.
- Split once, two cards of equal value (any two ten-valued cards): the stake again, and each hand
  gets a card at once, the first hand first. Split aces get only that card. 21 after a split is no
  blackjack.
- When a hand is left that did not bust, the dealer draws up to 17 or more, soft 17 included.
  Wins pay 1:1. Everything is paid when the round ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from lanhouse.aggregator.providers.house.games.cards import DECK, RANKS, card_name
from lanhouse.aggregator.providers.house.games.step import (
    PARTS,
    Action,
    ActionNotPossible,
    Hand,
    Log,
    Numbers,
    Round,
    State,
    Step,
    check_no_bet,
    check_only_bet,
    paid_micros,
    shown,
)
from lanhouse.kit.errors import InvalidInput

RULES = (
    "cards with replacement", "hole card, dealer looks under ace and ten", "dealer stands on 17",
    "blackjack 3:2", "no insurance", "no surrender", "double any first two cards",
    "double after a split", "split once, equal values", "split aces get one card",
    "21 after a split is no blackjack",
)  # fmt: skip
"""What the text above says, as data for the hash of the rules."""
BEST = 21
DEALER_STANDS = 17
MOVES = ("hit", "stand", "double", "split")
PARTS_PAID = {"blackjack": 5 * PARTS // 2, "win": 2 * PARTS, "push": PARTS, "lose": 0, "bust": 0}
"""How a hand ended -> twentieths of its stake that come back."""


class PlayedHand(msgspec.Struct):
    """A hand of the player."""

    cards: list[int]
    is_doubled: bool = False
    is_over: bool = False


class BlackjackRound(Round, kw_only=True):
    """A round: the first stake in micros, the dealer's cards (the second face down until the end)
    and the player's one or two hands.
    """

    bet_micros: int
    dealer: list[int]
    hands: list[PlayedHand]

    @property
    def is_split(self) -> bool:
        """Whether there are two hands."""
        return len(self.hands) > 1


class HandShown(msgspec.Struct, frozen=True, rename="camel"):
    """A hand as shown; `result` and `win` are empty until the round is over."""

    cards: list[str]
    total: int
    is_soft: bool
    bet: str
    is_doubled: bool
    actions: list[str]
    result: str
    win: str


class DealerShown(msgspec.Struct, frozen=True, rename="camel"):
    """The dealer's cards that are face up, and their total."""

    cards: list[str]
    total: int
    is_hole_hidden: bool


def value_of(card: int) -> int:
    """Ace 1, pictures 10."""
    return min(card % len(RANKS) + 1, 10)


def total_of(values: Sequence[int]) -> tuple[int, bool]:
    """The best total, and whether it is soft: an ace in it counts 11."""
    total = sum(values)
    if 1 in values and total <= BEST - 10:
        return total + 10, True
    return total, False


def is_blackjack(values: Sequence[int]) -> bool:
    """Whether two values are an ace and a ten."""
    return len(values) == 2 and sorted(values) == [1, 10]


def result_of(player: Sequence[int], dealer: Sequence[int], *, is_split: bool) -> str:
    """How a finished hand of values ends against the dealer's: a key of PARTS_PAID."""
    own, others = total_of(player)[0], total_of(dealer)[0]
    if own > BEST:
        return "bust"
    if is_blackjack(dealer):
        return "push" if is_blackjack(player) and not is_split else "lose"
    if is_blackjack(player) and not is_split:
        return "blackjack"
    if own == others:
        return "push"
    return "win" if others > BEST or own > others else "lose"


def moves_of(values: Sequence[int], *, is_split: bool) -> tuple[str, ...]:
    """What a hand that still plays may do."""
    moves = ["hit", "stand"]
    if len(values) == 2:
        moves.append("double")
        if not is_split and values[0] == values[1]:
            moves.append("split")
    return tuple(moves)


def _values(cards: Sequence[int]) -> list[int]:
    return [value_of(card) for card in cards]


def _moves(played: BlackjackRound, hand: PlayedHand) -> tuple[str, ...]:
    if hand.is_over or played.is_done:
        return ()
    return moves_of(_values(hand.cards), is_split=played.is_split)


def _chosen(played: BlackjackRound, action: Action) -> int:
    """The hand that an action is for: the one named, else the first that still plays."""
    open_hands = [place for place, hand in enumerate(played.hands) if not hand.is_over]
    if action.name not in MOVES or not open_hands:
        raise ActionNotPossible
    place = open_hands[0] if action.hand is None else action.hand
    if not 0 <= place < len(played.hands):
        raise InvalidInput({"hand": "there is no such hand"})
    if action.name not in _moves(played, played.hands[place]):
        raise ActionNotPossible
    return place


def stakes(state: State | None, action: Action) -> tuple[int, ...]:
    """What an action would take, before anything is drawn."""
    if state is None:
        if action.name != "deal":
            raise ActionNotPossible
        return (check_only_bet(action, PARTS) - action.free_micros,)
    played = msgspec.convert(state, BlackjackRound)
    if played.is_done or action.name not in MOVES:
        raise ActionNotPossible
    check_no_bet(action)
    _chosen(played, action)
    return (played.bet_micros,) if action.name in ("double", "split") else ()


def step(state: State | None, action: Action, numbers: Numbers) -> Step:
    """Deal, or play one move; raises InvalidInput, AmountNotAllowed, ActionNotPossible."""
    staked = stakes(state, action)
    if state is None:
        assert action.bet_micros is not None
        played = BlackjackRound(
            bet_micros=action.bet_micros,
            free_micros=action.free_micros,
            dealer=[],
            hands=[PlayedHand([])],
        )
        _deal(played, numbers)
    else:
        played = msgspec.convert(state, BlackjackRound)
        _move(played, action.name, _chosen(played, action), numbers)
    _finish(played, numbers)
    kept: State = msgspec.to_builtins(played)
    return Step(
        state=kept,
        stakes=staked,
        wins=tuple(_wins(played)) if played.is_done else (),
        actions=_actions(played),
        view=view(kept),
        free_win_micros=_free_win(played) if played.is_done else 0,
    )


def _deal(played: BlackjackRound, numbers: Numbers) -> None:
    hand = played.hands[0]
    for cards in (hand.cards, played.dealer, hand.cards, played.dealer):
        cards.append(played.draw(numbers, DECK))
    hand.is_over = is_blackjack(_values(hand.cards)) or is_blackjack(_values(played.dealer))


def _move(played: BlackjackRound, name: str, place: int, numbers: Numbers) -> None:
    hand = played.hands[place]
    if name == "stand":
        hand.is_over = True
    elif name == "split":
        first, second = hand.cards
        played.hands = [PlayedHand([first]), PlayedHand([second])]
        for half in played.hands:
            _take(played, half, numbers)
            half.is_over = half.is_over or value_of(half.cards[0]) == 1
    else:
        _take(played, hand, numbers)
        if name == "double":
            hand.is_doubled = hand.is_over = True


def _take(played: BlackjackRound, hand: PlayedHand, numbers: Numbers) -> None:
    hand.cards.append(played.draw(numbers, DECK))
    hand.is_over = total_of(_values(hand.cards))[0] >= BEST


def _finish(played: BlackjackRound, numbers: Numbers) -> None:
    """Let the dealer draw and close the round, once no hand plays any more."""
    if not all(hand.is_over for hand in played.hands):
        return
    played.is_done = True
    values = [_values(hand.cards) for hand in played.hands]
    if is_blackjack(_values(played.dealer)) or (is_blackjack(values[0]) and not played.is_split):
        return
    if all(total_of(own)[0] > BEST for own in values):
        return
    while total_of(_values(played.dealer))[0] < DEALER_STANDS:
        played.dealer.append(played.draw(numbers, DECK))


def _results(played: BlackjackRound) -> list[str]:
    dealer = _values(played.dealer)
    return [
        result_of(_values(hand.cards), dealer, is_split=played.is_split) for hand in played.hands
    ]


def _wins(played: BlackjackRound) -> list[int]:
    """What each hand pays; a chip lies on the first."""
    return [
        paid_micros(
            played.bet_micros * (1 + hand.is_doubled),
            PARTS_PAID[result],
            played.free_micros if place == 0 else 0,
        )
        for place, (hand, result) in enumerate(zip(played.hands, _results(played), strict=True))
    ]


def _free_win(played: BlackjackRound) -> int:
    """What the chip has won, as part of what the first hand pays."""
    parts = PARTS_PAID[_results(played)[0]]
    return paid_micros(played.free_micros, parts, played.free_micros)


def _actions(played: BlackjackRound) -> tuple[str, ...]:
    """Every move that one of the hands may make."""
    possible = {move for hand in played.hands for move in _moves(played, hand)}
    return tuple(move for move in MOVES if move in possible)


def view(state: State) -> dict[str, Any]:
    """The round as shown; the dealer's second card only when it is over."""
    played = msgspec.convert(state, BlackjackRound)
    face_up = played.dealer if played.is_done else played.dealer[:1]
    results = _results(played) if played.is_done else [""] * len(played.hands)
    wins = [shown(paid) for paid in _wins(played)] if played.is_done else results
    hands: list[HandShown] = []
    for hand, result, paid in zip(played.hands, results, wins, strict=True):
        total, is_soft = total_of(_values(hand.cards))
        hands.append(
            HandShown(
                cards=[card_name(card) for card in hand.cards],
                total=total,
                is_soft=is_soft,
                bet=shown(played.bet_micros * (1 + hand.is_doubled)),
                is_doubled=hand.is_doubled,
                actions=list(_moves(played, hand)),
                result=result,
                win=paid,
            )
        )
    dealer = DealerShown(
        [card_name(card) for card in face_up], total_of(_values(face_up))[0], not played.is_done
    )
    return {"dealer": msgspec.to_builtins(dealer), "hands": msgspec.to_builtins(hands)}


def log(state: State) -> Log:
    """The round for gameLogs: log type hand, the dealer first."""
    played = msgspec.convert(state, BlackjackRound)
    shown_cards = played.dealer if played.is_done else played.dealer[:1]
    told = [
        Hand(
            "Dealer",
            tuple(map(card_name, shown_cards)),
            str(total_of(_values(shown_cards))[0]),
        )
    ]
    results = _results(played) if played.is_done else ["open"] * len(played.hands)
    for number, (hand, result) in enumerate(zip(played.hands, results, strict=True), start=1):
        title = f"Player {number}" if played.is_split else "Player"
        total = total_of(_values(hand.cards))[0]
        told.append(Hand(title, tuple(map(card_name, hand.cards)), f"{total} {result}"))
    return Log(log_type="hand", result=", ".join(results), hands=tuple(told))
