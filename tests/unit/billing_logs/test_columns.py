"""What a transfer's postings become in the columns of the billing log."""

from __future__ import annotations

import pytest

from lanhouse.cafe.money.schemas import Subject, columns_of, subject_of_group

EURO = 1_000_000
NOTHING = dict.fromkeys(columns_of({}), 0)


def _columns(**euros: int) -> dict[str, int]:
    """Amounts in whole euros by account, e.g. member_balance=-3."""
    amounts: dict[tuple[str, int, str], int] = {}
    for name, euro in euros.items():
        owner_kind, _, kind = name.partition("_")
        amounts[owner_kind, 1, kind] = euro * EURO
    return columns_of(amounts)


def _expected(**euros: int) -> dict[str, int]:
    return NOTHING | {f"{name}_micros": euro * EURO for name, euro in euros.items()}


@pytest.mark.parametrize(
    ("moved", "logged"),
    [
        pytest.param(
            {"center_cash": -10, "member_balance": 10, "member_bonus": 2},
            {"cash": 10, "balance": 10, "bonus": 2},
            id="top-up with bonus",
        ),
        pytest.param(
            {"center_card": 10, "member_balance": -12, "member_bonus": -1},
            {"card": -10, "balance": -12, "bonus": -1},
            id="refund whose bonus is spent: nothing was sold, so nothing was spent",
        ),
        pytest.param(
            {"member_balance": -7, "member_bonus": -3, "center_revenue_time": 10},
            {"balance": -7, "bonus": -3, "cost": 10, "spend": 7},
            id="check-out from balance and bonus",
        ),
        pytest.param(
            {"member_balance": -10, "center_revenue_time": 7, "center_cash": 3},
            {"balance": -10, "cash": -3, "cost": 7, "spend": 7},
            id="check-out with the rest given back",
        ),
        pytest.param(
            {"center_qr": -10, "center_revenue_offer": 10},
            {"qr": 10, "cost": 10},
            id="sale paid by QR",
        ),
        pytest.param(
            {"member_balance": 5, "member_loan": -5}, {"balance": 5, "loan": -5}, id="loan"
        ),
        pytest.param({"member_coin": 4, "center_coin_issued": -4}, {"coin": 4}, id="coins"),
        pytest.param({"member_point": 4, "center_point_issued": -4}, {}, id="points"),
    ],
)
def test_columns_follow_the_ledger(moved: dict[str, int], logged: dict[str, int]) -> None:
    assert _columns(**moved) == _expected(**logged)


@pytest.mark.parametrize(
    ("group_id", "subject"),
    [
        (12, Subject.MEMBER),
        (0, Subject.MEMBER),
        (-1, Subject.GUEST),
        (-2, Subject.PREPAID),
        (-3, Subject.POSTPAID),
        (-4, Subject.OFFER),
        (-5, Subject.FREE),
    ],
)
def test_the_subject_follows_the_group(group_id: int, subject: Subject) -> None:
    assert subject_of_group(group_id) is subject
