"""Making bookings."""

from __future__ import annotations

from typing import Any

import msgspec

from lanhouse.auth.actors import API_STAFF_NAME, Actor
from lanhouse.cafe.bookings.commands.base import (
    INSERT,
    keep_time,
    lock_seats,
    sale_movement,
    store,
)
from lanhouse.cafe.bookings.plans import BookingPlan, Seat, Skipped, Wanted, plan_booking
from lanhouse.cafe.bookings.queries import booking_by_id
from lanhouse.cafe.bookings.schemas import Booking, State
from lanhouse.cafe.money.movements import Moved, Movement, account_of, move, move_many
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.money.tenders import must_take
from lanhouse.cafe.offers.plans import BALANCE
from lanhouse.cafe.pcs.queries import pcs_named
from lanhouse.cafe.sessions.commands.base import share_center
from lanhouse.cafe.sessions.errors import QuoteRefused
from lanhouse.db.store import Tx
from lanhouse.kit.local_time import local_text, whole_second
from lanhouse.kit.said import say
from lanhouse.ledger.answers import HIDDEN


class BookingPassword(msgspec.Struct, frozen=True):
    """A password for one booking and what is kept of it; made at the edge: hashing is slow."""

    password: str
    kept: str


class MakeBooking(msgspec.Struct, frozen=True, kw_only=True):
    """Book; `passwords` are one for each PC that is named. `shown_micros` is the sum that somebody
    was shown (None: any): the sum shown is the sum taken (decision 0042)."""

    wanted: Wanted
    passwords: list[BookingPassword]
    shown_micros: int | None = None
    instead_of: Booking | None = None
    """The booking that was given back for it: its party and password stay."""


class MadeOne(msgspec.Struct, frozen=True):
    """A booking and its password; "" where none is asked for at the seat."""

    booking: Booking
    password: str


class BookingsMade(msgspec.Struct, frozen=True, kw_only=True):
    """What was booked, what was not and why, and what was taken at once."""

    made: list[MadeOne]
    skipped: list[Skipped]
    taken_micros: int


def without_passwords(done: BookingsMade) -> BookingsMade:
    """The same with HIDDEN in place of every password, for what is stored of an answer."""
    made = [MadeOne(each.booking, HIDDEN if each.password else "") for each in done.made]
    return msgspec.structs.replace(done, made=made)


def make_booking(tx: Tx, cmd: MakeBooking) -> BookingsMade:
    """Book the PCs that are free, take what they cost, and keep their time.

    Raises what plan_booking() raises, and QuoteRefused where another sum is due than was shown.
    """
    center = share_center(tx, cmd.wanted.center)
    wanted = msgspec.structs.replace(cmd.wanted, center=center)
    rows = pcs_named(tx, center.id, wanted.pc_names, lock=True)
    lock_seats(tx, center.id, [row.id for row in rows], [wanted.member_id])
    return make_locked(tx, msgspec.structs.replace(cmd, wanted=wanted))


def make_locked(tx: Tx, cmd: MakeBooking) -> BookingsMade:
    """The same under locks that are held already."""
    wanted, center = cmd.wanted, cmd.wanted.center
    plan = plan_booking(tx, wanted, tx.now)
    if cmd.shown_micros is not None and plan.taken_micros != cmd.shown_micros:
        raise QuoteRefused(say("the sum to pay has changed; ask for it again"))
    for payment in {seat.payment for seat in plan.seats} - {"", BALANCE}:
        must_take(center, payment)
    paid = _pay(tx, wanted, plan)
    # One PC for a member needs none: only he may play there.
    has_password = len(plan.seats) > 1 or not wanted.member_id
    before = cmd.instead_of
    account, _ = account_of(tx, center.id, wanted.member_id) if wanted.member_id else ("", 0)
    made: list[MadeOne] = []
    party_id = 0
    for seat, moved, word in zip(plan.seats, paid, cmd.passwords, strict=False):
        kept = word if has_password else BookingPassword("", "")
        if before is not None:
            kept = BookingPassword("", before.password_hash)
            party_id = before.party_id
        booking = _insert(tx, wanted, seat, moved, kept.kept)
        party_id = party_id or booking.id
        in_time = None if seat.behind_id is not None else keep_time(tx, booking, wanted.member_id)
        booking = store(tx, booking, party_id=party_id, member_offer_id=in_time)
        made.append(
            MadeOne(msgspec.structs.replace(booking, member_account=account), kept.password)
        )
        of_age: dict[str, Any] = {} if wanted.shown_birthday is None else {"was_age_seen": True}
        tx.audit("booking", booking.id, pc_id=seat.pc_id, cost_micros=seat.taken_micros, **of_age)
    return BookingsMade(made=made, skipped=plan.skipped, taken_micros=plan.taken_micros)


def _pay(tx: Tx, wanted: Wanted, plan: BookingPlan) -> list[Moved | None]:
    """Take what is due at once, in one pass over the ledger, and log every booking."""
    sold = [seat for seat in plan.seats if seat.taken_micros]
    movements = [sale_movement(wanted.center, wanted.actor, s, wanted.member_id) for s in sold]
    moved = iter(move_many(tx, movements) if movements else [])
    found: list[Moved | None] = []
    for seat in plan.seats:
        if seat.taken_micros:
            found.append(next(moved))
            continue
        note(tx, wanted, seat, "waits in the queue" if seat.behind_id is not None else "is kept")
        found.append(None)
    return found


def note(tx: Tx, wanted: Wanted, seat: Seat, what: str) -> None:
    """The log's row of a booking for which nothing moves."""
    center = wanted.center
    begins = local_text(seat.starts_at, center.zone)[:16]
    move(
        tx,
        Movement(
            center=center,
            actor=wanted.actor,
            event=Event.SESSION,
            member_id=wanted.member_id,
            pc_name=seat.pc_name,
            details=f"booking for {begins} {what}",
        ),
    )


def _insert(tx: Tx, wanted: Wanted, seat: Seat, moved: Moved | None, password_hash: str) -> Booking:
    actor = wanted.actor
    booking_id = tx.scalar(
        INSERT,
        center_id=wanted.center.id,
        pc_id=seat.pc_id,
        pc_name=seat.pc_name,
        party_id=0,
        kind=seat.kind.value,
        state=State.WAITING.value,
        starts_at=seat.starts_at,
        ends_at=seat.ends_at,
        held_until_at=seat.held_until_at,
        behind_id=seat.behind_id,
        member_id=wanted.member_id,
        player_id=wanted.member_id,
        offer_id=wanted.offer_id if seat.offer_id else 0,
        offer_name=seat.offer_name,
        password_hash=password_hash,
        comment=wanted.comment,
        payment=seat.payment if seat.taken_micros else "",
        cost_micros=seat.taken_micros,
        from_bonus_micros=seat.from_bonus_micros if seat.taken_micros else 0,
        tax_micros=seat.tax_micros if seat.taken_micros else 0,
        transfer_id=None if moved is None else moved.transfer_id,
        made_at=whole_second(tx.now),
        source=source_of(actor),
        staff_id=actor.staff_id,
        staff_name=actor.staff_name,
        refund_micros=0,
    )
    return booking_by_id(tx, wanted.center.id, booking_id)


def source_of(actor: Actor) -> str:
    """Where a booking comes from: desk, api or portal."""
    if actor.kind == "api_key" or actor.staff_name == API_STAFF_NAME:
        return "api"
    return "portal" if actor.kind == "member" else "desk"
