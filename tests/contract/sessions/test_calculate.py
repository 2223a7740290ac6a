"""calculate/amount and calculate/time: what would be paid, and what money would buy."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.kit import clock
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.builders.people import bearer_of

AMOUNT, TIME = "/calculate/amount", "/calculate/time"


def cost(client: Client, minutes: int, account: str = "Guest") -> str:
    body = {"pc_name": "PC01", "member_account": account, "mins": minutes}
    return client.ok("POST", AMOUNT, json=body)["cost"]


def minutes(client: Client, amount: str, account: str = "Guest") -> int:
    body = {"pc_name": "PC01", "member_account": account, "topup_amount": amount}
    return client.ok("POST", TIME, json=body)["minutes"]


def test_amount_and_time_are_each_others_inverse(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    assert [cost(client, length) for length in (1, 10, 11, 90)] == ["0.03", "0.33", "0.37", "3.00"]
    # 0.33 pays ten minutes, though by the second it would end six seconds before.
    assert [minutes(client, amount) for amount in ("0.33", "0.36", "0.37", "3")] == [10, 10, 11, 90]
    assert [minutes(client, amount) for amount in ("0", "0.02")] == [0, 0]
    assert minutes(client, "1000000") == 527_040
    assert cost(client, 527_040) == "17568.00"
    assert floor.session_ids() == []


def test_the_accounts_group_and_its_discount_count(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    gold = floor.add_member_group("Gold", pc_time_discount=2500)
    floor.add_member("ada", group_id=gold)
    floor.add_member("bob")
    assert [cost(client, 60, who) for who in ("ada", "ADA", "bob", "guest", "")] == [
        "1.50", "1.50", "2.00", "2.00", "2.00",
    ]  # fmt: skip
    floor.add_price("Gold", 100, member_group_id=gold)
    assert (cost(client, 60, "ada"), minutes(client, "1.50", "ada")) == ("0.75", 120)
    assert minutes(client, "1.50", "bob") == 45


def test_the_minimum_charge_counts_and_the_free_minutes_do_not(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    floor.set(free_time_minutes=10, minimum_charge_micros=EURO)
    assert [cost(client, length) for length in (1, 30, 60)] == ["1.00", "1.00", "2.00"]
    assert [minutes(client, amount) for amount in ("0.99", "1", "2")] == [0, 30, 60]


def test_the_hours_ahead_have_their_own_price(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    floor.add_price("Evening", 400, time="13:00-24:00")
    assert (cost(client, 120), minutes(client, "6")) == ("6.00", 120)
    floor.add_price("Free", 0, time="14:00-15:00")
    assert (minutes(client, "6"), cost(client, 180)) == (180, "6.00")


def test_what_costs_nothing_never_ends(client: Client, floor: Floor) -> None:
    floor.set_price(0)
    assert (cost(client, 600), minutes(client, "0")) == ("0.00", 527_040)


def test_a_pc_in_use_is_priced_all_the_same(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    client.ok("POST", "/pcSessions/addTimeMoney", json={"pc_name": "PC01", "pc_cost": 5})
    assert (cost(client, 60), minutes(client, "2")) == ("2.00", 60)


def test_hours_without_a_price(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    floor.set(default_price_fills_gaps=False)
    floor.add_price("Noon", 200, time="12:00-13:00")
    assert (cost(client, 60), minutes(client, "9")) == ("2.00", 60)
    body: dict[str, Any] = {"pc_name": "PC01", "mins": 61}
    assert client.refused("POST", AMOUNT, json=body) == (
        400, "PC01: no price: no price rule holds for a part of this time",
    )  # fmt: skip
    freeze.advance(3600)
    for path, more in ((AMOUNT, {"mins": 1}), (TIME, {"topup_amount": 1})):
        code, message = client.refused("POST", path, json={"pc_name": "PC01", **more})
        assert (code, message) == (
            400, "PC01: no price: no price rule holds for this PC and customer at this time",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        (AMOUNT, {"pc_name": "PC01"}, "mins: is required"),
        (AMOUNT, {"pc_name": "PC01", "mins": 0}, "mins: must be 1 to 527040 minutes"),
        (AMOUNT, {"pc_name": "PC01", "mins": 527_041}, "mins: must be 1 to 527040 minutes"),
        (AMOUNT, {"pc_name": "PC99", "mins": 1}, "PC99: there is no such PC"),
        (TIME, {"pc_name": "PC01"}, "topup_amount: is required"),
        (TIME, {"pc_name": "PC01", "topup_amount": -1}, "topup_amount: must not have a sign"),
        (TIME, {"topup_amount": 1}, "pc_name: is required"),
    ],
)
def test_what_cannot_be_asked(
    client: Client, floor: Floor, path: str, body: dict[str, Any], message: str
) -> None:
    assert client.refused("POST", path, json=body) == (400, message)


def test_who_is_nobodys_account(client: Client, floor: Floor) -> None:
    body = {"pc_name": "PC01", "member_account": "zoe", "mins": 1}
    assert client.refused("POST", AMOUNT, json=body) == (400, "Member not found")


def test_staff_may_ask(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    body = {"pcs": "PC01", "mins": 60}
    told = client.ok("POST", AMOUNT, json=body, key=bearer_of(floor.hall, "staff"))
    assert told["cost"] == "2.00"


def test_blocks_fee_and_rounding_count(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    floor.set(
        time_block_minutes=15,
        minimum_minutes=30,
        start_fee_micros=400_000,
        bill_rounding="0.50",
        bill_rounding_mode="up",
    )
    assert [cost(client, length) for length in (1, 30, 31, 60)] == ["1.50", "1.50", "2.00", "2.50"]
    assert [minutes(client, amount) for amount in ("1.49", "1.50", "2", "2.49")] == [0, 30, 45, 45]


def test_the_settings_of_bills_are_checked(client: Client, floor: Floor) -> None:
    wrong = {"bill_rounding": "0.03", "bill_rounding_mode": "sideways", "time_block_minutes": "-1"}
    refused = client.call("PUT", "/configs/paymentSettings", json=wrong)
    assert refused["code"] == 400
    assert all(name in refused["message"] for name in wrong)
    sent = {"bill_rounding": "0.05", "start_fee": "1.50", "minimum_minutes": 20}
    client.ok("PUT", "/configs/paymentSettings", json=sent)
    assert cost(client, 1) == "2.15"


def test_further_players_of_a_console_have_a_price(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    floor.add_pc("PS1", console_type=5)
    floor.set(extra_player_price_micros=EURO)
    asked = {"pc_name": "PS1", "mins": 60}
    costs = [client.ok("POST", AMOUNT, json={**asked, "players": n})["cost"] for n in (1, 2, 4)]
    assert costs == ["2.00", "3.00", "5.00"]
    money = {"pc_name": "PS1", "topup_amount": "3", "players": 2}
    assert client.ok("POST", TIME, json=money)["minutes"] == 60
    quote = {"pcs": "PS1", "pc_add_value": "60", "pc_add_time_type": 0, "players": 3}
    assert client.ok("POST", "/pcSessions/initAddTimeMoney", json=quote)["pc_cost"] == "4.00"
    sale = {"pc_name": "PS1", "pc_cost": "4.00"}
    for number, told in ((2, "PC01 is no console"), (0, "must be 1 to 8"), (9, "must be 1 to 8")):
        body = {**sale, "pc_name": "PC01", "players": number}
        code, message = client.refused("POST", "/pcSessions/addTimeMoney", json=body)
        assert (code, message.startswith(f"players: {told}")) == (400, True)
    client.ok("POST", "/pcSessions/addTimeMoney", json={**sale, "players": 3})
    (session,) = [floor.session(one) for one in floor.session_ids()]
    freeze.advance(1800)
    assert session.cost_micros(clock.now()) == 2 * EURO
    # Money that comes later has the price of those who play.
    client.ok("POST", "/pcSessions/addTimeMoney", json=sale)
    assert floor.session(session.id).segments[-1].tariff.players == 3


def test_a_members_calculation_knows_what_the_day_has_cost(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    floor.set(daily_cap_micros=3 * EURO)
    ada = floor.add_member("ada", balance=100 * EURO)
    freeze.advance((12 - clock.now().hour) % 24 * 3600)
    floor.member(ada)
    freeze.advance(3600)
    floor.check_out("PC01")
    assert (cost(client, 90, "ada"), cost(client, 90, "guest")) == ("1.00", "3.00")
    assert minutes(client, "0.50", "ada") == 15


def time_info(client: Client, account: str = "Guest") -> Any:
    body = {"pc_name": "PC01", "member_account": account, "mins": 10}
    found = client.ok("POST", AMOUNT, json=body)["pc_time_info"]
    money = {"pc_name": "PC01", "member_account": account, "topup_amount": "1"}
    assert client.ok("POST", TIME, json=money)["pc_time_info"] == found
    return found


def test_whether_the_price_of_an_hour_changes_is_told_beside_it(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    plain = {"price_dynamic_enable": 0, "fixed_price": "2.00", "dynamic": []}
    assert time_info(client) == plain
    gold = floor.add_member_group("Gold", pc_time_discount=2500)
    floor.add_member("ada", group_id=gold)
    floor.add_price("Evening", 333, time="18:00-22:00")
    steps = time_info(client, "ada")
    assert (steps["price_dynamic_enable"], steps["fixed_price"]) == (1, "1.50")
    assert [tuple(step.values()) for step in steps["dynamic"]] == [
        ("2026-03-04 12:00:00", "2026-03-04 18:00:00", "1.50", "Default"),
        ("2026-03-04 18:00:00", "2026-03-04 22:00:00", "2.50", "Evening"),
        ("2026-03-04 22:00:00", "2026-03-05 12:00:00", "1.50", "Default"),
    ]
    # Another rule at the same price is no change of price.
    floor.add_price("Night", 200, time="23:00-24:00")
    assert len(time_info(client, "ada")["dynamic"]) == 3
    # Hours without a price are told as such.
    client.ok("PUT", "/configs/paymentSettings", json={"default_price_fills_gaps": 0})
    freeze.advance(6 * 3600)
    assert [step["price"] for step in time_info(client)["dynamic"]] == [
        *("3.33", None, "2.00", None),
    ]
