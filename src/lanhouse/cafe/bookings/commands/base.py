"""What every command on bookings needs: locks in one order, rows, the seat's paid time.

Locks: the centre (shared, for its prices), PCs, members, sessions, bookings, ledger accounts. A
booking changes only under the lock of its PC, as sessions begin there (sessions/commands/base).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.bookings.plans import Seat
from lanhouse.cafe.bookings.queries import booking_by_id, lock_bookings
from lanhouse.cafe.bookings.schemas import Booking, Kind, State
from lanhouse.cafe.bookings.tables import bookings
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import BookingsChanged
from lanhouse.cafe.money.movements import Movement
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.offers.commands.booked import BookedTime, keep_booked
from lanhouse.cafe.pcs.tables import pcs
from lanhouse.cafe.sessions.commands.base import lock_sessions
from lanhouse.cafe.sessions.queries import open_session_ids
from lanhouse.db.statements import among, static
from lanhouse.db.store import Tx
from lanhouse.kit.local_time import whole_second

PLAIN_TIME = "Booking"
"""What the log and the member's packages call time that is no offer's."""
_CHANGEABLE = (
    *("pc_id", "pc_name"),
    *("party_id", "state", "starts_at", "held_until_at", "behind_id", "player_id", "session_id"),
    *("member_offer_id", "payment", "cost_micros", "from_bonus_micros", "tax_micros"),
    *("transfer_id", "settled_at", "refund_micros", "refund_transfer_id"),
)
INSERT = static(sa.insert(bookings).returning(bookings.c.id))
_UPDATE = static(
    sa.update(bookings)
    .where(bookings.c.id == sa.bindparam("booking"))
    .values(
        {name: sa.bindparam(f"new_{name}", type_=bookings.c[name].type) for name in _CHANGEABLE}
    )
)
_LOCK_PCS = static(
    sa.select(pcs.c.id)
    .where(pcs.c.center_id == sa.bindparam("center"), among(pcs.c.id, "ids"))
    .order_by(pcs.c.id)
    .with_for_update(key_share=True)
)


def lock_seats(tx: Tx, center_id: int, pc_ids: Sequence[int], member_ids: Sequence[int]) -> None:
    """Lock PCs, and then in one order these members, who plays there, and the sessions."""
    tx.all(_LOCK_PCS, center=center_id, ids=sorted(pc_ids))
    on_pcs = open_session_ids(tx, center_id, list(pc_ids)).values()
    lock_sessions(tx, center_id, on_pcs, and_members=[each for each in member_ids if each])


def locked_booking(
    tx: Tx, center_id: int, booking_id: int, and_member: int = 0
) -> tuple[Booking, list[Booking]]:
    """A booking under all of its locks, and those that wait behind it. Raises BookingNotFound."""
    found = booking_by_id(tx, center_id, booking_id)
    behind = queue_of(tx, center_id, booking_id)
    members = {found.member_id, found.player_id, and_member, *(each.member_id for each in behind)}
    lock_seats(tx, center_id, [found.pc_id], sorted(members))
    (now,) = lock_bookings(tx, center_id, [booking_id])
    account = found.member_account
    return msgspec.structs.replace(now, member_account=account), queue_of(tx, center_id, booking_id)


def lock_all(tx: Tx, center_id: int, booking_ids: Sequence[int]) -> None:
    """Take all locks of several bookings in one order, for a command that then goes one by one."""
    found = [booking_by_id(tx, center_id, each) for each in booking_ids]
    waiting = [each for booking_id in booking_ids for each in queue_of(tx, center_id, booking_id)]
    members = {each.member_id for each in (*found, *waiting)} | {each.player_id for each in found}
    lock_seats(tx, center_id, sorted({each.pc_id for each in found}), sorted(members))


def booking_under_lock(tx: Tx, center_id: int, booking_id: int) -> tuple[Booking, list[Booking]]:
    """As locked_booking(), under locks that lock_all() took."""
    (booking,) = lock_bookings(tx, center_id, [booking_id])
    return booking, queue_of(tx, center_id, booking_id)


_QUEUE = static(
    sa.select(bookings.c.id)
    .where(
        bookings.c.center_id == sa.bindparam("center"),
        bookings.c.behind_id == sa.bindparam("booking"),
        bookings.c.state == State.WAITING.value,
    )
    .order_by(bookings.c.id)
)


def queue_of(tx: Tx, center_id: int, booking_id: int) -> list[Booking]:
    """Who waits behind a booking, the first in line first."""
    rows = tx.all(_QUEUE, center=center_id, booking=booking_id)
    return lock_bookings(tx, center_id, [row.id for row in rows])


def store(tx: Tx, booking: Booking, **changes: Any) -> Booking:
    """Write what changes of a booking, tell who must follow, and answer it as it is then."""
    changed = msgspec.structs.replace(booking, **changes)
    columns = {f"new_{name}": getattr(changed, name) for name in _CHANGEABLE}
    columns["new_state"] = changed.state.value
    tx.run(_UPDATE, booking=booking.id, **columns)
    tell(tx, changed)
    return changed


def tell(tx: Tx, booking: Booking) -> None:
    """Tell that a seat is kept otherwise than before: sessions follow, pages and clients hear."""
    tx.tell(BookingsChanged(booking.center_id, booking.pc_id))
    event = {
        "center_id": booking.center_id,
        "booking_id": booking.id,
        "pc_id": booking.pc_id,
        "pc_name": booking.pc_name,
    }
    tx.emit("booking.changed", event)
    tx.emit("client.status", {name: event[name] for name in ("center_id", "pc_id", "pc_name")})


def sale_movement(center: Center, actor: Actor, seat: Seat, member_id: int) -> Movement:
    """What moves for a booking that is paid, and its row of the log."""
    return Movement(
        center=center,
        actor=actor,
        event=Event.OFFER,
        member_id=member_id,
        pc_name=seat.pc_name,
        kind="booking",
        amounts=seat.amounts(center.id, member_id),
        details=seat.offer_name or PLAIN_TIME,
    )


def keep_time(tx: Tx, booking: Booking, player_id: int) -> int | None:
    """Write the time that a paid booking gives; the id of the package. None: a hold gives none."""
    if booking.kind == Kind.HOLD:
        return None
    seconds = (booking.ends_at - booking.starts_at) // timedelta(seconds=1)
    time = BookedTime(
        offer_id=booking.offer_id,
        name=booking.offer_name or PLAIN_TIME,
        pc_id=booking.pc_id,
        seconds=seconds,
        usable_from=booking.starts_at,
        expires_at=booking.ends_at,
        bought_at=whole_second(tx.now),
        transfer_id=booking.transfer_id,
    )
    return keep_booked(tx, booking.center_id, player_id, time).member_offer_id


def hold_until(center: Center, starts_at: datetime) -> datetime:
    """Until when the seat of an unused booking is kept."""
    return starts_at + timedelta(minutes=center.settings.member.booking_grace_minutes)
