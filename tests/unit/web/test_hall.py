"""Where everything stands on the Computers page when the hall was laid out."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from lanhouse.cafe.desk.rules import build_map
from lanhouse.cafe.desk.rules.hall import Box, Hall, hall_of, outline
from lanhouse.cafe.pcs.schemas import MapPicture, PicturePlace

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
NO_PICTURE = MapPicture("", 0, 0, PicturePlace(0, 0, 0, 0))


def room(number: int, x: int = 0, y: int = 0, width: int = 100, height: int = 80) -> Any:
    frame = {"frame_x": x, "frame_y": y, "frame_width": width, "frame_height": height}
    return SimpleNamespace(id=number, name=f"Room {number}", **frame)


def pc(number: int, room_id: int | None, left: int = 0, top: int = 0, **values: Any) -> Any:
    plain: dict[str, Any] = {
        "id": number,
        "name": f"PC{number}",
        "room_id": room_id,
        "box_left": left,
        "box_top": top,
        "console_type": 0,
        "turned_degrees": 0,
        "is_placed": True,
        "pc_group_id": 0,
        "is_out_of_order": False,
        "out_of_order_reason": "",
    }
    return SimpleNamespace(**plain | values)


def laid(rooms: list[Any], pcs: list[Any], picture: MapPicture = NO_PICTURE) -> Hall:
    hall = hall_of(rooms, pcs, picture)
    assert hall is not None
    return hall


def test_without_a_placed_pc_there_is_no_hall() -> None:
    assert hall_of([room(1)], [pc(1, 1, is_placed=False), pc(2, None)], NO_PICTURE) is None


def test_nothing_is_above_or_left_of_the_corner() -> None:
    rooms = [room(1, x=-50, y=20), room(2, x=200, y=-10)]
    hall = laid(rooms, [pc(1, 1, left=7, top=9), pc(2, 2, console_type=7)])
    assert hall.frames == {1: Box(4, 34, 100, 80), 2: Box(254, 4, 100, 80)}
    # Seats stay where they are in their room; a table is larger.
    assert hall.boxes == {1: Box(7, 9, 40, 32), 2: Box(0, 0, 96, 64)}
    assert (hall.width, hall.height) == (358, 118)


def test_a_seat_outside_its_room_and_a_picture_make_the_hall_larger() -> None:
    seats = [pc(1, 1, left=150, top=-30)]
    assert (laid([room(1)], seats).width, laid([room(1)], seats).height) == (198, 118)
    picture = MapPicture("7777-a", 300, 100, PicturePlace(-20, 0, 600, 40))
    hall = laid([room(1)], seats, picture)
    assert hall.picture == Box(4, 34, 600, 200)
    assert (hall.width, hall.picture_key, hall.picture_percent) == (608, "7777-a", 40)


def test_placed_seats_stand_in_the_hall_and_others_come_behind() -> None:
    rooms = [room(1), room(2), room(3)]
    pcs = [pc(1, 1), pc(2, 1, is_placed=False), pc(3, 2, is_placed=False), pc(4, None)]
    hall = laid(rooms, pcs)
    shown = build_map(rooms, pcs, {}, lambda _: None, NOW, None, hall)
    assert [(one.room_id, [seat.name for seat in one.seats], one.frame) for one in shown.rooms] == [
        (1, ["PC1"], hall.frames[1]),
        (2, [], hall.frames[2]),
        (3, [], hall.frames[3]),
        (1, ["PC2"], None),
        (2, ["PC3"], None),
        (0, ["PC4"], None),
    ]
    assert shown.counts["free"] == 4
    moved = laid(rooms, [pc(1, 1, left=1), *pcs[1:]])
    again = build_map(rooms, pcs, {}, lambda _: None, NOW, None, moved)
    assert again.layout != shown.layout


def test_a_turned_seat_needs_the_room_of_its_outline() -> None:
    """As the map editor draws it: turned about its middle (40 x 32 becomes 32 x 40)."""
    rooms = [room(1, width=60, height=40)]
    straight = laid(rooms, [pc(1, 1, 20, 0)])
    turned = laid(rooms, [pc(1, 1, 20, 0, turned_degrees=90), pc(2, 1, 0, 0)])
    assert (straight.turned, turned.turned) == ({}, {1: 90})
    assert outline(Box(20, 0, 40, 32), 90) == Box(24, -4, 32, 40)
    assert outline(Box(20, 0, 40, 32), 180) == Box(20, 0, 40, 32)
    assert outline(Box(0, 0, 96, 64), 45) == Box(-8, -24, 113, 113)
    # Four pixels above the room, and the margin.
    assert turned.height == straight.height + 4
    assert turned.frames[1].y == straight.frames[1].y + 4
