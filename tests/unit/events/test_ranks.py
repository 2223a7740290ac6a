"""Whom ranks name, and in which order they stand."""

from __future__ import annotations

import pytest

from lanhouse.cafe.centers.schemas.loyalty.games import earns_coins
from lanhouse.cafe.events.rules import masked, ranked, shown_account
from lanhouse.cafe.events.schemas import Standing, Tally


def standing(account: str, *, is_shown: bool = False, **tally: int) -> Standing:
    return Standing(
        rank=0, member_id=len(account), account=account, is_shown=is_shown, tally=Tally(**tally)
    )


@pytest.mark.parametrize(
    ("account", "shown"),
    [("maria", "ma***"), ("ada", "a***"), ("x", "x***"), ("Ünal.k", "Ün***")],
)
def test_of_an_account_only_its_beginning(account: str, shown: str) -> None:
    assert masked(account) == shown


def test_who_reads_which_account() -> None:
    maria = standing("maria")
    assert shown_account(maria) == "ma***"
    assert shown_account(maria, own_id=maria.member_id) == "maria"
    assert shown_account(maria, own_id=99) == "ma***"
    assert shown_account(maria, knows=True) == "maria"
    assert shown_account(standing("maria", is_shown=True)) == "maria"


def test_equal_ones_share_a_rank() -> None:
    found = ranked(
        [
            standing("dee", score_micros=1, wins=1),
            standing("cyd", score_micros=5),
            standing("bob", score_micros=1, wins=1),
            standing("ada", score_micros=1, wins=2),
            standing("eve"),
        ]
    )
    assert [(each.rank, each.account) for each in found] == [
        *((1, "cyd"), (2, "ada"), (3, "bob"), (3, "dee"), (5, "eve")),
    ]


@pytest.mark.parametrize(
    ("setting", "game", "earns"),
    [
        ("[]", "lol", True),
        ("", "lol", True),
        ('["LoL", "cs"]', "lol", True),
        ('["cs"]', "lol", False),
        ("[7]", "lol", False),
    ],
)
def test_which_games_earn_coins(setting: str, game: str, earns: bool) -> None:
    assert earns_coins(setting, game) is earns
