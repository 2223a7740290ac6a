"""What every write about a shift does: lock it, begin one, book its cash and tell the log."""

from __future__ import annotations

import sqlalchemy as sa
from msgspec.structs import replace

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.movements import Amounts, Movement, move
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.shifts.errors import ShiftClosed, ShiftNotFound
from lanhouse.cafe.shifts.schemas import MoveKind
from lanhouse.cafe.shifts.tables import shift_moves, shifts, tills
from lanhouse.db.statements import Row, insert_ignore, numbered, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import Refused
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say

_LOCKED = static(
    sa.select(shifts, tills.c.name.label("till_name"))
    .join(tills, tills.c.id == shifts.c.till_id)
    .where(shifts.c.center_id == sa.bindparam("center"), shifts.c.id == sa.bindparam("shift"))
    .with_for_update(key_share=True, of=shifts)
)
TILL = static(
    sa.select(tills).where(
        tills.c.center_id == sa.bindparam("center"), tills.c.id == sa.bindparam("till")
    )
)
_OPENED = static(insert_ignore(shifts).returning(shifts.c.id))
_MOVE = numbered(shift_moves)


def begin(
    tx: Tx,
    center: Center,
    actor: Actor,
    till: Row,
    float_micros: int,
    received_from: int | None = None,
) -> int:
    """Open a shift for `actor` at a till of the centre; answers its id.

    Raises Refused when the till is not used, or it or the person has an open shift.
    """
    if not till.is_used:
        raise Refused(say("the till is not used any more"))
    shift_id = tx.scalar(
        _OPENED,
        center_id=center.id,
        till_id=till.id,
        staff_id=actor.staff_id,
        staff_name=actor.staff_name,
        opened_at=tx.now,
        float_micros=float_micros,
        received_from_id=received_from,
        comment="",
    )
    if shift_id is None:
        raise Refused(say("this till or this person has an open shift already"))
    details = f"Shift opened at {till.name} with {format_fixed(float_micros)}"
    moved = move(
        tx,
        movement(center, actor, shift_id, Event.SHIFT, MoveKind.FLOAT, float_micros, details),
    )
    if float_micros:
        note(tx, center, actor, shift_id, MoveKind.FLOAT, float_micros, "", moved.transfer_id)
    return shift_id


def lock_open(tx: Tx, center: Center, shift_id: int) -> Row:
    """An open shift, locked against every movement in it. Raises ShiftNotFound, ShiftClosed."""
    shift = tx.one(_LOCKED, center=center.id, shift=shift_id)
    if shift is None:
        raise ShiftNotFound
    if shift.closed_at is not None:
        raise ShiftClosed
    return shift


def must_be_allowed(actor: Actor, shift: Row) -> None:
    """One's own shift, or with a right of its own a forgotten one."""
    if actor.kind != "staff" or shift.staff_id != actor.staff_id:
        actor.require("shifts.close_others")


def _amounts(center: Center, kind: MoveKind, amount_micros: int) -> Amounts:
    other = "cash_difference" if kind is MoveKind.DIFFERENCE else "safe"
    # As with cash: what lies in the drawer is below zero in its account.
    return {
        ("center", center.id, "drawer"): -amount_micros,
        ("center", center.id, other): amount_micros,
    }


def movement(
    center: Center,
    actor: Actor,
    shift_id: int,
    event: Event,
    kind: MoveKind,
    amount_micros: int,
    details: str,
) -> Movement:
    """Cash between drawer and safe; into the drawer positive."""
    return replace(
        told(center, actor, shift_id, details),
        event=event,
        kind=f"shift_{kind}",
        amounts=_amounts(center, kind, amount_micros),
    )


def told(center: Center, actor: Actor, shift_id: int, details: str) -> Movement:
    """Nothing that moves, but a line of the log."""
    return Movement(
        center=center,
        actor=actor,
        event=Event.SHIFT,
        member_id=0,
        holder=("", 0),
        details=details,
        shift_id=shift_id,
    )


def note(
    tx: Tx,
    center: Center,
    actor: Actor,
    shift_id: int,
    kind: MoveKind,
    amount_micros: int,
    reason: str,
    transfer_id: int | None,
) -> None:
    """Keep why cash moved between drawer and safe, beside the ledger's transfer of it."""
    row = {
        "center_id": center.id,
        "shift_id": shift_id,
        "at": tx.now,
        "kind": kind,
        "amount_micros": amount_micros,
        "reason": reason,
        "staff_id": actor.staff_id,
        "transfer_id": transfer_id,
    }
    tx.scalar(_MOVE.returning_id, **row)
