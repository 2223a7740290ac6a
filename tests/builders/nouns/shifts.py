"""Tills and shifts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lanhouse.auth.actors import Actor
from lanhouse.auth.rights import rights_of
from lanhouse.cafe.shifts.commands import CountDrawer, MoveCash, OpenShift, count_drawer, move_cash
from lanhouse.cafe.shifts.commands import open_shift as open_command
from lanhouse.cafe.shifts.commands.closing import ClosedShift, CloseShift, close_shift
from lanhouse.cafe.shifts.commands.tills import NewTill, add_till
from lanhouse.cafe.shifts.queries import report_of, shift_by_id
from lanhouse.cafe.shifts.schemas import Report
from lanhouse.cafe.staff.commands import NewStaff, create_staff
from lanhouse.kit import clock
from tests.builders.nouns.ground import EURO, Ground


@dataclass
class ShiftKeeper(Ground):
    """Who stands at which till."""

    def hire(self, account: str, role: str = "staff") -> Actor:
        """A person who works here, as a caller."""
        new = NewStaff(center_id=self.hall.center_id, account=account, password_hash="", role=role)
        return self.person(self.run(create_staff, new), account, role)

    def person(self, staff_id: int, account: str, role: str = "staff") -> Actor:
        """Somebody of the staff as a caller."""
        return Actor(
            kind="staff",
            center_id=self.hall.center_id,
            staff_id=staff_id,
            staff_name=account,
            role=role,
            rights=rights_of(role),
        )

    def add_till(self, name: str = "Till 1") -> int:
        """A till; its id."""
        return self.run(add_till, NewTill(self.center, name))

    def open_shift(self, actor: Actor, till_id: int, euros: int = 0) -> int:
        """A shift with a float of whole euros; its id."""
        return self.run(
            open_command,
            OpenShift(
                center=self.center,
                actor=actor,
                till_id=till_id,
                float_micros=euros * EURO,
                address="",
            ),
        )

    def move_cash(self, actor: Actor, shift_id: int, kind: str, micros: int) -> None:
        """Cash in, out, or an expense."""
        self.run(
            move_cash,
            MoveCash(
                center=self.center,
                actor=actor,
                shift_id=shift_id,
                kind=kind,
                amount_micros=micros,
                comment="Change",
            ),
        )

    def count(self, actor: Actor, shift_id: int, micros: int) -> None:
        """A count of the drawer by its sum."""
        self.run(
            count_drawer,
            CountDrawer(center=self.center, actor=actor, shift_id=shift_id, counted_micros=micros),
        )

    def close_shift(self, actor: Actor, shift_id: int, **more: Any) -> ClosedShift:
        """Close a counted shift; `next_id` hands it over."""
        given = {"comment": "", "left_micros": 0, **more}
        return self.run(
            close_shift, CloseShift(center=self.center, actor=actor, shift_id=shift_id, **given)
        )

    def report(self, shift_id: int) -> Report:
        """The X or Z report."""

        def read(reader: Any) -> Report:
            row = shift_by_id(reader, self.hall.center_id, shift_id)
            assert row is not None
            return report_of(reader, row, clock.now())

        return self.store.read_sync(read)
