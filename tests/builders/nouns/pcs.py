"""PCs of a centre."""

from __future__ import annotations

from dataclasses import dataclass, field

import sqlalchemy as sa

from lanhouse.cafe.pcs.commands import (
    NewPcs,
    OutOfOrder,
    PcChange,
    add_pcs,
    change_pcs,
    set_out_of_order,
)
from lanhouse.cafe.pcs.commands.rooms import RoomPlan, add_room
from lanhouse.cafe.pcs.tables import pcs, rooms
from lanhouse.db.store import Tx
from tests.builders.nouns.ground import Ground


@dataclass
class PcBuilder(Ground):
    """The PCs that were put there, by name."""

    pc_ids: dict[str, int] = field(default_factory=dict)

    def add_pc(self, name: str, pc_group_id: int = 0, *, console_type: int = 0) -> int:
        """A PC; answers its id."""
        self.run(
            self.put_pcs,
            NewPcs(
                center=self.center, names=[name], pc_group_id=pc_group_id, console_type=console_type
            ),
        )
        return self.pc_ids[name]

    def add_pcs(self, *names: str) -> None:
        """PCs of the default group."""
        self.run(self.put_pcs, NewPcs(center=self.center, names=[*names]))

    def put_pcs(self, tx: Tx, new: NewPcs) -> None:
        """Add PCs inside a transaction."""
        add_pcs(tx, new)
        mine = pcs.c.center_id == self.hall.center_id
        for row in tx.all(sa.select(pcs.c.id, pcs.c.name).where(mine, pcs.c.name.in_(new.names))):
            self.pc_ids[row.name] = row.id

    def add_room(self, name: str, *names: str) -> int:
        """A room with new PCs; answers its id."""
        plan = RoomPlan(
            name=name, frame_x=0, frame_y=0, frame_width=9, frame_height=9, allows_booking=False
        )

        def added(tx: Tx, _: None) -> int:
            add_room(tx, self.hall.center_id, plan, 0)
            return tx.scalar(sa.select(rooms.c.id).where(rooms.c.name == name))

        room_id: int = self.run(added, None)
        self.run(self.put_pcs, NewPcs(center=self.center, names=[*names], room_id=room_id))
        return room_id

    def change_pc(
        self, name: str, *, pc_group_id: int | None = None, console_type: int | None = None
    ) -> None:
        """Give a PC another group or kind."""
        change = PcChange(
            center=self.center, names=[name], pc_group_id=pc_group_id, console_type=console_type
        )
        self.run(change_pcs, change)

    def break_pc(self, name: str, reason: str = "") -> None:
        """Take a PC out of order."""
        order = OutOfOrder(center=self.center, names=[name], is_out_of_order=True, reason=reason)
        self.run(set_out_of_order, order)
