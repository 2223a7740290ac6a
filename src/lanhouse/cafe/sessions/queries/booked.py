"""When a PC is somebody else's: the next booking there (its table is ground, architecture 1.1)."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.bookings.tables import bookings
from lanhouse.cafe.facts import StartingSession
from lanhouse.cafe.sessions.schemas import Session
from lanhouse.db.statements import static
from lanhouse.db.store import Read
from lanhouse.kit.local_time import whole_second

_TIME = bookings.c.starts_at.type
_NEXT = static(
    sa.select(sa.func.min(bookings.c.starts_at, type_=_TIME)).where(
        bookings.c.center_id == sa.bindparam("center"),
        bookings.c.pc_id == sa.bindparam("pc"),
        bookings.c.ends_at > sa.bindparam("at", type_=_TIME),
        bookings.c.behind_id.is_(None),
        bookings.c.player_id != sa.bindparam("player"),
        sa.or_(
            bookings.c.state == "begun",
            sa.and_(
                bookings.c.state == "waiting",
                bookings.c.held_until_at > sa.bindparam("at", type_=_TIME),
            ),
        ),
        # A guest's held seat that was begun belongs to whom the desk puts there.
        sa.not_(
            sa.and_(
                bookings.c.state == "begun",
                bookings.c.kind == "hold",
                bookings.c.player_id == 0,
            )
        ),
    )
)


def booked_from(read: Read, session: Session, at: datetime) -> datetime | None:
    """From when on the PC of a session is kept for another one, as seen at `at`; None: never.

    What was paid for ends there too: such time is not sold (StartingSession).
    """
    return read.scalar(
        _NEXT, center=session.center_id, pc=session.pc_id, at=at, player=session.member_id
    )


def by_booking(read: Read, session: Session, at: datetime) -> Session:
    """The session with an end no later than the begin of the next booking on its PC."""
    begins = booked_from(read, session, at)
    end = session.expires_at
    if begins is None or (end is not None and end <= begins):
        return session
    return msgspec.structs.replace(session, expires_at=begins, is_cut=True)


def must_not_meet(
    read: Read, session: Session, at: datetime, *, is_sold: bool, until: datetime | None = None
) -> None:
    """Refuse a planned session on a PC that is kept for somebody else at `at` or, where its time is
    sold, before that is over (guard StartingSession): asked by the act and by its quote.

    `until`: an end that is known otherwise.
    """
    planned = None if session.is_cut else session.expires_at
    read.ask(
        StartingSession(
            session.center_id,
            session.pc_id,
            session.member_id,
            whole_second(at),
            until or planned,
            is_sold,
        )
    )
