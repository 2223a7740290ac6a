"""Reports on the wire (seed: Reports; cafe-wire, Reports)."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.logs.queries import staff_as_written
from lanhouse.cafe.logs.rules import RangeIn, TimeRange, range_of
from lanhouse.cafe.reports import wire
from lanhouse.cafe.reports.queries import report_data
from lanhouse.cafe.reports.queries.analysis import analysis_of
from lanhouse.cafe.reports.queries.charts import ChartType, ChartWanted, chart_of
from lanhouse.cafe.reports.queries.shifts import listed_shifts, stocks_of
from lanhouse.cafe.reports.schemas import ReportFilter
from lanhouse.cafe.reports.wire import shifts as shifts_wire
from lanhouse.cafe.reports.wire.outputs import AnalysisOut, ChartOut, ReportOut
from lanhouse.cafe.reports.wire.shifts import ShiftDetailOut, ShiftListRow
from lanhouse.cafe.shifts.queries import WantedShifts
from lanhouse.cafe.shifts.queries.views import shift_view
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.inputs import DayOrSecond, id_in_path, means
from lanhouse.kit.said import say

routes = CafeRoutes("Reports")


class FilterIn(msgspec.Struct, kw_only=True):
    """Times are HH:MM, up to 24:00. `all` is the same as leaving a filter out."""

    time_start: str = "00:00"
    time_end: str = "23:59"
    log_staff_name: str = ""
    member_group_id: Literal["all"] | int | None = None
    pc_group_id: Literal["all"] | int | None = None


class ReportIn(FilterIn, kw_only=True):
    """The first and the last day must be named (seed: Reports)."""

    date_start: DayOrSecond
    date_end: Annotated[DayOrSecond, means("last_day")]


class AnalysisIn(FilterIn, kw_only=True):
    """Without days it is about today."""

    date_start: DayOrSecond | None = None
    date_end: DayOrSecond | None = None


class ChartIn(ReportIn, kw_only=True):
    """`chart_type` is income, topup, sale or product; left out: cash and credit card."""

    chart_type: ChartType = ChartType.MONEY


class ShiftListIn(RangeIn, kw_only=True):
    """Without a name the list is empty (cafe-wire, Shifts)."""

    shift_staff_name: str = ""


@routes.get(
    "/reports/reportData",
    right="reports.view",
    summary="What came in, was sold and given back",
    source="seed: Reports, Report data",
)
async def report(call: CafeCall, data: ReportIn) -> ReportOut:
    """All sections, over one range and three filters."""
    span = _span(call.center, data)
    found = await call.read(report_data, await _filter(call, data, span))
    return wire.report(found, span, _staff(data) or "All")


@routes.get(
    "/reports/reportChart",
    right="reports.view",
    summary="Figures by day, or by hour of one day",
    source="seed: Reports, Report chart",
)
async def chart(call: CafeCall, data: ChartIn) -> ChartOut:
    """Over the range and filters of reportData; one number per category in each series."""
    span = _span(call.center, data)
    wanted = ChartWanted(await _filter(call, data, span), span, data.chart_type)
    return wire.chart(await call.read(chart_of, wanted), span, _staff(data) or "All")


@routes.get(
    "/reports/customerAnalysis",
    right="reports.view",
    summary="How customers pay, who spends most, how long they play",
    source="cafe-wire: Reports",
)
async def customer_analysis(call: CafeCall, data: AnalysisIn) -> AnalysisOut:
    """Over the range and filters of reportData."""
    span = _span(call.center, data)
    found = await call.read(analysis_of, await _filter(call, data, span))
    return wire.analysis(found)


@routes.get(
    "/reports/shiftList",
    right="reports.view",
    summary="Shifts, those that are open first",
    source="seed: Reports, Shift list",
)
async def shift_list(call: CafeCall, data: ShiftListIn) -> list[ShiftListRow]:
    """Of one person or of `all`; the range is about when a shift began."""
    if not data.shift_staff_name:
        return []
    today = clock.now().astimezone(call.center.zone).date()
    span = range_of(data, call.center.zone, today)
    wanted = WantedShifts(
        center_id=call.center.id,
        staff_name="" if data.shift_staff_name.lower() == "all" else data.shift_staff_name,
        start_at=span.start_at,
        end_at=span.end_at,
    )
    found = await call.read(listed_shifts, call.center, call.actor, wanted, clock.now())
    return shifts_wire.shift_list(found, call.center)


@routes.get(
    "/reports/shiftDetail/{shift_id}",
    right="reports.view",
    summary="All figures of a shift",
    source="seed: Reports, Shift detail",
)
async def shift_detail(call: CafeCall) -> ShiftDetailOut:
    """An open shift is found by its negative id, and by the positive one."""
    text = call.path["shift_id"].removeprefix("-")
    shift_id = id_in_path(text, say("Shift not found"))
    now = clock.now()

    def found(read: Read) -> ShiftDetailOut:
        view = shift_view(read, call.center, call.actor, shift_id, now)
        return shifts_wire.shift_detail(view, stocks_of(read, view), call.center)

    return await call.read(found)


def _span(center: Center, data: ReportIn | AnalysisIn) -> TimeRange:
    asked = RangeIn(
        date_start=data.date_start,
        date_end=data.date_end,
        time_start=data.time_start,
        time_end=data.time_end,
    )
    return range_of(asked, center.zone, clock.now().astimezone(center.zone).date())


async def _filter(call: CafeCall, data: FilterIn, span: TimeRange) -> ReportFilter:
    return ReportFilter(
        center_id=call.center.id,
        start_at=span.start_at,
        end_at=span.end_at,
        staff_name=await call.point(staff_as_written, call.center.id, _staff(data)),
        member_group_id=None if data.member_group_id == "all" else data.member_group_id,
        pc_group_id=None if data.pc_group_id == "all" else data.pc_group_id,
    )


def _staff(data: FilterIn) -> str:
    return "" if data.log_staff_name.lower() == "all" else data.log_staff_name
