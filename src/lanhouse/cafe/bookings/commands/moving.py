"""Moving a booking: it is given back and booked anew in one act."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.cafe.bookings.commands import BookingPassword, BookingsMade, MakeBooking, make_locked
from lanhouse.cafe.bookings.commands.base import booking_under_lock, lock_seats, queue_of
from lanhouse.cafe.bookings.commands.ending import (
    CancelBooking,
    CancelPlan,
    cancel_locked,
    plan_cancel,
)
from lanhouse.cafe.bookings.plans import BookingPlan, Wanted, plan_booking
from lanhouse.cafe.bookings.queries import booking_by_id
from lanhouse.cafe.bookings.schemas import Booking
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.purses import Spendable
from lanhouse.cafe.pcs.queries import pcs_named
from lanhouse.cafe.sessions.commands.base import share_center
from lanhouse.db.store import Read, Tx
from lanhouse.kit.errors import Refused
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.said import say


class MoveBooking(msgspec.Struct, frozen=True, kw_only=True):
    """Let a booking begin at another time, on another PC, or both.

    `shown_micros` is what its new time was shown to cost (None: any).
    """

    center: Center
    actor: Actor
    booking_id: int
    pc_name: str
    starts_at: datetime
    shown_micros: int | None = None


class MovePlan(msgspec.Struct, frozen=True, kw_only=True):
    """What goes back for the booking as it is, and what is taken for it as it will be."""

    back: CancelPlan
    made: BookingPlan


class MovedBooking(msgspec.Struct, frozen=True, kw_only=True):
    """The booking that was given back, and the one that stands for it."""

    back: CancelPlan
    made: BookingsMade


def plan_move_of(read: Read, cmd: MoveBooking, now: datetime) -> MovePlan:
    """What moving comes to at `now`: as giving back and booking anew, for the same person, of the
    same kind and length, by the same tender.

    Raises what plan_cancel() and plan_booking() raise, and Refused once its time has come.
    """
    booking = booking_by_id(read, cmd.center.id, cmd.booking_id)
    back = _plan_back(cmd, booking, now)
    return MovePlan(back=back, made=plan_booking(read, _wanted(cmd, booking, back), now))


def move_booking(tx: Tx, cmd: MoveBooking) -> MovedBooking:
    """Give it back and book it anew, or nothing of both. The password and the party stay.

    Raises what plan_move_of() and make_booking() raise; who waits behind it takes its seat first.
    """
    center = share_center(tx, cmd.center)
    cmd = msgspec.structs.replace(cmd, center=center)
    found = booking_by_id(tx, center.id, cmd.booking_id)
    rows = pcs_named(tx, center.id, [cmd.pc_name])
    waiting = queue_of(tx, center.id, found.id)
    members = {found.member_id, found.player_id, *(each.member_id for each in waiting)}
    lock_seats(tx, center.id, sorted({found.pc_id, *(row.id for row in rows)}), sorted(members))
    booking, behind = booking_under_lock(tx, center.id, found.id)
    booking = msgspec.structs.replace(booking, member_account=found.member_account)
    back = _plan_back(cmd, booking, tx.now)
    cancel = CancelBooking(center=center, actor=cmd.actor, booking_id=booking.id)
    cancel_locked(tx, cancel, booking, behind)
    wanted = msgspec.structs.replace(_wanted(cmd, booking, back), returned=Spendable(0, 0))
    made = make_locked(
        tx,
        MakeBooking(
            wanted=wanted,
            passwords=[BookingPassword("", "")],
            shown_micros=cmd.shown_micros,
            instead_of=booking,
        ),
    )
    return MovedBooking(back=back, made=made)


def _plan_back(cmd: MoveBooking, booking: Booking, now: datetime) -> CancelPlan:
    if booking.behind_id is not None:
        raise Refused(say("A booking that waits behind another one is not moved"))
    back = plan_cancel(cmd.center, cmd.actor, booking, now)
    if booking.has_begun(whole_second(now)):
        raise Refused(say("The time of this booking has come: it is not moved any more"))
    return back


def _wanted(cmd: MoveBooking, booking: Booking, back: CancelPlan) -> Wanted:
    return Wanted(
        center=cmd.center,
        actor=cmd.actor,
        pc_names=[cmd.pc_name],
        starts_at=cmd.starts_at,
        minutes=booking.minutes,
        member_id=booking.member_id,
        kind=booking.kind,
        offer_id=booking.offer_id,
        payment=booking.payment,
        comment=booking.comment,
        instead_of=booking,
        returned=Spendable(back.to_balance_micros, back.to_bonus_micros),
    )
