"""Shifts and tills on the native API."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.kit import clock
from tests.builders.centers import PASSWORD, Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.builders.people import bearer_of

BASE = "/api/native/v1"


@pytest.fixture
def floor(hall: Hall) -> Floor:
    return Floor(hall.store, hall)


def ask(client: Client, method: str, path: str, **options: Any) -> tuple[int, Any]:
    answer = client.raw(method, BASE + path, **options)
    return answer.status_code, answer.json()


def reason(answer: tuple[int, Any]) -> tuple[int, str]:
    return answer[0], answer[1]["error"]["message"]


def test_a_shift_from_open_to_hand_over(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    staff, manager = (bearer_of(floor.hall, role) for role in ("staff", "manager"))
    ada = floor.add_member("ada")
    status, till = ask(client, "POST", "/tills", json={"name": "Till 1"})
    assert (status, till["name"], till["left"], till["shift_id"]) == (200, "Till 1", "0.00", None)
    opening = {"till_id": till["till_id"], "float": "100"}
    status, shift = ask(client, "POST", "/shifts", json=opening, key=staff)
    assert (status, shift["is_open"], shift["float"], shift["z_number"]) == (
        200,
        True,
        "100.00",
        None,
    )
    path = f"/shifts/{shift['shift_id']}"
    client.ok(
        "POST", "/members/action/topup", json={"topup_ids": ada, "topup_value": 50}, key=staff
    )
    put_in = {"direction": "in", "amount": "20.00", "reason": "Change"}
    status, x = ask(client, "POST", f"{path}/cash", json=put_in, key=staff)
    assert x["figures"]["topups"] == {
        "number": 1,
        "cash": "50.00",
        "card": "0.00",
        "qr": "0.00",
    }
    assert (x["figures"]["put_in"], x["figures"]["expected"]) == ("20.00", "170.00")
    assert x["figures"]["tax"] == "0.00"
    assert x["moves"] == [
        {"kind": "float", "amount": "100.00", "reason": ""},
        {"kind": "in", "amount": "20.00", "reason": "Change"},
    ]
    assert (x["count"], x["difference"], x["cash_end"]) == (None, None, "170.00")
    close = {"comment": "Two euros short", "left": 100}
    assert reason(ask(client, "POST", f"{path}/close", json=close, key=staff)) == (
        422,
        "count the drawer first",
    )
    pieces = {"pieces": {"100": 1, "50": 1, "10": 1, "2": 4, "5": 0}}
    status, counted = ask(client, "POST", f"{path}/counts", json=pieces, key=staff)
    assert counted["count"]["pieces"] == {"100": 1, "50": 1, "10": 1, "2": 4}
    assert (counted["count"]["counted"], counted["difference"]) == ("168.00", "-2.00")
    assert ask(client, "GET", "/my-shift", key=staff) == (200, counted)
    receiver = {**close, "next_account": "manager7777", "next_password": "wrong"}
    assert ask(client, "POST", f"{path}/hand-over", json=receiver, key=staff)[0] == 401
    receiver["next_password"] = PASSWORD
    status, z = ask(client, "POST", f"{path}/hand-over", json=receiver, key=staff)
    assert (status, z["is_open"], z["z_number"], z["comment"]) == (200, False, 1, "Two euros short")
    assert (z["cash_end"], z["left"], z["to_safe"]) == ("168.00", "100.00", "68.00")
    assert z["handed_over"]["sessions"] == []
    assert ask(client, "GET", path, key=staff) == (200, z)
    status, mine = ask(client, "GET", "/my-shift", key=manager)
    assert (mine["shift_id"], mine["float"]) == (z["handed_over"]["to_shift_id"], "100.00")
    # A person sees his own, the manager everybody's.
    assert [row["shift_id"] for row in ask(client, "GET", "/shifts", key=staff)[1]["shifts"]] == [
        z["shift_id"]
    ]
    first = ask(client, "GET", "/shifts", params={"limit": 1}, key=manager)[1]
    assert [row["z_number"] for row in first["shifts"]] == [None]
    more = {"limit": 1, "cursor": first["next_cursor"]}
    second = ask(client, "GET", "/shifts", params=more, key=manager)[1]
    assert second == {
        "shifts": [
            {
                "shift_id": z["shift_id"],
                "till_id": till["till_id"],
                "till_name": "Till 1",
                "staff_id": z["staff_id"],
                "staff_name": "staff7777",
                "opened_at": z["opened_at"],
                "closed_at": z["at"],
                "z_number": 1,
                "cash": "50.00",
                "card": "0.00",
                "qr": "0.00",
                "difference": "-2.00",
            }
        ],
        "next_cursor": None,
    }
    path = f"/shifts/{mine['shift_id']}"
    assert ask(client, "GET", path, key=staff)[0] == 404
    ask(client, "POST", f"{path}/counts", json={"pieces": {"100": 1}}, key=manager)
    status, closed = ask(client, "POST", f"{path}/close", json={"left": 40}, key=manager)
    assert (status, closed["z_number"], closed["left"], closed["to_safe"]) == (
        *(200, 2),
        *("40.00", "60.00"),
    )
    assert ask(client, "GET", path, key=manager) == (200, closed)
    floor.verify()


def test_a_blind_count_hides_the_sum_until_it_is_saved(client: Client, floor: Floor) -> None:
    floor.set(shift_blind_count=True)
    staff, manager = (bearer_of(floor.hall, role) for role in ("staff", "manager"))
    opening = {"till_id": floor.add_till(), "float": 10}
    shift = ask(client, "POST", "/shifts", json=opening, key=staff)[1]
    path = f"/shifts/{shift['shift_id']}"
    hidden = ask(client, "GET", path, key=staff)[1]
    for name in ("figures", "moves", "difference", "cash_end"):
        assert hidden[name] is None
    assert ask(client, "GET", path, key=manager)[1]["figures"]["expected"] == "10.00"
    counted = ask(client, "POST", f"{path}/counts", json={"counted": 9}, key=staff)[1]
    assert (counted["figures"]["expected"], counted["difference"]) == ("10.00", "-1.00")
    # A second count replaces nothing: the difference it shows is its own.
    again = ask(client, "POST", f"{path}/counts", json={"counted": 10}, key=staff)[1]
    assert again["difference"] == "0.00"


def test_tills(client: Client, floor: Floor) -> None:
    staff = bearer_of(floor.hall, "staff")
    assert ask(client, "POST", "/tills", json={"name": "Bar"}, key=staff)[0] == 403
    till = floor.add_till("Bar")
    assert reason(ask(client, "POST", "/tills", json={"name": "bar"})) == (
        400,
        "name: already exists",
    )
    changed = ask(client, "PUT", f"/tills/{till}", json={"name": "Door", "is_used": 0})[1]
    assert (changed["name"], changed["is_used"]) == ("Door", False)
    assert ask(client, "GET", "/tills", key=staff)[1] == [changed]
    opening = {"till_id": till, "float": 0}
    assert reason(ask(client, "POST", "/shifts", json=opening, key=staff)) == (
        422,
        "the till is not used any more",
    )
    assert ask(client, "PUT", "/tills/999", json={"name": "X"})[0] == 404
    other = Floor(floor.store, open_hall(floor.store, 7778))
    foreign = other.add_till("Foreign")
    assert ask(client, "PUT", f"/tills/{foreign}", json={"name": "Mine"})[0] == 404
    opening = {"till_id": foreign, "float": 0}
    assert ask(client, "POST", "/shifts", json=opening, key=staff)[0] == 404


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("cash", {"direction": "up", "amount": 1, "reason": "x"}, "direction: "),
        ("cash", {"direction": "in", "amount": -1, "reason": "x"}, "amount: must not have a sign"),
        ("cash", {"direction": "in", "amount": 1, "reason": " "}, "reason: is required"),
        ("cash", {"direction": "in", "amount": 1, "reason": "x" * 256}, "reason: must be at most"),
        ("counts", {}, "counted: is required"),
        ("counts", {"pieces": {"x": 1}}, "pieces: must be a plain decimal number"),
        ("counts", {"pieces": {"5": -1}}, "pieces: must be 0 to 100000 of each"),
        ("counts", {"pieces": {"5": 2}, "counted": 11}, "counted: must be 10.00, the sum of"),
        ("close", {"left": 5}, "left: must be at most 0.00, the cash in the drawer"),
    ],
)
def test_bad_input_is_told_by_field(
    client: Client, floor: Floor, path: str, body: dict[str, Any], message: str
) -> None:
    staff = bearer_of(floor.hall, "staff")
    opening = {"till_id": floor.add_till(), "float": 0}
    shift = ask(client, "POST", "/shifts", json=opening, key=staff)[1]["shift_id"]
    if path == "close":
        ask(client, "POST", f"/shifts/{shift}/counts", json={"counted": 0}, key=staff)
    status, told = reason(ask(client, "POST", f"/shifts/{shift}/{path}", json=body, key=staff))
    assert status == 400
    assert told.startswith(message)
    assert len(floor.report(shift).moves) == 0


def test_the_same_key_opens_and_moves_once(client: Client, floor: Floor) -> None:
    staff = bearer_of(floor.hall, "staff")
    opening = {"till_id": floor.add_till(), "float": 3}
    once = {"json": opening, "key": staff, "headers": {"Idempotency-Key": "o1"}}
    first = ask(client, "POST", "/shifts", **once)
    assert first[0] == 200
    assert ask(client, "POST", "/shifts", **once) == first
    path = f"/shifts/{first[1]['shift_id']}/cash"
    put_in = {"direction": "in", "amount": 2, "reason": "Change"}
    once = {"json": put_in, "key": staff, "headers": {"Idempotency-Key": "c1"}}
    assert ask(client, "POST", path, **once) == ask(client, "POST", path, **once)
    assert floor.report(first[1]["shift_id"]).figures.expected_micros == 5 * EURO


def test_money_without_a_shift_is_refused_on_the_wire(client: Client, floor: Floor) -> None:
    floor.set(shift_required=True)
    ada = floor.add_member("ada")
    body = {"topup_ids": ada, "topup_value": 5}
    for role in ("staff", "admin"):
        token = bearer_of(floor.hall, role)
        assert client.refused("POST", "/members/action/topup", json=body, key=token) == (
            400,
            "shift: open a shift first",
        )
    client.ok("POST", "/members/action/topup", json=body)
    assert floor.till() == 5 * EURO
