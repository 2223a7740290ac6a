"""Blackjack, move by move: who plays, what is staked, what each hand is paid."""

from __future__ import annotations

import json

import pytest

from lanhouse.aggregator.providers.house.games import blackjack
from lanhouse.aggregator.providers.house.games.step import (
    Action,
    ActionNotPossible,
    AmountNotAllowed,
    Step,
)
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import MICROS
from tests.builders.numbers import Given, cards

BET = 20 * MICROS


class Game:
    """A round on given cards; all of them must be used up."""

    def __init__(self, names: str, free_micros: int = 0) -> None:
        self.numbers = Given(cards(names))
        action = Action(name="deal", bet_micros=BET, free_micros=free_micros)
        self.steps = [blackjack.step(None, action, self.numbers)]

    def act(self, name: str, hand: int | None = None) -> Step:
        state = json.loads(json.dumps(self.steps[-1].state))
        step = blackjack.step(state, Action(name=name, hand=hand), self.numbers)
        assert step.stakes == blackjack.stakes(state, Action(name=name, hand=hand))
        self.steps.append(step)
        return step

    @property
    def last(self) -> Step:
        return self.steps[-1]

    def end(self) -> tuple[list[str], int, int]:
        """(results, staked, paid) of a finished round."""
        assert self.last.is_done
        assert self.numbers.is_empty
        assert set(self.numbers.asked) == {52}
        staked = sum(sum(step.stakes) for step in self.steps)
        assert all(not step.wins for step in self.steps[:-1])
        return [hand["result"] for hand in self.last.view["hands"]], staked, sum(self.last.wins)


def test_cards_go_to_player_dealer_player_dealer_and_the_hole_stays_hidden() -> None:
    game = Game("10S 6H 6S KH")
    view = game.last.view
    assert view["hands"][0]["cards"] == ["10S", "6S"]
    assert view["dealer"] == {"cards": ["6H"], "total": 6, "isHoleHidden": True}
    assert game.last.actions == ("hit", "stand", "double")
    assert game.last.stakes == (BET,)
    assert "KH" not in json.dumps(view)
    assert blackjack.log(game.last.state).hands[0].cards == ("6H",)


@pytest.mark.parametrize(
    ("names", "moves", "results", "staked", "paid"),
    [
        ("AS 9H KS 7H", "", ["blackjack"], 1, 2.5),
        ("AS AH KS KH", "", ["push"], 1, 1),
        ("9S AH KS KH", "", ["lose"], 1, 0),
        ("9S 10H KS AH", "", ["lose"], 1, 0),
        ("10S 6H 6S KH 9D", "stand", ["win"], 1, 2),
        ("10S 6H 6S KH 4D", "stand", ["lose"], 1, 0),
        ("10S 7H 7S KH", "stand", ["push"], 1, 1),
        ("10S 10H 6S KH KD", "hit", ["bust"], 1, 0),
        ("10S 10H 6S KH 5D", "hit", ["win"], 1, 2),
        ("2S 10H 3S KH 4D 5D 6D", "hit hit hit stand", ["push"], 1, 1),
        ("6S 6H 5S KH 10D 9D", "double", ["win"], 2, 4),
        ("6S 6H 5S KH 2D 3D", "double", ["lose"], 2, 0),
        ("6S 6H 5S KH 3D 2D", "double", ["lose"], 2, 0),
        ("10S 6H 6S KH KD", "double", ["bust"], 2, 0),
        # A soft 17 of the dealer stands.
        ("10S 6H 8S AH", "stand", ["win"], 1, 2),
        # A dealer's 16 with an ace that must count 1 goes on.
        ("10S 5H 8S AH KD 2D", "stand", ["push"], 1, 1),
    ],
)  # fmt: skip
def test_a_round(names: str, moves: str, results: list[str], staked: float, paid: float) -> None:
    game = Game(names)
    for move in moves.split():
        game.act(move)
    assert game.end() == (results, staked * BET, paid * BET)


def test_a_split_gives_each_hand_a_card_at_once_and_doubles_one() -> None:
    game = Game("8S 6H 8H KH 3D 10D KC 5C")
    assert game.last.actions == ("hit", "stand", "double", "split")
    split = game.act("split")
    assert split.stakes == (BET,)
    assert [hand["cards"] for hand in split.view["hands"]] == [["8S", "3D"], ["8H", "10D"]]
    assert split.actions == ("hit", "stand", "double")
    doubled = game.act("double")
    assert doubled.stakes == (BET,)
    assert doubled.view["hands"][0]["cards"] == ["8S", "3D", "KC"]
    assert doubled.view["hands"][0]["actions"] == []
    game.act("stand")
    # 21 doubled and 18 against 16 + 5 = 21.
    assert game.end() == (["push", "lose"], 3 * BET, 2 * BET)


def test_hands_may_be_named_and_played_in_any_order() -> None:
    game = Game("8S 6H 8H KH 3D 10D KC 5C")
    game.act("split")
    game.act("stand", hand=1)
    with pytest.raises(ActionNotPossible):
        game.act("hit", hand=1)
    with pytest.raises(InvalidInput) as refused:
        game.act("hit", hand=2)
    assert list(refused.value.fields) == ["hand"]
    game.act("double", hand=0)
    assert game.end()[0] == ["push", "lose"]


def test_split_aces_get_one_card_and_21_is_no_blackjack() -> None:
    game = Game("AS 6H AH KH KD 9D 5C")
    game.act("split")
    # 21 and 20 against 16 + 5 = 21: no 3:2.
    assert game.end() == (["push", "lose"], 2 * BET, BET)


def test_split_hands_are_not_split_again() -> None:
    game = Game("8S 6H 8H KH 8D 8C 10D")
    step = game.act("split")
    assert step.actions == ("hit", "stand", "double")
    with pytest.raises(ActionNotPossible):
        game.act("split")
    game.act("stand")
    game.act("stand")
    assert game.end() == (["win", "win"], 2 * BET, 4 * BET)


def test_different_pictures_are_a_pair_and_other_cards_are_not() -> None:
    assert "split" in Game("JS 6H KS 5H").last.actions
    assert "split" not in Game("9S 6H KS 5H").last.actions


def test_the_dealer_does_not_draw_when_every_hand_bust() -> None:
    game = Game("8S 6H 8H KH 8D 8C KC KD")
    game.act("split")
    game.act("hit")
    game.act("hit")
    assert game.end() == (["bust", "bust"], 2 * BET, 0)
    assert game.last.view["dealer"]["cards"] == ["6H", "KH"]


@pytest.mark.parametrize(
    ("names", "moves", "paid"),
    [
        ("10S 6H 8S KH KD", "stand", BET),
        ("10S 7H 7S KH", "stand", 0),
        ("AS 6H KS KH", "", 3 * BET // 2),
        # A double on a chip: the chip's own amount does not come back, the real one does.
        ("6S 6H 5S KH 10D KD", "double", 3 * BET),
        ("6S 6H 5S KH 6D 10D", "double", 3 * BET),
    ],
)
def test_a_chip_is_not_paid_back(names: str, moves: str, paid: int) -> None:
    game = Game(names, free_micros=BET)
    assert game.last.stakes == (0,)
    for move in moves.split():
        assert game.act(move).stakes == ((BET,) if move == "double" else ())
    assert sum(game.last.wins) == paid


@pytest.mark.parametrize(
    ("action", "field"),
    [
        (Action(name="hit", bet_micros=BET), "bet"),
        (Action(name="hit", hand=-1), "hand"),
        (Action(name="hit", hand=1), "hand"),
    ],
)
def test_input_inside_a_round_is_refused_by_its_field(action: Action, field: str) -> None:
    state = Game("10S 6H 6S KH").last.state
    with pytest.raises(InvalidInput) as refused:
        blackjack.step(state, action, Given([]))
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize("name", ["split", "deal", "spin", "insure", ""])
def test_an_action_that_is_not_possible_does_nothing(name: str) -> None:
    step = Game("10S 6H 6S KH").last
    kept = json.dumps(step.state)
    with pytest.raises(ActionNotPossible) as refused:
        blackjack.step(step.state, Action(name=name), Given([]))
    assert (refused.value.symbol, refused.value.status) == ("ACTION_NOT_POSSIBLE", 409)
    assert json.dumps(step.state) == kept


def test_a_finished_round_goes_on_no_more() -> None:
    state = Game("AS 9H KS 7H").last.state
    for name in ("hit", "stand", "deal"):
        with pytest.raises(ActionNotPossible):
            blackjack.step(state, Action(name=name), Given([]))


def test_the_stake_is_needed_and_can_be_halved() -> None:
    with pytest.raises(InvalidInput) as refused:
        blackjack.step(None, Action(name="deal"), Given([]))
    assert list(refused.value.fields) == ["bet"]
    with pytest.raises(AmountNotAllowed):
        blackjack.step(None, Action(name="deal", bet_micros=BET + 1), Given([]))


def test_the_round_is_told() -> None:
    game = Game("8S 6H 8H KH 8D 8C 10D")
    for move in ("split", "stand", "stand"):
        game.act(move)
    log = blackjack.log(game.last.state)
    assert log.log_type == "hand"
    assert [(h.title, h.cards, h.result) for h in log.hands] == [
        ("Dealer", ("6H", "KH", "10D"), "26"),
        ("Player 1", ("8S", "8D"), "16 win"),
        ("Player 2", ("8H", "8C"), "16 win"),
    ]
