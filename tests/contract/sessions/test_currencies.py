"""A hall whose currency has no decimals, or three: every door, from the price to the receipt."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.cafe.centers.commands import CurrencyChoice, choose_currency
from lanhouse.kit import clock
from lanhouse.kit.money import MICROS
from lanhouse.ledger import balances, book_of_center
from tests.builders.client import Client
from tests.builders.floor import Floor

NO_DECIMALS = "must have no decimals"


def pay_with(floor: Floor, currency: str, per_hour: int) -> None:
    """Before any money moved; the price in hundredths."""
    floor.run(choose_currency, CurrencyChoice(floor.hall.center_id, currency))
    floor.set_price(per_hour)


def house(floor: Floor, kind: str, currency: str) -> int:
    """What the centre's account of that money holds."""
    return held(floor, "center", floor.hall.center_id).get((kind, currency), 0)


def held(floor: Floor, owner: str, owner_id: int) -> dict[tuple[str, str], int]:
    book = book_of_center(floor.hall.center_id)
    return floor.store.read_sync(balances, book, owner, owner_id)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/pcSessions/addTimeMoney", {"pc_name": "PC01", "pc_cost": "100.50"}, "pc_cost"),
        (
            "/pcSessions/initAddTimeMoney",
            {"pcs": "PC01", "pc_add_value": "100.50", "pc_add_time_type": 1},
            "pc_add_value",
        ),
        ("/calculate/time", {"pc_name": "PC01", "topup_amount": "0.01"}, "topup_amount"),
        ("/members/action/topup", {"topup_ids": "ada", "topup_value": "10.50"}, "topup_value"),
        ("/members/action/topup", {"topup_ids": "ada", "topup_value": "-10.50"}, "topup_value"),
        ("/pcSessions/cashierExpense", {"balance": "10.50"}, "balance"),
        (
            "/members",
            {"member_account": "bob", "member_password": "correct horse", "member_balance": "0.5"},
            "member_balance",
        ),
    ],
)
def test_a_part_of_a_yen_is_refused_by_its_field(
    client: Client, floor: Floor, path: str, body: dict[str, Any], field: str
) -> None:
    pay_with(floor, "JPY", 40_000)
    ada = floor.add_member("ada")
    if body.get("topup_ids"):
        body = {**body, "topup_ids": ada}
    code, message = client.refused("POST", path, json=body)
    assert (code, message.split(";")[0]) == (400, f"{field}: {NO_DECIMALS}")
    assert not any(held(floor, "center", floor.hall.center_id).values())
    assert not any(held(floor, "member", ada).values())
    assert floor.session_ids() == []


def test_settings_and_prices_are_whole_yen_and_percentages_are_not(
    client: Client, floor: Floor
) -> None:
    pay_with(floor, "JPY", 40_000)
    path = "/configs/paymentSettings"
    code, message = client.refused("PUT", path, json={"daily_cap": "1000.5", "start_fee": "0.1"})
    assert code == 400
    assert f"daily_cap: {NO_DECIMALS}" in message
    assert f"start_fee: {NO_DECIMALS}" in message
    quick = {"price_button": [{"min": "30"}, {"money": "500"}, {"money": "5.50"}]}
    assert client.refused("PUT", path, json=quick) == (400, f"price_button.2.money: {NO_DECIMALS}")
    quick["price_button"].pop()
    assert client.ok("PUT", path, json=quick)
    assert client.ok("PUT", path, json={"tax4_percentage": "7.25", "daily_cap": 1000})
    assert client.ok("GET", "/configs")["tax4_percentage"] == 7.25


def test_a_day_in_yen(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    pay_with(floor, "JPY", 40_000)
    assert client.ok("POST", "/calculate/amount", json={"pc_name": "PC01", "mins": 10}) == {
        "cost": "67.00",
        "pc_time_info": {"price_dynamic_enable": 0, "fixed_price": "400.00", "dynamic": []},
    }
    asked = {"pc_name": "PC01", "topup_amount": "67"}
    assert client.ok("POST", "/calculate/time", json=asked)["minutes"] == 10
    paid = {"pc_name": "PC01", "pc_cost": "67.00", "payment_method": 0}
    client.ok("POST", "/pcSessions/addTimeMoney", json=paid)
    freeze.advance(5 * 60)
    found = client.ok("POST", "/pcSessions/paymentInfo", json={"pc_name": "PC01"})
    assert found["pc_cost"] == "33.00"
    ended = client.ok("POST", "/pcSessions/checkout", json={"pc_name": "PC01"})
    assert house(floor, "cash", "JPY") == -33 * MICROS
    assert house(floor, "revenue_time", "JPY") == 33 * MICROS
    session = floor.session(floor.session_ids()[0])
    bill = session.bill(clock.now())
    assert [line.amount_micros for line in bill.lines] == [33 * MICROS]
    assert ended
    floor.verify()


def test_a_bonus_in_yen_is_whole(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    pay_with(floor, "JPY", 40_000)
    ada = floor.add_member("ada")

    def money(floor: Floor, member_id: int) -> tuple[int, int]:
        its = held(floor, "member", member_id)
        return its.get(("balance", "JPY"), 0), its.get(("bonus", "JPY"), 0)

    tiers = {"price_bonus": [{"amount": "100", "bonus": "5"}], "bonus_unit": 1}
    client.ok("PUT", "/configs/loyaltySettings", json=tiers)
    sold = {"topup_ids": ada, "topup_value": "130", "topup_balance_bonus": "7"}
    client.ok("POST", "/members/action/topup", json=sold)  # 6.5, half up
    assert money(floor, ada) == (130 * MICROS, 7 * MICROS)
    back = {"topup_ids": ada, "topup_value": "-65", "comment": "wrong member"}
    client.ok("POST", "/members/action/topup", json=back)
    assert money(floor, ada) == (65 * MICROS, 3 * MICROS)  # 3.5 of the bonus, half up
    floor.verify()


def test_a_dinar_moves_in_steps_of_ten_fils(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    pay_with(floor, "KWD", 50)
    for cost in ("1.005", "0.001"):
        body = {"pc_name": "PC01", "pc_cost": cost}
        told = client.refused("POST", "/pcSessions/addTimeMoney", json=body)
        assert told == (400, "pc_cost: must have at most 2 decimals")
    client.ok("POST", "/pcSessions/addTimeMoney", json={"pc_name": "PC01", "pc_cost": "1.010"})
    freeze.advance(3600)
    client.ok("POST", "/pcSessions/checkout", json={"pc_name": "PC01"})
    assert house(floor, "cash", "KWD") == -500_000
    floor.verify()
