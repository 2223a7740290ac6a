"""What the start dialog asks for, as it was typed."""

from __future__ import annotations

from typing import Literal

from lanhouse.cafe.shifts.queries.shift_first import ShiftFirst


class StartForm(ShiftFirst):
    """The start dialog's fields as they were typed. `kind` is one of StartOptions.kinds."""

    pc: str = ""
    kind: str = ""
    amount: str = ""
    member: str = ""
    offer: str = ""
    payment: str = "cash"
    players: int = 1
    minutes: int = 0
    """A length that was asked for by a time chip; becomes an amount when the dialog opens."""
    session: int = 0
    """The session that ran on the PC when the dialog was opened; 0 = the PC was free."""
    shown: int = 0
    """The id of the member whom the quote showed; 0 = none yet."""
    confirmed: int = 0
    """The sum in micros that the desk was asked about once more; 0 = none."""
    received: str = ""
    """The cash that was handed over, as it was typed; empty = exactly the sum."""
    priced: str = ""
    """The tender by which the buttons for lengths of time are priced, as they stand there."""
    place: Literal["", "panel"] = ""
    """Where the form stands: in a dialog, or beside the map."""
    key: str = ""

    @property
    def offer_id(self) -> int:
        """The chosen offer; 0 when none is, or what stands there is no id."""
        is_id = self.offer.isascii() and self.offer.isdigit() and len(self.offer) < 18
        return int(self.offer) if is_id else 0
