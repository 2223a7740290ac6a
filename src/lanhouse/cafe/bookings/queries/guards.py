"""What a booking forbids, and what is asked of who comes to its seat."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from lanhouse.cafe.bookings.queries import live_of_members, live_on
from lanhouse.cafe.bookings.schemas import Booking
from lanhouse.cafe.facts import DeletingMembers, StartingSession, TouchingPcs
from lanhouse.cafe.pcs.tables import pcs
from lanhouse.db.statements import among, static
from lanhouse.db.store import Read
from lanhouse.kit import clock, ids
from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say

_NAMES = static(sa.select(pcs.c.name).where(among(pcs.c.id, "pcs")).order_by(pcs.c.id))
PASSWORD_REQUIRED = "BOOKING_PASSWORD_REQUIRED"  # noqa: S105 - a code of the wire
PASSWORD_INCORRECT = "BOOKING_PASSWORD_INCORRECT"  # noqa: S105 - a code of the wire


class Occupied(Refused):
    """A booking is in the way (cafe-wire, Bookings)."""

    def __init__(self) -> None:
        super().__init__(say("Booking is occupied"))


def refuse_booked_pcs(read: Read, question: StartingSession) -> None:
    """Guard: in a booked time only who booked it plays there, and no time is sold that passes the
    begin of a booking of somebody else. Other sessions are cut there."""
    for booking in live_on(read, question.center_id, [question.pc_id], question.at):
        if not booking.keeps_seat(question.at) or _is_for(booking, question.member_id):
            continue
        if booking.has_begun(question.at):
            raise Occupied
        if question.is_sold and (question.until is None or question.until > booking.starts_at):
            raise Occupied


def refuse_booking_members(read: Read, question: DeletingMembers) -> None:
    """Guard: nobody is deleted who has booked."""
    found = live_of_members(read, question.center_id, question.member_ids, clock.now())
    if found:
        names = ", ".join(sorted({each.member_account for each in found}))
        raise Refused(say("A member with a booking cannot be deleted: %(names)s", names=names))


def refuse_booked_pcs_touched(read: Read, question: TouchingPcs) -> None:
    """Guard: a PC that is booked is not renamed or deleted; a broken one is taken out of order."""
    if question.is_for_now:
        return
    found = live_on(read, question.center_id, question.pc_ids, clock.now())
    if found:
        booked = sorted({each.pc_id for each in found})
        names = ", ".join(row.name for row in read.all(_NAMES, pcs=booked))
        raise Refused(
            say("A PC with a booking cannot %(what)s: %(names)s", what=question.what, names=names)
        )


def booking_at(read: Read, center_id: int, pc_id: int, at: datetime) -> Booking | None:
    """The booking that has the seat now; None: nobody's."""
    return next(
        (
            each
            for each in live_on(read, center_id, [pc_id], at)
            if each.keeps_seat(at) and each.has_begun(at)
        ),
        None,
    )


def password_error(
    read: Read, center_id: int, pc_id: int, member_id: int, password: str, at: datetime
) -> tuple[str, Booking | None]:
    """What stands against a member who signs in at a seat (`member_id` 0: a guest): "" and the
    booking that he may begin (None: the seat is nobody's), or PASSWORD_REQUIRED or
    PASSWORD_INCORRECT with the booking (cafe-domain 9).

    A booking of one PC by a member is for him alone and has no password: anybody else hears
    PASSWORD_REQUIRED, and whatever he types is wrong. The caller counts wrong ones.
    """
    booking = booking_at(read, center_id, pc_id, at)
    if booking is None:
        return "", None
    is_seated = booking.session_id is not None
    if member_id and booking.player_id == member_id and (is_seated or not booking.needs_password):
        return "", booking
    if not password:
        return PASSWORD_REQUIRED, booking
    if not is_password_of(booking, password):
        return PASSWORD_INCORRECT, booking
    return "", booking


def is_password_of(booking: Booking, password: str) -> bool:
    """Whether it is the password of this booking."""
    salt, _, hashed = booking.password_hash.partition("$")
    return bool(hashed) and ids.same(ids.slow_hash(password.strip(), salt), hashed)


def _is_for(booking: Booking, member_id: int) -> bool:
    return member_id != 0 and booking.player_id == member_id
