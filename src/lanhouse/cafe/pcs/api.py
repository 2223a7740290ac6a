"""PCs and rooms on the café API (cafe-wire 1, PCs; seed: PCs)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes, NativeRoutes
from lanhouse.cafe.pcs import commands
from lanhouse.cafe.pcs.commands import OutOfOrder, PcsNamed
from lanhouse.cafe.pcs.commands.areas import AreaChange, AreaNamed, remove_area, save_area
from lanhouse.cafe.pcs.commands.layout import Layout, PcPlace, save_layout, save_map
from lanhouse.cafe.pcs.commands.rooms import RoomPlan
from lanhouse.cafe.pcs.queries import floor_map, rooms_of
from lanhouse.cafe.pcs.wire import (
    MapIn,
    MapOut,
    PcName,
    PcNames,
    PcNamesOut,
    PcsIn,
    Pixels,
    RoomName,
    RoomRow,
    Width,
    map_out,
    room_rows,
)
from lanhouse.kit.inputs import Line, also, means
from lanhouse.kit.limits import MAX_PC, MAX_ROOM
from lanhouse.web.replies import Written

routes = CafeRoutes("PCs")
billiard = CafeRoutes("Billiard")
native = NativeRoutes("Map")


@routes.delete("/pcs", right="pcs.edit", summary="Remove PCs", source="seed: PCs, Delete PCs")
async def delete_pcs(call: CafeCall, data: PcsIn) -> Written[PcNamesOut]:
    """data {pcs: names of those removed}. All or none; a PC in use is not removed."""
    named = PcsNamed(call.center, data.pcs)
    return await call.write(commands.delete_pcs, named, PcNamesOut)


class OutOfOrderIn(Struct):
    """PCs to take out of order (1) or back (0)."""

    pc_name: Annotated[PcNames, also("pcs"), means("names")]
    out_of_order: bool = True
    comment: Annotated[str, Meta(max_length=200)] = ""
    """Why, for the staff to read."""


@routes.post(
    "/pcs/action/setOutOfOrder",
    right="pcs.out_of_order",
    summary="Take PCs out of order, or back",
    source="seed: PCs, Set out of order",
)
async def set_out_of_order(call: CafeCall, data: OutOfOrderIn) -> Written[PcNamesOut]:
    """data {pcs: names}. A PC in use cannot be taken out of order."""
    order = OutOfOrder(
        center=call.center,
        names=data.pc_name,
        is_out_of_order=data.out_of_order,
        reason=data.comment,
    )
    return await call.write(commands.set_out_of_order, order, PcNamesOut)


@routes.get("/pcs/action/rooms", right="pcs.view", summary="All rooms", source="seed: PCs, Rooms")
async def rooms(call: CafeCall) -> list[RoomRow]:
    """Rooms with their rectangle on the map, in their order."""
    found = await call.read(rooms_of, call.center.id)
    return room_rows(found, call.center.id)


@routes.get(
    "/pcs/action/member_rooms", right="pcs.view", summary="All rooms", source="seed: PCs, Rooms"
)
async def member_rooms(call: CafeCall) -> list[RoomRow]:
    """The same rows as pcs/action/rooms."""
    return await rooms(call)


class RoomIn(Struct):
    """A room of the map, in pixels."""

    area_name: RoomName
    area_frame_x: Pixels
    area_frame_y: Pixels
    area_frame_width: Width
    area_frame_height: Width
    area_allow_booking: bool = True


class PlaceIn(Struct):
    """Where a PC stands; without both pixels it is in the room, but not on the map yet."""

    pc_name: PcName
    pc_area_name: Annotated[Line, Meta(max_length=50)] = ""
    pc_box_position: Annotated[Line, Meta(max_length=20)] = "absolute"
    pc_box_top: Pixels | None = None
    pc_box_left: Pixels | None = None


class LayoutIn(Struct):
    """The map: all rooms, and the PCs that are placed. Lists may come as JSON text."""

    room_list: Annotated[list[RoomIn], Meta(max_length=MAX_ROOM), means("rooms")] | None = None
    pc_list: Annotated[list[PlaceIn], Meta(max_length=MAX_PC), means("places")] = []


@routes.post(
    "/pcs/action/savePcLayout",
    right="pcs.edit",
    summary="Keep the map of rooms and PCs",
    source="seed: PCs, Save PC layout",
)
async def save_pc_layout(call: CafeCall, data: LayoutIn) -> Written[bool]:
    """data true. Rooms that are not in room_list are removed; without room_list they stay."""
    plans = None
    if data.room_list is not None:
        plans = [
            RoomPlan(
                name=room.area_name,
                frame_x=room.area_frame_x,
                frame_y=room.area_frame_y,
                frame_width=room.area_frame_width,
                frame_height=room.area_frame_height,
                allows_booking=room.area_allow_booking,
            )
            for room in data.room_list
        ]
    places = [
        PcPlace(
            pc_name=place.pc_name,
            room_name=place.pc_area_name,
            box_top=place.pc_box_top,
            box_left=place.pc_box_left,
        )
        for place in data.pc_list
    ]
    return await call.write(save_layout, Layout(call.center, plans, places), lambda _: True)


class AreaIn(Struct):
    """A room to add or to change; what is left out stays, or is chosen for a new one."""

    area_name: Annotated[RoomName, means("name")]
    edit_area_name: Annotated[RoomName | None, means("new_name")] = None
    """Another name for a room that there is; its PCs stay in it."""
    area_frame_x: Annotated[Pixels | None, means("frame_x")] = None
    area_frame_y: Annotated[Pixels | None, means("frame_y")] = None
    area_frame_width: Annotated[Width | None, means("frame_width")] = None
    area_frame_height: Annotated[Width | None, means("frame_height")] = None
    area_allow_booking: Annotated[bool | None, means("allows_booking")] = None


@billiard.post(
    "/pcs/action/saveAreaLayout",
    right="pcs.edit",
    summary="Add or change one room",
    source="seed: Billiard, Add/edit billiard table",
)
async def save_area_layout(call: CafeCall, data: AreaIn) -> Written[bool]:
    """data true. A new room without a rectangle stands below all others and may be booked."""
    change = AreaChange(
        center=call.center,
        name=data.area_name,
        new_name=data.edit_area_name,
        frame_x=data.area_frame_x,
        frame_y=data.area_frame_y,
        frame_width=data.area_frame_width,
        frame_height=data.area_frame_height,
        allows_booking=data.area_allow_booking,
    )
    return await call.write(save_area, change, lambda _: True)


class AreaNameIn(Struct):
    """A room by its name, whatever its case."""

    area_name: Annotated[RoomName, means("name")]


@billiard.delete(
    "/pcs/action/removeAreaLayout",
    right="pcs.edit",
    summary="Remove one room",
    source="seed: Billiard, Delete billiard table",
)
async def remove_area_layout(call: CafeCall, data: AreaNameIn) -> Written[bool]:
    """data true. Its PCs stay, and stand in no room. "Room not found" for an unknown name."""
    return await call.write(remove_area, AreaNamed(call.center, data.area_name), lambda _: True)


@native.get("/map", right="pcs.view", summary="The map of the hall")
async def get_map(call: CafeCall) -> MapOut:
    """Rooms, seats with their pixels, the PCs without a place, and the picture under them."""
    return map_out(await call.read(floor_map, call.center.id))


@native.put("/map", right="pcs.edit", summary="Keep a whole map of the hall")
async def put_map(call: CafeCall, data: MapIn) -> Written[MapOut]:
    """The map as it is then. Rooms that are not named are removed, seats are taken off.

    With a `version` that is not that of the map any more nothing is saved (409).
    """
    return await call.write(save_map, data.layout(call.center), map_out)
