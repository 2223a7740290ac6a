"""Closing a shift: its Z report is frozen, its cash handed in or handed over."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.dialects import postgresql

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import ClosingShift
from lanhouse.cafe.money.movements import move, move_many
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.shifts.commands.base import (
    TILL,
    begin,
    lock_open,
    movement,
    must_be_allowed,
    note,
    told,
)
from lanhouse.cafe.shifts.plans import plan_close
from lanhouse.cafe.shifts.queries import running_sessions, waiting_orders
from lanhouse.cafe.shifts.queries.rests import guests_rests
from lanhouse.cafe.shifts.schemas import MoveKind, Report
from lanhouse.cafe.shifts.tables import shift_handovers, shifts, tills, z_numbers, z_reports
from lanhouse.cafe.staff.commands import CodeNeeded
from lanhouse.cafe.staff.commands.second_factor import CodeUse, use_code
from lanhouse.cafe.staff.queries import second_factor_of, staff_by_id
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import COMMENT_CHARS_MAX
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say

_CLOSED = static(
    sa.update(shifts)
    .where(shifts.c.id == sa.bindparam("the_shift"))
    .values(
        closed_at=sa.bindparam("new_closed_at"),
        closed_by_id=sa.bindparam("new_closed_by_id"),
        z_number=sa.bindparam("new_z_number"),
        cash_micros=sa.bindparam("new_cash_micros"),
        card_micros=sa.bindparam("new_card_micros"),
        qr_micros=sa.bindparam("new_qr_micros"),
        difference_micros=sa.bindparam("new_difference_micros"),
        comment=sa.bindparam("new_comment"),
        left_micros=sa.bindparam("new_left_micros"),
    )
)
_LEFT = static(
    sa.update(tills)
    .where(tills.c.id == sa.bindparam("the_till"))
    .values(left_micros=sa.bindparam("new_left_micros"))
)
# The row is locked until the commit, and a rollback gives the number back: no gaps.
_NEXT_NUMBER = static(
    postgresql.insert(z_numbers)
    .values(center_id=sa.bindparam("center"), last_number=1)
    .on_conflict_do_update(
        index_elements=["center_id"], set_={"last_number": z_numbers.c.last_number + 1}
    )
    .returning(z_numbers.c.last_number)
)
_FREEZE = static(sa.insert(z_reports))
_HAND_OVER = static(sa.insert(shift_handovers))


class CloseShift(msgspec.Struct, frozen=True, kw_only=True):
    """End a shift that was counted; with `next_id`, who has confirmed it, goes on at the till."""

    center: Center
    actor: Actor
    shift_id: int
    comment: str
    left_micros: int
    next_id: int = 0
    """Staff id of who receives the drawer with what stays in it."""
    next_code: CodeUse | None = None
    """His code, compared and used up by the hand-over; needed where he has a second factor."""


class ClosedShift(msgspec.Struct, frozen=True):
    """The frozen report, and the shift that began with what was left; 0: none did."""

    report: Report
    next_shift_id: int


def close_shift(tx: Tx, cmd: CloseShift) -> ClosedShift:
    """Close a counted shift and freeze its Z report; hand the drawer over if somebody receives it.

    What moves at other desks meanwhile is in it, or in no shift: its row is locked first, and every
    movement holds that row until its own commit. Raises InvalidInput by field, Forbidden,
    ShiftNotFound, ShiftClosed, CountFirst, CodeNeeded, WrongCode, Refused when the next person has
    a shift already.
    """
    if len(cmd.comment) > COMMENT_CHARS_MAX:
        reason = say("must be at most %(count)s characters", count=COMMENT_CHARS_MAX)
        raise InvalidInput({"comment": reason})
    shift = lock_open(tx, cmd.center, cmd.shift_id)
    must_be_allowed(cmd.actor, shift)
    tx.ask(ClosingShift(cmd.center.id))
    report = plan_close(
        tx,
        shift,
        tx.now,
        left_micros=cmd.left_micros,
        comment=cmd.comment,
        closed_by_id=cmd.actor.staff_id,
    )
    rests = guests_rests(tx, cmd.center)
    report = replace(
        report,
        z_number=tx.scalar(_NEXT_NUMBER, center=cmd.center.id),
        guests_left=len(rests),
        guests_left_micros=sum(rest.micros for rest in rests),
    )
    _hand_in(tx, cmd, shift, report)
    money = report.figures.all
    tx.run(
        _CLOSED,
        the_shift=shift.id,
        new_closed_at=tx.now,
        new_closed_by_id=cmd.actor.staff_id,
        new_z_number=report.z_number,
        new_cash_micros=money.cash_micros,
        new_card_micros=money.card_micros,
        new_qr_micros=money.qr_micros,
        new_difference_micros=report.difference_micros,
        new_comment=cmd.comment,
        new_left_micros=cmd.left_micros,
    )
    tx.run(_LEFT, the_till=shift.till_id, new_left_micros=cmd.left_micros)
    tx.run(
        _FREEZE,
        center_id=cmd.center.id,
        number=report.z_number,
        shift_id=shift.id,
        at=tx.now,
        report=msgspec.json.encode(report).decode(),
    )
    next_id = _hand_over(tx, cmd, shift) if cmd.next_id else 0
    return ClosedShift(report, next_id)


def _hand_in(tx: Tx, cmd: CloseShift, shift: Row, report: Report) -> None:
    """Book the difference, and all of the drawer's cash out of it; what stays in it is the float
    of the next shift. Afterwards the shift's cash in the ledger is zero."""
    center, actor = cmd.center, cmd.actor
    text = f"Shift closed at {shift.till_name}, Z report {report.z_number}"
    if report.difference_micros:
        text += f", difference {format_fixed(report.difference_micros)}. Comment: {cmd.comment}"
    amounts = {
        MoveKind.DIFFERENCE: report.difference_micros,
        MoveKind.HAND_IN: -report.cash_end_micros,
    }
    wanted = {kind: amount for kind, amount in amounts.items() if amount}
    if not wanted:
        move(tx, told(center, actor, shift.id, text))
        return
    # The line of the log that tells of the close is that of the last movement.
    last = list(wanted)[-1]
    movements = [
        movement(
            center,
            actor,
            shift.id,
            Event.SHIFT,
            kind,
            amount,
            text if kind is last else "Difference",
        )
        for kind, amount in wanted.items()
    ]
    for (kind, amount), moved in zip(wanted.items(), move_many(tx, movements), strict=True):
        note(tx, center, actor, shift.id, kind, amount, "", moved.transfer_id)


def _hand_over(tx: Tx, cmd: CloseShift, shift: Row) -> int:
    """Open the next person's shift with what stays in the drawer, and sign what goes on."""
    person = staff_by_id(tx, cmd.center.id, cmd.next_id)
    if person is None or not person.is_active:
        raise InvalidInput({"next_id": say("does not work here")})
    if person.id == shift.staff_id:
        raise InvalidInput({"next_id": say("must be somebody else")})
    _prove(tx, cmd)
    till = tx.one(TILL, center=cmd.center.id, till=shift.till_id)
    assert till is not None
    receiver = Actor(
        kind="staff", center_id=cmd.center.id, staff_id=person.id, staff_name=person.account
    )
    next_id = begin(tx, cmd.center, receiver, till, cmd.left_micros, shift.id)
    tx.run(
        _HAND_OVER,
        from_shift_id=shift.id,
        center_id=cmd.center.id,
        to_shift_id=next_id,
        at=tx.now,
        given_by_id=cmd.actor.staff_id,
        received_by_id=person.id,
        order_ids=msgspec.json.encode(waiting_orders(tx, cmd.center.id)).decode(),
        session_ids=msgspec.json.encode(running_sessions(tx, cmd.center.id)).decode(),
    )
    return next_id


def _prove(tx: Tx, cmd: CloseShift) -> None:
    """Use the receiver's code up, also where his second factor was switched on a moment ago."""
    factor = second_factor_of(tx, cmd.center.id, cmd.next_id)
    if factor is None or not factor.is_confirmed:
        return
    if cmd.next_code is None:
        raise CodeNeeded
    use_code(tx, cmd.next_code)
