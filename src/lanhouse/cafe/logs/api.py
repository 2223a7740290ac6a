"""The billing log on the wire (cafe-wire, Billing logs)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes, NativeRoutes
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.feedback.queries import feedback_page
from lanhouse.cafe.feedback.schemas import FeedbackWanted
from lanhouse.cafe.logs import wire
from lanhouse.cafe.logs.commands import note_audit_export
from lanhouse.cafe.logs.queries import (
    LOG_LIST,
    LogPage,
    balance_page,
    log_page_for,
    log_part,
    must_not_be_blind,
)
from lanhouse.cafe.logs.queries.audit import AUDIT_LIST, AuditFilter
from lanhouse.cafe.logs.wire import (
    AUDIT_COLUMNS,
    EXPORT_COLUMNS,
    BalanceHistoryOut,
    FeedbackIn,
    FeedbackOut,
    LogRowsOut,
    LogsIn,
    LogsOut,
    audit_part,
    export_part,
    filter_of,
)
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import LOGS_PER_PAGE
from lanhouse.kit.pages import CursorText, PageNumber, PagingInfo, RowsMax, paging_info
from lanhouse.kit.said import say
from lanhouse.web.exports import sheet_file
from lanhouse.web.replies import Stream

routes = CafeRoutes("Billing logs")
members = CafeRoutes("Members")
native = NativeRoutes("Billing logs")
audit_routes = NativeRoutes("Audit")


class CursorLogsIn(LogsIn, kw_only=True):
    """Filters, and a page by cursor."""

    cursor: CursorText = ""
    limit: RowsMax = 50


class MemberLogIn(msgspec.Struct, kw_only=True):
    """One member's list, 30 rows a page."""

    member_id: int
    page: PageNumber | None = None


@routes.get(
    "/billingLogs",
    right="logs.view",
    summary="What happened and what moved, newest first",
    source="cafe-wire: Billing logs",
)
async def billing_logs(call: CafeCall, data: LogsIn) -> LogsOut:
    """30 rows a page; totals and events are those of all pages."""
    wanted = filter_of(data, call.center)
    page = await call.read(log_page_for, call.center, call.actor, wanted, data.page or 1)
    return wire.logs(page, call.center.zone, _paging(page, data.page))


@routes.get(
    "/billingLogs/action/feedbackLogs",
    right="logs.view",
    summary="What customers wrote, newest first",
    source="cafe-wire: Billing logs",
)
async def feedback_logs(call: CafeCall, data: FeedbackIn) -> FeedbackOut:
    """30 a page; each with its row of the log. Reading them here marks none as read."""
    is_read = None if data.read < 0 else bool(data.read)
    wanted = FeedbackWanted(center_id=call.center.id, is_read=is_read)
    page = await call.read(feedback_page, wanted, data.page or 1)
    sent = data.page is not None
    paging = paging_info(page.total, data.page or 1, LOGS_PER_PAGE, sent=sent)
    return wire.feedback(page.rows, call.center.zone, paging)


@native.get("/billing-logs", right="logs.view", summary="The billing log by cursor, newest first")
async def native_logs(call: CafeCall, data: CursorLogsIn) -> LogRowsOut:
    """The rows of `billingLogs` with its filters (`page` is ignored). A page far behind costs no
    more than the first, and what is written meanwhile moves no row to another page."""
    wanted = filter_of(data, call.center)
    after = LOG_LIST.cursor_sent(wanted, data.cursor)
    part = await call.read(log_part, wanted, after, data.limit)
    rows = [wire.log_row(row, call.center.zone) for row in part.rows]
    return LogRowsOut(rows, LOG_LIST.cursor_text(wanted, part.after))


@native.get("/billing-logs.csv", right="logs.view", summary="The billing log as CSV, newest first")
@native.get("/billing-logs.xlsx", right="logs.view", summary="The same as XLSX")
async def export(call: CafeCall, data: LogsIn) -> Stream:
    """All rows of the filters of `billingLogs` (`page` is ignored), with those columns.

    A cell that a spreadsheet would take for a formula has a ' before it. A caller that goes away
    ends the export.
    """
    wanted, zone = filter_of(data, call.center), call.center.zone
    await call.read(must_not_be_blind, call.center, call.actor, wanted)
    name = f"billing-log-{call.center.id}"
    return await sheet_file(
        call, name, EXPORT_COLUMNS, lambda read, after: export_part(read, wanted, zone, after)
    )


@members.get(
    "/members/{member_id}/balanceHistory",
    right="members.view",
    summary="What changed a member's balance, bonus, coins and loan",
    source="cafe-wire: Members",
)
async def balance_history(call: CafeCall, data: MemberLogIn) -> BalanceHistoryOut:
    """Rows of the billing log, newest first, with their totals as summary."""
    page = await call.read(balance_page, call.center.id, data.member_id, data.page or 1)
    return wire.balance_history(page, call.center.zone, _paging(page, data.page))


@members.get(
    "/memberBalanceHistory",
    right="members.view",
    summary="The same as members/{member_id}/balanceHistory",
    source="cafe-wire: Members",
)
async def member_balance_history(call: CafeCall, data: MemberLogIn) -> BalanceHistoryOut:
    """The member is named in the query."""
    return await balance_history(call, data)


def _paging(page: LogPage, asked: int | None) -> PagingInfo:
    return paging_info(page.total_records, asked or 1, LOGS_PER_PAGE, sent=asked is not None)


class AuditFilterIn(msgspec.Struct, kw_only=True):
    """Filters of the audit log; what is left out does not filter. Times are ISO 8601 with an
    offset: from `start_at`, up to but not including `end_at`."""

    actor_kind: Annotated[str, msgspec.Meta(max_length=20)] = ""
    """`staff`, `api_key`, …"""
    staff_id: int | None = None
    """A person; stands for actor_kind `staff` too."""
    call: Annotated[str, msgspec.Meta(max_length=200)] = ""
    """A route: `PUT /api/native/v1/prices/{price_id}`."""
    subject: Annotated[str, msgspec.Meta(max_length=40)] = ""
    """`price`, `settings`, `member`, …"""
    subject_id: int | None = None
    """An id, of what `subject` names."""
    start_at: str = ""
    end_at: str = ""


class AuditIn(AuditFilterIn, kw_only=True):
    """Filters, and a page by cursor."""

    cursor: CursorText = ""
    limit: RowsMax = 50


class AuditRowOut(msgspec.Struct):
    """One thing that a call has touched. `before` and `after` hold what changed, amounts in micros;
    of secrets and personal fields only "changed". `actor_name` is the person's account now."""

    id: int
    at: datetime
    actor_kind: str
    actor_id: int
    actor_name: str | None
    address: str
    call: str
    subject: str
    subject_id: int
    ids: dict[str, int]
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class AuditOut(msgspec.Struct):
    """A page, newest first; `next_cursor` asks for the next one, null at the end."""

    rows: list[AuditRowOut]
    next_cursor: str | None


@audit_routes.get(
    "/audit", right="audit.view", summary="Who changed what, from where, by which call"
)
async def audit(call: CafeCall, data: AuditIn) -> AuditOut:
    """Writes that make a row of the billing log stand there, with address and call."""
    wanted = _audit_filter(data, call.center)
    after = AUDIT_LIST.cursor_sent(wanted, data.cursor)
    part = await call.read(AUDIT_LIST.part, wanted, after, data.limit)
    rows = [
        AuditRowOut(**{name: getattr(row, name) for name in AuditRowOut.__struct_fields__})
        for row in part.rows
    ]
    return AuditOut(rows, AUDIT_LIST.cursor_text(wanted, part.after))


@audit_routes.get("/audit.csv", right="audit.view", summary="The audit log as CSV, newest first")
@audit_routes.get("/audit.xlsx", right="audit.view", summary="The same as XLSX")
async def audit_export(call: CafeCall, data: AuditFilterIn) -> Stream:
    """All rows of the filters of `audit`. A cell that a spreadsheet would take for a formula has a
    ' before it. Each export is written to the audit log."""
    wanted = _audit_filter(data, call.center)
    await call.run(note_audit_export, None)
    name = f"audit-{call.center.id}"
    return await sheet_file(
        call, name, AUDIT_COLUMNS, lambda read, after: audit_part(read, wanted, after)
    )


def _audit_filter(data: AuditFilterIn, center: Center) -> AuditFilter:
    if data.subject_id is not None and not data.subject:
        raise InvalidInput({"subject_id": say("needs a subject")})
    kind = data.actor_kind if data.staff_id is None else "staff"
    return AuditFilter(
        center_id=center.id,
        actor_kind=kind,
        # Nobody stands behind a key: with this 0 the indexes of persons find its rows too.
        actor_id=0 if kind == "api_key" else data.staff_id,
        call=data.call,
        subject=data.subject,
        subject_id=data.subject_id,
        start_at=_time("start_at", data.start_at),
        end_at=_time("end_at", data.end_at),
    )


def _time(field: str, text: str) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise InvalidInput(
            {field: say("must be a time with its offset: 2026-03-01T00:00:00+01:00")}
        )
    return at
