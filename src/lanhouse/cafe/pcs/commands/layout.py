"""The map: rooms, and where PCs stand in them (seed: PCs, Save PC layout)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.pcs.commands import lock_pcs, tell_changed
from lanhouse.cafe.pcs.commands.rooms import RoomPlan, Rooms, save_rooms
from lanhouse.cafe.pcs.queries import FloorMap, floor_map, picture_of, rooms_of
from lanhouse.cafe.pcs.schemas import PicturePlace
from lanhouse.cafe.pcs.tables import floor_maps, pcs
from lanhouse.db.statements import Row, static, upsert
from lanhouse.db.store import Tx
from lanhouse.kit.errors import Conflict, InvalidInput
from lanhouse.kit.limits import MAX_PC
from lanhouse.kit.said import say

_PICTURE = ("picture_x", "picture_y", "picture_width", "picture_percent")
_PUT_PICTURE = static(upsert(floor_maps, ["center_id"], list(_PICTURE)))
_PUT_PLACE = static(
    sa.update(pcs)
    .where(pcs.c.id == sa.bindparam("of_pc"))
    .values(
        room_id=sa.bindparam("in_room", type_=sa.BigInteger),
        box_top=sa.bindparam("top"),
        box_left=sa.bindparam("left"),
        turned_degrees=sa.bindparam("turned"),
        is_placed=sa.bindparam("placed", type_=sa.Boolean),
    )
)


class MapChanged(Conflict):
    """The map is no longer what its editor has seen; nothing was saved."""

    symbol = "MAP_CHANGED"

    def __init__(self) -> None:
        super().__init__(say("The map was changed by somebody else meanwhile. Load it again."))


class PcPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where a PC stands: in which room (empty: in none) and at which pixels inside it.

    Without pixels it belongs to the room, but is not on the map. `turned_degrees` None leaves it.
    """

    pc_name: str
    room_name: str
    box_top: int | None = None
    box_left: int | None = None
    turned_degrees: int | None = None


class Layout(msgspec.Struct, frozen=True):
    """The map to keep. `rooms` is all rooms (None: as they are); `places` are the PCs that move.

    `is_whole`: whatever else stands on the map is taken off. `seen_version` is the map that was
    changed (None: whatever there is). `picture` is how the picture lies (None: as it does).
    """

    center: Center
    rooms: list[RoomPlan] | None
    places: list[PcPlace]
    is_whole: bool = False
    picture: PicturePlace | None = None
    seen_version: str | None = None


def save_layout(tx: Tx, layout: Layout) -> None:
    """Keep a map, whole or not at all.

    A room that is not in the list goes, and its PCs stand in no room until they are placed.
    Raises InvalidInput naming unknown PCs and rooms, MapChanged when another map was seen.
    """
    center_id = layout.center.id
    lock_center(tx, center_id)
    if layout.seen_version is not None:
        check_seen(tx, center_id, layout.seen_version)
    if len(layout.places) > MAX_PC:
        raise InvalidInput({"places": say("must have at most %(count)s entries", count=MAX_PC)})
    if layout.rooms is not None:
        save_rooms(tx, Rooms(center_id, layout.rooms))
    if layout.is_whole:
        _take_off_others(tx, center_id, layout.places)
    _save_places(tx, center_id, layout.places)
    if layout.picture is not None and layout.picture != picture_of(tx, center_id).place:
        put_picture(tx, center_id, layout.picture)
    if not tx.trail.has_touched:
        # The map was saved as it stood.
        tx.did_nothing()
    tell_changed(tx, center_id)


def save_map(tx: Tx, layout: Layout) -> FloorMap:
    """Keep a map; answers what there is then."""
    save_layout(tx, layout)
    return floor_map(tx, layout.center.id)


def check_seen(tx: Tx, center_id: int, version: str) -> None:
    """Raise MapChanged unless this is the map that there is. The centre is locked."""
    if floor_map(tx, center_id).version != version:
        raise MapChanged


def put_picture(tx: Tx, center_id: int, place: PicturePlace) -> None:
    """Lay the picture elsewhere under the map."""
    values: dict[str, Any] = dict(zip(_PICTURE, msgspec.structs.astuple(place), strict=True))
    tx.run(_PUT_PICTURE, center_id=center_id, **values)
    tx.audit("map", center_id, after=values)


def _take_off_others(tx: Tx, center_id: int, places: Sequence[PcPlace]) -> None:
    named = {place.pc_name.casefold() for place in places}
    on_map = sa.select(pcs).where(pcs.c.center_id == center_id, pcs.c.is_placed)
    rows = tx.all(on_map.order_by(pcs.c.id).with_for_update(key_share=True))
    off: dict[str, Any] = {"in_room": None, "top": 0, "left": 0, "turned": 0, "placed": False}
    _put(tx, [(row, off) for row in rows if row.name_key not in named])


def _save_places(tx: Tx, center_id: int, places: Sequence[PcPlace]) -> None:
    if not places:
        return
    room_ids = {row.name_key: row.id for row in rooms_of(tx, center_id)}
    by_key = {place.pc_name.casefold(): place for place in places}
    if len(by_key) < len(places):
        raise InvalidInput({"places": say("names a PC twice")})
    unknown = [
        place.room_name
        for place in places
        if place.room_name and place.room_name.casefold() not in room_ids
    ]
    if unknown:
        raise InvalidInput(
            {"places": say("Room not found: %(names)s", names=", ".join(unknown[:10]))}
        )
    changes: list[tuple[Row, dict[str, Any]]] = []
    for row in lock_pcs(tx, center_id, [place.pc_name for place in places], "places"):
        place = by_key[row.name_key]
        room_id = room_ids.get(place.room_name.casefold())
        has_pixels = place.box_top is not None and place.box_left is not None
        turned = place.turned_degrees
        new = {
            "in_room": room_id,
            "top": place.box_top or 0,
            "left": place.box_left or 0,
            "turned": row.turned_degrees if turned is None else turned,
            "placed": room_id is not None and has_pixels,
        }
        changes.append((row, new))
    _put(tx, changes)


def _put(tx: Tx, changes: Sequence[tuple[Row, dict[str, Any]]]) -> None:
    """Write the places that differ from what the rows say."""
    moved: list[dict[str, Any]] = []
    for row, new in changes:
        after = {
            "room_id": new["in_room"],
            "box_top": new["top"],
            "box_left": new["left"],
            "turned_degrees": new["turned"],
            "is_placed": new["placed"],
        }
        if any(getattr(row, name) != value for name, value in after.items()):
            moved.append({"of_pc": row.id, **new})
            tx.audit("pc", row.id, before=row, after=after)
    if moved:
        tx.run_many(_PUT_PLACE, moved)
