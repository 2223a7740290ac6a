"""The sessions of a member, newest first."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.cafe.members.queries import must_be_member
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.db.listing import Condition, Listing, Page, Wanted, by
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit.limits import LOGS_PER_PAGE


class HistoryWanted(Wanted, frozen=True, kw_only=True):
    """A member's sessions, the ended ones or all."""

    center_id: int
    member_id: int
    is_ended: bool = False


def _of_history(wanted: HistoryWanted) -> list[Condition]:
    his: list[Condition] = [
        sessions.c.center_id == wanted.center_id,
        sessions.c.member_id == wanted.member_id,
    ]
    return [*his, sessions.c.ended_at.is_not(None)] if wanted.is_ended else his


SESSION_LIST: Listing[HistoryWanted] = Listing(
    sessions.c.id, conditions=_of_history, usual=by(sessions.c.id)
)


_NEWEST_ENDED = static(
    sa.select(sessions)
    .where(
        sessions.c.center_id == sa.bindparam("center"),
        sessions.c.member_id == sa.bindparam("member"),
        sessions.c.ended_at.is_not(None),
    )
    .order_by(sessions.c.id.desc())
    .limit(sa.bindparam("most"))
)


def newest_ended(read: Read, center_id: int, member_id: int, most: int) -> list[Row]:
    """A member's newest sessions that have ended, for a page that is looked at all the time."""
    return read.all(_NEWEST_ENDED, center=center_id, member=member_id, most=most)


def session_history(read: Read, center_id: int, member_id: int, page: int) -> Page:
    """A page (from 1) of a member's sessions, the newest first: rows of the table."""
    must_be_member(read, center_id, member_id)
    wanted = HistoryWanted(center_id=center_id, member_id=member_id)
    return SESSION_LIST.page(read, wanted, page, LOGS_PER_PAGE)
