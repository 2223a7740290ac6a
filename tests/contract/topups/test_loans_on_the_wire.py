"""Loans over the café API (decision 0079)."""

from __future__ import annotations

from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.builders.people import bearer_of

LOAN = "/members/action/loan"


def test_the_cap_and_the_right(client: Client, hall: Hall) -> None:
    floor = Floor(hall.store, hall)
    ada = floor.add_member("ada")
    saved = client.ok("PUT", "/configs/paymentSettings", json={"loan_max_per_member": "12"})
    assert saved["loan_max_per_member"] == 12
    assert client.refused("POST", LOAN, json={"loan_id": ada, "loan_value": "12.01"}) == (
        400,
        "loan_value: would make the loan 12.01; 12.00 is allowed",
    )
    client.ok("POST", LOAN, json={"loan_id": ada, "loan_value": 12})
    back = {"topup_ids": ada, "topup_value": -1, "comment": "x"}
    path = "/members/action/topup"
    assert client.refused("POST", path, json=back, key=bearer_of(hall, "staff")) == (
        403,
        "You do not have the right for this (members.pay_out_loan).",
    )
    assert floor.money(ada) == (12 * EURO, 0)
    assert client.refused("POST", "/members/action/multiDelete", json={"member_ids": ada}) == (
        400,
        "member_ids: ada owes 12.00",
    )
