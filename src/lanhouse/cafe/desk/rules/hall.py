"""The hall as it was laid out: where rooms and seats stand on the Computers page. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import msgspec

from lanhouse.cafe.pcs.rules import seat_pixels
from lanhouse.cafe.pcs.schemas import MapPicture

_MARGIN_PIXELS = 4


class Box(msgspec.Struct, frozen=True):
    """A rectangle in pixels of the map: of a seat inside its room, of anything else in the hall."""

    x: int
    y: int
    width: int
    height: int

    @property
    def text(self) -> str:
        """As the page's script reads it."""
        return f"{self.x} {self.y} {self.width} {self.height}"


class Hall(msgspec.Struct, frozen=True):
    """How large the hall is, and where everything in it stands, by id; nothing is above or left
    of 0.
    """

    width: int
    height: int
    frames: dict[int, Box]
    boxes: dict[int, Box]
    picture: Box | None = None
    picture_key: str = ""
    picture_percent: int = 0
    turned: dict[int, int] = {}
    """PC id -> by how many degrees its box is turned clockwise; those that stand straight are not
    in it."""


def hall_of(rooms: Sequence[Any], pcs: Sequence[Any], picture: MapPicture) -> Hall | None:
    """Where rooms and placed PCs stand; None when no PC has been placed."""
    frames = {
        room.id: Box(room.frame_x, room.frame_y, room.frame_width, room.frame_height)
        for room in rooms
    }
    boxes = {
        pc.id: Box(pc.box_left, pc.box_top, *seat_pixels(pc.console_type))
        for pc in pcs
        if pc.is_placed and pc.room_id in frames
    }
    if not boxes:
        return None
    turned = {pc.id: pc.turned_degrees for pc in pcs if pc.id in boxes and pc.turned_degrees}
    seats = [
        _moved(
            outline(boxes[pc.id], turned.get(pc.id, 0)), frames[pc.room_id].x, frames[pc.room_id].y
        )
        for pc in pcs
        if pc.id in boxes
    ]
    lies = picture.place
    drawn = Box(lies.x, lies.y, lies.width, picture.height) if picture.key else None
    everything = [*frames.values(), *seats, *([drawn] if drawn else [])]
    left = min(box.x for box in everything) - _MARGIN_PIXELS
    top = min(box.y for box in everything) - _MARGIN_PIXELS
    return Hall(
        width=max(box.x + box.width for box in everything) - left + _MARGIN_PIXELS,
        height=max(box.y + box.height for box in everything) - top + _MARGIN_PIXELS,
        frames={number: _moved(frame, -left, -top) for number, frame in frames.items()},
        boxes=boxes,
        picture=drawn and _moved(drawn, -left, -top),
        picture_key=picture.key,
        picture_percent=lies.percent,
        turned=turned,
    )


def outline(box: Box, degrees: int) -> Box:
    """The upright rectangle around a box that is turned about its middle, as the map editor has
    it."""
    angle = math.radians(degrees)
    cos, sin = abs(math.cos(angle)), abs(math.sin(angle))
    width, height = (
        round(box.width * cos + box.height * sin),
        round(box.width * sin + box.height * cos),
    )
    return Box(
        box.x + round((box.width - width) / 2),
        box.y + round((box.height - height) / 2),
        width,
        height,
    )


def _moved(box: Box, x: int, y: int) -> Box:
    return Box(box.x + x, box.y + y, box.width, box.height)
