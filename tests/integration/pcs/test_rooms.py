"""Rooms and the map in both databases: names that change places, and two who save at once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lanhouse.cafe.files.jobs import references
from lanhouse.cafe.pcs.commands.areas import AreaChange, AreaNamed, remove_area, save_area
from lanhouse.cafe.pcs.commands.layout import Layout, MapChanged, PcPlace, save_layout, save_map
from lanhouse.cafe.pcs.commands.picture import NewPicture, set_picture
from lanhouse.cafe.pcs.commands.rooms import RoomPlan
from lanhouse.cafe.pcs.queries import floor_map
from lanhouse.cafe.pcs.schemas import FloorMap, PicturePlace
from lanhouse.db.store import Store
from lanhouse.kit.pictures import Picture
from tests.builders.floor import Floor, open_floor


@pytest.fixture
def floor(store: Store) -> Floor:
    return open_floor(store)


def room(name: str, **values: Any) -> RoomPlan:
    frame = {"frame_x": 0, "frame_y": 0, "frame_width": 100, "frame_height": 90}
    return RoomPlan(name=name, allows_booking=True, **{**frame, **values})


def shown(floor: Floor) -> FloorMap:
    return floor.store.read_sync(floor_map, floor.center.id)


def test_names_change_places_and_pcs_stay(floor: Floor) -> None:
    center = floor.center
    places = [
        PcPlace(pc_name="PC01", room_name="A", box_top=1, box_left=2, turned_degrees=90),
        PcPlace(pc_name="PC02", room_name="B", box_top=3, box_left=4),
    ]
    floor.run(save_layout, Layout(center, [room("A"), room("B")], places))
    first, second = (row.id for row in shown(floor).rooms)
    swapped = [room("B", room_id=first), room("A", room_id=second), room("New")]
    kept = floor.run(save_map, Layout(center, swapped, []))
    assert [(row.id, row.name) for row in kept.rooms][:2] == [(first, "B"), (second, "A")]
    one, two, three = kept.pcs
    assert (one.room_name, one.box_top, one.box_left, one.turned_degrees) == ("B", 1, 2, 90)
    assert (two.room_name, two.is_placed, three.is_placed) == ("A", True, False)
    # Without numbers rooms are those of their names, and one that is not named goes.
    kept = floor.run(save_map, Layout(center, [room("a")], []))
    assert [(row.id, row.name) for row in kept.rooms] == [(second, "a")]
    assert [(row.room_name, row.is_placed) for row in kept.pcs[:2]] == [(None, False), ("a", True)]


def test_one_of_two_who_save_the_same_map_is_told(floor: Floor) -> None:
    seen = shown(floor).version
    layouts = [
        Layout(floor.center, [room(name)], [], is_whole=True, seen_version=seen)
        for name in ("One", "Two")
    ]

    async def both() -> list[Any]:
        floor.store.start()
        sent = [floor.store.write(save_map, layout) for layout in layouts]
        return await asyncio.gather(*sent, return_exceptions=True)

    outcomes = asyncio.run(both())
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["FloorMap", "MapChanged"]
    assert len(shown(floor).rooms) == 1


def test_rooms_one_by_one(floor: Floor) -> None:
    center = floor.center
    floor.run(save_area, AreaChange(center=center, name="Bar"))
    floor.run(save_area, AreaChange(center=center, name="Pool", frame_y=-5, frame_height=7))
    floor.run(save_area, AreaChange(center=center, name="bar", new_name="BAR", frame_x=3))
    assert [(row.name, row.frame_x, row.frame_y) for row in shown(floor).rooms] == [
        ("BAR", 3, 20),
        ("Pool", 20, -5),
    ]
    floor.run(remove_area, AreaNamed(center, "pool"))
    assert [row.name for row in shown(floor).rooms] == ["BAR"]


def test_the_picture_lies_under_the_map(floor: Floor) -> None:
    center = floor.center
    drawn = Picture("image/png", b"\x89PNG one", 2400, 600)
    version = shown(floor).version
    laid = floor.run(set_picture, NewPicture(center, drawn, version))
    assert laid.picture.place == PicturePlace(0, 0, 1200, 40)
    assert laid.picture.height == 300
    with pytest.raises(MapChanged):
        floor.run(set_picture, NewPicture(center, None, version))
    place = PicturePlace(-10, 20, 600, 75)
    moved = floor.run(save_map, Layout(center, None, [], picture=place))
    assert (moved.picture.place, moved.picture.height) == (place, 150)
    # Another picture lies where the first one did.
    other = Picture("image/png", b"\x89PNG two", 600, 600)
    swapped = floor.run(set_picture, NewPicture(center, other, moved.version))
    assert (swapped.picture.place, swapped.picture.height) == (place, 600)
    gone = floor.run(set_picture, NewPicture(center, None, swapped.version))
    assert gone.picture.key == ""
    assert any(column.table.name == "center_pictures" for column in references())
