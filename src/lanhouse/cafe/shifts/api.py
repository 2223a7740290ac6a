"""Shifts and tills on the native API (decision 0097)."""

from __future__ import annotations

from typing import TypeVar

from lanhouse.cafe.centers.call import CafeCall, NativeRoutes
from lanhouse.cafe.shifts import commands, wire
from lanhouse.cafe.shifts.commands import CountDrawer, MoveCash, OpenShift
from lanhouse.cafe.shifts.commands.closing import CloseShift, close_shift
from lanhouse.cafe.shifts.commands.tills import NewTill, TillChange, add_till, change_till
from lanhouse.cafe.shifts.errors import ShiftNotFound
from lanhouse.cafe.shifts.queries import SHIFT_LIST, WantedShifts, open_shift_of, tills_of
from lanhouse.cafe.shifts.queries.views import ShiftView, shift_view
from lanhouse.cafe.shifts.sign_in import NOBODY, Receiver, with_receiver
from lanhouse.cafe.shifts.wire import (
    CashIn,
    CloseIn,
    CountIn,
    HandOverIn,
    NewTillIn,
    OpenIn,
    ShiftOut,
    ShiftRowsOut,
    ShiftsIn,
    TillIn,
    TillRow,
)
from lanhouse.db.statements import Row
from lanhouse.db.store import Command, Tx
from lanhouse.kit import clock
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.said import say
from lanhouse.web.replies import Written

native = NativeRoutes("Shifts")
Arg = TypeVar("Arg", OpenShift, MoveCash, CountDrawer, CloseShift)


@native.get("/tills", right="shifts.work", summary="The tills, and who works at them")
async def tills(call: CafeCall) -> list[TillRow]:
    """By name; those that are not used any more too."""
    return [wire.till(row) for row in await call.read(tills_of, call.center.id)]


@native.post("/tills", right="tills.edit", summary="Add a till")
async def new_till(call: CafeCall, data: NewTillIn) -> Written[TillRow]:
    """Its name is of its own in the centre."""

    def added(tx: Tx, new: NewTill) -> Row:
        return _till(tx, new.center.id, add_till(tx, new))

    return await call.write(added, NewTill(call.center, data.name), wire.till)


@native.put("/tills/{till_id}", right="tills.edit", summary="Rename a till, or stop using it")
async def put_till(call: CafeCall, data: TillIn) -> Written[TillRow]:
    """A till with an open shift stays in use (422)."""

    def changed(tx: Tx, change: TillChange) -> Row:
        return _till(tx, change.center.id, change_till(tx, change))

    till_id = id_in_path(call.path["till_id"], say("Till not found"))
    change = TillChange(call.center, till_id, data.name, data.is_used)
    return await call.write(changed, change, wire.till)


@native.get("/shifts", right="shifts.work", summary="Shifts, newest first")
async def shift_rows(call: CafeCall, data: ShiftsIn) -> ShiftRowsOut:
    """Without the right shifts.view only one's own."""
    may_see_all = call.actor.may("shifts.view")
    wanted = WantedShifts(
        center_id=call.center.id,
        # Nobody has the id -1: an API key without the right would see nothing.
        staff_id=data.staff_id if may_see_all else call.actor.staff_id or -1,
    )
    after = SHIFT_LIST.cursor_sent(wanted, data.cursor)
    part = await call.read(SHIFT_LIST.part, wanted, after, data.limit)
    rows = [wire.shift_row(row) for row in part.rows]
    return ShiftRowsOut(rows, SHIFT_LIST.cursor_text(wanted, part.after))


@native.post("/shifts", right="shifts.work", summary="Open a shift at a till")
async def new_shift(call: CafeCall, data: OpenIn) -> Written[ShiftOut]:
    """A person and a till have one open shift at most (422)."""
    cmd = OpenShift(
        center=call.center,
        actor=call.actor,
        till_id=data.till_id,
        float_micros=data.float,
        address=call.address,
    )
    return await _written(call, commands.open_shift, cmd)


@native.get("/my-shift", right="shifts.work", summary="The shift that you have open")
async def my_shift(call: CafeCall) -> ShiftOut:
    """Its X report, or 404 without one."""
    row = await call.read(open_shift_of, call.center.id, call.actor.staff_id)
    if row is None:
        raise ShiftNotFound
    return await _shown(call, row.id)


@native.get("/shifts/{shift_id}", right="shifts.work", summary="A shift's X or Z report")
async def one_shift(call: CafeCall) -> ShiftOut:
    """Frozen once it is closed. Without the right shifts.view only one's own."""
    return await _shown(call, _shift_id(call))


@native.post("/shifts/{shift_id}/cash", right="shifts.work", summary="Put cash in, or take it out")
async def cash(call: CafeCall, data: CashIn) -> Written[ShiftOut]:
    """Only of one's own shift; an expense needs till.expense."""
    cmd = MoveCash(
        center=call.center,
        actor=call.actor,
        shift_id=_shift_id(call),
        kind=data.direction,
        amount_micros=data.amount,
        comment=data.reason,
    )
    return await _written(call, commands.move_cash, cmd)


@native.post("/shifts/{shift_id}/counts", right="shifts.work", summary="Count the drawer")
async def count(call: CafeCall, data: CountIn) -> Written[ShiftOut]:
    """Every count is kept; the last one before the close counts."""
    cmd = CountDrawer(
        center=call.center,
        actor=call.actor,
        shift_id=_shift_id(call),
        counted_micros=data.counted,
        pieces=data.pieces,
    )
    return await _written(call, commands.count_drawer, cmd)


@native.post("/shifts/{shift_id}/close", right="shifts.work", summary="Close a shift")
async def close(call: CafeCall, data: CloseIn) -> Written[ShiftOut]:
    """Answers its Z report. Another person's shift needs shifts.close_others."""
    return await _written(call, _closed, _close(call, data, NOBODY))


@native.post("/shifts/{shift_id}/hand-over", right="shifts.work", summary="Hand a shift over")
async def hand_over(call: CafeCall, data: HandOverIn) -> Written[ShiftOut]:
    """Close it, and open one for who receives the drawer, with what stays in it, in one step.

    The receiver confirms with account, password and, where he has a second factor, a code;
    sessions go on.
    """

    async def hand(to: Receiver) -> Written[ShiftOut]:
        return await _written(call, _closed, _close(call, data, to))

    return await with_receiver(call, data.next_account, data.next_password, data.next_code, hand)


def _close(call: CafeCall, data: CloseIn, to: Receiver) -> CloseShift:
    return CloseShift(
        center=call.center,
        actor=call.actor,
        shift_id=_shift_id(call),
        comment=data.comment,
        left_micros=data.left,
        next_id=to.staff_id,
        next_code=to.code,
    )


def _closed(tx: Tx, cmd: CloseShift) -> int:
    return close_shift(tx, cmd).report.shift_id


async def _written(call: CafeCall, command: Command[Arg, int], arg: Arg) -> Written[ShiftOut]:
    """Run a command that answers the id of a shift; the answer is the shift after it."""

    def seen(tx: Tx, cmd: Arg) -> ShiftView:
        return shift_view(tx, cmd.center, cmd.actor, command(tx, cmd), tx.now)

    return await call.write(seen, arg, wire.shift)


async def _shown(call: CafeCall, shift_id: int) -> ShiftOut:
    now = clock.now()
    return wire.shift(await call.read(shift_view, call.center, call.actor, shift_id, now))


def _shift_id(call: CafeCall) -> int:
    return id_in_path(call.path["shift_id"], say("Shift not found"))


def _till(tx: Tx, center_id: int, till_id: int) -> Row:
    return next(row for row in tills_of(tx, center_id) if row.id == till_id)
