"""The calls about PC sessions over HTTP (cafe-wire, Sessions)."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.kit import clock
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor

NOON = "2026-03-04 12:00:00"


def post(client: Client, path: str, **body: Any) -> Any:
    return client.ok("POST", path, json=body)


def test_add_time_money_starts_a_prepaid_guest(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    data = client.ok(
        "POST", "/pcSessions/addTimeMoney", json={"pc_name": "PC01", "pc_cost": "5.00"}
    )
    (row,) = data["pcs"]
    assert row["member_account"].startswith("G_")
    assert len(row["member_password"]) == 8
    assert {name: row[name] for name in row if name.startswith(("pc_", "status_"))} == {
        "pc_name": "PC01",
        "status_connect_time_local": NOON,
        "status_connect_time_duration": "00:00:00",
        "status_connect_time_left": "02:30:00",
        "status_disconnect_time_local": "2026-03-04 14:30:00",
    }
    assert row["member_group_id"] == -2
    assert data["member_id"] == row["member_id"]
    assert len(str(row["member_id"])) == 11
    assert floor.till() == 5 * EURO


@pytest.mark.parametrize(
    "body",
    [
        {"json": {"pcs": ["PC01", "PC02"], "pc_cost": 1, "payment_method": 22}},
        {"json": {"pcs": '["PC01","PC02"]', "pc_cost": "1"}, "params": {"payment_method": 2}},
        {"data": {"pc_name": "PC01,PC02", "pc_cost": "1.00", "payment_method": "2"}},
        {"params": {"pcs[]": ["pc01", "PC02", "PC01"], "pc_cost": "1", "payment_method": "22"}},
    ],
)
def test_pcs_and_amounts_in_every_form(client: Client, floor: Floor, body: dict[str, Any]) -> None:
    data = client.ok("POST", "/pcSessions/addTimeMoney", **body)
    assert [row["pc_name"] for row in data["pcs"]] == ["PC01", "PC02"]
    assert floor.till("card") == 2 * EURO


def test_add_time_money_adds_to_a_running_guest_and_to_a_member(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    ada = floor.add_member("ada", balance=EURO)
    post(client, "/pcSessions/addTimeMoney", pc_name="PC01", pc_cost=1)
    post(client, "/pcSessions/memberSession", pc_name="PC02", member_account="ada")
    data = post(client, "/pcSessions/addTimeMoney", pcs=["PC01", "PC02"], pc_cost="2")
    assert [row["status_connect_time_left"] for row in data["pcs"]] == ["01:30:00", "01:30:00"]
    assert all("member_password" not in row for row in data["pcs"])
    assert floor.money(ada) == (3 * EURO, 0)
    assert floor.till() == 6 * EURO
    floor.verify()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"pc_cost": 1}, "pc_name: is required"),
        ({"pc_name": "PC01"}, "pc_cost: is required"),
        ({"pc_name": "PC01", "pc_cost": "-1"}, "pc_cost: must not have a sign"),
        ({"pc_name": "PC01", "pc_cost": "1.001"}, "pc_cost: must have at most 2 decimals"),
        ({"pc_name": "PC01", "pc_cost": "0"}, "pc_cost: must be more than 0"),
        ({"pc_name": "PC01", "pc_cost": "1000000000.01"}, "pc_cost: must be at most 1000000000"),
        ({"pc_name": "PC99", "pc_cost": 1}, "PC99: there is no such PC"),
        (
            {"pc_name": "PC01", "pc_cost": 1, "payment_method": 9},
            "payment_method: must be one of 0, 1, 2, 4, 20, 21, 22, 23, 24",
        ),
        (
            {"pc_name": "PC01", "pc_cost": 1, "payment_method": 1},
            "payment_method: must be cash, card or QR: time is not sold for the balance",
        ),
    ],
)
def test_add_time_money_refusals(
    client: Client, floor: Floor, body: dict[str, Any], message: str
) -> None:
    assert client.refused("POST", "/pcSessions/addTimeMoney", json=body) == (400, message)
    assert floor.till() == 0
    assert not floor.is_busy("PC01")


def test_init_add_time_money_quotes_minutes_and_money(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    quoted = post(client, "/pcSessions/initAddTimeMoney", pcs=["PC01", "PC02"], pc_add_value=90)
    assert quoted["pc_cost"] == "6.00"
    assert quoted["pcs"][0] == {
        "pc_name": "PC01",
        "pc_cost": "3.00",
        "pc_mins": 90,
        "pc_time": "01:30:00",
        "is_running": 0,
    }
    bought = post(
        client,
        "/pcSessions/initAddTimeMoney",
        pc_name="PC01",
        pc_add_value="5.00",
        pc_add_time_type="money",
    )
    assert (bought["pc_cost"], bought["pc_mins"]) == ("5.00", 150)
    assert client.refused(
        "POST", "/pcSessions/initAddTimeMoney", json={"pc_name": "PC01", "pc_add_value": "1.5"}
    ) == (400, "pc_add_value: must have no decimals")
    assert client.refused(
        "POST",
        "/pcSessions/initAddTimeMoney",
        json={"pc_name": "PC01", "pc_add_value": 1, "pc_add_time_type": "weeks"},
    ) == (400, "pc_add_time_type: must be 0 (minutes) or 1 (money)")
    assert floor.till() == 0


def test_a_postpaid_guest_from_start_to_payment(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    started = post(client, "/pcSessions/postpaidSession", pcs="PC01")
    assert started["status_connect_time_left"] is None
    assert started["member_group_id"] == -3
    freeze.advance(3600)
    info = post(client, "/pcSessions/paymentInfo", pc_name="PC01")
    assert info["pc_cost"] == "2.00"
    assert info["pc_data_time"] == clock.to_micros(clock.now()) // 1_000_000
    assert info["pcs"][0]["member_account"] == started["member_account"]
    assert info["pcs"][0]["status_connect_time_duration"] == "01:00:00"
    done = post(client, "/pcSessions/checkout", pc_name="PC01", payment_method=20)
    assert done == {
        "pcs": [
            {
                "pc_name": "PC01",
                "member_id": started["member_id"],
                "pc_cost": "2.00",
                "pc_change": "0.00",
                "paid_back": [],
                "pc_paid": "2.00",
                "spent_balance": "0.00",
                "spent_balance_bonus": "0.00",
                "status_connect_time_duration": "01:00:00",
                "payment_method": "cash",
            }
        ],
        "pc_cost": "2.00",
        "pc_change": "0.00",
    }
    again = client.refused("POST", "/pcSessions/checkout", json={"pc_name": "PC01"})
    assert again == (400, "PC01: the PC is not in use")
    assert floor.till() == 2 * EURO
    floor.verify()


def test_a_free_session(client: Client, floor: Floor) -> None:
    started = post(client, "/pcSessions/freeSession", pc_name="PC01")
    assert started["member_group_id"] == -5
    assert post(client, "/pcSessions/checkout", pc_name="PC01")["pc_cost"] == "0.00"


def test_a_member_session(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    ada = floor.add_member("ada", balance=10 * EURO, bonus=EURO)
    started = post(client, "/pcSessions/memberSession", pc_name="PC01", member_account="ADA")
    assert (started["member_id"], started["status_connect_time_left"]) == (ada, "05:30:00")
    freeze.advance(3600)
    assert client.ok("GET", "/memberPcStatus", params={"member_id": ada}) == {
        "pc_name": "PC01",
        "minutes": 270,
        "remain_minutes": 270,
        "left_time": "04:30:00",
        "is_playing": 1,
        "active": 1,
    }
    assert client.ok("POST", "/getRealTimeBalance", json={"member_account": "ada"}) == {
        "pc_cost": "2.00",
        "member_balance": "8.00",
        "member_balance_bonus": "1.00",
        "member_coin_balance": "0.00",
    }
    by_pc = client.ok("POST", "/getRealTimeBalance", params={"pc_name": "PC01"})
    assert by_pc["member_balance"] == "8.00"
    done = post(client, "/pcSessions/checkout", member_account="ada")
    assert (done["pc_cost"], done["pcs"][0]["spent_balance"]) == ("2.00", "2.00")
    history = client.ok("GET", f"/pcSessions/{ada}/memberSessionHistory?page=1")
    assert history["paging_info"]["page"] == "1"
    assert history["items"] == [
        {
            "pc_session_id": history["items"][0]["pc_session_id"],
            "pc_name": "PC01",
            "session_type": "member",
            "status_connect_time_local": NOON,
            "status_disconnect_time_local": "2026-03-04 13:00:00",
            "status_connect_time_duration": "01:00:00",
            "pc_cost": "2.00",
            "payment_method": "balance",
            "ended_by": "checkout",
        }
    ]
    assert client.ok("GET", f"/pcSessions/{ada}/memberSessionHistory?page=2")["items"] == []


def test_a_balance_that_is_too_low_is_402(client: Client, floor: Floor) -> None:
    floor.add_member("ada")
    code, message = client.refused(
        "POST", "/pcSessions/memberSession", json={"pc_name": "PC01", "member_account": "ada"}
    )
    assert (code, message[:6]) == (402, "PC01: ")


def test_who_is_not_there(client: Client, floor: Floor) -> None:
    body = {"pc_name": "PC01", "member_account": "nobody"}
    wanted = (400, "Member not found")
    assert client.refused("POST", "/pcSessions/memberSession", json=body) == wanted
    assert client.refused("POST", "/getRealTimeBalance", json=body) == wanted
    assert client.refused("POST", "/pcSessions/checkout", json={"member_account": "x"}) == wanted
    assert client.refused("POST", "/pcSessions/memberSession", json={"pc_name": "PC01"}) == (
        400,
        "member_account: is required",
    )
    assert client.refused("POST", "/pcSessions/checkout") == (400, "pc_name: is required")
    assert client.refused("POST", "/getRealTimeBalance") == (400, "member_account: is required")
    assert client.refused("GET", "/memberPcStatus", params={"member_id": 1}) == wanted
    assert client.refused("GET", "/pcSessions/1/memberSessionHistory") == wanted
    bob = floor.add_member("bob")
    idle = client.ok("GET", "/memberPcStatus", params={"member_id": bob})
    assert idle == {
        "pc_name": "",
        "minutes": 0,
        "remain_minutes": 0,
        "left_time": "00:00:00",
        "is_playing": 0,
        "active": 0,
    }


def test_a_session_without_an_end_has_no_minutes_left(client: Client, floor: Floor) -> None:
    started = post(client, "/pcSessions/postpaidSession", pc_name="PC01")
    status = client.ok("GET", "/memberPcStatus", params={"member_id": started["member_id"]})
    assert (status["remain_minutes"], status["minutes"], status["active"]) == (None, None, 1)


def test_without_a_session_the_real_time_balance_is_the_balance(
    client: Client, floor: Floor
) -> None:
    floor.add_member("ada", balance=3 * EURO)
    assert client.ok("POST", "/getRealTimeBalance", data={"member_account": "ada"}) == {
        "pc_cost": "0.00",
        "member_balance": "3.00",
        "member_balance_bonus": "0.00",
        "member_coin_balance": "0.00",
    }
    nobody_plays = client.ok("POST", "/getRealTimeBalance", data={"pc_name": "PC01"})
    assert set(nobody_plays.values()) == {"0.00"}
    assert len(nobody_plays) == 4


def test_a_quote_is_honoured_for_five_minutes(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    post(client, "/pcSessions/postpaidSession", pcs=["PC01", "PC02"])
    freeze.advance(3600)
    info = post(client, "/pcSessions/paymentInfo", pcs=["PC01", "PC02"])
    assert info["pc_cost"] == "4.00"
    quote = {
        "pcs": ["PC01", "PC02"],
        "pc_cost": info["pc_cost"],
        "pc_data_time": info["pc_data_time"],
        "pc_data_sign": info["pc_data_sign"],
    }
    freeze.advance(300)
    done = post(client, "/pcSessions/checkout", **quote)
    assert done["pc_cost"] == "4.00"
    assert floor.till() == 4 * EURO
    floor.verify()


def test_an_old_or_altered_quote_is_refused(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    post(client, "/pcSessions/postpaidSession", pcs=["PC01", "PC02"])
    freeze.advance(3600)
    info = post(client, "/pcSessions/paymentInfo", pcs="PC01")
    quote = {"pc_data_time": info["pc_data_time"], "pc_data_sign": info["pc_data_sign"]}
    altered = (400, "the quoted cost does not belong to these sessions; ask for it again")
    for change in (
        {"pc_data_time": info["pc_data_time"] - 60},
        {"pc_data_time": 10**18},
        {"pc_data_time": -1},
        {"pc_data_sign": "0" * 64},
        {"pc_data_sign": "ü"},
        {"pc_cost": "1.99"},
        {"pc_name": "PC02"},
        {"pc_name": "PC01,PC02"},
        {"pc_data_time": None},
        {"pc_data_sign": None},
    ):
        body = {"pc_name": "PC01", **quote, **change}
        assert client.refused("POST", "/pcSessions/checkout", json=body) == altered, change
    freeze.advance(301)
    old = client.refused("POST", "/pcSessions/checkout", json={"pc_name": "PC01", **quote})
    assert old == (400, "the quoted cost is older than 5 minutes; ask for it again")
    assert floor.till() == 0
    assert post(client, "/pcSessions/checkout", pc_name="PC01")["pc_cost"] == "2.17"


def test_a_session_moves_to_a_free_pc_of_its_group(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    ada = floor.add_member("ada", balance=EURO)
    post(client, "/pcSessions/memberSession", pc_name="PC01", member_account="ada")
    freeze.advance(600)
    assert post(client, "/pcSessions/move", pc_name="PC01", move_to="PC03") == {
        "pc_name": "PC03",
        "member_id": ada,
    }
    assert (floor.is_busy("PC01"), floor.is_busy("PC03")) == (False, True)
    freeze.advance(600)
    assert post(client, "/pcSessions/checkout", pc_name="PC03")["pc_cost"] == "0.67"
    floor.verify()


def test_moves_that_are_refused(client: Client, floor: Floor) -> None:
    floor.add_pc("VIP1", floor.add_pc_group("VIP"))
    floor.break_pc("PC04")
    floor.add_pc("XBOX1", console_type=2)
    floor.add_pc("PS5", console_type=5)
    post(client, "/pcSessions/freeSession", pcs=["PC01", "PC02"])
    for origin, target, message in (
        ("PC01", "PC02", "PC02: the PC is in use"),
        ("PC01", "VIP1", "VIP1: the PC belongs to another PC group"),
        ("PC01", "XBOX1", "XBOX1: a session cannot move between PC and console"),
        ("PC01", "PC04", "PC04: the PC is out of order"),
        ("PC01", "PC99", "PC99: there is no such PC"),
        ("PC01", "PC01", "move_to: must be another PC"),
        ("PC03", "PC04", "PC03: the PC is not in use"),
    ):
        body = {"pc_name": origin, "move_to": target}
        assert client.refused("POST", "/pcSessions/move", json=body) == (400, message)
    assert floor.is_busy("PC01")
    assert not floor.is_busy("XBOX1")
    # From one console to another is no change of kind.
    post(client, "/pcSessions/freeSession", pcs="XBOX1")
    assert post(client, "/pcSessions/move", pc_name="XBOX1", move_to="PS5")["pc_name"] == "PS5"


def test_push_client_status_succeeds_for_any_pc_that_exists(client: Client, floor: Floor) -> None:
    assert post(client, "/pcSessions/pushClientStatus", pc_name="PC01") == {}
    assert post(client, "/pcSessions/pushClientStatus", pcs=["PC01", "PC02"]) == {}
    refused = client.refused("POST", "/pcSessions/pushClientStatus", json={"pc_name": "PC99"})
    assert refused == (400, "PC99: there is no such PC")


def test_the_same_key_starts_once(client: Client, floor: Floor) -> None:
    body = {"json": {"pc_name": "PC01", "pc_cost": 5}, "headers": {"Idempotency-Key": "k1"}}
    first = client.call("POST", "/pcSessions/addTimeMoney", **body)
    assert first["code"] == 200
    assert client.call("POST", "/pcSessions/addTimeMoney", **body) == first
    assert floor.till() == 5 * EURO


def test_the_bill_explains_itself(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    floor.set(free_time_minutes=10)
    floor.add_price("Evening", 400, time="12:30-24:00")
    post(client, "/pcSessions/postpaidSession", pc_name="PC01")
    freeze.advance(3600)
    (session_id,) = floor.session_ids()
    response = client.raw("GET", f"/api/native/v1/sessions/{session_id}/bill")
    assert response.status_code == 200
    shown = response.json()
    assert [(line["what"], line["seconds"], line["amount"]) for line in shown["lines"]] == [
        ("Free minutes", 600, "0.00"),
        ("Default", 1200, "0.67"),
        ("Evening", 1800, "2.00"),
    ]
    assert (shown["total"], shown["is_open"], shown["kind"]) == ("2.67", True, "postpaid")
    assert shown["lines"][1]["price_per_hour"] == "2.00"
    assert [line["rounding"] for line in shown["lines"]] == ["0.00"] * 3
    for unknown in ("999", "x", "99999999999999999999"):
        assert client.raw("GET", f"/api/native/v1/sessions/{unknown}/bill").status_code == 404


def test_a_session_that_is_over_is_gone_from_the_wire(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    post(client, "/pcSessions/addTimeMoney", pc_name="PC01", pc_cost=1)
    freeze.advance(1800)
    floor.run(end_due_sessions, None)
    refused = client.refused("POST", "/pcSessions/paymentInfo", json={"pc_name": "PC01"})
    assert refused == (400, "PC01: the PC is not in use")


def test_connect_time_duration_and_time_left_add_up_in_the_middle_of_a_second(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    freeze.set(clock.from_micros(1_772_625_600_900_000))
    started = post(client, "/pcSessions/addTimeMoney", pc_name="PC01", pc_cost=2)
    assert started["status_connect_time_local"] == NOON
    assert started["status_connect_time_left"] == "01:00:00"
    freeze.set(clock.from_micros(1_772_625_601_100_000))
    (row,) = [row for row in client.ok("GET", "/pcList") if row["pc_name"] == "PC01"]
    assert row["status_connect_time_duration"] == "00:00:01"
    assert row["status_connect_time_left"] == "00:59:59"
    assert row["status_disconnect_time_local"] == "2026-03-04 13:00:00"


def test_a_session_at_its_limit_is_told_alike_by_list_and_payment_info(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    floor.set(postpaid_max_balance_micros=2 * EURO)
    post(client, "/pcSessions/postpaidSession", pcs="PC01")
    freeze.advance(3 * 3600)
    (row,) = [row for row in client.ok("GET", "/pcList") if row["pc_name"] == "PC01"]
    info = post(client, "/pcSessions/paymentInfo", pc_name="PC01")
    assert info["pc_cost"] == "2.00"
    times = {
        "status_connect_time_local": NOON,
        "status_disconnect_time_local": "2026-03-04 13:00:00",
        "status_connect_time_duration": "03:00:00",
        "status_connect_time_left": "-02:00:00",
    }
    assert times.items() <= row.items()
    assert times.items() <= info["pcs"][0].items()


def test_a_whole_large_hall_is_sold_at_once(client: Client, floor: Floor) -> None:
    """More guests than may wait for the hash of a password."""
    names = [f"R{number:02}" for number in range(1, 81)]
    floor.add_pcs(*names)
    data = client.ok("POST", "/pcSessions/addTimeMoney", json={"pc_name": names, "pc_cost": "1.00"})
    assert len({row["member_password"] for row in data["pcs"]}) == len(names)
