"""The tax of time and packages in reportData and in a shift, every figure by hand (0128)."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


def report(client: Client) -> Any:
    return client.ok("GET", "/reports/reportData?date_start=2026-03-04&date_end=2026-03-04")


def test_time_and_packages_in_every_line_of_the_report(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    """25 % on top: a package of 4.00 is sold for 5.00, two hours at 2.00 cost 5.00."""
    assert client.ok("PUT", "/configs/paymentSettings", json={"tax4_percentage": "25"})
    offer_id = floor.add_offer("pass", 400)
    sold = {"pcs": ["PC01"], "offer_id": offer_id, "offer_payment_method": 10}
    client.ok("POST", "/pcSessions/addOffer", json=sold)
    client.ok("POST", "/pcSessions/postpaidSession", json={"pcs": ["PC02"]})
    freeze.advance(2 * 3600)
    asked = client.ok("POST", "/pcSessions/paymentInfo", json={"pc_name": "PC02"})
    assert asked["pc_cost"] == "5.00"
    client.ok("POST", "/pcSessions/checkout", json={"pc_name": "PC02", "payment_method": 22})
    now = report(client)
    assert now["sale"]["offer_guest"] == {
        "number": 1,
        "cost": 0,
        "tax": 1,
        "total": 5,
        "profit": 4,
    }
    assert now["sale"]["offer"] == {"tax": 1}
    assert (now["sale"]["total"], now["sale"]["profit"]) == (5, 4)
    assert now["topup"]["postpaid"] == {"number": 1, "amount": 5}
    income = now["income"]
    assert (income["amount"], income["tax"], income["profit"]) == (10, 2, 8)
    assert now["report"]["profit"] == 8
    # A filter by staff has the tax of what that one sold.
    assert report(client)["income"]["tax"] == 2
    path = "/reports/reportData?date_start=2026-03-04&date_end=2026-03-04&log_staff_name=Kim"
    assert client.ok("GET", path)["income"]["tax"] == 0
    assert (floor.house("tax"), floor.house("revenue_offer")) == (2 * EURO, 4 * EURO)
    floor.verify()
