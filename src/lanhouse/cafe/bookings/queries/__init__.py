"""Reading bookings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lanhouse.cafe.bookings.schemas import Booking, Kind, State
from lanhouse.cafe.bookings.tables import bookings
from lanhouse.cafe.members.tables import members
from lanhouse.db.statements import Row, among, static
from lanhouse.db.store import Read
from lanhouse.kit.errors import NotFound
from lanhouse.kit.said import say

TIME = bookings.c.starts_at.type


def among_states(*states: State) -> list[sa.ColumnElement[str]]:
    """Some states, for a statement that is kept."""
    return [sa.literal_column(f"'{state.value}'", sa.Text) for state in states]


LIVE_STATES = among_states(State.WAITING, State.BEGUN)
_ALL = (
    sa.select(bookings, members.c.account)
    .outerjoin(
        members,
        (members.c.center_id == bookings.c.center_id) & (members.c.id == bookings.c.member_id),
    )
    .where(bookings.c.center_id == sa.bindparam("center"))
)
_LIVE = _ALL.where(
    bookings.c.state.in_(LIVE_STATES), bookings.c.ends_at > sa.bindparam("at", type_=TIME)
)
_ORDER = (bookings.c.starts_at, bookings.c.id)
_LIVE_ALL = static(_LIVE.order_by(*_ORDER))
_LIVE_BETWEEN = static(
    _LIVE.where(bookings.c.starts_at < sa.bindparam("before", type_=TIME)).order_by(*_ORDER)
)
_LIVE_ON = static(_LIVE.where(among(bookings.c.pc_id, "pcs")).order_by(*_ORDER))
_LIVE_OF = static(_LIVE.where(among(bookings.c.member_id, "members")).order_by(*_ORDER))
_BETWEEN = static(
    _ALL.where(
        bookings.c.ends_at > sa.bindparam("since", type_=TIME),
        bookings.c.starts_at < sa.bindparam("before", type_=TIME),
    ).order_by(*_ORDER)
)
_DAY = static(
    sa.select(
        *(bookings.c[name] for name in ("id", "pc_id", "pc_name", "party_id", "state")),
        *(bookings.c[name] for name in ("starts_at", "ends_at", "behind_id", "comment")),
        *(bookings.c[name] for name in ("cost_micros", "refund_micros")),
        sa.func.coalesce(members.c.account, sa.literal("")).label("member_account"),
    )
    .outerjoin(
        members,
        (members.c.center_id == bookings.c.center_id) & (members.c.id == bookings.c.member_id),
    )
    .where(
        bookings.c.center_id == sa.bindparam("center"),
        bookings.c.ends_at > sa.bindparam("since", type_=TIME),
        bookings.c.starts_at < sa.bindparam("before", type_=TIME),
    )
    .order_by(*_ORDER)
)
_OF_MEMBER = static(
    _ALL.where(bookings.c.member_id == sa.bindparam("member"))
    .order_by(bookings.c.starts_at.desc(), bookings.c.id.desc())
    .limit(sa.bindparam("most"))
)
_ONE = static(_ALL.where(bookings.c.id == sa.bindparam("booking")))
_LOCK = static(
    sa.select(bookings)
    .where(
        bookings.c.center_id == sa.bindparam("center"),
        among(bookings.c.id, "ids"),
    )
    .order_by(bookings.c.id)
    .with_for_update(key_share=True)
)
_NEXT_BEGINS = static(
    sa.select(bookings.c.pc_id, sa.func.min(bookings.c.starts_at, type_=TIME).label("starts_at"))
    .where(
        bookings.c.center_id == sa.bindparam("center"),
        bookings.c.ends_at > sa.bindparam("at", type_=TIME),
        bookings.c.held_until_at > sa.bindparam("at", type_=TIME),
        bookings.c.state == State.WAITING.value,
        bookings.c.behind_id.is_(None),
    )
    .group_by(bookings.c.pc_id)
)
_COUNT = static(
    sa.select(sa.func.count())
    .select_from(bookings)
    .where(
        bookings.c.center_id == sa.bindparam("center"),
        bookings.c.ends_at > sa.bindparam("at", type_=TIME),
        bookings.c.state.in_(LIVE_STATES),
    )
)
_ON_DAY = static(
    sa.select(bookings.c.id)
    .where(
        bookings.c.center_id == sa.bindparam("center"),
        bookings.c.member_id == sa.bindparam("member"),
        # The index is by the end; none lasts longer than a day.
        bookings.c.ends_at > sa.bindparam("since", type_=TIME),
        bookings.c.starts_at >= sa.bindparam("since", type_=TIME),
        bookings.c.starts_at < sa.bindparam("before", type_=TIME),
        bookings.c.state.not_in(among_states(State.CANCELLED, State.DROPPED)),
    )
    .limit(1)
)


class BookingNotFound(NotFound):
    """No such booking in this centre; the wording is the wire's, where it is a product."""

    def __init__(self) -> None:
        super().__init__(say("Product not found"))


def booking_of(row: Row) -> Booking:
    """The booking of a row of `bookings`, with its booker's `account` where that was joined."""
    values: dict[str, Any] = {
        name: getattr(row, name) for name in Booking.__struct_fields__ if name != "member_account"
    }
    values["kind"], values["state"] = Kind(row.kind), State(row.state)
    return Booking(**values, member_account=getattr(row, "account", None) or "")


def live_bookings(read: Read, center_id: int, at: datetime) -> list[Booking]:
    """All that are not over, cancelled or missed, the soonest first; those in a queue too."""
    return [booking_of(row) for row in read.all(_LIVE_ALL, center=center_id, at=at)]


def live_between(read: Read, center_id: int, since: datetime, before: datetime) -> list[Booking]:
    """The same of a stretch of time: those that are not over at `since` and begin before
    `before`, however many follow."""
    rows = read.all(_LIVE_BETWEEN, center=center_id, at=since, before=before)
    return [booking_of(row) for row in rows]


def live_on(read: Read, center_id: int, pc_ids: Sequence[int], at: datetime) -> list[Booking]:
    """The same of some PCs."""
    rows = read.all(_LIVE_ON, center=center_id, pcs=list(pc_ids), at=at)
    return [booking_of(row) for row in rows]


def live_of_members(
    read: Read, center_id: int, member_ids: Sequence[int], at: datetime
) -> list[Booking]:
    """The same of some members, who booked them."""
    rows = read.all(_LIVE_OF, center=center_id, members=list(member_ids), at=at)
    return [booking_of(row) for row in rows]


def bookings_between(
    read: Read, center_id: int, since: datetime, before: datetime
) -> list[Booking]:
    """Every booking, whatever became of it, that lies in a stretch of time: of a day's page."""
    rows = read.all(_BETWEEN, center=center_id, since=since, before=before)
    return [booking_of(row) for row in rows]


def booked_day(read: Read, center_id: int, since: datetime, before: datetime) -> list[Row]:
    """The same as rows with what a page of many of them shows: id, pc_id, pc_name, party_id, state,
    starts_at, ends_at, behind_id, comment, cost_micros, refund_micros, member_account."""
    return read.all(_DAY, center=center_id, since=since, before=before)


def bookings_of_member(read: Read, center_id: int, member_id: int, most: int = 50) -> list[Booking]:
    """What a member has booked, the latest begin first; at most so many."""
    rows = read.all(_OF_MEMBER, center=center_id, member=member_id, most=most)
    return [booking_of(row) for row in rows]


def booking_by_id(read: Read, center_id: int, booking_id: int) -> Booking:
    """One booking. Raises BookingNotFound."""
    row = read.one(_ONE, center=center_id, booking=booking_id)
    if row is None:
        raise BookingNotFound
    return booking_of(row)


def lock_bookings(read: Read, center_id: int, ids: Sequence[int]) -> list[Booking]:
    """Some bookings, locked by rising id; their PCs are locked before."""
    rows = read.all(_LOCK, center=center_id, ids=sorted(ids)) if ids else []
    return [booking_of(row) for row in rows]


def count_live(read: Read, center_id: int, at: datetime) -> int:
    """How many bookings of a centre are not over."""
    return read.scalar(_COUNT, center=center_id, at=at) or 0


def has_booked_between(
    read: Read, center_id: int, member_id: int, since: datetime, before: datetime
) -> bool:
    """Whether a member has a booking that begins in this stretch, and did not cancel it."""
    found = read.scalar(_ON_DAY, center=center_id, member=member_id, since=since, before=before)
    return found is not None


def next_begins(read: Read, center_id: int, at: datetime) -> dict[int, datetime]:
    """PC id -> when its next booking begins, or began while nobody has come; for rows of PCs."""
    rows = read.all(_NEXT_BEGINS, center=center_id, at=at)
    return {row.pc_id: row.starts_at for row in rows}


def next_of_pcs(read: Read, center_id: int, at: datetime) -> dict[int, Booking]:
    """PC id -> the booking that has its seat now or next; for the rows of PCs."""
    found: dict[int, Booking] = {}
    for booking in live_bookings(read, center_id, at):
        if booking.keeps_seat(at):
            found.setdefault(booking.pc_id, booking)
    return found
