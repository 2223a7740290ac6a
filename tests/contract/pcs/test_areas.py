"""Rooms one by one (saveAreaLayout, removeAreaLayout) on the café API."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lanhouse.cafe.pcs.queries import rooms_of
from lanhouse.kit import clock
from lanhouse.kit.limits import MAX_ROOM
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import Floor
from tests.builders.people import bearer_of

SAVE = "/pcs/action/saveAreaLayout"
REMOVE = "/pcs/action/removeAreaLayout"
FRAME = {
    "area_frame_x": 20,
    "area_frame_y": 50,
    "area_frame_width": 560,
    "area_frame_height": 440,
}


@pytest.fixture
def floor(hall: Hall, freeze: clock.frozen) -> Floor:
    floor = Floor(hall.store, hall)
    floor.add_pc("Pool 1")
    return floor


def rooms(client: Client) -> list[dict[str, Any]]:
    return client.ok("GET", "/pcs/action/rooms")


def place(client: Client, room: str, top: int = 40, left: int = 60) -> None:
    seat = {
        "pc_name": "Pool 1",
        "pc_area_name": room,
        "pc_box_top": top,
        "pc_box_left": left,
    }
    client.ok("POST", "/pcs/action/savePcLayout", json={"pc_list": [seat]})


def place_of(client: Client) -> tuple[str, int, int]:
    (row,) = client.ok("GET", "/pcs")
    return row["pc_area_name"], row["pc_box_top"], row["pc_box_left"]


def test_a_room_is_added_where_nothing_stands(client: Client, floor: Floor) -> None:
    assert client.ok("POST", SAVE, json={"area_name": "Billiard"}) is True
    assert client.ok("POST", SAVE, json={"area_name": "Bar", "area_allow_booking": 0}) is True
    head = {"area_icafe_id": 7777, "area_name": "Billiard", "area_index": 0}
    size = {"area_frame_x": 20, "area_frame_width": 560, "area_frame_height": 440}
    second = {"area_icafe_id": 7777, "area_name": "Bar", "area_index": 1}
    assert rooms(client) == [
        {**head, **size, "area_frame_y": 20, "area_allow_booking": 1},
        {**second, **size, "area_frame_y": 480, "area_allow_booking": 0},
    ]


def test_a_room_is_changed_and_keeps_what_is_not_named(client: Client, floor: Floor) -> None:
    client.ok("POST", SAVE, json={"area_name": "Billiard", **FRAME, "area_allow_booking": 0})
    client.ok("POST", SAVE, json={"area_name": "billiard", "area_frame_x": 7})
    (room,) = rooms(client)
    assert (room["area_name"], room["area_frame_x"]) == ("Billiard", 7)
    assert (room["area_frame_y"], room["area_frame_width"]) == (50, 560)
    assert room["area_allow_booking"] == 0


def test_a_new_name_keeps_the_pcs_and_what_is_said_of_the_room(
    client: Client, floor: Floor
) -> None:
    for name in ("Billiard", "Bar"):
        client.ok("POST", SAVE, json={"area_name": name})
    place(client, "Billiard")
    infos = {"Billiard": {"allow_pay_by_room": 1}, "Bar": {"allow_pay_by_room": 0}}
    settings = {"pc_area_info_extend": json.dumps(infos)}
    client.ok("PUT", "/configs/centerSettings", json=settings)
    client.ok("POST", SAVE, json={"area_name": "Billiard", "edit_area_name": "Pool <b>"})
    assert place_of(client) == ("Pool <b>", 40, 60)
    kept = json.loads(client.ok("GET", "/configs")["pc_area_info_extend"])
    assert kept == {"Bar": {"allow_pay_by_room": 0}, "Pool <b>": {"allow_pay_by_room": 1}}
    client.ok("DELETE", REMOVE, json={"area_name": "POOL <B>"})
    assert place_of(client)[0] == ""
    kept = json.loads(client.ok("GET", "/configs")["pc_area_info_extend"])
    assert kept == {"Bar": {"allow_pay_by_room": 0}}
    assert [room["area_name"] for room in rooms(client)] == ["Bar"]


@pytest.mark.parametrize(
    ("body", "code", "reason"),
    [
        ({}, 400, "area_name: is required"),
        ({"area_name": ""}, 400, "area_name: is required"),
        ({"area_name": "x" * 51}, 400, "area_name: must be at most 50 characters"),
        ({"area_name": {"a": 1}}, 400, "area_name: must be"),
        ({"area_name": "A", "area_frame_x": 10**20}, 400, "area_frame_x: is too large"),
        ({"area_name": "A", "area_frame_width": 0}, 400, "area_frame_width: must be at least 1"),
        ({"area_name": "A", "area_frame_y": "1; DROP"}, 400, "area_frame_y: must be a whole"),
        ({"area_name": "A", "area_allow_booking": "maybe"}, 400, "area_allow_booking: must be"),
        ({"area_name": "A", "edit_area_name": "bar"}, 400, "edit_area_name: bar already exists"),
        ({"area_name": "None", "edit_area_name": "B"}, 400, "Room not found: None"),
    ],
)
def test_a_wrong_room_changes_nothing(
    client: Client, floor: Floor, body: dict[str, Any], code: int, reason: str
) -> None:
    for name in ("A", "Bar"):
        client.ok("POST", SAVE, json={"area_name": name})
    before = rooms(client)
    assert client.refused("POST", SAVE, json=body)[0] == code
    assert client.refused("POST", SAVE, json=body)[1].startswith(reason)
    assert rooms(client) == before


def test_one_room_too_many_and_an_unknown_one(client: Client, floor: Floor) -> None:
    plans = [{"area_name": f"R{number}", **FRAME} for number in range(MAX_ROOM)]
    client.ok("POST", "/pcs/action/savePcLayout", json={"room_list": plans})
    refusal = (400, f"A centre can have at most {MAX_ROOM} rooms.")
    assert client.refused("POST", SAVE, json={"area_name": "One more"}) == refusal
    client.ok("POST", SAVE, json={"area_name": "r7", "area_frame_x": 1})
    assert client.refused("DELETE", REMOVE, json={"area_name": "Cellar"}) == (
        400,
        "Room not found: Cellar",
    )
    assert len(rooms(client)) == MAX_ROOM


def test_rooms_of_another_centre_are_not_touched(client: Client, floor: Floor) -> None:
    other = open_hall(floor.store, 7778)
    client.ok("POST", SAVE, json={"area_name": "Bar"})

    def theirs(method: str, path: str, **body: Any) -> dict[str, Any]:
        url = f"/api/v2/cafe/7778{path}"
        return client.raw(method, url, key=other.api_key, json=body).json()

    assert theirs("DELETE", REMOVE, area_name="Bar")["code"] == 400
    assert theirs("POST", SAVE, area_name="Bar", area_frame_x=99)["code"] == 200
    assert rooms(client)[0]["area_frame_x"] == 20
    assert len(floor.store.read_sync(rooms_of, 7778)) == 1


def test_staff_may_not(client: Client, floor: Floor, hall: Hall) -> None:
    staff = bearer_of(hall, "staff")
    assert client.call("POST", SAVE, key=staff, json={"area_name": "A"})["code"] == 403
    assert client.call("DELETE", REMOVE, key=staff, json={"area_name": "A"})["code"] == 403
    assert rooms(client) == []
