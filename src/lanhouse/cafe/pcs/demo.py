"""Rooms and PCs of the demo centre, and where they stand on the map."""

from __future__ import annotations

import msgspec

from lanhouse.cafe.centers.demo import demo_center
from lanhouse.cafe.groups.demo import pc_group_ids
from lanhouse.cafe.pcs.commands import NewPcs, OutOfOrder, add_pcs, set_out_of_order
from lanhouse.cafe.pcs.commands.layout import Layout, PcPlace, save_layout
from lanhouse.cafe.pcs.commands.rooms import RoomPlan
from lanhouse.db.store import Tx


class _Zone(msgspec.Struct, frozen=True):
    """A room with the PCs of one group: their `prefix` and two digits each, `columns` in a row."""

    room: RoomPlan
    pc_group: str
    prefix: str
    count: int
    columns: int

    @property
    def names(self) -> list[str]:
        """The PCs' names."""
        return [f"{self.prefix}{number:02d}" for number in range(1, self.count + 1)]


def _room(name: str, x: int, y: int, width: int, height: int) -> RoomPlan:
    return RoomPlan(
        name=name,
        frame_x=x,
        frame_y=y,
        frame_width=width,
        frame_height=height,
        allows_booking=True,
    )


_ZONES = (
    _Zone(_room("Main hall", 20, 20, 760, 360), "Standard", "PC", 18, 6),
    _Zone(_room("Arena", 800, 20, 520, 360), "Premium", "AR", 8, 4),
    _Zone(_room("VIP lounge", 20, 400, 520, 200), "VIP", "VIP", 4, 4),
)
_SEAT_PIXELS = 110
_BROKEN = "PC17"
WORKING_PCS = tuple(name for zone in _ZONES for name in zone.names if name != _BROKEN)


def opening(tx: Tx) -> None:
    """Furnish the hall; one PC is out of order."""
    center = demo_center(tx)
    groups = pc_group_ids(tx)
    save_layout(tx, Layout(center, [zone.room for zone in _ZONES], []))
    for zone in _ZONES:
        new = NewPcs(center=center, names=zone.names, pc_group_id=groups[zone.pc_group])
        add_pcs(tx, new)
        save_layout(tx, Layout(center, None, _places(zone)))
    reason = "Mouse is with the repair shop"
    set_out_of_order(
        tx, OutOfOrder(center=center, names=[_BROKEN], is_out_of_order=True, reason=reason)
    )


def _places(zone: _Zone) -> list[PcPlace]:
    return [
        PcPlace(
            pc_name=name,
            room_name=zone.room.name,
            box_top=20 + index // zone.columns * _SEAT_PIXELS,
            box_left=20 + index % zone.columns * _SEAT_PIXELS,
        )
        for index, name in enumerate(zone.names)
    ]
