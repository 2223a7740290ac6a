"""PCs and rooms as the café API takes and shows them (cafe-wire 1, PCs)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from lanhouse.cafe.pcs.rules import NAME_CHARS_MAX
from lanhouse.db.statements import Row
from lanhouse.kit.inputs import Line, also, means
from lanhouse.kit.limits import MAX_PC

_PIXELS_MAX = 100_000
_NO_COMMA = Meta(
    min_length=1,
    max_length=NAME_CHARS_MAX,
    pattern="^[^,]+$",
    extra={"reason": "must not have a comma"},
)
PcName = Annotated[Line, _NO_COMMA]
PcNames = Annotated[list[PcName], Meta(max_length=MAX_PC)]
ConsoleType = Literal[0, 1, 2, 3, 4, 5, 6, 7, 8]
Pixels = Annotated[int, Meta(ge=-_PIXELS_MAX, le=_PIXELS_MAX)]
Width = Annotated[int, Meta(ge=1, le=_PIXELS_MAX)]


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
