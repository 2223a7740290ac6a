"""The whole map on the native API: kept to the pixel, by version, and refused in words."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.kit import clock
from lanhouse.kit.limits import MAX_ROOM
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import Floor

MAP = "/api/native/v1/map"
ROOM = {"name": "Arena", "x": 16, "y": -8, "width": 500, "height": 301, "allows_booking": False}
SEAT = {"name": "PC01", "room": "arena", "x": 13, "y": 47, "turned": 345}


@pytest.fixture
def floor(hall: Hall, freeze: clock.frozen) -> Floor:
    floor = Floor(hall.store, hall)
    floor.add_pcs("PC01", "PC02", "PC03")
    return floor


def put(client: Client, **body: Any) -> Any:
    return client.raw("PUT", MAP, json=body)


def saved(client: Client, **body: Any) -> dict[str, Any]:
    answer = put(client, **body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def read(client: Client) -> dict[str, Any]:
    return client.raw("GET", MAP).json()


def test_a_map_is_returned_to_the_pixel(client: Client, floor: Floor) -> None:
    empty = read(client)
    waiting = [
        {"name": f"PC0{number}", "room": "", "width": 40, "height": 32} for number in (1, 2, 3)
    ]
    nothing = {"rooms": [], "seats": [], "waiting": waiting, "picture": None}
    assert empty == {"version": empty["version"], **nothing}
    hall = {**ROOM, "name": "Hall <b>'; --", "x": 600}
    second = {"name": "PC02", "room": hall["name"], "x": 0, "y": 0}
    kept = saved(client, version=empty["version"], rooms=[ROOM, hall], seats=[second, SEAT])
    assert kept == read(client)
    assert [{key: room[key] for key in ROOM} for room in kept["rooms"]] == [ROOM, hall]
    size = {"width": 40, "height": 32}
    assert kept["seats"] == [
        {**SEAT, "room": "Arena", **size},
        {**second, "turned": 0, **size},
    ]
    assert kept["waiting"] == waiting[2:]
    # Saved as it stood it is the same map still.
    again = saved(client, version=kept["version"], rooms=kept["rooms"], seats=kept["seats"])
    assert again == kept
    # What is not named is taken off the map, and stands in no room.
    less = saved(client, rooms=kept["rooms"], seats=[SEAT])
    assert less["waiting"] == waiting[1:]
    assert client.ok("GET", "/pcs")[1]["pc_area_name"] == ""


def test_rooms_by_number_may_take_one_anothers_names(client: Client, floor: Floor) -> None:
    seats = [{**SEAT, "room": "A"}, {**SEAT, "name": "PC02", "room": "B"}]
    rooms = [{**ROOM, "name": name} for name in ("A", "B", "C")]
    first, second, _ = saved(client, rooms=rooms, seats=seats)["rooms"]
    swapped = [{**first, "name": "b"}, {**second, "name": "A"}, {**ROOM, "name": "C2"}]
    moved = [{**SEAT, "room": "b"}, {**SEAT, "name": "PC02", "room": "A"}]
    kept = saved(client, rooms=swapped, seats=moved)
    assert [room["id"] for room in kept["rooms"]][:2] == [first["id"], second["id"]]
    assert kept["rooms"][2]["id"] not in (first["id"], second["id"])
    assert [(seat["name"], seat["room"]) for seat in kept["seats"]] == [
        ("PC01", "b"),
        ("PC02", "A"),
    ]
    # A new room takes the name of one that goes.
    again = saved(client, rooms=[{**ROOM, "name": "A"}, {**second, "name": "B"}], seats=[])
    assert [room["name"] for room in again["rooms"]] == ["A", "B"]
    assert again["rooms"][1]["id"] == second["id"]


def test_who_saves_over_another_map_is_told(client: Client, floor: Floor) -> None:
    seen = read(client)["version"]
    # PCs that come meanwhile are no other map.
    floor.add_pc("PC04")
    kept = saved(client, version=seen, rooms=[ROOM], seats=[SEAT])
    refusal = put(client, version=seen, rooms=[], seats=[])
    assert refusal.status_code == 409
    assert refusal.json()["error"]["code"] == "MAP_CHANGED"
    assert "changed by somebody else" in refusal.json()["error"]["message"]
    assert read(client) == kept
    # A room that another call has moved is another map too.
    client.ok("POST", "/pcs/action/saveAreaLayout", json={"area_name": "Arena", "area_frame_x": 1})
    assert put(client, version=kept["version"], rooms=[], seats=[]).status_code == 409
    client.ok("DELETE", "/pcs", json={"pcs": ["PC01"]})
    assert read(client)["seats"] == []


def test_the_same_save_sent_twice_is_done_once(client: Client, floor: Floor) -> None:
    body = {"version": read(client)["version"], "rooms": [ROOM], "seats": [SEAT]}
    headers = {"Idempotency-Key": "map-1"}
    first = client.raw("PUT", MAP, json=body, headers=headers)
    again = client.raw("PUT", MAP, json=body, headers=headers)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"rooms": [ROOM, {**ROOM, "name": "ARENA"}]}, "rooms: names ARENA twice"),
        ({"rooms": [ROOM] * (MAX_ROOM + 1)}, "rooms: must have at most 100 entries"),
        ({"rooms": [{**ROOM, "id": 999}]}, "rooms: Arena is not a room of this centre"),
        ({"rooms": [{**ROOM, "id": 10**30}]}, "rooms.0.id: "),
        ({"rooms": [{**ROOM, "x": 10**9}]}, "rooms.0.x: must be at most 100000"),
        ({"rooms": [{**ROOM, "height": 0}]}, "rooms.0.height: must be at least 1"),
        ({"rooms": [{**ROOM, "name": " "}]}, "rooms.0.name: is required"),
        ({"rooms": "x"}, "rooms: entry 1 must be an object"),
        ({"seats": [{**SEAT, "room": "Bar"}]}, "seats: Room not found: Bar"),
        ({"seats": [{**SEAT, "name": "PC99"}]}, "seats: PC not found: PC99"),
        ({"seats": [SEAT, {**SEAT, "name": "pc01"}]}, "seats: names a PC twice"),
        ({"seats": [{**SEAT, "turned": 360}]}, "seats.0.turned: must be at most 359"),
        ({"seats": [{**SEAT, "x": "1.5"}]}, "seats.0.x: must be a whole number"),
        ({"picture": {"x": 0, "y": 0, "width": 9, "percent": 0}}, "picture.percent: must be at"),
    ],
)
def test_a_wrong_map_is_not_kept(
    client: Client, floor: Floor, change: dict[str, Any], reason: str
) -> None:
    before = read(client)
    answer = put(client, **{"rooms": [ROOM], "seats": [SEAT], **change})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith(reason)
    assert read(client) == before


def test_rooms_of_another_centre_are_unknown(client: Client, floor: Floor) -> None:
    other = open_hall(floor.store, 7778)
    theirs = client.raw("PUT", MAP, key=other.api_key, json={"rooms": [ROOM], "seats": []}).json()
    stolen = {**ROOM, "id": theirs["rooms"][0]["id"], "x": 0}
    answer = put(client, rooms=[stolen], seats=[])
    assert answer.status_code == 400
    assert "Arena is not a room of this centre" in answer.json()["error"]["message"]
    assert client.raw("GET", MAP, key=other.api_key).json() == theirs


def test_a_place_without_pixels_waits_for_one(client: Client, floor: Floor) -> None:
    saved(client, rooms=[ROOM], seats=[])
    seats = [
        {"pc_name": "PC01", "pc_area_name": "Arena"},
        {"pc_name": "PC02", "pc_area_name": "Arena", "pc_box_top": 0, "pc_box_left": 0},
    ]
    client.ok("POST", "/pcs/action/savePcLayout", json={"pc_list": seats})
    shown = read(client)
    assert [seat["name"] for seat in shown["seats"]] == ["PC02"]
    assert [(pc["name"], pc["room"]) for pc in shown["waiting"]] == [
        ("PC01", "Arena"),
        ("PC03", ""),
    ]
    # A whole map leaves in its room what only waits there.
    saved(client, rooms=shown["rooms"], seats=[])
    assert [pc["room"] for pc in read(client)["waiting"]] == ["Arena", "", ""]


def test_a_table_is_larger(client: Client, floor: Floor) -> None:
    floor.add_pc("Pool 1")
    client.ok("PUT", "/pcs", json={"pcs": ["Pool 1"], "edit_pc_console_type": 7})
    table = read(client)["waiting"][3]
    assert table == {"name": "Pool 1", "room": "", "width": 96, "height": 64}
