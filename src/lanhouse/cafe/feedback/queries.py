"""Reading what customers wrote."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from lanhouse.cafe.feedback.schemas import FeedbackWanted
from lanhouse.cafe.feedback.tables import feedback
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.db.listing import Condition, Listing, Page, by
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit.limits import LOGS_PER_PAGE

_f = feedback.c
_UNREAD = static(
    sa.select(sa.func.count()).where(_f.center_id == sa.bindparam("center"), _f.read_at.is_(None))
)
_ONE = static(
    sa.select(feedback, members.c.account)
    .select_from(
        feedback.outerjoin(
            members,
            (members.c.center_id == _f.center_id)
            & (members.c.id == _f.member_id)
            & members.c.deleted_at.is_(None),
        )
    )
    .where(_f.center_id == sa.bindparam("center"), _f.id == sa.bindparam("feedback"))
)


def _conditions(wanted: FeedbackWanted) -> list[Condition]:
    found: list[Condition] = [_f.center_id == wanted.center_id]
    if wanted.is_read is not None:
        found.append(_f.read_at.is_not(None) if wanted.is_read else _f.read_at.is_(None))
    if wanted.member_id is not None:
        found.append(_f.member_id == wanted.member_id)
    return found


def _shown(_: FeedbackWanted, page: Any) -> sa.Select[Any]:
    """What was written, with the columns of its row in the billing log, and the account that its
    member has now."""
    source = page.join(feedback, _f.id == page.c.id).join(
        billing_logs, billing_logs.c.id == _f.log_id
    )
    source = source.outerjoin(
        members,
        (members.c.center_id == _f.center_id)
        & (members.c.id == _f.member_id)
        & members.c.deleted_at.is_(None),
    )
    kept = [column for column in billing_logs.c if column.name not in ("subject", "member_id")]
    told = (_f.member_id, _f.subject, _f.message, _f.read_at, _f.read_by, _f.answered_at)
    return sa.select(_f.id.label("feedback_id"), *told, *kept, members.c.account).select_from(
        source
    )


FEEDBACK_LIST: Listing[FeedbackWanted] = Listing(
    _f.id, conditions=_conditions, usual=by(_f.id), shown=_shown
)


def feedback_page(read: Read, wanted: FeedbackWanted, page: int) -> Page:
    """A page of what customers wrote, newest first: rows of _shown()."""
    return FEEDBACK_LIST.page(read, wanted, page, LOGS_PER_PAGE)


def unread_feedback(read: Read, center_id: int) -> int:
    """How many nobody has read."""
    count: int = read.scalar(_UNREAD, center=center_id)
    return count


def feedback_by_id(read: Read, center_id: int, feedback_id: int) -> Row | None:
    """One (centre id, id): its row and the member's `account` (None where there is none)."""
    return read.one(_ONE, center=center_id, feedback=feedback_id)
