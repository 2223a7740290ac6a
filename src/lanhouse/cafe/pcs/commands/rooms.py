"""Making, changing and removing rooms; what is kept by a room's name follows it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.pcs.queries import rooms_of
from lanhouse.cafe.pcs.tables import pcs, rooms
from lanhouse.cafe.settings.commands import SettingsInput, save_settings
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.limits import MAX_ROOM
from lanhouse.kit.said import say

_INSERT = static(sa.insert(rooms).returning(rooms.c.id))
# Longer than any name may be, so that it stands in nobody's way.
_ASIDE = "-" * 60


class RoomPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A room: its name and its rectangle on the map in pixels.

    With `room_id` it is that room, whatever it was called; without, the one of this name.
    """

    name: str
    frame_x: int
    frame_y: int
    frame_width: int
    frame_height: int
    allows_booking: bool
    room_id: int | None = None


class Rooms(msgspec.Struct, frozen=True):
    """All rooms of a centre, in their order."""

    center_id: int
    rooms: list[RoomPlan]


def save_rooms(tx: Tx, wanted: Rooms) -> None:
    """Have exactly these rooms. The centre is locked.

    A room that is not named goes, and its PCs stand in no room. Raises InvalidInput for `rooms`.
    """
    center_id, plans = wanted.center_id, wanted.rooms
    if len(plans) > MAX_ROOM:
        raise Refused(say("A centre can have at most %(count)s rooms.", count=MAX_ROOM))
    before = {row.id: row for row in rooms_of(tx, center_id)}
    kept = _matched(list(before.values()), plans)
    remove_rooms(tx, center_id, [row for key, row in before.items() if key not in kept.values()])
    _put_names_aside(tx, plans, kept, before)
    renamed: dict[str, str | None] = {}
    for position, plan in enumerate(plans):
        values = _columns(plan) | {"position": position}
        room_id = kept.get(position)
        if room_id is None:
            _insert(tx, center_id, values)
            continue
        old = before[room_id]
        if _differs(old, values):
            tx.run(sa.update(rooms).where(rooms.c.id == room_id).values(values))
            tx.audit("room", room_id, before=old, after=values)
            renamed[old.name] = plan.name
    follow_names(tx, center_id, renamed)


def add_room(tx: Tx, center_id: int, plan: RoomPlan, position: int) -> None:
    """One room more. The centre is locked, the name is free, and there is place for it."""
    _insert(tx, center_id, _columns(plan) | {"position": position})


def change_room(tx: Tx, center_id: int, old: Row, plan: RoomPlan) -> None:
    """Other values for one room, whose place in the order stays; its new name is free."""
    values = _columns(plan)
    if not _differs(old, values):
        tx.did_nothing()
        return
    tx.run(sa.update(rooms).where(rooms.c.id == old.id).values(values))
    tx.audit("room", old.id, before=old, after=values)
    follow_names(tx, center_id, {old.name: plan.name})


def remove_rooms(tx: Tx, center_id: int, gone: Sequence[Row]) -> None:
    """Remove rooms; their PCs stand in no room and wait for a place on the map."""
    if not gone:
        return
    ids = sorted(row.id for row in gone)
    tx.run(sa.update(pcs).where(pcs.c.room_id.in_(ids)).values(room_id=None, is_placed=False))
    tx.run(sa.delete(rooms).where(rooms.c.id.in_(ids)))
    for row in gone:
        tx.audit("room", row.id, before={"name": row.name})
    follow_names(tx, center_id, {row.name: None for row in gone})


def follow_names(tx: Tx, center_id: int, renamed: Mapping[str, str | None]) -> None:
    """Keep what the setting `pc_area_info_extend` says of rooms under their new names.

    None: the room is gone, and so is what was said of it.
    """
    center = center_by_id(tx, center_id)
    assert center is not None
    infos: dict[str, Any] = json.loads(center.settings.center.pc_area_info_extend)
    # Whoever obeys the setting finds a room whatever the case of its name there.
    new_names = {old.casefold(): new for old, new in renamed.items() if old != new}
    if not any(name.casefold() in new_names for name in infos):
        return
    named = [(new_names.get(name.casefold(), name), info) for name, info in infos.items()]
    kept = {name: info for name, info in named if name is not None}
    text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    save_settings(
        tx, SettingsInput(center=center, values={"center": {"pc_area_info_extend": text}})
    )


def _matched(rows: Sequence[Row], plans: Sequence[RoomPlan]) -> dict[int, int]:
    """Which room each plan means: position of the plan -> id of the room; new ones are left out."""
    by_id = {row.id: row for row in rows}
    names: set[str] = set()
    kept: dict[int, int] = {}
    for position, plan in enumerate(plans):
        if plan.name.casefold() in names:
            raise InvalidInput({"rooms": say("names %(name)s twice", name=plan.name)})
        names.add(plan.name.casefold())
        if plan.room_id is None:
            continue
        if plan.room_id not in by_id:
            raise InvalidInput(
                {"rooms": say("%(name)s is not a room of this centre", name=plan.name)}
            )
        if plan.room_id in kept.values():
            raise InvalidInput({"rooms": say("names %(name)s twice", name=plan.name)})
        kept[position] = plan.room_id
    free = {row.name_key: row.id for row in rows if row.id not in kept.values()}
    for position, plan in enumerate(plans):
        if plan.room_id is None and plan.name.casefold() in free:
            kept[position] = free[plan.name.casefold()]
    return kept


def _put_names_aside(
    tx: Tx, plans: Sequence[RoomPlan], kept: Mapping[int, int], before: Mapping[int, Row]
) -> None:
    """So that rooms may take one another's names: none is there twice at any moment."""
    for position, room_id in kept.items():
        if before[room_id].name_key != plans[position].name.casefold():
            aside = {"name_key": f"{_ASIDE}{room_id}"}
            tx.run(sa.update(rooms).where(rooms.c.id == room_id).values(aside))


def _columns(plan: RoomPlan) -> dict[str, Any]:
    values = msgspec.structs.asdict(plan)
    del values["room_id"]
    return values | {"name_key": plan.name.casefold()}


def _differs(row: Row, values: Mapping[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in values.items())


def _insert(tx: Tx, center_id: int, values: dict[str, Any]) -> None:
    room_id = tx.scalar(_INSERT, center_id=center_id, **values)
    tx.audit("room", room_id, after=values)
