"""Looking through the audit log (db/audit), newest first, page by page from where one stood."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.staff.tables import staff
from lanhouse.db.audit import audit_log
from lanhouse.db.statements import Row
from lanhouse.db.store import Read

log = audit_log.c


class AuditFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows; what is empty or None does not filter. Times: from, up to but not including.

    `older_than` is the time and id of the last row that was seen.
    """

    center_id: int
    actor_kind: str = ""
    actor_id: int | None = None
    call: str = ""
    subject: str = ""
    subject_id: int | None = None
    start_at: datetime | None = None
    end_at: datetime | None = None
    older_than: tuple[datetime, int] | None = None
    rows_max: int


class AuditPage(msgspec.Struct, frozen=True):
    """Rows of audit_log with the person's present account (`actor_name`); whether there are older
    ones."""

    rows: list[Row]
    has_more: bool


def audit_page(read: Read, wanted: AuditFilter) -> AuditPage:
    """One page. Each filter has an index that ends with the order of the page."""
    person = sa.select(staff.c.account).where(
        staff.c.center_id == log.center_id,
        staff.c.id == log.actor_id,
        log.actor_kind == "staff",
    )
    page = (
        sa.select(audit_log, person.scalar_subquery().label("actor_name"))
        .where(*_conditions(wanted))
        .order_by(log.at.desc(), log.id.desc())
        .limit(wanted.rows_max + 1)
    )
    rows = read.all(page)
    return AuditPage(rows[: wanted.rows_max], len(rows) > wanted.rows_max)


def _conditions(wanted: AuditFilter) -> list[sa.ColumnElement[bool]]:
    conditions = [log.center_id == wanted.center_id]
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
    if wanted.older_than is not None:
        at, last_id = wanted.older_than
        conditions.append(log.at <= at)
        conditions.append(sa.or_(log.at < at, log.id < last_id))
    return conditions
