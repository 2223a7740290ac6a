"""Which way money goes back, over the café API (decision 0078)."""

from __future__ import annotations

from typing import Any

from lanhouse.kit import clock
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.builders.people import bearer_of

TOPUP = "/members/action/topup"
NO_RIGHT = (403, "You do not have the right for this (sessions.refund_other_tender).")
NO_REASON = (400, "comment: is required when money goes back another way than it came")


def _sell(client: Client, **more: Any) -> Any:
    body = {"pc_name": "PC01", "pc_cost": 5, **more}
    return client.ok("POST", "/pcSessions/addTimeMoney", json=body)


def test_the_quote_and_the_check_out_tell_the_way_back(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    _sell(client, payment_method=20)
    _sell(client, payment_method=22)
    freeze.advance(2 * 3600)
    (row,) = client.ok("POST", "/pcSessions/paymentInfo", json={"pc_name": "PC01"})["pcs"]
    back = [
        {"payment_method": 2, "amount": "5.00"},
        {"payment_method": 0, "amount": "1.00"},
    ]
    assert (row["pc_change"], row["paid_back"]) == ("6.00", back)
    done = client.ok("POST", "/pcSessions/checkout", json={"pc_name": "PC01"})
    assert (done["pc_change"], done["pcs"][0]["paid_back"]) == ("6.00", back)
    assert (floor.till(), floor.till("card")) == (4 * EURO, 0)
    floor.verify()


def test_who_may_choose_another_way(client: Client, hall: Hall, floor: Floor) -> None:
    cashier, manager = bearer_of(hall, "staff"), bearer_of(hall, "manager")
    _sell(client, payment_method=2)
    path, other = "/pcSessions/checkout", {"pc_name": "PC01", "payment_method": 0}
    assert client.refused("POST", path, json=other, key=cashier) == NO_RIGHT
    assert client.refused("POST", path, json=other, key=manager) == NO_REASON
    assert floor.is_busy("PC01")
    client.ok("POST", path, json=other | {"comment": "no card"}, key=manager)
    assert (floor.till(), floor.till("card")) == (-5 * EURO, 5 * EURO)

    _sell(client, payment_method=2)
    client.ok("POST", path, json={"pc_name": "PC01"}, key=cashier)
    assert (floor.till(), floor.till("card")) == (-5 * EURO, 5 * EURO)
    _sell(client, payment_method=2)
    client.ok("POST", path, json=other)
    assert [log.details for log in floor.logs("OTHERTENDER")] == [
        "5.00 came by card, given back by cash. Comment: no card",
        "5.00 came by card, given back by cash",
    ]


def test_the_same_holds_for_a_refund(client: Client, hall: Hall, floor: Floor) -> None:
    ada = floor.add_member("ada")
    cashier = bearer_of(hall, "staff")
    paid = {"topup_ids": ada, "topup_value": 10, "payment_method_credit_card": 1}
    client.ok("POST", TOPUP, json=paid)
    back = {"topup_ids": ada, "topup_value": -4, "comment": "too much"}
    other = back | {"payment_method_cash": 1}
    assert client.refused("POST", TOPUP, json=other, key=cashier) == NO_RIGHT
    assert client.ok("POST", TOPUP, json=back, key=cashier)["paid_back"] == [
        {"member_id": ada, "payment_method": 2, "amount": "4.00"}
    ]
    assert client.ok("POST", TOPUP, json=other)["paid_back"] == [
        {"member_id": ada, "payment_method": 0, "amount": "4.00"}
    ]
    assert (floor.till(), floor.till("card")) == (-4 * EURO, 6 * EURO)
    orders = client.ok("GET", f"/members/{ada}/orders")["orders"]
    assert [row["order_payment_method"] for row in orders] == [0, 2, 2]
