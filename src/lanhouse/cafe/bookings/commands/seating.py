"""Who sits down in a booking: its booker, a friend with its password, a guest whom the desk seats;
and what runs on its PC when its time comes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.bookings.commands.base import (
    booking_under_lock,
    hold_until,
    lock_all,
    locked_booking,
    queue_of,
    store,
    tell,
)
from lanhouse.cafe.bookings.commands.ending import CLOCK, drop_waiting, release
from lanhouse.cafe.bookings.queries import TIME, among_states, live_on
from lanhouse.cafe.bookings.queries.guards import (
    PASSWORD_INCORRECT,
    PASSWORD_REQUIRED,
    Occupied,
    booking_at,
    is_password_of,
)
from lanhouse.cafe.bookings.rules import overlapping
from lanhouse.cafe.bookings.schemas import Booking, Kind, State
from lanhouse.cafe.bookings.tables import bookings
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import ClockStepped, SessionStarted
from lanhouse.cafe.members.commands import NewGuest, create_guest
from lanhouse.cafe.members.commands.guest_secret import GuestSecret
from lanhouse.cafe.minors.schemas import SeenProof
from lanhouse.cafe.offers.commands.booked import hand_over, use_at
from lanhouse.cafe.pcs.queries import pc_by_name
from lanhouse.cafe.sessions.commands.base import Prices, share_center
from lanhouse.cafe.sessions.commands.ending import check_out_as_later
from lanhouse.cafe.sessions.commands.starting import (
    Started,
    StartGuests,
    free_pcs,
    may_start,
    start_guest,
)
from lanhouse.cafe.sessions.queries import (
    open_session_ids,
    open_sessions,
    session_by_id,
)
from lanhouse.cafe.sessions.schemas import GUEST_GROUPS, OFFER, POSTPAID, Session
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.db.statements import static
from lanhouse.db.store import Read, Tx
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.said import say

BATCH = 50
"""Bookings brought on in one transaction."""

_DUE = static(
    sa.select(bookings.c.id, bookings.c.center_id)
    .where(
        bookings.c.state == State.WAITING.value,
        bookings.c.starts_at <= sa.bindparam("at", type_=TIME),
        # In its grace there is something to do only while somebody sits there.
        sa.or_(
            bookings.c.held_until_at <= sa.bindparam("at", type_=TIME),
            bookings.c.ends_at <= sa.bindparam("at", type_=TIME),
            sa.exists(
                sa.select(pc_sessions.c.id).where(
                    pc_sessions.c.center_id == bookings.c.center_id,
                    pc_sessions.c.pc_id == bookings.c.pc_id,
                    pc_sessions.c.ended_at.is_(None),
                )
            ),
        ),
    )
    .order_by(bookings.c.starts_at, bookings.c.id)
    .limit(BATCH)
)
_STEPPED = static(
    sa.select(bookings)
    .where(
        bookings.c.state.in_(among_states(State.WAITING, State.MISSED)),
        bookings.c.ends_at > sa.bindparam("since", type_=TIME),
        bookings.c.starts_at <= sa.bindparam("until", type_=TIME),
    )
    .order_by(bookings.c.center_id, bookings.c.pc_id, bookings.c.id)
)


class WrongBookingPassword(Refused):
    """BOOKING_PASSWORD_REQUIRED or BOOKING_PASSWORD_INCORRECT (cafe-domain 9)."""

    def __init__(self, code: str) -> None:
        super().__init__(say("%(code)s", code=code))
        self.code = code


class Admit(msgspec.Struct, frozen=True, kw_only=True):
    """Let a member play in the booking that has a PC now, by its password."""

    center: Center
    pc_name: str
    member_id: int
    password: str


class SeatGuest(msgspec.Struct, frozen=True, kw_only=True):
    """Seat the guest of a booking: with a session on the paid time, or for a hold by whatever the
    desk starts next."""

    center: Center
    actor: Actor
    booking_id: int
    secret: GuestSecret
    proof: SeenProof | None = None
    """What the desk has seen of his age; of a hold the start that follows notes it."""


def admit(tx: Tx, cmd: Admit) -> Booking | None:
    """Before a member's session starts at a seat: let him be the player of the booking that has it
    now, if its password is right. The booker of a single PC needs none. None: nobody booked it.

    Its paid time becomes his. The start that follows (StartMember) is then allowed and begins it.
    Raises WrongBookingPassword; the caller counts wrong ones as wrong log-ins.
    """
    pc = pc_by_name(tx, cmd.center.id, cmd.pc_name)
    found = None if pc is None else booking_at(tx, cmd.center.id, pc.id, tx.now)
    if found is None:
        return None
    booking, _ = locked_booking(tx, cmd.center.id, found.id, cmd.member_id)
    if not booking.keeps_seat(tx.now):
        return None
    is_his = booking.player_id == cmd.member_id
    if is_his and (booking.session_id is not None or not booking.needs_password):
        return booking
    if not cmd.password:
        raise WrongBookingPassword(PASSWORD_REQUIRED)
    if not is_password_of(booking, cmd.password):
        raise WrongBookingPassword(PASSWORD_INCORRECT)
    if is_his:
        return booking
    if booking.session_id is not None:
        raise Occupied
    if booking.member_offer_id is not None:
        hand_over(tx, cmd.center.id, booking.member_offer_id, cmd.member_id)
    return store(tx, booking, player_id=cmd.member_id)


def seat_guest(tx: Tx, cmd: SeatGuest) -> Started | None:
    """Seat who booked without an account. Paid time begins as a session of a new guest; of a hold
    the seat is free for whatever the desk starts there (None).

    Raises BookingNotFound, and Refused for a member's booking, one that is not due, or over.
    """
    center = share_center(tx, cmd.center)
    booking, behind = locked_booking(tx, center.id, cmd.booking_id)
    if booking.member_id:
        raise Refused(say("The member of this booking signs in himself"))
    if booking.state != State.WAITING or not booking.keeps_seat(tx.now):
        raise Refused(say("This booking is over or has begun"))
    if not booking.has_begun(tx.now):
        raise Refused(say("The time of this booking has not come"))
    now = whole_second(tx.now)
    drop_waiting(tx, center, behind, "was begun by who booked before")
    if booking.kind == Kind.HOLD or booking.member_offer_id is None:
        if cmd.proof is not None:
            raise InvalidInput({"proof": say("no new guest starts at %(pc)s", pc=booking.pc_name)})
        store(tx, booking, state=State.BEGUN, settled_at=now)
        return None
    start = StartGuests(
        center=center,
        actor=cmd.actor,
        kind=OFFER,
        pc_names=[booking.pc_name],
        secrets=[cmd.secret],
        proofs={} if cmd.proof is None else {booking.pc_name.casefold(): cmd.proof},
    )
    may_start(start)
    (row,) = free_pcs(tx, center, start.pc_names, cmd.actor)
    new = NewGuest(center.id, GUEST_GROUPS[OFFER], password_hash=cmd.secret.password_hash)
    guest = create_guest(tx, new)
    package = hand_over(tx, center.id, booking.member_offer_id, guest.member_id)
    # It begins with the session that is told.
    store(tx, booking, player_id=guest.member_id)
    prices = Prices(tx, center)
    return start_guest(tx, start, prices, row, cmd.secret, (guest, package))


def begin_with_session(tx: Tx, facts: Sequence[SessionStarted]) -> None:
    """A booking begins with the session of its player on its PC; follows SessionStarted."""
    for fact in facts:
        if not fact.member_id:
            continue
        if fact.from_pc_id:
            _take_along(tx, fact)
        for booking in live_on(tx, fact.center_id, [fact.pc_id], tx.now):
            if _is_his_now(booking, fact.member_id, tx):
                center = _center(tx, fact.center_id)
                _begin(tx, center, booking, fact.session_id)


def _take_along(tx: Tx, fact: SessionStarted) -> None:
    """A booking goes where its session is moved, with the time that was paid for it; both PCs are
    locked. Raises Occupied where its period meets another booking there."""
    for found in live_on(tx, fact.center_id, [fact.from_pc_id], tx.now):
        if found.state != State.BEGUN or found.session_id != fact.session_id:
            continue
        others = live_on(tx, fact.center_id, [fact.pc_id], tx.now)
        if overlapping(others, tx.now, found.ends_at):
            raise Occupied
        booking, _ = booking_under_lock(tx, fact.center_id, found.id)
        if booking.member_offer_id is not None:
            use_at(tx, booking.member_offer_id, fact.pc_id)
        tell(tx, booking)
        store(tx, booking, pc_id=fact.pc_id, pc_name=fact.pc_name)
        tx.audit(
            "booking",
            booking.id,
            before={"pc_id": booking.pc_id, "pc_name": booking.pc_name},
            after={"pc_id": fact.pc_id, "pc_name": fact.pc_name},
        )


def bring_on(tx: Tx, _: None = None) -> bool:
    """What the time brings: bookings whose begin has come, and those that nobody used. Answers
    whether more are waiting; running it twice changes nothing."""
    rows = tx.all(_DUE, at=tx.now)
    by_center: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        by_center[row.center_id].append(row.id)
    for center_id in sorted(by_center):
        center = _center(tx, center_id)
        lock_all(tx, center_id, by_center[center_id])
        for booking_id in by_center[center_id]:
            _bring_on(tx, center, booking_id)
    return len(rows) == BATCH


def keep_through_step(tx: Tx, facts: Sequence[ClockStepped]) -> None:
    """Follows ClockStepped: bookings keep their date, and none is missed or kept by a step.

    What the step jumped over is kept for its whole grace from now on; what was missed and lies
    ahead again waits again, where nobody has booked its seat since.
    """
    for fact in facts:
        since, until = sorted((whole_second(fact.before), whole_second(fact.after)))
        rows = tx.all(_STEPPED, since=since, until=until)
        for center_id in sorted({row.center_id for row in rows}):
            lock_all(tx, center_id, [row.id for row in rows if row.center_id == center_id])
        for row in rows:
            center = _center(tx, row.center_id)
            booking, _ = booking_under_lock(tx, center.id, row.id)
            if fact.after > fact.before:
                _keep_after(tx, center, booking, fact)
            elif booking.state == State.MISSED and booking.starts_at > whole_second(fact.after):
                _wait_again(tx, center, booking)


def _keep_after(tx: Tx, center: Center, booking: Booking, fact: ClockStepped) -> None:
    if booking.state != State.WAITING or booking.ends_at <= fact.after:
        return
    if booking.held_until_at <= fact.before:
        return
    held = max(booking.held_until_at, hold_until(center, whole_second(fact.after)))
    if held != booking.held_until_at:
        store(tx, booking, held_until_at=held)


def _wait_again(tx: Tx, center: Center, booking: Booking) -> None:
    others = live_on(tx, center.id, [booking.pc_id], tx.now)
    is_taken = any(
        each.starts_at < booking.ends_at and booking.starts_at < each.ends_at
        for each in others
        if each.id != booking.id
    )
    if is_taken:
        return
    held = hold_until(center, booking.starts_at)
    store(tx, booking, state=State.WAITING, settled_at=None, held_until_at=held)


def _bring_on(tx: Tx, center: Center, booking_id: int) -> None:
    booking, behind = booking_under_lock(tx, center.id, booking_id)
    if booking.state != State.WAITING:
        return
    if booking.behind_id is not None:
        if booking.ends_at <= tx.now:
            drop_waiting(tx, center, [booking], "never had the seat")
        return
    session = _session_on(tx, center.id, booking.pc_id)
    if session is not None and booking.player_id == session.member_id:
        _begin(tx, center, booking, session.id)
        return
    if tx.now >= booking.held_until_at:
        release(tx, center, booking, behind)
        return
    if session is not None:
        free_seat(tx, center, session)


def free_seat(tx: Tx, center: Center, session: Session) -> None:
    """End what the clock does not end by itself on a PC whose booking has come: a postpaid session
    and one that stands still. What is due for it stays open (session_debts): it cost nothing past
    the begin of the booking, at which it was to end."""
    if session.kind != POSTPAID and session.paused_at is None:
        return
    check_out_as_later(tx, center, CLOCK, session)


def _begin(tx: Tx, center: Center, booking: Booking, session_id: int) -> None:
    behind = queue_of(tx, center.id, booking.id)
    drop_waiting(tx, center, behind, "was begun by who booked before")
    session = session_by_id(tx, center.id, session_id)
    settled = booking.settled_at or (None if session is None else session.started_at)
    store(tx, booking, state=State.BEGUN, session_id=session_id, settled_at=settled)


def _is_his_now(booking: Booking, member_id: int, read: Tx) -> bool:
    is_waiting = booking.state == State.WAITING and booking.behind_id is None
    return is_waiting and booking.player_id == member_id and booking.has_begun(read.now)


def _session_on(read: Read, center_id: int, pc_id: int) -> Session | None:
    found = open_session_ids(read, center_id, [pc_id])
    if not found:
        return None
    return next(iter(open_sessions(read, center_id, ids=list(found.values()))), None)


def _center(tx: Tx, center_id: int) -> Center:
    center = center_by_id(tx, center_id)
    assert center is not None
    return center
