"""The map: rooms and where PCs stand in them (seed: PCs, Save PC layout)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.pcs.commands import lock_pcs, tell_changed
from lanhouse.cafe.pcs.tables import pcs, rooms
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.limits import MAX_PC, MAX_ROOM
from lanhouse.kit.said import say

_INSERT_ROOM = static(sa.insert(rooms).returning(rooms.c.id))


class RoomPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A room: its name and its rectangle on the map in pixels."""

    name: str
    frame_x: int
    frame_y: int
    frame_width: int
    frame_height: int
    allows_booking: bool


class PcPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where a PC stands: in which room (empty: in none) and at which pixels inside it."""

    pc_name: str
    room_name: str
    box_top: int
    box_left: int


class Layout(msgspec.Struct, frozen=True):
    """The map to keep. `rooms` is all rooms (None: as they are); `places` are the PCs that move."""

    center: Center
    rooms: list[RoomPlan] | None
    places: list[PcPlace]


def save_layout(tx: Tx, layout: Layout) -> None:
    """Keep a map, whole or not at all.

    A room that is not in the list goes, and its PCs stand in no room until they are placed; a
    room of the same name stays the same room. Raises InvalidInput naming unknown PCs and rooms.
    """
    center_id = layout.center.id
    lock_center(tx, center_id)
    if len(layout.places) > MAX_PC:
        raise InvalidInput({"places": say("must have at most %(count)s entries", count=MAX_PC)})
    if layout.rooms is not None:
        _check_rooms(layout.rooms)
        _save_rooms(tx, center_id, layout.rooms)
    room_ids = {
        row.name_key: row.id
        for row in tx.all(sa.select(rooms).where(rooms.c.center_id == center_id))
    }
    _save_places(tx, center_id, layout.places, room_ids)
    if not tx.trail.has_touched:
        # The map was saved as it stood.
        tx.did_nothing()
    tell_changed(tx, center_id)


def _check_rooms(plans: Sequence[RoomPlan]) -> None:
    if len(plans) > MAX_ROOM:
        raise Refused(say("A centre can have at most %(count)s rooms.", count=MAX_ROOM))
    seen: set[str] = set()
    for plan in plans:
        if plan.name.casefold() in seen:
            raise InvalidInput({"rooms": say("names %(name)s twice", name=plan.name)})
        seen.add(plan.name.casefold())


def _save_rooms(tx: Tx, center_id: int, plans: Sequence[RoomPlan]) -> None:
    rows = tx.all(sa.select(rooms).where(rooms.c.center_id == center_id))
    existing = {row.name_key: row for row in rows}
    kept: set[int] = set()
    for position, plan in enumerate(plans):
        values = {
            **msgspec.structs.asdict(plan),
            "name_key": plan.name.casefold(),
            "position": position,
        }
        row = existing.get(plan.name.casefold())
        if row is None:
            room_id = tx.scalar(_INSERT_ROOM, center_id=center_id, **values)
            kept.add(room_id)
            tx.audit("room", room_id, after=plan)
        else:
            kept.add(row.id)
            tx.run(sa.update(rooms).where(rooms.c.id == row.id).values(values))
            if any(getattr(row, name) != value for name, value in values.items()):
                tx.audit("room", row.id, before=row, after=values)
    gone = sorted({row.id for row in rows} - kept)
    if gone:
        for row in rows:
            if row.id in gone:
                tx.audit("room", row.id, before={"name": row.name})
        tx.run(sa.update(pcs).where(pcs.c.room_id.in_(gone)).values(room_id=None))
        tx.run(sa.delete(rooms).where(rooms.c.id.in_(gone)))


def _save_places(
    tx: Tx, center_id: int, places: Sequence[PcPlace], room_ids: dict[str, int]
) -> None:
    if not places:
        return
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
    for row in lock_pcs(tx, center_id, [place.pc_name for place in places], "places"):
        place = by_key[row.name_key]
        new = {
            "room_id": room_ids.get(place.room_name.casefold()),
            "box_top": place.box_top,
            "box_left": place.box_left,
        }
        tx.run(sa.update(pcs).where(pcs.c.id == row.id).values(new))
        if any(getattr(row, name) != value for name, value in new.items()):
            tx.audit("pc", row.id, before=row, after=new)
