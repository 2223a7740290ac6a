"""Finding PCs and rooms."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import sqlalchemy as sa

from lanhouse.cafe.centers.tables import center_pictures
from lanhouse.cafe.files.tables import files
from lanhouse.cafe.groups.tables import pc_groups
from lanhouse.cafe.pcs.schemas import FloorMap, MapPicture, PicturePlace
from lanhouse.cafe.pcs.tables import floor_maps, pcs, rooms
from lanhouse.db.statements import Row, among, static
from lanhouse.db.store import Read
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.limits import MAX_PC
from lanhouse.kit.said import say

_CENTER = sa.bindparam("center")
_PC_ROWS = static(
    sa.select(
        *(column for column in pcs.c if column.name != "created_at"),
        rooms.c.name.label("room_name"),
        pc_groups.c.name.label("group_name"),
    )
    .select_from(
        pcs.outerjoin(rooms, rooms.c.id == pcs.c.room_id).outerjoin(
            pc_groups,
            (pc_groups.c.id == pcs.c.pc_group_id) & (pc_groups.c.center_id == pcs.c.center_id),
        )
    )
    .where(pcs.c.center_id == _CENTER)
    .order_by(pcs.c.id)
)
_ROOMS = static(
    sa.select(rooms).where(rooms.c.center_id == _CENTER).order_by(rooms.c.position, rooms.c.id)
)
_BY_NAME = static(
    sa.select(pcs).where(pcs.c.center_id == _CENTER, pcs.c.name_key == sa.bindparam("key"))
)
_BY_NAMES = (
    sa.select(pcs)
    .where(pcs.c.center_id == _CENTER, among(pcs.c.name_key, "keys"))
    .order_by(pcs.c.id)
)
_NAMED = static(_BY_NAMES)
_LOCK_NAMED = static(_BY_NAMES.with_for_update(key_share=True))
_ON_MAP = ("id", "name", "room_id", "box_left", "box_top", "turned_degrees")
MAP = "map"
"""The purpose of the picture under the map (center_pictures)."""
_PICTURE = static(
    sa.select(files.c.key, files.c.width, files.c.height)
    .join(center_pictures, center_pictures.c.file_key == files.c.key)
    .where(center_pictures.c.center_id == _CENTER, center_pictures.c.purpose == MAP)
)
_PICTURE_PLACE = static(sa.select(floor_maps).where(floor_maps.c.center_id == _CENTER))


def pc_rows(read: Read, center_id: int) -> list[Row]:
    """Every PC of a centre with the names of its room and group, in the order of making."""
    return read.all(_PC_ROWS, center=center_id)


def rooms_of(read: Read, center_id: int) -> list[Row]:
    """Every room of a centre, in its order."""
    return read.all(_ROOMS, center=center_id)


def floor_map(read: Read, center_id: int) -> FloorMap:
    """The whole map of a centre, every PC included."""
    found, pcs_found, picture = (
        rooms_of(read, center_id),
        pc_rows(read, center_id),
        picture_of(read, center_id),
    )
    # A PC that waits for a place is in nobody's way: adding PCs changes no map.
    seen = repr(
        (
            [tuple(row) for row in found],
            [tuple(getattr(row, name) for name in _ON_MAP) for row in pcs_found if row.is_placed],
            picture,
        )
    )
    version = hashlib.sha256(seen.encode()).hexdigest()[:16]
    return FloorMap(version, found, pcs_found, picture)


def picture_of(read: Read, center_id: int) -> MapPicture:
    """The picture under the map, and how it lies."""
    file = read.one(_PICTURE, center=center_id)
    lies = read.one(_PICTURE_PLACE, center=center_id)
    place = (
        PicturePlace(0, 0, 0, 0)
        if lies is None
        else PicturePlace(lies.picture_x, lies.picture_y, lies.picture_width, lies.picture_percent)
    )
    if file is None:
        return MapPicture("", 0, 0, place)
    return MapPicture(file.key, file.width, file.height, place)


def pc_by_name(read: Read, center_id: int, name: str) -> Row | None:
    """The PC (centre id, name whatever its case), or None."""
    return read.one(_BY_NAME, center=center_id, key=name.casefold())


class PcRefused(Refused):
    """A rule says no for one PC; with several PCs in a call nothing was done on any of them."""

    def __init__(self, pc_name: str, reason: str) -> None:
        super().__init__(say("%(pc_name)s: %(reason)s", pc_name=pc_name, reason=reason))


def pcs_named(
    read: Read, center_id: int, pc_names: Sequence[str], *, lock: bool = False
) -> list[Row]:
    """The PCs with these names, in that order, each once; their rows are locked if asked.

    The case of letters does not count. Raises InvalidInput for none or too many names, PcRefused
    for an unknown one.
    """
    wanted = list({name.casefold(): name for name in pc_names}.items())
    if not wanted:
        raise InvalidInput({"pc_names": say("is required")})
    if len(wanted) > MAX_PC:
        raise InvalidInput({"pc_names": say("must be at most %(count)s PCs", count=MAX_PC)})
    keys = [key for key, _ in wanted]
    rows = read.all(_LOCK_NAMED if lock else _NAMED, center=center_id, keys=keys)
    found = {row.name_key: row for row in rows}
    for key, name in wanted:
        if key not in found:
            raise PcRefused(name, say("there is no such PC"))
    return [found[key] for key in keys]
