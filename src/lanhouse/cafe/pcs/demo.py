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
    _Zone(_room("Main hall", 16, 16, 352, 232), "Standard", "PC", 18, 6),
    _Zone(_room("Arena", 384, 16, 240, 128), "Premium", "AR", 8, 4),
    _Zone(_room("VIP lounge", 384, 160, 240, 88), "VIP", "VIP", 4, 4),
)
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
    """Rows in pairs, back to back, with an aisle between the pairs."""
    places: list[PcPlace] = []
    for index, name in enumerate(zone.names):
        row, column = divmod(index, zone.columns)
        places.append(
            PcPlace(
                pc_name=name,
                room_name=zone.room.name,
                box_top=40 + row * 40 + row // 2 * 40,
                box_left=16 + column * 56,
                turned_degrees=row % 2 * 180,
            )
        )
    return places
