"""What a dialog that takes money offers to who has no shift: to open one and go on."""

from __future__ import annotations

import msgspec

from lanhouse.cafe.shifts.queries import tills_of
from lanhouse.db.store import Read


class ShiftFirst(msgspec.Struct, kw_only=True):
    """Fields of a dialog that opens a shift before it does what it is about."""

    open_till: int = 0
    """The till; 0 = no shift is to be opened."""
    open_float: str = ""
    """What lies in its drawer, as it was typed."""


class TillChoice(msgspec.Struct, frozen=True):
    """A till at which a shift can be opened, and what the last one left there."""

    till_id: int
    name: str
    left_micros: int


def tills_to_open(read: Read, center_id: int) -> list[TillChoice]:
    """The tills without a shift, by name."""
    return [
        TillChoice(till.id, till.name, till.left_micros)
        for till in tills_of(read, center_id)
        if till.is_used and till.shift_id is None
    ]
