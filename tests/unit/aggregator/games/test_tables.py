"""Roulette, baccarat, sic bo and the wheel: what falls, what it pays, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.aggregator.providers.house.games import baccarat, roulette, sicbo, wheel
from lanhouse.aggregator.providers.house.games.cards import card_name, nth_left
from lanhouse.aggregator.providers.house.games.catalogue import GAMES
from lanhouse.aggregator.providers.house.games.step import (
    Action,
    AmountNotAllowed,
    FieldBet,
    Step,
)
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import MICROS
from tests.builders.numbers import Given

E = MICROS


def spin(pocket: int, *bets: FieldBet, free_micros: int = 0) -> Step:
    numbers = Given([pocket])
    action = Action(name="spin", bets=bets, free_micros=free_micros)
    step = roulette.TABLE.step(None, action, numbers)
    assert numbers.asked == [37]
    return step


def roll(dice: tuple[int, int, int], *bets: FieldBet) -> Step:
    numbers = Given(face - 1 for face in dice)
    step = sicbo.TABLE.step(None, Action(name="roll", bets=bets), numbers)
    assert numbers.asked == [6, 6, 6]
    return step


class TestRoulette:
    @pytest.mark.parametrize(
        ("on", "number", "pockets", "pays"),
        [
            ("red", None, {1, 3, 5, 7, 9, 12, 14, 16, 18, 19, 21, 23, 25, 27, 30, 32, 34, 36}, 2),
            (
                "black",
                None,
                {2, 4, 6, 8, 10, 11, 13, 15, 17, 20, 22, 24, 26, 28, 29, 31, 33, 35},
                2,
            ),
            ("odd", None, set(range(1, 37, 2)), 2),
            ("even", None, set(range(2, 37, 2)), 2),
            ("low", None, set(range(1, 19)), 2),
            ("high", None, set(range(19, 37)), 2),
            ("dozen", 1, set(range(1, 13)), 3),
            ("dozen", 2, set(range(13, 25)), 3),
            ("dozen", 3, set(range(25, 37)), 3),
            ("column", 1, set(range(1, 37, 3)), 3),
            ("column", 2, set(range(2, 37, 3)), 3),
            ("column", 3, set(range(3, 37, 3)), 3),
            ("straight", 0, {0}, 36),
            ("straight", 17, {17}, 36),
        ],
    )
    def test_a_field_pays_on_exactly_its_pockets(
        self, on: str, number: int | None, pockets: set[int], pays: int
    ) -> None:
        for pocket in range(37):
            step = spin(pocket, FieldBet(on, 5 * E, number))
            assert step.stakes == (5 * E,)
            assert step.wins == (pays * 5 * E if pocket in pockets else 0,)
            assert step.is_done

    def test_the_round_is_told(self) -> None:
        step = spin(17, FieldBet("red", E), FieldBet("straight", 2 * E, 17))
        assert step.view == {
            "pocket": 17,
            "color": "black",
            "evenOdd": "odd",
            "bets": [
                {"on": "red", "amount": "1", "win": "0"},
                {"on": "straight", "amount": "2", "win": "72", "number": 17},
            ],
        }
        log = roulette.log(step.state)
        assert (log.log_type, log.result) == ("roulette", "17 black")
        assert [(p.number, p.color, p.even_odd) for p in log.pockets] == [("17", "black", "odd")]

    def test_zero_is_green_and_neither_even_nor_odd(self) -> None:
        pocket = roulette.log(spin(0, FieldBet("even", E)).state).pockets[0]
        assert (pocket.number, pocket.color, pocket.even_odd) == ("0", "green", "")

    def test_bets_on_one_field_are_one_stake(self) -> None:
        step = spin(1, FieldBet("red", E), FieldBet("black", E), FieldBet("red", 4 * E))
        assert step.stakes == (5 * E, E)
        assert step.wins == (10 * E, 0)

    def test_a_chip_replaces_the_first_stake_and_is_not_paid_back(self) -> None:
        won = spin(1, FieldBet("red", 5 * E), FieldBet("odd", E), free_micros=5 * E)
        assert won.stakes == (0, E)
        assert won.wins == (5 * E, 2 * E)
        lost = spin(2, FieldBet("red", 5 * E), FieldBet("odd", E), free_micros=5 * E)
        assert lost.wins == (0, 0)


class TestSicBo:
    @pytest.mark.parametrize(
        ("bet", "dice", "paid"),
        [
            (FieldBet("small", E), (1, 1, 2), 2 * E),
            (FieldBet("small", E), (4, 5, 1), 2 * E),
            (FieldBet("small", E), (4, 5, 2), 0),
            (FieldBet("small", E), (2, 2, 2), 0),
            (FieldBet("big", E), (4, 5, 2), 2 * E),
            (FieldBet("big", E), (6, 6, 5), 2 * E),
            (FieldBet("big", E), (6, 6, 6), 0),
            (FieldBet("big", E), (5, 5, 5), 0),
            (FieldBet("total", E, 9), (3, 3, 3), 7 * E),
            (FieldBet("total", E, 4), (1, 2, 1), 61 * E),
            (FieldBet("total", E, 5), (1, 2, 1), 0),
            (FieldBet("triple", E), (3, 3, 3), 31 * E),
            (FieldBet("triple", E, 3), (3, 3, 3), 181 * E),
            (FieldBet("triple", E, 4), (3, 3, 3), 0),
            (FieldBet("triple", E), (3, 3, 4), 0),
        ],
    )
    def test_a_field_pays(self, bet: FieldBet, dice: tuple[int, int, int], paid: int) -> None:
        assert roll(dice, bet).wins == (paid,)

    def test_the_round_is_told(self) -> None:
        step = roll((2, 4, 5), FieldBet("big", E))
        assert step.view["dice"] == [2, 4, 5]
        assert (step.view["total"], step.view["isTriple"]) == (11, False)
        log = sicbo.log(step.state)
        assert (log.log_type, log.dices, log.result) == (
            "dice", ("2", "4", "5"), "2, 4, 5: total 11",
        )  # fmt: skip


def deal(names: str, *bets: FieldBet) -> tuple[Step, Given]:
    """Deal cards by name from the first deck; each may appear once."""
    taken: list[int] = []
    numbers: list[int] = []
    for name in names.split():
        wanted = next(n for n in range(416) if card_name(nth_left(taken, n)) == name)
        numbers.append(wanted)
        taken.append(nth_left(taken, wanted))
    given = Given(numbers)
    return baccarat.TABLE.step(None, Action(name="deal", bets=bets), given), given


class TestBaccarat:
    @pytest.mark.parametrize(
        ("names", "player", "banker", "winner"),
        [
            # player, banker, player, banker, then third cards
            ("9S KS KH 7S", 9, 7, "player"),
            ("2S 9S 3S KS", 5, 9, "banker"),
            ("6S KS KH 2S AS", 6, 3, "player"),
            ("6S 6H KS KH", 6, 6, "tie"),
            ("KS KH QS 3S 8S", 8, 3, "player"),
            ("KS KH QS 3S 9S 4S", 9, 7, "player"),
            ("KS KH QS 6S 5S", 5, 6, "banker"),
            ("KS KH QS 6S 6H 3S", 6, 9, "banker"),
            ("KS KH QS 7S 7H", 7, 7, "tie"),
        ],
    )
    def test_third_cards(self, names: str, player: int, banker: int, winner: str) -> None:
        step, given = deal(names, FieldBet("player", E))
        assert given.is_empty
        assert given.asked == [416 - taken for taken in range(len(names.split()))]
        assert step.view["player"]["total"] == player
        assert step.view["banker"]["total"] == banker
        assert step.view["winner"] == winner

    def test_the_whole_table_of_the_banker(self) -> None:
        drawn = {
            total: "".join(str(third) for third in range(10) if baccarat.banker_draws(total, third))
            for total in range(8)
        }
        assert drawn == {
            0: "0123456789", 1: "0123456789", 2: "0123456789", 3: "012345679",
            4: "234567", 5: "4567", 6: "67", 7: "",
        }  # fmt: skip
        assert [baccarat.banker_draws(total, None) for total in range(8)] == [True] * 6 + [
            False
        ] * 2

    def test_pays(self) -> None:
        bets = (FieldBet("player", E), FieldBet("banker", E), FieldBet("tie", E))
        assert deal("9S KS KH 7S", *bets)[0].wins == (2 * E, 0, 0)
        assert deal("2S 9S 3S KS", *bets)[0].wins == (0, 1_950_000, 0)
        assert deal("6S 6H KS KH", *bets)[0].wins == (E, E, 9 * E)

    def test_a_card_names_the_nth_of_those_left(self) -> None:
        assert [nth_left([0, 2], number) for number in range(3)] == [1, 3, 4]
        assert nth_left([5, 3], 3) == 4
        assert nth_left([415, 0], 413) == 414
        left = [card for card in range(416) if card not in (7, 100, 8)]
        assert [nth_left([100, 7, 8], number) for number in range(413)] == left

    def test_the_round_is_told(self) -> None:
        step, _ = deal("KS KH QS 6S 6H 3S", FieldBet("banker", E))
        log = baccarat.log(step.state)
        assert (log.log_type, log.result) == ("hand", "Banker wins")
        assert [(h.title, h.cards, h.result) for h in log.hands] == [
            ("Banker", ("KH", "6S", "3S"), "9"),
            ("Player", ("KS", "QS", "6H"), "6"),
        ]


class TestWheel:
    def test_every_field_pays_what_it_says(self) -> None:
        for field, halves in enumerate(wheel.HALVES):
            step = wheel.step(None, Action(name="spin", bet_micros=E), Given([field]))
            assert step.stakes == (E,)
            assert step.wins == (halves * E // 2,)
            assert step.view["field"] == field
            assert step.view["multiple"] == wheel.multiple_text(field)

    def test_a_chip_is_not_paid_back(self) -> None:
        first = next(n for n, halves in enumerate(wheel.HALVES) if halves == 3)
        for field, paid in ((first, E // 2), (1, 0)):
            action = Action(name="spin", bet_micros=E, free_micros=E)
            step = wheel.step(None, action, Given([field]))
            assert (step.stakes, step.wins) == ((0,), (paid,))

    def test_the_round_is_told(self) -> None:
        step = wheel.step(None, Action(name="spin", bet_micros=E), Given([0]))
        log = wheel.log(step.state)
        assert (log.log_type, log.rows) == ("table", (("field", "0"), ("pays", "10 x bet")))


@pytest.mark.parametrize(
    ("game", "bets", "field", "symbol"),
    [
        ("house_00004", [], "bets", "INVALID_REQUEST"),
        ("house_00004", [FieldBet("green", E)], "bets[0].on", "INVALID_REQUEST"),
        ("house_00004", [FieldBet("red", E, 3)], "bets[0].number", "INVALID_REQUEST"),
        ("house_00004", [FieldBet("odd", E), FieldBet("dozen", E)],
         "bets[1].number", "INVALID_REQUEST"),
        ("house_00004", [FieldBet("straight", E, 37)], "bets[0].number", "INVALID_REQUEST"),
        ("house_00004", [FieldBet("straight", E, -1)], "bets[0].number", "INVALID_REQUEST"),
        ("house_00004", [FieldBet("dozen", E, 0)], "bets[0].number", "INVALID_REQUEST"),
        ("house_00004", [FieldBet("red", 0)], "bets[0].amount", "INVALID_AMOUNT"),
        ("house_00004", [FieldBet("red", -E)], "bets[0].amount", "INVALID_AMOUNT"),
        ("house_00004", [FieldBet("red", 10)], "bets[0].amount", "INVALID_AMOUNT"),
        ("house_00004", [FieldBet("red", E)] * 201, "bets", "INVALID_REQUEST"),
        ("house_00005", [FieldBet("red", E)], "bets[0].on", "INVALID_REQUEST"),
        ("house_00005", [FieldBet("tie", E, 1)], "bets[0].number", "INVALID_REQUEST"),
        ("house_00007", [FieldBet("total", E)], "bets[0].number", "INVALID_REQUEST"),
        ("house_00007", [FieldBet("total", E, 3)], "bets[0].number", "INVALID_REQUEST"),
        ("house_00007", [FieldBet("triple", E, 7)], "bets[0].number", "INVALID_REQUEST"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named(game: str, bets: list[FieldBet], field: str, symbol: str) -> None:
    played: Any = GAMES[game]
    numbers = Given([])
    with pytest.raises(InvalidInput) as refused:
        played.step(None, Action(name=played.first_action, bets=tuple(bets)), numbers)
    assert list(refused.value.fields) == [field]
    assert refused.value.symbol == symbol
    assert isinstance(refused.value, AmountNotAllowed) == (symbol == "INVALID_AMOUNT")
    assert numbers.asked == []
