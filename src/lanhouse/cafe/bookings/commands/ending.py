"""Giving bookings back, releasing those that nobody uses, and who waited taking over."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.cafe.bookings.commands.base import (
    PLAIN_TIME,
    keep_time,
    locked_booking,
    sale_movement,
    store,
)
from lanhouse.cafe.bookings.plans import STAFF_KINDS, plan_takeover
from lanhouse.cafe.bookings.queries import BookingNotFound
from lanhouse.cafe.bookings.rules import why_not_cancelled
from lanhouse.cafe.bookings.schemas import Booking, Kind, State
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.movements import Amounts, Movement, move
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.money.tenders import CameBy, pay_back
from lanhouse.cafe.offers.commands.booked import end_booked
from lanhouse.cafe.offers.plans import BALANCE
from lanhouse.db.store import Tx
from lanhouse.kit.errors import Refused
from lanhouse.kit.local_time import local_text, whole_second
from lanhouse.kit.said import say

CLOCK = Actor(kind="system")
"""Who releases what nobody uses, and lets who waited take over."""


class CancelBooking(msgspec.Struct, frozen=True, kw_only=True):
    """Give a booking back. `pc_name` empty: its PC, whichever that is."""

    center: Center
    actor: Actor
    booking_id: int
    pc_name: str = ""


class CancelPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What giving a booking back comes to: what goes back by which tender, micros."""

    booking: Booking
    handed_out: dict[str, int]
    to_balance_micros: int = 0
    to_bonus_micros: int = 0

    @property
    def refund_micros(self) -> int:
        """All that goes back."""
        return sum(self.handed_out.values()) + self.to_balance_micros + self.to_bonus_micros

    def amounts(self, center_id: int) -> Amounts:
        """The postings of the sale the other way round."""
        booking, tax = self.booking, self.booking.tax_micros
        revenue = "revenue_offer" if booking.kind == Kind.OFFER else "revenue_time"
        return {
            **{("center", center_id, tender): part for tender, part in self.handed_out.items()},
            ("member", booking.member_id, "balance"): self.to_balance_micros,
            ("member", booking.member_id, "bonus"): self.to_bonus_micros,
            ("center", center_id, revenue): tax - self.refund_micros,
            ("center", center_id, "tax"): -tax,
        }


def plan_cancel(center: Center, actor: Actor, booking: Booking, at: datetime) -> CancelPlan:
    """What giving a booking back at `at` comes to: all of it by the tender that it came by, and
    nothing once its time has begun (cafe-domain 9).

    Raises Refused where it is not given back, and BookingNotFound for a member's booking that is
    not the caller's.
    """
    is_staff = actor.kind in STAFF_KINDS
    if not is_staff and booking.member_id != actor.member_id:
        raise BookingNotFound
    why_not = why_not_cancelled(
        booking,
        whole_second(at),
        is_staff=is_staff,
        cancel_minutes=center.settings.member.booking_cancel_minutes,
    )
    if why_not is not None:
        raise Refused(why_not)
    cost = booking.cost_micros
    if not cost or booking.has_begun(whole_second(at)):
        return CancelPlan(booking=booking, handed_out={})
    if booking.payment == BALANCE:
        bonus = booking.from_bonus_micros
        return CancelPlan(
            booking=booking, handed_out={}, to_balance_micros=cost - bonus, to_bonus_micros=bonus
        )
    ways = pay_back([CameBy(booking.payment, cost)], cost)
    return CancelPlan(booking=booking, handed_out=ways.handed_out)


def cancel_booking(tx: Tx, cmd: CancelBooking) -> CancelPlan:
    """Give a booking back: its money by the same tender, its time ends, and who waited behind it
    takes over. Raises BookingNotFound and what plan_cancel() raises."""
    booking, behind = locked_booking(tx, cmd.center.id, cmd.booking_id)
    return cancel_locked(tx, cmd, booking, behind)


def cancel_locked(
    tx: Tx, cmd: CancelBooking, booking: Booking, behind: list[Booking]
) -> CancelPlan:
    """The same under locks that are held already."""
    center = cmd.center
    if cmd.pc_name and booking.pc_name.casefold() != cmd.pc_name.casefold():
        raise BookingNotFound
    plan = plan_cancel(center, cmd.actor, booking, tx.now)
    transfer_id = None
    if plan.refund_micros:
        moved = move(
            tx,
            Movement(
                center=center,
                actor=cmd.actor,
                event=Event.OFFER,
                member_id=booking.member_id,
                pc_name=booking.pc_name,
                kind="booking_refund",
                amounts=plan.amounts(center.id),
                reverses_id=booking.transfer_id,
                details=booking.offer_name or PLAIN_TIME,
            ),
        )
        transfer_id = moved.transfer_id
    else:
        _note(tx, center, cmd.actor, booking, "was cancelled")
    if booking.member_offer_id is not None:
        end_booked(tx, center.id, booking.member_offer_id)
    cancelled = store(
        tx,
        booking,
        state=State.CANCELLED,
        settled_at=whole_second(tx.now),
        refund_micros=plan.refund_micros,
        refund_transfer_id=transfer_id,
    )
    tx.audit("booking", booking.id, cancelled_refund_micros=plan.refund_micros)
    _let_take_over(tx, center, behind, whole_second(tx.now))
    return msgspec.structs.replace(plan, booking=cancelled)


def release(tx: Tx, center: Center, booking: Booking, behind: list[Booking]) -> None:
    """Release the seat of a locked booking that nobody has used until its grace was over: what was
    paid stays paid, the time stays usable while the seat is free. Twice changes nothing."""
    if booking.state != State.WAITING or booking.behind_id is not None:
        return
    if tx.now < booking.held_until_at:
        return
    store(tx, booking, state=State.MISSED, settled_at=booking.held_until_at)
    _note(tx, center, CLOCK, booking, "was not used")
    _let_take_over(tx, center, behind, booking.held_until_at)


class ReleaseBooking(msgspec.Struct, frozen=True, kw_only=True):
    """Nobody came: give the seat of a booking free before its grace is over."""

    center: Center
    actor: Actor
    booking_id: int


def release_booking(tx: Tx, cmd: ReleaseBooking) -> Booking:
    """What was paid stays paid, and its time usable while the seat is free; who waited takes over.

    Raises BookingNotFound, and Refused before its begin, once somebody began it, or when it is
    over.
    """
    booking, behind = locked_booking(tx, cmd.center.id, cmd.booking_id)
    if booking.state != State.WAITING or not booking.keeps_seat(tx.now):
        raise Refused(say("This booking is over or has begun"))
    if not booking.has_begun(tx.now):
        raise Refused(say("The time of this booking has not come"))
    now = whole_second(tx.now)
    missed = store(tx, booking, state=State.MISSED, settled_at=now)
    _note(tx, cmd.center, cmd.actor, booking, "was released, nobody came")
    tx.audit("booking", booking.id, after={"state": State.MISSED.value})
    _let_take_over(tx, cmd.center, behind, now)
    return missed


def drop_waiting(tx: Tx, center: Center, behind: list[Booking], what: str) -> None:
    """End what waits behind a booking that was begun, or is over. Nothing was paid for it."""
    for booking in behind:
        if booking.state == State.WAITING:
            store(tx, booking, state=State.DROPPED, settled_at=whole_second(tx.now))
            _note(tx, center, CLOCK, booking, what)


def _let_take_over(tx: Tx, center: Center, behind: list[Booking], at: datetime) -> None:
    """Let the first who waited have the seat from `at` on, and pay for what is left of his time.

    The moment is that of the release, however late the clock notices: the sum does not change.
    """
    for place, booking in enumerate(behind):
        seat = plan_takeover(tx, center, booking, at)
        if seat is None:
            store(tx, booking, state=State.DROPPED, settled_at=whole_second(tx.now))
            _note(tx, center, CLOCK, booking, "could not take over")
            continue
        minutes = center.settings.member.booking_queue_hold_minutes
        if at <= booking.starts_at:
            minutes = center.settings.member.booking_grace_minutes
        moved = None
        if seat.cost_micros:
            moved = move(tx, sale_movement(center, CLOCK, seat, booking.member_id))
        else:
            _note(tx, center, CLOCK, booking, "took over")
        taken = msgspec.structs.replace(
            booking,
            starts_at=seat.starts_at,
            behind_id=None,
            # Late noticing takes nothing from who waited.
            held_until_at=max(seat.starts_at, whole_second(tx.now)) + timedelta(minutes=minutes),
            payment=seat.payment if seat.cost_micros else "",
            cost_micros=seat.cost_micros,
            from_bonus_micros=seat.from_bonus_micros,
            tax_micros=seat.tax_micros,
            transfer_id=None if moved is None else moved.transfer_id,
        )
        taken = store(tx, taken, member_offer_id=keep_time(tx, taken, booking.player_id))
        for other in behind[place + 1 :]:
            store(tx, other, behind_id=taken.id)
        return


def _note(tx: Tx, center: Center, actor: Actor, booking: Booking, what: str) -> None:
    begins = local_text(booking.starts_at, center.zone)[:16]
    move(
        tx,
        Movement(
            center=center,
            actor=actor,
            event=Event.SESSION,
            member_id=booking.member_id,
            pc_name=booking.pc_name,
            details=f"booking for {begins} {what}",
        ),
    )
