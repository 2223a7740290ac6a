"""Opening shifts, moving their cash and counting it (cafe-domain 11; decision 0097)."""

from __future__ import annotations

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.commands import Expense, take_expense
from lanhouse.cafe.money.movements import move
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
from lanhouse.cafe.shifts.errors import TillNotFound
from lanhouse.cafe.shifts.queries import adds_up
from lanhouse.cafe.shifts.rules import sum_counted
from lanhouse.cafe.shifts.schemas import MoveKind
from lanhouse.cafe.shifts.tables import shift_counts
from lanhouse.cafe.staff.commands.limits import check_may_begin
from lanhouse.db.statements import numbered
from lanhouse.db.store import Tx
from lanhouse.kit.errors import Forbidden, InvalidInput
from lanhouse.kit.limits import COMMENT_CHARS_MAX
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say

_COUNT = numbered(shift_counts)


class OpenShift(msgspec.Struct, frozen=True, kw_only=True):
    """A person begins to answer for the drawer of a till, with a float that he has counted."""

    center: Center
    actor: Actor
    till_id: int
    float_micros: int
    address: str
    """From where; empty when the house itself does it (the demo)."""


class MoveCash(msgspec.Struct, frozen=True, kw_only=True):
    """Cash put in, taken out, or (`expense`) paid for something the house buys."""

    center: Center
    actor: Actor
    shift_id: int
    kind: str
    """in, out or expense."""
    amount_micros: int
    comment: str


class CountDrawer(msgspec.Struct, frozen=True, kw_only=True):
    """What is in the drawer: its sum, or how many of each piece by its value."""

    center: Center
    actor: Actor
    shift_id: int
    counted_micros: int | None = None
    pieces: dict[str, int] = {}


def open_shift(tx: Tx, cmd: OpenShift) -> int:
    """Open a shift at a till; answers its id.

    Raises Forbidden for a caller who is no person, InvalidInput by field, TillNotFound, Refused
    when the till or the person has an open shift already, NotFromHere and NotAtThisTime.
    """
    if cmd.actor.kind != "staff":
        raise Forbidden(say("A shift belongs to a person. Sign in as staff."))
    check_may_begin(tx, cmd.center, cmd.actor, cmd.address, tx.now)
    if cmd.float_micros < 0:
        raise InvalidInput({"float": say("must not be less than 0")})
    till = tx.one(TILL, center=cmd.center.id, till=cmd.till_id)
    if till is None:
        raise TillNotFound
    return begin(tx, cmd.center, cmd.actor, till, cmd.float_micros)


def move_cash(tx: Tx, cmd: MoveCash) -> int:
    """Put cash into the drawer of one's own shift or take it out; answers the shift's id.

    Raises InvalidInput by field, Forbidden, ShiftNotFound, ShiftClosed.
    """
    errors: dict[str, str] = {}
    if cmd.amount_micros <= 0:
        errors["amount"] = say("must be more than 0")
    if not cmd.comment:
        errors["comment"] = say("is required")
    elif len(cmd.comment) > COMMENT_CHARS_MAX:
        errors["comment"] = say("must be at most %(count)s characters", count=COMMENT_CHARS_MAX)
    if errors:
        raise InvalidInput(errors)
    shift = lock_open(tx, cmd.center, cmd.shift_id)
    if shift.staff_id != cmd.actor.staff_id:
        raise Forbidden(say("Only the person whose shift it is moves its cash."))
    if cmd.kind == "expense":
        cmd.actor.require("till.expense")
        spent = Expense(
            center=cmd.center,
            actor=cmd.actor,
            amount_micros=cmd.amount_micros,
            comment=cmd.comment,
        )
        take_expense(tx, spent)
        return shift.id
    kind = MoveKind(cmd.kind)
    amount = cmd.amount_micros if kind is MoveKind.IN else -cmd.amount_micros
    moved = move(
        tx, movement(cmd.center, cmd.actor, shift.id, Event.TILL, kind, amount, cmd.comment)
    )
    note(tx, cmd.center, cmd.actor, shift.id, kind, amount, cmd.comment, moved.transfer_id)
    return shift.id


def count_drawer(tx: Tx, cmd: CountDrawer) -> int:
    """Keep a count of an open shift; answers the shift's id. Later ones do not replace it.

    Raises InvalidInput by field, Forbidden, ShiftNotFound, ShiftClosed.
    """
    counted = sum_counted(cmd.counted_micros, cmd.pieces)
    if counted < 0:
        raise InvalidInput({"counted": say("must not be less than 0")})
    shift = lock_open(tx, cmd.center, cmd.shift_id)
    must_be_allowed(cmd.actor, shift)
    tx.scalar(
        _COUNT.returning_id,
        center_id=cmd.center.id,
        shift_id=shift.id,
        at=tx.now,
        counted_micros=counted,
        expected_micros=adds_up(tx, shift, tx.now).figures.expected_micros,
        pieces={value: number for value, number in cmd.pieces.items() if number},
        staff_id=cmd.actor.staff_id,
    )
    details = f"Counted {format_fixed(counted)} at {shift.till_name}"
    move(tx, told(cmd.center, cmd.actor, shift.id, details))
    return shift.id
