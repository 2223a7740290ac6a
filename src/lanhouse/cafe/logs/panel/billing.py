"""The panel's page of the billing log: what happened and what moved, and as a file."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta
from msgspec.structs import replace

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.logs.queries import LogFilter, log_page_for, must_not_be_blind
from lanhouse.cafe.logs.rules import EVENT_NAMES
from lanhouse.cafe.logs.wire import EXPORT_COLUMNS, LogsIn, export_part, filter_of
from lanhouse.cafe.money.taxes import TIME_TAX, tax_of
from lanhouse.cafe.receipts.queries import is_receipt
from lanhouse.db.store import Read
from lanhouse.kit.limits import LOGS_PER_PAGE
from lanhouse.kit.pages import address, offset_of
from lanhouse.web.exports import sheet_file
from lanhouse.web.replies import Reply, Stream

routes = PanelRoutes("Log pages")
_TEMPLATE = "cafe/logs/templates/billing.html"
_PATH = "/panel/log"


class PageIn(LogsIn, kw_only=True):
    """The filters of `billingLogs`, and of the page alone."""

    given_back: bool = False
    """Only what reports call refunds."""
    discounted: bool = False
    """Only sales of which a discount took something off."""
    by_hand: bool = False
    """Only those of which a person did."""
    tax: Annotated[int, Meta(ge=0, le=TIME_TAX)] = 0
    """Only what has tax of this slot; 0 = all."""
    item: Annotated[str, Meta(max_length=200)] = ""
    """Only where goods or a package of this name were sold or given back; empty = all."""


@routes.get("/panel/log", right="logs.view", summary="The billing log")
async def log(call: CafeCall, data: PageIn) -> Reply:
    """Filters, totals of all pages, and thirty rows, newest first."""
    wanted = _filter(call, data)
    return await call.page(_TEMPLATE, _page, call.center, call.actor, wanted, data)


@routes.get("/panel/log.csv", right="logs.view", summary="The rows of the page's filters as CSV")
@routes.get("/panel/log.xlsx", right="logs.view", summary="The same as XLSX")
async def log_file(call: CafeCall, data: PageIn) -> Stream:
    """All rows of the filters, newest first, with the columns of `billingLogs`."""
    wanted, zone = _filter(call, data), call.center.zone
    await call.read(must_not_be_blind, call.center, call.actor, wanted)
    name = f"billing-log-{call.center.id}"
    return await sheet_file(
        call, name, EXPORT_COLUMNS, lambda read, after: export_part(read, wanted, zone, after)
    )


def log_address(**filters: Any) -> str:
    """The address of the page with these filters of PageIn."""
    return address(_PATH, PageIn(), **filters)


def _filter(call: CafeCall, data: PageIn) -> LogFilter:
    wanted = filter_of(data, call.center)
    wanted = replace(
        wanted,
        is_discounted=data.discounted,
        is_by_hand=data.by_hand,
        tax_slot=data.tax,
        item=data.item,
    )
    return replace(wanted, is_refund=True) if data.given_back else wanted


def _page(
    read: Read, center: Center, actor: Actor, wanted: LogFilter, data: PageIn
) -> dict[str, Any]:
    """What the template shows of a filter; `wanted` are the choices in the address."""
    number = data.page or 1
    page = log_page_for(read, center, actor, wanted, number)
    before = offset_of(number, LOGS_PER_PAGE)
    last = before + len(page.rows)
    has_more = last < page.total_records
    return {
        "page": page,
        "wanted": data,
        "event_names": EVENT_NAMES,
        "tax_name": tax_of(center.settings.payment, data.tax).name if data.tax else "",
        "has_receipt": is_receipt,
        "has_times": data.time_start != "00:00" or data.time_end != "23:59",
        "is_filtered": address(_PATH, data, page=None) != _PATH,
        "first": before + 1,
        "last": last,
        "previous": address(_PATH, data, page=number - 1 or None) if number > 1 else "",
        "next": address(_PATH, data, page=number + 1) if has_more else "",
        "files": {form: address(f"{_PATH}.{form}", data, page=None) for form in ("csv", "xlsx")},
    }
