"""The billing log on the wire (cafe-wire, Billing logs)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes, NativeRoutes
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.logs import wire
from lanhouse.cafe.logs.queries import LogFilter, LogPage, balance_page, log_page
from lanhouse.cafe.logs.queries.audit import AuditFilter, audit_page
from lanhouse.cafe.logs.rules import RangeIn, range_of
from lanhouse.cafe.logs.wire import (
    EXPORT_COLUMNS,
    BalanceHistoryOut,
    LogsOut,
    cursor_of,
    cursor_sent,
    export_part,
)
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import LOGS_PER_PAGE
from lanhouse.kit.pages import PageNumber, PagingInfo, paging_info
from lanhouse.kit.said import say
from lanhouse.web.exports import csv_file
from lanhouse.web.replies import Stream

routes = CafeRoutes("Billing logs")
members = CafeRoutes("Members")
native = NativeRoutes("Billing logs")
audit_routes = NativeRoutes("Audit")

_WHO = {"": None, "all": None, "member": True, "guest": False}


class LogsIn(RangeIn, kw_only=True):
    """Filters; `all` is the same as leaving one out. Without dates the log is seen as a whole."""

    page: PageNumber | None = None
    event: str = ""
    staff: str = ""
    member: str = ""
    pc: str = ""
    member_or_guest: str = ""
    """`member` or `guest`."""
    member_id: int = 0


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
    wanted = _filter(data, call.center)
    page = await call.read(log_page, wanted, data.page or 1)
    return wire.logs(page, call.center.zone, _paging(page, data.page))


@native.get("/billing-logs.csv", right="logs.view", summary="The billing log as CSV, newest first")
async def export(call: CafeCall, data: LogsIn) -> Stream:
    """All rows of the filters of `billingLogs` (`page` is ignored), with those columns.

    A cell that a spreadsheet would take for a formula has a ' before it. A caller that goes away
    ends the export.
    """
    wanted, zone = _filter(data, call.center), call.center.zone
    name = f"billing-log-{call.center.id}.csv"
    return await csv_file(
        name, EXPORT_COLUMNS, lambda after: call.read(export_part, wanted, zone, after)
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


def _filter(data: LogsIn, center: Center) -> LogFilter:
    who = data.member_or_guest.lower()
    if who not in _WHO:
        raise InvalidInput({"member_or_guest": say("must be one of member, guest, all")})
    today = clock.now().astimezone(center.zone).date()
    span = range_of(data, center.zone, today)
    has_dates = data.date_start is not None or data.date_end is not None
    return LogFilter(
        center_id=center.id,
        start_at=span.start_at if has_dates else None,
        end_at=span.end_at if has_dates else None,
        event=_named(data.event).upper(),
        staff_name=_named(data.staff),
        member_account=_named(data.member),
        pc_name=_named(data.pc),
        member_id=data.member_id,
        is_member=_WHO[who],
    )


def _named(text: str) -> str:
    return "" if text.lower() == "all" else text


def _paging(page: LogPage, asked: int | None) -> PagingInfo:
    return paging_info(page.total_records, asked or 1, LOGS_PER_PAGE, sent=asked is not None)


class AuditIn(msgspec.Struct):
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
    older: Annotated[str, msgspec.Meta(max_length=40)] = ""
    """`older` of the page before."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


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
    """A page, newest first; `older` asks for the next one, null at the end."""

    rows: list[AuditRowOut]
    older: str | None


@audit_routes.get(
    "/audit", right="audit.view", summary="Who changed what, from where, by which call"
)
async def audit(call: CafeCall, data: AuditIn) -> AuditOut:
    """Writes that make a row of the billing log stand there, with address and call."""
    if data.subject_id is not None and not data.subject:
        raise InvalidInput({"subject_id": say("needs a subject")})
    wanted = AuditFilter(
        center_id=call.center.id,
        actor_kind=data.actor_kind if data.staff_id is None else "staff",
        actor_id=data.staff_id,
        call=data.call,
        subject=data.subject,
        subject_id=data.subject_id,
        start_at=_time("start_at", data.start_at),
        end_at=_time("end_at", data.end_at),
        older_than=cursor_sent(data.older),
        rows_max=data.limit,
    )
    page = await call.read(audit_page, wanted)
    rows = [
        AuditRowOut(**{name: getattr(row, name) for name in AuditRowOut.__struct_fields__})
        for row in page.rows
    ]
    return AuditOut(rows, cursor_of(page.rows[-1]) if page.has_more else None)


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
