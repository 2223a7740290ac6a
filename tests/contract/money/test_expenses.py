"""Cash that leaves the till for the house, over the café API (decision 0093)."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.kit import clock
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.builders.people import bearer_of

EXPENSE = "/pcSessions/cashierExpense"
DAY = {"date_start": "2026-03-04", "date_end": "2026-03-04"}


@pytest.fixture
def floor(hall: Hall) -> Floor:
    return Floor(hall.store, hall)


def test_an_expense_leaves_the_till_and_is_told(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    other = Floor(floor.store, open_hall(floor.store, 7778))
    body = {"balance": "100", "comment": "Milk & coffee"}
    row = {"log_money": "-100.00", "log_details": "Milk & coffee"}

    assert client.ok("POST", EXPENSE, json=body) == row

    assert (floor.till(), floor.house("expense")) == (-100 * EURO, -100 * EURO)
    assert (other.till(), other.house("expense")) == (0, 0)
    (log,) = floor.logs("EXPENSE")
    assert (log.center_id, log.subject, log.member_id, log.pc_name) == (7777, "center", 0, "")
    assert (log.cash_micros, log.cost_micros) == (-100 * EURO, 0)
    assert (log.staff_name, log.address) == ("API", "127.0.0.1")
    assert log.call == "POST /api/v2/cafe/{cafe_id}/pcSessions/cashierExpense"
    report = client.ok("GET", "/reports/reportData", params=DAY)
    assert report["income"]["expense"] == {"amount": -100, "items": [row]}
    assert (report["report"]["cash"], report["refund"]["total"]["amount"]) == (-100, 0)
    (shown,) = client.ok("GET", "/billingLogs", params={"event": "EXPENSE"})["log_list"]
    assert (shown["log_money"], shown["log_details"]) == ("-100.00", "Milk & coffee")
    floor.verify()


def test_a_key_need_not_say_what_for(client: Client, floor: Floor) -> None:
    row = {"log_money": "-0.01", "log_details": ""}
    assert client.ok("POST", EXPENSE, params={"balance": "0.01"}) == row
    floor.verify()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "balance: is required"),
        ({"balance": 0}, "balance: must be more than 0"),
        ({"balance": -5}, "balance: must not have a sign"),
        ({"balance": "1.005"}, "balance: must have at most 2 decimals"),
        ({"balance": "1000000000.01"}, "balance: must be at most 1000000000"),
        ({"balance": 1, "comment": "x" * 256}, "comment: must be at most 255 characters"),
    ],
)
def test_what_is_no_expense_is_refused(
    client: Client, floor: Floor, body: dict[str, Any], message: str
) -> None:
    assert client.refused("POST", EXPENSE, json=body) == (400, message)
    assert floor.till() == 0
    assert floor.logs("EXPENSE") == []


def test_a_person_needs_the_right_and_says_what_for(client: Client, floor: Floor) -> None:
    body = {"balance": 3, "comment": "Milk"}
    assert client.refused("POST", EXPENSE, json=body, key=bearer_of(floor.hall, "staff")) == (
        403,
        "You do not have the right for this (till.expense).",
    )
    manager = bearer_of(floor.hall, "manager")
    assert client.refused("POST", EXPENSE, json={"balance": 3}, key=manager) == (
        400,
        "comment: is required for an expense",
    )
    client.ok("POST", EXPENSE, json=body, key=manager)
    (log,) = floor.logs("EXPENSE")
    assert log.staff_name == "manager7777"
    assert floor.till() == -3 * EURO


def test_the_same_key_takes_once(client: Client, floor: Floor) -> None:
    once = {"json": {"balance": 5}, "headers": {"Idempotency-Key": "k1"}}
    first = client.call("POST", EXPENSE, **once)
    assert first["code"] == 200
    assert client.call("POST", EXPENSE, **once) == first
    assert floor.till() == -5 * EURO
