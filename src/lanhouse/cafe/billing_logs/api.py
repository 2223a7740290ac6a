"""The billing log on the wire (cafe-wire, Billing logs)."""

from __future__ import annotations

from typing import Any

from lanhouse.cafe.billing_logs.queries import LogFilter, log_page
from lanhouse.cafe.billing_logs.ranges import RangeIn, range_of
from lanhouse.cafe.billing_logs.shapes import log_row, log_totals
from lanhouse.cafe.centers.schemas import Center
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import LOGS_PER_PAGE
from lanhouse.kit.pages import PageNumber, paging_info
from lanhouse.web.call import Call
from lanhouse.web.routes import CafeRoutes

routes = CafeRoutes("Billing logs")

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


@routes.get(
    "/billingLogs",
    right="logs.view",
    summary="What happened and what moved, newest first",
    source="cafe-wire: Billing logs",
)
async def billing_logs(call: Call, data: LogsIn) -> dict[str, Any]:
    """30 rows a page; totals and events are those of all pages."""
    wanted = _filter(data, call.center)
    page = await call.read(log_page, (wanted, data.page or 1))
    return {
        "log_list": [log_row(row, call.center.zone) for row in page.rows],
        "paging_info": paging_info(
            page.total_records, data.page or 1, LOGS_PER_PAGE, sent=data.page is not None
        ),
        "total": log_totals(page),
        "event_list": page.events,
    }


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
