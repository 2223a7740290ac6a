"""What paymentSettings switches off is refused at every door that takes money, and given back
money is not touched by it."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.kit import clock
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor

NUMBERS = {"cash": 0, "card": 2, "qr": 4}
SWITCHES = {
    "cash": "payment_method_cash",
    "card": "payment_method_credit_card",
    "qr": "payment_method_qr",
}


@pytest.fixture
def floor(hall: Hall, freeze: clock.frozen) -> Floor:
    floor = Floor(hall.store, hall)
    floor.add_pc("PC01")
    floor.add_pc("PC02")
    floor.add_price("Day", 200)
    return floor


def _put(client: Client, **body: Any) -> None:
    client.ok("PUT", "/configs/paymentSettings", json=body)


def _sales(floor: Floor, member_id: int, number: int) -> list[tuple[str, str, dict[str, Any]]]:
    """Every documented way to pay at the desk: address, field of the tender, body."""
    offer = floor.add_offer("3 hours", 600)
    return [
        (
            "/pcSessions/addTimeMoney",
            "payment_method",
            {"pc_name": "PC01", "pc_cost": "2.00", "payment_method": number},
        ),
        (
            "/pcSessions/addOffer",
            "offer_payment_method",
            {"pcs": ["PC01"], "offer_id": offer, "offer_payment_method": number},
        ),
        (
            "/members/action/topup",
            "payment_method",
            {"topup_ids": member_id, "topup_value": 5, "payment_method": number},
        ),
    ]


@pytest.mark.parametrize("tender", ["cash", "card", "qr"])
def test_a_tender_that_is_off_pays_nowhere(client: Client, floor: Floor, tender: str) -> None:
    member_id = floor.add_member("ana")
    sales = _sales(floor, member_id, NUMBERS[tender])
    _put(client, **{SWITCHES[tender]: 0})
    before = client.ok("GET", "/billingLogs")
    for path, field, body in sales:
        code, message = client.refused("POST", path, json=body)
        assert code == 400, path
        assert message.startswith(f"{field}: is "), message
        assert message.endswith("which the settings of the centre do not take")
    assert client.ok("GET", "/billingLogs") == before
    assert (floor.till(tender), floor.is_busy("PC01")) == (0, False)
    _put(client, **{SWITCHES[tender]: 1})
    for path, _, body in sales:
        client.ok("POST", path, json=body)
    floor.verify()


def test_a_postpaid_guest_pays_by_what_is_taken_and_owes_until_then(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    client.ok("POST", "/pcSessions/postpaidSession", json={"pc_name": "PC01"})
    freeze.advance(3600)
    _put(client, payment_method_cash=0)
    # Without a tender a postpaid guest pays cash.
    code, message = client.refused("POST", "/pcSessions/checkout", json={"pc_name": "PC01"})
    assert (code, message.split(":")[0]) == (400, "payment_method")
    assert floor.is_busy("PC01")
    client.ok("POST", "/pcSessions/checkout", json={"pc_name": "PC01", "payment_method": 22})
    assert (floor.till("card"), floor.till("cash")) == (2 * EURO, 0)


def test_what_came_as_cash_goes_back_as_cash_though_none_is_taken_any_more(
    client: Client, floor: Floor
) -> None:
    floor.pay(4 * EURO, "PC01")
    _put(client, payment_method_cash=0)
    client.ok("POST", "/pcSessions/checkout", json={"pc_name": "PC01"})
    assert floor.till("cash") == 0


def test_nothing_to_pay_needs_no_tender(client: Client, floor: Floor) -> None:
    floor.guest("free", "PC01")
    _put(client, payment_method_cash=0)
    client.ok("POST", "/pcSessions/checkout", json={"pc_name": "PC01"})


def test_the_balance_buys_no_package_while_that_is_off(client: Client, floor: Floor) -> None:
    member_id = floor.add_member("ana")
    floor.give(member_id, 20 * EURO)
    floor.member(member_id)
    sale = {
        "pcs": ["PC01"],
        "offer_id": floor.add_offer("3 hours", 600),
        "offer_payment_method": 11,
    }
    _put(client, payment_method_balance=0)
    code, message = client.refused("POST", "/pcSessions/addOffer", json=sale)
    assert (code, message.split(":")[0]) == (400, "offer_payment_method")
    assert floor.money(member_id) == (20 * EURO, 0)
    _put(client, payment_method_balance=1)
    client.ok("POST", "/pcSessions/addOffer", json=sale)
    assert floor.money(member_id) == (14 * EURO, 0)


def test_no_money_comes_on_an_account_while_top_ups_are_off(client: Client, floor: Floor) -> None:
    member_id = floor.add_member("ana")
    floor.give(member_id, 9 * EURO)
    topup = {"topup_ids": member_id, "topup_value": 5}
    add = {"pc_name": "PC01", "pc_cost": "2.00"}
    floor.member(member_id)
    _put(client, enable_topup=0)
    off = (400, "top-ups are switched off in the settings")
    assert client.refused("POST", "/members/action/topup", json=topup) == off
    # More time for a member who plays is a top-up too; a guest's is not.
    assert client.refused("POST", "/pcSessions/addTimeMoney", json=add) == off
    client.ok("POST", "/pcSessions/addTimeMoney", json={**add, "pc_name": "PC02"})
    assert floor.money(member_id) == (9 * EURO, 0)
    # Bonus is no money, and what is taken back puts none on it.
    client.ok(
        "POST",
        "/members/action/topup",
        json={"topup_ids": member_id, "topup_value": 0, "topup_balance_bonus": 1},
    )
    client.ok(
        "POST",
        "/members/action/topup",
        json={"topup_ids": member_id, "topup_value": -1, "comment": "Mistake"},
    )
    account = {"member_account": "rui", "member_password": "secret-pw", "member_balance": 5}
    assert client.refused("POST", "/members", json=account)[0] == 400
    assert client.ok("GET", "/members?search_text=rui")["members"] == []


def test_packages_pay_for_no_session_that_begins_while_that_is_off(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    offer_id = floor.add_offer("3 hours", 600)
    member_id = floor.add_member("ana")
    floor.give(member_id, 20 * EURO)
    floor.member(member_id)
    client.ok(
        "POST",
        "/pcSessions/addOffer",
        json={"pcs": ["PC01"], "offer_id": offer_id, "offer_payment_method": 1},
    )
    _put(client, allow_offer_session=0)
    sold = {"pcs": ["PC02"], "offer_id": offer_id, "offer_payment_method": 0}
    assert client.refused("POST", "/pcSessions/addOffer", json=sold) == (
        400,
        "sessions on packages are switched off in the settings",
    )
    # The session that runs keeps what was agreed (decision 0022); the next one pays by balance.
    freeze.advance(3600)
    client.ok("POST", "/pcSessions/checkout", json={"pc_name": "PC01"})
    assert floor.money(member_id) == (14 * EURO, 0)
    floor.member(member_id)
    freeze.advance(3600)
    client.ok("POST", "/pcSessions/checkout", json={"pc_name": "PC01"})
    assert floor.money(member_id) == (12 * EURO, 0)
    _put(client, allow_offer_session=1)
    floor.member(member_id)
    freeze.advance(3600)
    client.ok("POST", "/pcSessions/checkout", json={"pc_name": "PC01"})
    assert floor.money(member_id) == (12 * EURO, 0)
    floor.verify()
