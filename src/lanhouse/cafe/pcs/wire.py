"""PCs and rooms as the café API takes and shows them (cafe-wire 1, PCs)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.pcs.commands.layout import Layout, PcPlace
from lanhouse.cafe.pcs.commands.rooms import RoomPlan
from lanhouse.cafe.pcs.rules import NAME_CHARS_MAX, seat_pixels
from lanhouse.cafe.pcs.schemas import FloorMap, MapPicture, PicturePlace
from lanhouse.db.statements import Row
from lanhouse.kit.inputs import Line, also, means
from lanhouse.kit.limits import MAX_PC, MAX_ROOM
from lanhouse.kit.texts import N_

_PIXELS_MAX = 100_000
_NO_COMMA = Meta(
    min_length=1,
    max_length=NAME_CHARS_MAX,
    pattern="^[^,]+$",
    extra={"reason": N_("must not have a comma")},
)
PcName = Annotated[Line, _NO_COMMA]
PcNames = Annotated[list[PcName], Meta(max_length=MAX_PC)]
ConsoleType = Literal[0, 1, 2, 3, 4, 5, 6, 7, 8]
Pixels = Annotated[int, Meta(ge=-_PIXELS_MAX, le=_PIXELS_MAX)]
Width = Annotated[int, Meta(ge=1, le=_PIXELS_MAX)]
RoomName = Annotated[Line, Meta(min_length=1, max_length=50)]


class PcsIn(Struct):
    """Some PCs by name."""

    pcs: Annotated[PcNames, also("pc_name"), means("names")]


class PcNamesOut(Struct):
    """The PCs that were removed or changed."""

    pcs: list[str]


class PcRow(Struct, frozen=True, kw_only=True):
    """What stands in every row of a PC. A PC that is out of order has `pc_enabled` 0."""

    pc_icafe_id: int
    pc_ip: str
    pc_name: str
    pc_mac: str
    pc_comment: str
    pc_console_type: int
    pc_group_id: int
    pc_area_name: str
    pc_box_position: str
    pc_box_top: int
    pc_box_left: int
    pc_enabled: int
    pc_mining_enabled: int
    pc_mining_tool: str
    pc_mining_options: str


class PlainPcRow(PcRow, frozen=True, kw_only=True):
    """A row of `GET /pcs`: never a status or a member, only whether the PC is in use (0, 1)."""

    pc_in_using: int


class RoomRow(Struct, kw_only=True):
    """A room with its rectangle on the map, in pixels; `area_index` counts from 0."""

    area_icafe_id: int
    area_name: str
    area_index: int
    area_frame_x: int
    area_frame_y: int
    area_frame_width: int
    area_frame_height: int
    area_allow_booking: int


def pc_fields(row: Row, center_id: int) -> dict[str, Any]:
    """The fields of a PcRow."""
    return {
        "pc_icafe_id": center_id,
        "pc_ip": row.ip,
        "pc_name": row.name,
        "pc_mac": row.mac,
        "pc_comment": row.comment,
        "pc_console_type": row.console_type,
        "pc_group_id": row.pc_group_id,
        "pc_area_name": row.room_name or "",
        "pc_box_position": "absolute",
        "pc_box_top": row.box_top,
        "pc_box_left": row.box_left,
        "pc_enabled": 0 if row.is_out_of_order else 1,
        "pc_mining_enabled": 0,
        "pc_mining_tool": "",
        "pc_mining_options": "",
    }


def plain_row(row: Row, center_id: int, *, is_used: bool) -> PlainPcRow:
    """A PC of `GET /pcs`."""
    return PlainPcRow(**pc_fields(row, center_id), pc_in_using=int(is_used))


def room_rows(rows: Sequence[Row], center_id: int) -> list[RoomRow]:
    """Rooms in their order."""
    return [_room_row(row, index, center_id) for index, row in enumerate(rows)]


def _room_row(row: Row, index: int, center_id: int) -> RoomRow:
    return RoomRow(
        area_icafe_id=center_id,
        area_name=row.name,
        area_index=index,
        area_frame_x=row.frame_x,
        area_frame_y=row.frame_y,
        area_frame_width=row.frame_width,
        area_frame_height=row.frame_height,
        area_allow_booking=int(row.allows_booking),
    )


class MapRoomIn(Struct, kw_only=True):
    """A room and its rectangle in pixels; with `id` that room, whatever its name was."""

    id: int | None = None
    name: RoomName
    x: Pixels
    y: Pixels
    width: Width
    height: Width
    allows_booking: bool = True


class MapSeatIn(Struct, kw_only=True):
    """A PC on the map: the upper left corner of its box inside its room, before it is turned."""

    name: PcName
    room: RoomName
    x: Pixels
    y: Pixels
    turned: Annotated[int, Meta(ge=0, le=359)] = 0
    """Degrees clockwise."""


class MapPictureIn(Struct, kw_only=True):
    """How the picture lies under the map."""

    x: Pixels
    y: Pixels
    width: Width
    percent: Annotated[int, Meta(ge=1, le=100)]
    """How strongly it shows."""


class MapIn(Struct, kw_only=True):
    """A whole map. What stands on the map and is not among the seats is taken off."""

    rooms: Annotated[list[MapRoomIn], Meta(max_length=MAX_ROOM)]
    seats: Annotated[list[MapSeatIn], Meta(max_length=MAX_PC), means("places")]
    picture: MapPictureIn | None = None
    """Left out: as it lies."""
    version: Annotated[str, Meta(max_length=40)] | None = None
    """Of the map that was changed; with it, a map that is another by now is refused (409)."""

    def layout(self, center: Center) -> Layout:
        """For the command."""
        picture = self.picture
        return Layout(
            center=center,
            rooms=[
                RoomPlan(
                    room_id=room.id,
                    name=room.name,
                    frame_x=room.x,
                    frame_y=room.y,
                    frame_width=room.width,
                    frame_height=room.height,
                    allows_booking=room.allows_booking,
                )
                for room in self.rooms
            ],
            places=[
                PcPlace(
                    pc_name=seat.name,
                    room_name=seat.room,
                    box_top=seat.y,
                    box_left=seat.x,
                    turned_degrees=seat.turned,
                )
                for seat in self.seats
            ],
            is_whole=True,
            picture=picture and PicturePlace(picture.x, picture.y, picture.width, picture.percent),
            seen_version=self.version,
        )


class MapRoomOut(Struct, kw_only=True):
    """A room and its rectangle in pixels."""

    id: int
    name: str
    x: int
    y: int
    width: int
    height: int
    allows_booking: bool


class MapSeatOut(Struct, kw_only=True):
    """A PC on the map: its box inside its room, before it is turned about its middle."""

    name: str
    room: str
    x: int
    y: int
    width: int
    height: int
    turned: int


class WaitingOut(Struct, kw_only=True):
    """A PC that has no place on the map yet; `room` is empty when it is in none."""

    name: str
    room: str
    width: int
    height: int


class MapPictureOut(Struct, kw_only=True):
    """The picture under the map: its address on this server, and how it lies in pixels."""

    address: str
    x: int
    y: int
    width: int
    height: int
    percent: int


class MapOut(Struct, kw_only=True):
    """A whole map."""

    version: str
    rooms: list[MapRoomOut]
    seats: list[MapSeatOut]
    waiting: list[WaitingOut]
    picture: MapPictureOut | None


def map_out(found: FloorMap) -> MapOut:
    """The map with its rooms in their order, and its seats in the order in which they are read."""
    order = {room.id: number for number, room in enumerate(found.rooms)}
    placed = [pc for pc in found.pcs if pc.is_placed]
    placed.sort(key=lambda pc: (order[pc.room_id], pc.box_top, pc.box_left, pc.id))
    return MapOut(
        version=found.version,
        rooms=[
            MapRoomOut(
                id=room.id,
                name=room.name,
                x=room.frame_x,
                y=room.frame_y,
                width=room.frame_width,
                height=room.frame_height,
                allows_booking=room.allows_booking,
            )
            for room in found.rooms
        ],
        seats=[
            MapSeatOut(
                name=pc.name,
                room=pc.room_name,
                x=pc.box_left,
                y=pc.box_top,
                turned=pc.turned_degrees,
                **_size(pc),
            )
            for pc in placed
        ],
        waiting=[
            WaitingOut(name=pc.name, room=pc.room_name or "", **_size(pc))
            for pc in found.pcs
            if not pc.is_placed
        ],
        picture=_picture_out(found.picture),
    )


def _size(pc: Row) -> dict[str, int]:
    width, height = seat_pixels(pc.console_type)
    return {"width": width, "height": height}


def _picture_out(picture: MapPicture) -> MapPictureOut | None:
    if not picture.key:
        return None
    place = picture.place
    return MapPictureOut(
        address=f"/files/{picture.key}",
        x=place.x,
        y=place.y,
        width=place.width,
        height=picture.height,
        percent=place.percent,
    )
