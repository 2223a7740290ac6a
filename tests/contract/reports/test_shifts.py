"""shiftList and shiftDetail (cafe-wire, Shifts)."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.cafe.money.commands import Expense, take_expense
from lanhouse.cafe.topups.commands import top_up
from lanhouse.cafe.topups.schemas import TopUp
from lanhouse.kit import clock
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.builders.people import bearer_of

LIST = "/reports/shiftList"
DAY = {"date_start": "2026-03-04", "date_end": "2026-03-04"}


@pytest.fixture
def floor(hall: Hall) -> Floor:
    return Floor(hall.store, hall)


def _work(floor: Floor) -> tuple[Any, int, int]:
    """Ines works a shift with a difference, and opens another one."""
    ines = floor.hire("Ines", "manager")
    till, ada = floor.add_till(), floor.add_member("ada")
    shift = floor.open_shift(ines, till, 100)
    for euros, payment in ((50, "cash"), (20, "card"), (5, "qr"), (-10, "")):
        floor.run(
            top_up,
            TopUp(
                center=floor.center,
                actor=ines,
                member_ids=[ada],
                value_micros=euros * EURO,
                bonus_micros=2 * EURO if euros == 50 else 0,
                payment=payment,
                comment="random",
            ),
        )
    milk = Expense(center=floor.center, actor=ines, amount_micros=3 * EURO, comment="Milk")
    floor.run(take_expense, milk)
    return ines, till, shift


def test_the_open_shift_stands_first_whatever_the_range(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    ines, till, shift = _work(floor)
    floor.count(ines, shift, 140 * EURO)
    freeze.advance(3661)
    report = floor.report(shift)
    floor.close_shift(ines, shift, comment="Who knows", left_micros=100 * EURO)
    freeze.advance(60)
    other = floor.open_shift(ines, till, 100)
    row = {
        "shift_id": -other,
        "shift_staff_name": "Ines",
        "shift_start_time": "2026-03-04 13:02:01",
        "shift_end_time": "-",
        "total_amount": "0.00",
        "cash": "0.00",
        "credit_card": "0.00",
        "qr": "0.00",
    }
    money = report.figures.all
    closed = {
        "shift_id": shift,
        "shift_staff_name": "Ines",
        "shift_start_time": "2026-03-04 12:00:00",
        "shift_end_time": "2026-03-04 13:01:01",
        "total_amount": f"{money.total_micros / EURO:.2f}",
        "cash": f"{money.cash_micros / EURO:.2f}",
        "credit_card": f"{money.card_micros / EURO:.2f}",
        "qr": f"{money.qr_micros / EURO:.2f}",
    }
    asked = {**DAY, "shift_staff_name": "all"}
    assert client.ok("GET", LIST, params=asked) == [row, closed]
    assert client.ok("GET", LIST, params={**asked, "shift_staff_name": "ines"}) == [row, closed]
    assert client.ok("GET", LIST, params={**asked, "shift_staff_name": "Bob"}) == []
    assert client.ok("GET", LIST, params=DAY) == []
    past = {"date_start": "2026-03-01", "date_end": "2026-03-02", "shift_staff_name": "all"}
    assert client.ok("GET", LIST, params=past) == [row]
    wrong = {**asked, "time_start": "12:00", "time_end": "11:00"}
    assert client.refused("GET", LIST, params=wrong) == (400, "Time range error")
    detail = client.ok("GET", f"/reports/shiftDetail/{-other}")
    assert (detail["end_time"], detail["shift_cash_end"]) == ("-", "100.00")
    # Another centre sees none of it.
    other_hall = open_hall(floor.store, 7778)
    foreign = client.raw(
        "GET", f"/api/v2/cafe/7778/reports/shiftDetail/{shift}", key=other_hall.api_key
    ).json()
    assert (foreign["code"], foreign["message"]) == (400, "Shift not found")


def test_all_figures_of_a_shift(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    ines, _, shift = _work(floor)
    freeze.advance(3600)
    figures = floor.report(shift).figures
    back = -figures.refunds.cash_micros // EURO
    card_back = -figures.refunds.card_micros // EURO
    qr_back = -figures.refunds.qr_micros // EURO
    end = 100 + 50 - back - 3
    floor.count(ines, shift, (end + 1) * EURO)
    floor.close_shift(ines, shift, comment="One too much")
    assert client.ok("GET", f"/reports/shiftDetail/{shift}") == {
        "cafe_name": "Hall 7777",
        "staff_name": "Ines",
        "start_time": "2026-03-04 12:00:00",
        "end_time": "2026-03-04 13:00:00",
        "working_hours": "01:00:00",
        "cash": f"{end - 100}.00",
        "pc_cash_amount": "0.00",
        "console_cash_amount": "0.00",
        "shop_cash_amount": f"{50 - back}.00",
        "pc_card_amount": "0.00",
        "console_card_amount": "0.00",
        "shop_card_amount": f"{20 - card_back}.00",
        "pc_qr_amount": "0.00",
        "console_qr_amount": "0.00",
        "shop_qr_amount": f"{5 - qr_back}.00",
        "cash_sales": "50.00",
        "cash_refund": f"{back}.00",
        "shift_cash_start": "100.00",
        "shift_cash_end": f"{end + 1}.00",
        "credit_card": f"{20 - card_back}.00",
        "qr_topup": f"{5 - qr_back}.00",
        "center_expenses": "-3.00",
        "center_expenses_items": [{"log_money": "-3.00", "log_details": "Milk"}],
        "total_amount": "62.00",
        "total_bonus": "2.00",
        "shop_sales": [],
        "reason": "One too much",
    }
    assert client.refused("GET", "/reports/shiftDetail/999") == (400, "Shift not found")
    assert client.refused("GET", "/reports/shiftDetail/culpa")[0] == 400


def test_a_blind_count_is_blind_here_too(client: Client, floor: Floor) -> None:
    _, _, shift = _work(floor)
    floor.set(shift_blind_count=True)
    admin, manager = (bearer_of(floor.hall, role) for role in ("admin", "manager"))
    url = f"/api/native/v1/staff/{_staff_id(client, 'manager7777')}/rights"
    client.raw("PUT", url, json={"withheld": ["shifts.see_expected"]})
    asked = {**DAY, "shift_staff_name": "all"}
    (row,) = client.ok("GET", LIST, params=asked, key=manager)
    assert (row["cash"], row["total_amount"]) == (None, None)
    detail = client.ok("GET", f"/reports/shiftDetail/-{shift}", key=manager)
    assert (detail["cash"], detail["shift_cash_end"], detail["shift_cash_start"]) == (
        None,
        None,
        "100.00",
    )
    assert client.ok("GET", LIST, params=asked, key=admin)[0]["cash"] is not None


def _staff_id(client: Client, account: str) -> int:
    people = client.raw("GET", "/api/native/v1/staff").json()
    return next(one["staff_id"] for one in people if one["account"] == account)
