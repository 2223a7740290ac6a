"""Opening a shift inside the dialog of a sale that was refused without one (decision 0097)."""

from __future__ import annotations

import msgspec

from lanhouse.cafe.centers.call import CafeCall
from lanhouse.cafe.money.errors import NeedsShift
from lanhouse.cafe.shifts.commands import OpenShift, open_shift
from lanhouse.cafe.shifts.queries.shift_first import ShiftFirst, TillChoice, tills_to_open
from lanhouse.kit.amounts import read_amount
from lanhouse.kit.errors import AppError
from lanhouse.kit.limits import IDEMPOTENCY_KEY_MAX

FIELDS = ("open_till", "open_float")


class Opened(msgspec.Struct, frozen=True):
    """The shift that a dialog opened; stored under a key of its own."""

    shift_id: int


async def open_first(call: CafeCall, form: ShiftFirst, key: str) -> None:
    """Open the shift that the form asks for, once per form; the sale then has it.

    Raises InvalidInput by field and what opening a shift refuses.
    """
    if not form.open_till:
        return
    call.actor.require("shifts.work")
    cmd = OpenShift(
        center=call.center,
        actor=call.actor,
        till_id=form.open_till,
        float_micros=read_amount(form.open_float or "0", call.center.currency, field="open_float"),
        address=call.address,
    )
    own_key = f"{key}.shift"[-IDEMPOTENCY_KEY_MAX:] if key else None
    await call.do(open_shift, cmd, Opened, Opened, key=own_key)


async def offer_of(call: CafeCall, error: AppError | None) -> list[TillChoice] | None:
    """The tills that a dialog offers which was refused for want of a shift; None: it was not."""
    if not isinstance(error, NeedsShift) and not (error and {*error.fields} & {*FIELDS}):
        return None
    return await call.read(tills_to_open, call.center.id)
