"""Looking through the audit log (db/audit), newest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lanhouse.cafe.staff.tables import staff
from lanhouse.db.audit import audit_log
from lanhouse.db.listing import Condition, Listing, Wanted, by

log = audit_log.c


class AuditFilter(Wanted, frozen=True, kw_only=True):
    """Which rows; what is empty or None does not filter. Times: from, up to but not including."""

    center_id: int
    actor_kind: str = ""
    actor_id: int | None = None
    call: str = ""
    subject: str = ""
    subject_id: int | None = None
    start_at: datetime | None = None
    end_at: datetime | None = None


def _conditions(wanted: AuditFilter) -> list[Condition]:
    conditions: list[Condition] = [log.center_id == wanted.center_id]
    for column, value in (
        (log.actor_kind, wanted.actor_kind or None),
        (log.actor_id, wanted.actor_id),
        (log.call, wanted.call or None),
        (log.subject, wanted.subject or None),
        (log.subject_id, wanted.subject_id),
    ):
        if value is not None:
            conditions.append(column == value)
    if wanted.start_at is not None:
        conditions.append(log.at >= wanted.start_at)
    if wanted.end_at is not None:
        conditions.append(log.at < wanted.end_at)
    return conditions


def _shown(_: AuditFilter, page: Any) -> sa.Select[Any]:
    """Rows of audit_log with the person's present account (`actor_name`)."""
    person = sa.select(staff.c.account).where(
        staff.c.center_id == log.center_id,
        staff.c.id == log.actor_id,
        log.actor_kind == "staff",
    )
    return sa.select(audit_log, person.scalar_subquery().label("actor_name")).select_from(
        page.join(audit_log, log.id == page.c.id)
    )


# Each filter has an index that ends with this order.
AUDIT_LIST: Listing[AuditFilter] = Listing(
    log.id, conditions=_conditions, usual=by(log.at), shown=_shown
)
