"""Expenses in the books of both databases (decision 0093)."""

from __future__ import annotations

import pytest

from lanhouse.cafe.money.commands import Expense, take_expense
from lanhouse.cafe.topups.commands import top_up
from lanhouse.cafe.topups.schemas import TopUp
from lanhouse.db.store import Store
from lanhouse.kit.errors import InvalidInput
from tests.builders.floor import DESK, EURO, Floor, open_floor


@pytest.fixture
def floor(store: Store) -> Floor:
    return open_floor(store, pcs_count=1)


def _take(floor: Floor, euros: int, comment: str = "Milk") -> None:
    cmd = Expense(center=floor.center, actor=DESK, amount_micros=euros * EURO, comment=comment)
    floor.run(take_expense, cmd)


def test_what_is_taken_out_is_cash_for_the_house_and_nobody_elses(floor: Floor) -> None:
    ada = floor.add_member("ada")
    pay = TopUp(center=floor.center, actor=DESK, member_ids=[ada], value_micros=20 * EURO)
    floor.run(top_up, pay)
    _take(floor, 8)
    assert (floor.till(), floor.house("expense")) == (12 * EURO, -8 * EURO)
    assert floor.money(ada) == (20 * EURO, 0)
    # The drawer held a float that the books do not know.
    _take(floor, 30)
    assert (floor.till(), floor.house("expense")) == (-18 * EURO, -38 * EURO)
    assert [row.cash_micros for row in floor.logs("EXPENSE")] == [-8 * EURO, -30 * EURO]
    floor.verify()


def test_refusals_leave_no_trace(floor: Floor) -> None:
    for euros, comment, field in (
        (0, "Milk", "amount"),
        (-1, "Milk", "amount"),
        (1, "", "comment"),
    ):
        with pytest.raises(InvalidInput) as refused:
            _take(floor, euros, comment)
        assert list(refused.value.fields) == [field]
    assert floor.logs("EXPENSE") == []
    floor.verify()
