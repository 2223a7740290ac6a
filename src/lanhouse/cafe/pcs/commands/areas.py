"""One room at a time, as tables and small halls are set up (seed: Billiard)."""

from __future__ import annotations

import msgspec

from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.pcs.commands import tell_changed
from lanhouse.cafe.pcs.commands.rooms import RoomPlan, add_room, change_room, remove_rooms
from lanhouse.cafe.pcs.queries import rooms_of
from lanhouse.cafe.pcs.rules import frame_for_new
from lanhouse.db.statements import Row
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, NotFound, Refused
from lanhouse.kit.limits import MAX_ROOM
from lanhouse.kit.said import say

_FRAME = ("frame_x", "frame_y", "frame_width", "frame_height")


class AreaChange(msgspec.Struct, frozen=True, kw_only=True):
    """A room to add or to change, by its name; None leaves a value as it is.

    `new_name` is for a room that there is. A new one without a rectangle stands below all others.
    """

    center: Center
    name: str
    new_name: str | None = None
    frame_x: int | None = None
    frame_y: int | None = None
    frame_width: int | None = None
    frame_height: int | None = None
    allows_booking: bool | None = None


class AreaNamed(msgspec.Struct, frozen=True):
    """A room by its name, whatever its case."""

    center: Center
    name: str


def save_area(tx: Tx, change: AreaChange) -> None:
    """Add the room of this name, or change it; its PCs stay in it.

    Raises InvalidInput for a new name that is taken, NotFound for a new name of no room.
    """
    center_id = change.center.id
    lock_center(tx, center_id)
    rows = rooms_of(tx, center_id)
    old = _named(rows, change.name)
    if old is None:
        _add(tx, change, rows)
    else:
        _change(tx, change, old, rows)
    tell_changed(tx, center_id)


def remove_area(tx: Tx, named: AreaNamed) -> None:
    """Remove a room; its PCs stay and stand in no room. Raises NotFound for an unknown one."""
    center_id = named.center.id
    lock_center(tx, center_id)
    old = _named(rooms_of(tx, center_id), named.name)
    if old is None:
        raise NotFound(say("Room not found: %(names)s", names=named.name))
    remove_rooms(tx, center_id, [old])
    tell_changed(tx, center_id)


def _named(rows: list[Row], name: str) -> Row | None:
    return next((row for row in rows if row.name_key == name.casefold()), None)


def _add(tx: Tx, change: AreaChange, rows: list[Row]) -> None:
    if change.new_name is not None:
        raise NotFound(say("Room not found: %(names)s", names=change.name))
    if len(rows) >= MAX_ROOM:
        raise Refused(say("A centre can have at most %(count)s rooms.", count=MAX_ROOM))
    given = msgspec.structs.asdict(change)
    free = frame_for_new([(row.frame_y, row.frame_height) for row in rows])
    plan = RoomPlan(
        name=change.name,
        allows_booking=change.allows_booking is not False,
        **{
            name: usual if given[name] is None else given[name]
            for name, usual in zip(_FRAME, free, strict=True)
        },
    )
    add_room(tx, change.center.id, plan, 1 + max((row.position for row in rows), default=-1))


def _change(tx: Tx, change: AreaChange, old: Row, rows: list[Row]) -> None:
    given = msgspec.structs.asdict(change)
    # Its own spelling only changes by a new name.
    name = old.name if change.new_name is None else change.new_name
    other = _named(rows, name)
    if other is not None and other.id != old.id:
        raise InvalidInput({"new_name": say("%(name)s already exists", name=name)})
    plan = RoomPlan(
        name=name,
        **{
            column: getattr(old, column) if given[column] is None else given[column]
            for column in (*_FRAME, "allows_booking")
        },
    )
    change_room(tx, change.center.id, old, plan)
