"""The billing log on the wire (cafe-wire, Billing logs)."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes, NativeRoutes
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.logs.queries import ExportFrom, LogFilter, balance_page, export_rows, log_page
from lanhouse.cafe.logs.rules import RangeIn, range_of
from lanhouse.cafe.logs.wire import EXPORT_COLUMNS, export_line, log_row, log_totals
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import EXPORT_ROWS, LOGS_PER_PAGE
from lanhouse.kit.money import format_fixed
from lanhouse.kit.pages import PageNumber, paging_info
from lanhouse.kit.sheets import BOM, csv_text
from lanhouse.web.replies import Stream

routes = CafeRoutes("Billing logs")
members = CafeRoutes("Members")
native = NativeRoutes("Billing logs")

_DISPOSITION = b"content-disposition"

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


class MemberIn(msgspec.Struct, kw_only=True):
    """One member's list, 30 rows a page."""

    member_id: int
    page: PageNumber | None = None


@routes.get(
    "/billingLogs",
    right="logs.view",
    summary="What happened and what moved, newest first",
    source="cafe-wire: Billing logs",
)
async def billing_logs(call: CafeCall, data: LogsIn) -> dict[str, Any]:
    """30 rows a page; totals and events are those of all pages."""
    wanted = _filter(data, call.center)
    page = await call.read(log_page, wanted, data.page or 1)
    return {
        "log_list": [log_row(row, call.center.zone) for row in page.rows],
        "paging_info": paging_info(
            page.total_records, data.page or 1, LOGS_PER_PAGE, sent=data.page is not None
        ),
        "total": log_totals(page),
        "event_list": page.events,
    }


@native.get("/billing-logs.csv", right="logs.view", summary="The billing log as CSV, newest first")
async def export(call: CafeCall, data: LogsIn) -> Stream:
    """All rows of the filters of `billingLogs` (`page` is ignored), with those columns.

    A cell that a spreadsheet would take for a formula has a ' before it. A caller that goes away
    ends the export.
    """
    wanted = ExportFrom(_filter(data, call.center))
    first = await call.read(_part_of, (wanted, call.center.zone))
    name = f"billing-log-{call.center.id}.csv"
    disposition = f'attachment; filename="{name}"'.encode()
    return Stream(_parts(call, first), "text/csv; charset=utf-8", [(_DISPOSITION, disposition)])


class _Part(msgspec.Struct, frozen=True):
    """Some lines of an export, and where it goes on; None at its end."""

    lines: bytes
    following: ExportFrom | None


def _part_of(read: Read, wanted: tuple[ExportFrom, ZoneInfo]) -> _Part:
    """Made in the reader's thread, so that other calls need not wait for it."""
    place, zone = wanted
    rows = export_rows(read, place)
    lines = csv_text(export_line(row, zone) for row in rows)
    following = None
    if len(rows) == EXPORT_ROWS:
        following = ExportFrom(place.filter, (rows[-1].at, rows[-1].id))
    return _Part(lines.encode(), following)


async def _parts(call: CafeCall, part: _Part) -> AsyncGenerator[bytes, None]:
    yield (BOM + csv_text([EXPORT_COLUMNS])).encode()
    yield part.lines
    while part.following is not None:
        part = await call.read(_part_of, (part.following, call.center.zone))
        yield part.lines


@members.get(
    "/members/{member_id}/balanceHistory",
    right="members.view",
    summary="What changed a member's balance, bonus, coins and loan",
    source="cafe-wire: Members",
)
async def balance_history(call: CafeCall, data: MemberIn) -> dict[str, Any]:
    """Rows of the billing log, newest first, with their totals as summary."""
    page_number = data.page or 1
    page = await call.read(balance_page, call.center.id, data.member_id, page_number)
    return {
        "items": [_history_row(row, call) for row in page.rows],
        "paging_info": paging_info(
            page.total_records, page_number, LOGS_PER_PAGE, sent=data.page is not None
        ),
        "summary": log_totals(page),
    }


@members.get(
    "/memberBalanceHistory",
    right="members.view",
    summary="The same as members/{member_id}/balanceHistory",
    source="cafe-wire: Members",
)
async def member_balance_history(call: CafeCall, data: MemberIn) -> dict[str, Any]:
    """The member is named in the query."""
    return await balance_history(call, data)


def _filter(data: LogsIn, center: Center) -> LogFilter:
    who = data.member_or_guest.lower()
    if who not in _WHO:
        raise InvalidInput({"member_or_guest": "must be one of member, guest, all"})
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


def _history_row(row: Row, call: CafeCall) -> dict[str, Any]:
    return log_row(row, call.center.zone) | {
        "log_balance": format_fixed(row.balance_micros),
        "log_loan": format_fixed(row.loan_micros),
    }
