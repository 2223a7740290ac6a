"""The billing log on the wire (cafe-wire, Billing logs)."""

from __future__ import annotations

from typing import Any

import msgspec

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.logs.queries import LogFilter, balance_page, log_page
from lanhouse.cafe.logs.rules import RangeIn, range_of
from lanhouse.cafe.logs.wire import log_row, log_totals
from lanhouse.db.statements import Row
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import LOGS_PER_PAGE
from lanhouse.kit.money import format_fixed
from lanhouse.kit.pages import PageNumber, paging_info

routes = CafeRoutes("Billing logs")
members = CafeRoutes("Members")

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
