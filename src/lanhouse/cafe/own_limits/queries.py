"""Limits of a member, and what of them is used."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from lanhouse.cafe.bookings.tables import bookings
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.own_limits.rules import (
    Span,
    day_of,
    may_play,
    month_begins,
    united_seconds,
    without,
)
from lanhouse.cafe.own_limits.schemas import Allowed, Kind, Limit, Planned, Used
from lanhouse.cafe.own_limits.tables import own_limits
from lanhouse.cafe.payments.tables import payment_orders
from lanhouse.cafe.sessions.tables import pc_session_segments, pc_sessions
from lanhouse.cafe.topups.tables import topups
from lanhouse.db.statements import static
from lanhouse.db.store import Read

_limits, _sessions, _parts = own_limits.c, pc_sessions.c, pc_session_segments.c
_OF = static(sa.select(own_limits).where(_limits.member_id == sa.bindparam("member")))
_ANY = static(sa.select(sa.literal(1)).where(_limits.center_id == sa.bindparam("center")).limit(1))
_PLAYED = (
    sa.select(_parts.from_at, _parts.to_at, _sessions.expires_at)
    .select_from(pc_sessions.join(pc_session_segments, _parts.session_id == _sessions.id))
    .where(
        _sessions.center_id == sa.bindparam("center"),
        _sessions.member_id == sa.bindparam("member"),
        _parts.is_paused.is_(False),
    )
)
_PLAYS = static(_PLAYED.where(_sessions.ended_at.is_(None)))
_HAS_PLAYED = static(
    _PLAYED.where(_sessions.ended_at > sa.bindparam("since", type_=_sessions.ended_at.type))
)
_TIME = bookings.c.starts_at.type
# Who waits in a queue has no seat yet: he is asked again when he gets it.
_BOOKED = static(
    sa.select(bookings.c.starts_at, bookings.c.ends_at).where(
        bookings.c.center_id == sa.bindparam("center"),
        bookings.c.member_id == sa.bindparam("member"),
        bookings.c.state == sa.literal_column("'waiting'"),
        bookings.c.behind_id.is_(None),
        bookings.c.ends_at > sa.bindparam("since", type_=_TIME),
        bookings.c.starts_at < sa.bindparam("before", type_=_TIME),
        bookings.c.id != sa.bindparam("but"),
    )
)
_TOPPED_UP = static(
    sa.select(sa.func.coalesce(sa.func.sum(topups.c.value_micros), 0)).where(
        topups.c.center_id == sa.bindparam("center"),
        topups.c.member_id == sa.bindparam("member"),
        topups.c.at >= sa.bindparam("since", type_=topups.c.at.type),
        sa.or_(
            topups.c.kind == sa.literal_column("'topup'"),
            topups.c.kind == sa.literal_column("'refund'"),
        ),
    )
)
_UNDERWAY = static(
    sa.select(sa.func.coalesce(sa.func.sum(payment_orders.c.amount_micros), 0)).where(
        payment_orders.c.center_id == sa.bindparam("center"),
        payment_orders.c.member_id == sa.bindparam("member"),
        payment_orders.c.order_id.is_(None),
        payment_orders.c.status == sa.literal_column("'pending'"),
        payment_orders.c.expires_at > sa.bindparam("at", type_=payment_orders.c.expires_at.type),
    )
)


def limits_of(read: Read, member_id: int) -> dict[Kind, Limit]:
    """The limits of a member that he has ever set."""
    return {
        Kind(row.kind): Limit(
            kind=Kind(row.kind), value=row.value, next_value=row.next_value, next_at=row.next_at
        )
        for row in read.all(_OF, member=member_id)
    }


def has_limits(read: Read, center_id: int) -> bool:
    """Whether anybody in a centre has set limits."""
    return read.scalar(_ANY, center=center_id) is not None


def allowed_at(
    read: Read, center: Center, member_id: int, at: datetime, planned: Planned | None = None
) -> Allowed | None:
    """Whether a member may play at `at` by his own limits; None where none holds.

    Of time that is `planned` ahead, what he has booked on that day beside it counts as played.
    """
    found = limits_of(read, member_id)
    if not found:
        return None
    played = 0
    if Kind.PLAY in found:
        spans = _played(read, center, member_id, at)
        if planned is not None:
            spans += _booked(read, center, member_id, at, planned.instead_of)
            spans = without(spans, (at, planned.until))
        played = united_seconds(spans)
    return may_play(found.values(), played, center.zone, at)


def _booked(read: Read, center: Center, member_id: int, at: datetime, but_id: int) -> list[Span]:
    """What a member has booked on the day of `at`, one booking left out."""
    begins, ends = day_of(at, center.zone)
    his = {"center": center.id, "member": member_id, "but": but_id}
    rows = read.all(_BOOKED, **his, since=begins, before=ends)
    return [(max(row.starts_at, begins), min(row.ends_at, ends)) for row in rows]


def played_seconds(read: Read, center: Center, member_id: int, at: datetime) -> int:
    """How long a member has played until `at` on its day, pauses left out."""
    return united_seconds(_played(read, center, member_id, at))


def _played(read: Read, center: Center, member_id: int, at: datetime) -> list[Span]:
    begins = day_of(at, center.zone)[0]
    his = {"center": center.id, "member": member_id}
    rows = [*read.all(_PLAYS, **his), *read.all(_HAS_PLAYED, **his, since=begins)]
    spans: list[Span] = []
    for row in rows:
        end = row.to_at or min(row.expires_at or at, at)
        spans.append((max(row.from_at, begins), min(end, at)))
    return [span for span in spans if span[0] < span[1]]


def topped_up_micros(read: Read, center: Center, member_id: int, at: datetime) -> int:
    """What a member has topped up in the month of `at`, what was paid out to him taken off."""
    since = month_begins(at, center.zone)
    found = read.scalar(_TOPPED_UP, center=center.id, member=member_id, since=since)
    return max(int(found), 0)


def underway_micros(read: Read, center: Center, member_id: int, at: datetime) -> int:
    """Top-ups by QR code of a member that wait to be paid, in micros."""
    return int(read.scalar(_UNDERWAY, center=center.id, member=member_id, at=at))


def used_of(read: Read, center: Center, member_id: int, at: datetime) -> Used:
    """All limits of a member as they stand at `at`, and what of them is used, for himself."""
    return Used(
        limits={kind: limit.at(at) for kind, limit in limits_of(read, member_id).items()},
        played_seconds=played_seconds(read, center, member_id, at),
        topped_up_micros=topped_up_micros(read, center, member_id, at),
    )
