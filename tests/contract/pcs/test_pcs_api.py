"""PCs: adding, changing, removing, and the lists of PCs in their documented shape."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lanhouse.kit import clock
from lanhouse.kit.limits import MAX_PC
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.builders.people import bearer_of

LIVE_KEYS = [
    *("pc_icafe_id", "pc_ip", "pc_name", "pc_mac", "pc_comment", "pc_console_type"),
    *("pc_group_id", "pc_area_name", "pc_box_position", "pc_box_top", "pc_box_left"),
    *("pc_enabled", "pc_mining_enabled", "pc_mining_tool", "pc_mining_options"),
    *("recent_booking", "pc_group_name", "status_connect_time_local"),
    *("status_disconnect_time_local", "status_connect_time_duration"),
    *("status_connect_time_left", "status_pay_by_member_id", "member_id", "member_icafe_id"),
    *("member_account", "member_balance", "member_balance_bonus", "member_group_id"),
    *("member_group_name", "member_group_desc", "member_group_discount_rate"),
    *("member_group_discount_offer", "member_group_discount_pc_time", "offer_in_using"),
    *("price_name", "status_total_time"),
]
PLAIN_ROW = {
    "pc_icafe_id": 7777,
    "pc_ip": "",
    "pc_name": "C01-1",
    "pc_mac": "",
    "pc_comment": "",
    "pc_console_type": 6,
    "pc_group_id": 0,
    "pc_area_name": "",
    "pc_box_position": "absolute",
    "pc_box_top": 0,
    "pc_box_left": 0,
    "pc_enabled": 1,
    "pc_mining_enabled": 0,
    "pc_mining_tool": "",
    "pc_mining_options": "",
    "pc_in_using": 0,
}


@pytest.fixture
def floor(hall: Hall, freeze: clock.frozen) -> Floor:
    """The hall with PC01 to PC03 and a price of 2.00 an hour; Wednesday noon."""
    floor = Floor(hall.store, hall)
    for number in (1, 2, 3):
        floor.add_pc(f"PC0{number}")
    floor.add_price("Day", 200)
    return floor


def names(client: Client) -> list[str]:
    return [row["pc_name"] for row in client.ok("GET", "/pcs")]


def test_a_pc_is_added_and_shown_as_idle(client: Client) -> None:
    body = {"pc_name": "C01-1", "pc_console_type": "6", "pc_group_id": "0"}
    (row,) = client.ok("POST", "/pcs", json=body)["pcs"]
    assert list(row) == LIVE_KEYS
    for key, value in row.items():
        if key == "price_name":
            assert value == "Default"
        elif key == "status_pay_by_member_id":
            assert value == 0
        elif key.startswith(("status_", "member_")):
            assert value is None
    assert row["pc_name"] == "C01-1"
    assert row["pc_group_name"] is None
    assert client.ok("GET", "/pcs") == [PLAIN_ROW]
    assert client.ok("GET", "/pcs/action/member_pcs") == [PLAIN_ROW]
    assert client.ok("GET", "/pcList") == [row]
    assert client.ok("GET", "/onlinePcList") == [{"pc_name": "C01-1", "is_connected": 0}]


@pytest.mark.parametrize(
    ("options"),
    [
        {"json": {"pc_name": ["A", "B"]}},
        {"json": {"pcs": '["A", "B"]'}},
        {"data": {"pc_name[]": ["A", "B"]}},
        {"data": {"pcs": "A, B"}},
        {"params": {"pc_name": "A,B"}},
        {"params": {"pc_name[]": ["A", "B"]}},
        {"content": b'{"pc_name": ["A", "B"]}'},
    ],
)
def test_several_pcs_are_added_however_they_are_sent(
    client: Client, options: dict[str, Any]
) -> None:
    assert [row["pc_name"] for row in client.ok("POST", "/pcs", **options)["pcs"]] == ["A", "B"]
    assert names(client) == ["A", "B"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "pc_name: is required"),
        ({"pc_name": ""}, "pc_name: is required"),
        ({"pc_name": []}, "pc_name: is required"),
        ({"pc_name": ["ok", "x" * 51]}, "pc_name: entry 2 must be at most 50 characters"),
        ({"pc_name": ["a,b"]}, "pc_name: entry 1 must not have a comma"),
        ({"pc_name": ["a\tb"]}, "pc_name: entry 1 must be on one line"),
        ({"pc_name": "a\x00b"}, "pc_name: must not have control characters"),
        ({"pc_name": {"a": {"b": 1}}}, "pc_name: entry 1 must be text"),
        ({"pc_name": ["PC01"]}, "pc_name: PC01 already exists"),
        ({"pc_name": ["pc01"]}, "pc_name: pc01 already exists"),
        ({"pc_name": ["new", "NEW"]}, "pc_name: names NEW twice"),
        ({"pc_name": "n", "pc_console_type": 9}, "pc_console_type: must be one of 0, 1, 2, 3, 4, "),
        ({"pc_name": "n", "pc_group_id": 99}, "pc_group_id: is not a PC group of this centre"),
        ({"pc_name": "n", "pc_group_id": 10**30}, "pc_group_id: is too large"),
        ({"pc_name": "n", "pc_group_id": "x"}, "pc_group_id: must be a whole number"),
        (
            {"pc_console_type": "x", "pc_comment": "c" * 201},
            "pc_name: is required; pc_console_type: must be one of",
        ),
    ],
)
def test_wrong_input_adds_nothing(
    client: Client, floor: Floor, body: dict[str, Any], reason: str
) -> None:
    code, message = client.refused("POST", "/pcs", json=body)
    assert code == 400
    assert message.startswith(reason)
    assert names(client) == ["PC01", "PC02", "PC03"]


@pytest.mark.parametrize("body", [b"{", b"[1]", b"\xff\xfe", b"null", b"{" + b'"a":[' * 500])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/pcs"),
        ("PUT", "/pcs"),
        ("DELETE", "/pcs"),
        ("POST", "/pcs/action/multiPcInfo"),
        ("POST", "/pcs/action/setOutOfOrder"),
        ("GET", "/pcs/action/consoleDetail"),
    ],
)
def test_broken_bodies_get_an_envelope(
    client: Client, floor: Floor, method: str, path: str, body: bytes
) -> None:
    headers = {"content-type": "application/json"}
    code, message = client.refused(method, path, content=body, headers=headers)
    assert code == 400
    assert message.split(":")[0] in ("body", "pc_name", "pcs")
    assert names(client) == ["PC01", "PC02", "PC03"]


def test_the_cap_counts_what_is_there(client: Client) -> None:
    many = [f"PC{number}" for number in range(MAX_PC)]
    assert len(client.ok("POST", "/pcs", json={"pc_name": many})["pcs"]) == MAX_PC
    refusal = client.refused("POST", "/pcs", json={"pc_name": "one more"})
    assert refusal == (400, "A centre can have at most 500 PCs.")
    assert len(client.ok("GET", "/pcs")) == MAX_PC


def test_changing_pcs(client: Client, floor: Floor) -> None:
    vip = floor.add_pc_group("VIP")
    body = {
        "pcs": "pc01",
        "edit_pc_name": "Left",
        "edit_pc_group_id": vip,
        "edit_pc_console_type": 4,
        "edit_pc_comment": "by the door",
        "edit_pc_ip": "192.168.1.40",
        "edit_pc_mac": "04:d9:f5:00:12:ab",
    }
    (row,) = client.ok("PUT", "/pcs", json=body)["pcs"]
    assert (row["pc_name"], row["pc_group_id"], row["pc_group_name"]) == ("Left", vip, "VIP")
    assert (row["pc_console_type"], row["pc_comment"]) == (4, "by the door")
    assert (row["pc_ip"], row["pc_mac"]) == ("192.168.1.40", "04-D9-F5-00-12-AB")
    (row,) = client.ok("PUT", "/pcs", json={"pcs": "Left", "edit_pc_comment": ""})["pcs"]
    assert (row["pc_comment"], row["pc_ip"]) == ("", "192.168.1.40")
    rows = client.ok("PUT", "/pcs", json={"pcs": ["PC02", "PC03"], "edit_pc_group_id": vip})["pcs"]
    assert [row["pc_group_name"] for row in rows] == ["VIP", "VIP"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "pcs: is required"),
        ({"pcs": ["PC01", "PC99"]}, "pcs: PC not found: PC99"),
        ({"pcs": "PC01", "edit_pc_name": "PC02"}, "edit_pc_name: PC02 already exists"),
        ({"pcs": "PC01", "edit_pc_name": "pc02"}, "edit_pc_name: pc02 already exists"),
        ({"pcs": "PC01,PC02", "edit_pc_name": "Both"}, "edit_pc_name: is for one PC only"),
        ({"pcs": "PC01,PC02", "edit_pc_ip": "10.0.0.1"}, "edit_pc_ip: is for one PC only"),
        (
            {"pcs": "PC01", "edit_pc_group_id": 5, "edit_pc_ip": "x", "edit_pc_mac": "y"},
            (
                "edit_pc_group_id: is not a PC group of this centre;"
                " edit_pc_ip: must be an IPv4 or IPv6 address;"
                " edit_pc_mac: must be a hardware address such as 04-D9-F5-00-12-AB"
            ),
        ),
    ],
)
def test_wrong_changes_change_nothing(
    client: Client, floor: Floor, body: dict[str, Any], reason: str
) -> None:
    before = client.ok("GET", "/pcList")
    assert client.refused("PUT", "/pcs", json=body) == (400, reason)
    assert client.ok("GET", "/pcList") == before


def test_removing_pcs(client: Client, floor: Floor) -> None:
    assert client.ok("DELETE", "/pcs", json={"pcs": ["PC01", "PC03"]}) == {"pcs": ["PC01", "PC03"]}
    assert names(client) == ["PC02"]
    assert client.refused("DELETE", "/pcs", params={"pcs": "PC01"}) == (
        400,
        "pcs: PC not found: PC01",
    )


def test_a_pc_in_use_is_shown_and_protected(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    started = floor.pay(3 * EURO, "PC01")[0]
    freeze.advance(60 * 60 + 1)
    row = client.ok("GET", "/pcList")[0]
    assert list(row) == LIVE_KEYS
    member_id = row["member_id"]
    assert len(str(member_id)) == 11
    assert {key: row[key] for key in LIVE_KEYS[17:]} == {
        "status_connect_time_local": "2026-03-04 12:00:00",
        "status_disconnect_time_local": "2026-03-04 13:30:00",
        "status_connect_time_duration": "01:00:01",
        "status_connect_time_left": "00:29:59",
        "status_pay_by_member_id": 0,
        "member_id": member_id,
        "member_icafe_id": 7777,
        "member_account": started.account,
        "member_balance": "3.00",
        "member_balance_bonus": "0.00",
        "member_group_id": -2,
        "member_group_name": None,
        "member_group_desc": None,
        "member_group_discount_rate": None,
        "member_group_discount_offer": None,
        "member_group_discount_pc_time": None,
        "offer_in_using": None,
        "price_name": "Day",
        "status_total_time": "00:29:59",
    }
    assert [row["pc_in_using"] for row in client.ok("GET", "/pcs")] == [1, 0, 0]
    detail = client.ok("GET", "/pcs/action/consoleDetail", params={"pc_name": "PC01"})
    assert detail == {"pc": {**row, "left_time": "00:29:59"}}
    assert client.ok("GET", "/base/query")["pcs_init"]["pc_list"][0] == row

    in_use = "A PC in use cannot {}: PC01"
    assert client.refused("DELETE", "/pcs", json={"pcs": ["PC02", "PC01"]}) == (
        400,
        in_use.format("be deleted"),
    )
    assert client.refused("PUT", "/pcs", json={"pcs": "PC01", "edit_pc_name": "New"}) == (
        400,
        in_use.format("be renamed"),
    )
    assert client.refused("POST", "/pcs/action/setOutOfOrder", json={"pc_name": "PC01"}) == (
        400,
        in_use.format("be taken out of order"),
    )
    assert names(client) == ["PC01", "PC02", "PC03"]


def test_the_time_left_of_a_session_that_is_over_is_negative(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    floor.pay(2 * EURO, "PC01")
    freeze.advance(2 * 60 * 60)
    row = client.ok("GET", "/pcList")[0]
    assert row["status_connect_time_duration"] == "02:00:00"
    assert row["status_connect_time_left"] == "-01:00:00"
    assert row["status_disconnect_time_local"] == "2026-03-04 13:00:00"


def test_a_postpaid_session_has_no_end(client: Client, floor: Floor) -> None:
    floor.guests("postpaid", "PC02")
    row = client.ok("GET", "/pcList")[1]
    assert row["member_group_id"] == -3
    assert row["status_connect_time_duration"] == "00:00:00"
    assert row["status_disconnect_time_local"] is None
    assert row["status_connect_time_left"] is None


def test_a_member_is_shown_with_group_and_discounts(client: Client, floor: Floor) -> None:
    gold = floor.add_member_group("Gold", pc_time_discount=5000)
    eva = floor.add_member("eva", balance=5 * EURO, bonus=EURO, group_id=gold)
    floor.member(eva, "PC03")
    row = client.ok("GET", "/pcList")[2]
    assert (row["member_id"], row["member_account"]) == (eva, "eva")
    assert (row["member_balance"], row["member_balance_bonus"]) == ("5.00", "1.00")
    assert (row["member_group_id"], row["member_group_name"]) == (gold, "Gold")
    assert row["member_group_discount_pc_time"] == 50
    assert row["member_group_discount_rate"] == 0


def test_out_of_order_and_back(client: Client, floor: Floor) -> None:
    path = "/pcs/action/setOutOfOrder"
    done = client.ok("POST", path, json={"pc_name": ["PC01", "PC02"], "out_of_order": 1})
    assert done == {"pcs": ["PC01", "PC02"]}
    assert [row["pc_enabled"] for row in client.ok("GET", "/pcs")] == [0, 0, 1]
    client.ok("POST", path, data={"pcs": "PC01", "out_of_order": "0"})
    assert [row["pc_enabled"] for row in client.ok("GET", "/pcs")] == [1, 0, 1]
    assert client.refused("POST", path, json={"pcs": "PC01", "out_of_order": "maybe"}) == (
        400,
        "out_of_order: must be 1 or 0",
    )


def test_finding_pcs_by_name_and_kind(client: Client, floor: Floor) -> None:
    floor.add_pc("Console", console_type=5)
    path = "/pcs/action/getPcsList"

    def found(**params: Any) -> list[str]:
        return [row["pc_name"] for row in client.ok("GET", path, params=params)]

    assert found() == found(pc_name="", pc_console_type="") == ["PC01", "PC02", "PC03", "Console"]
    assert found(pc_name="02") == ["PC02"]
    assert found(pc_name="cons") == ["Console"]
    assert found(pc_console_type=5) == ["Console"]
    assert found(pc_name="PC01", pc_console_type=5) == []
    # The documented request: an empty query, and a body with a kind that does not exist.
    documented = {"params": {"pc_name": "", "pc_console_type": ""}}
    body = {"pc_name": "culpa", "pc_console_type": 12}
    assert client.ok("GET", path, **documented, json=body) == []
    assert client.refused("GET", path, params={"pc_console_type": "x"})[0] == 400


def test_what_several_pcs_have_in_common(client: Client, floor: Floor) -> None:
    floor.add_pc("Console", console_type=5)
    info = client.ok("POST", "/pcs/action/multiPcInfo", json={"pcs": ["PC01", "Console"]})
    assert [row["pc_name"] for row in info["pcs"]] == ["PC01", "Console"]
    assert (info["pc_group_id"], info["pc_console_type"], info["pc_comment"]) == (0, None, "")
    refusal = client.refused("POST", "/pcs/action/multiPcInfo", json={"pcs": ["PC01", "X"]})
    assert refusal == (400, "PC not found: X")


def test_console_detail_of_an_unknown_pc(client: Client, floor: Floor) -> None:
    path = "/pcs/action/consoleDetail"
    assert client.refused("GET", path, params={"pc_name": "X"}) == (400, "PC not found")
    assert client.refused("GET", path) == (400, "pc_name: is required")


def test_another_centres_pcs_are_neither_seen_nor_touched(client: Client, floor: Floor) -> None:
    other = Floor(floor.store, open_hall(floor.store, 8888))
    other.add_pc("Theirs")
    assert names(client) == ["PC01", "PC02", "PC03"]
    for method, path in (("DELETE", "/pcs"), ("PUT", "/pcs")):
        assert client.refused(method, path, json={"pcs": "Theirs"}) == (
            400,
            "pcs: PC not found: Theirs",
        )
    theirs = "/api/v2/cafe/8888/pcs"
    assert client.raw("GET", theirs).json() == {"code": 401, "message": "Unauthenticated."}


def test_who_may_do_what(client: Client, hall: Hall, floor: Floor) -> None:
    for role, code in (("staff", 403), ("manager", 200), ("admin", 200)):
        token = bearer_of(hall, role)
        assert client.call("GET", "/pcList", key=token)["code"] == 200
        made = client.call("POST", "/pcs", key=token, json={"pc_name": f"By {role}"})
        assert made["code"] == code
        order = {"pc_name": "PC03", "out_of_order": 0}
        done = client.call("POST", "/pcs/action/setOutOfOrder", key=token, json=order)
        assert done["code"] == 200
    assert client.call("GET", "/pcList", key="wrong")["code"] == 401
    assert names(client) == ["PC01", "PC02", "PC03", "By manager", "By admin"]


def test_the_map_is_kept(client: Client, floor: Floor) -> None:
    # Both lists as JSON text, as the documented example sends them.
    room = {
        "area_frame_x": 20,
        "area_frame_y": 50,
        "area_frame_width": 560,
        "area_frame_height": 440,
        "area_name": "VIP",
        "area_allow_booking": 1,
    }
    place = {
        "pc_name": "PC01",
        "pc_area_name": "VIP",
        "pc_box_position": "absolute",
        "pc_box_top": 300,
        "pc_box_left": 96,
    }
    second = {**room, "area_name": "Hall", "area_allow_booking": 0}
    body = {"room_list": json.dumps([room, second]), "pc_list": json.dumps([place])}
    assert client.ok("POST", "/pcs/action/savePcLayout", json=body) is True
    rooms = [
        {"area_icafe_id": 7777, "area_index": 0, **room},
        {"area_icafe_id": 7777, "area_index": 1, **second},
    ]
    assert client.ok("GET", "/pcs/action/rooms") == rooms
    assert client.ok("GET", "/pcs/action/member_rooms") == rooms
    assert client.ok("GET", "/base/query")["pcs_init"]["room_list"] == rooms
    row = client.ok("GET", "/pcs")[0]
    placed = (row["pc_area_name"], row["pc_box_top"], row["pc_box_left"])
    assert placed == ("VIP", 300, 96)
    # Without rooms they stay; PCs that are not named stay where they are.
    moved = {"pc_name": "PC02", "pc_area_name": "hall"}
    client.ok("POST", "/pcs/action/savePcLayout", json={"pc_list": [moved]})
    assert [row["pc_area_name"] for row in client.ok("GET", "/pcs")] == ["VIP", "Hall", ""]
    # A room that is not in the list goes; its PCs stand in no room.
    client.ok("POST", "/pcs/action/savePcLayout", json={"room_list": [second]})
    assert [row["area_name"] for row in client.ok("GET", "/pcs/action/rooms")] == ["Hall"]
    assert [row["pc_area_name"] for row in client.ok("GET", "/pcs")] == ["", "Hall", ""]


ROOM = {
    "area_name": "A",
    "area_frame_x": 0,
    "area_frame_y": 0,
    "area_frame_width": 1,
    "area_frame_height": 1,
}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"room_list": "[{"}, "room_list: is not valid JSON"),
        ({"room_list": "x"}, "room_list: entry 1 must be an object"),
        ({"room_list": [{}]}, "room_list.0.area_name: is required; room_list.0.area_frame_x"),
        (
            {"room_list": [{**ROOM, "area_frame_width": 0}]},
            "room_list.0.area_frame_width: must be ",
        ),
        ({"room_list": [ROOM, {**ROOM, "area_name": "a"}]}, "room_list: names a twice"),
        ({"room_list": [ROOM] * 101}, "room_list: must have at most 100 entries"),
        ({"pc_list": [{"pc_name": "X"}]}, "pc_list: PC not found: X"),
        ({"pc_list": [{"pc_name": "PC01"}] * 2}, "pc_list: names a PC twice"),
        (
            {"room_list": [ROOM], "pc_list": [{"pc_name": "PC01", "pc_area_name": "B"}]},
            "pc_list: Room not found: B",
        ),
        (
            {"pc_list": [{"pc_name": "PC01", "pc_box_top": 100_001}]},
            "pc_list.0.pc_box_top: must be at most 100000",
        ),
    ],
)
def test_a_wrong_map_is_not_kept(
    client: Client, floor: Floor, body: dict[str, Any], reason: str
) -> None:
    code, message = client.refused("POST", "/pcs/action/savePcLayout", json=body)
    assert code == 400
    assert message.startswith(reason)
    assert client.ok("GET", "/pcs/action/rooms") == []
