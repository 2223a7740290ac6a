"""The panel's page of reports: a period beside the one before, and each of its tables as a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.logs.panel.billing import log_address
from lanhouse.cafe.logs.rules import EVENT_NAMES
from lanhouse.cafe.money.taxes import GOODS_TAXES, TIME_TAX, tax_of
from lanhouse.cafe.reports.queries.heat import HOURS
from lanhouse.cafe.reports.queries.overview import (
    GOODS_DAYS_MAX,
    Column,
    Overview,
    overview_of,
)
from lanhouse.cafe.reports.rules.changes import change
from lanhouse.cafe.reports.rules.figures import Figures
from lanhouse.cafe.reports.rules.periods import Choice, Period, Stretch, period_of
from lanhouse.cafe.reports.rules.shares import discounts, taxes
from lanhouse.cafe.reports.wire.sheets import SHEETS, Table, cashiers, events, sheet_of
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.inputs import means
from lanhouse.kit.pages import address
from lanhouse.kit.texts import N_
from lanhouse.web.exports import Lines, sheet_file
from lanhouse.web.format import marks, weekday_names
from lanhouse.web.replies import Reply, Stream

routes = PanelRoutes("Report pages")
_TEMPLATE = "cafe/reports/templates/reports.html"
_PATH = "/panel/reports"
_ROWS_SHOWN = 10

CHOICES = {
    Choice.TODAY: N_("Today"),
    Choice.YESTERDAY: N_("Yesterday"),
    Choice.WEEK: N_("7 days"),
    Choice.MONTH: N_("This month"),
}
KINDS = {
    "": N_("Before this was kept"),
    "free_session": N_("No charge"),
    "free_minutes": N_("Free minutes"),
    "start_fee": N_("Start fee"),
    "minimum_charge": N_("Minimum charge"),
    "daily_cap": N_("Daily cap"),
    "tax": N_("Tax on top"),
    "tax_included": N_("Tax in the price"),
    "card_price": N_("Card price"),
    "rounding": N_("Rounding"),
}
"""What people call the lines of a bill that have no name of the house's."""


DISCOUNTS = {
    "goods_by_hand": N_("Goods, by hand"),
    "goods": N_("Goods, of member groups"),
    "packages": N_("Packages, of member groups"),
    "time": N_("Time, of member groups"),
}
"""What people call the kinds of discounts."""


class PeriodIn(msgspec.Struct, kw_only=True):
    """Which days. `date_start` and `date_end` count for `days` only."""

    period: Choice = Choice.TODAY
    date_start: Annotated[date | None, means("first")] = None
    date_end: Annotated[date | None, means("last")] = None


class SheetIn(PeriodIn, kw_only=True):
    """Which days of which table."""

    table: Table


@routes.get("/panel/reports", right="reports.view", summary="Figures of a period")
async def reports(call: CafeCall, data: PeriodIn) -> Reply:
    """Beside the same weekdays before; every figure leads to its rows of the log."""
    language = call.view.language
    weekdays = [weekday_names(language, width) for width in ("abbreviated", "wide")]
    shown = {"wanted": data, "weekdays": list(zip(*weekdays, strict=True))}
    period, at = _period(call, data), clock.now()
    return await call.page(
        _TEMPLATE, lambda read: shown | _page(read, call.center, data, period, at)
    )


@routes.get("/panel/reports.csv", right="reports.view", summary="A table of it as CSV")
@routes.get("/panel/reports.xlsx", right="reports.view", summary="The same as XLSX")
async def sheet(call: CafeCall, data: SheetIn) -> Stream:
    """All rows of the table; amounts have two decimals, times are the centre's."""
    center, period, at = call.center, _period(call, data), clock.now()
    days = f"{period.asked.first_day}-{period.asked.last_day}"

    def look(read: Read, _: None) -> Lines[None]:
        return Lines(sheet_of(data.table, overview_of(read, center, period, at)), None)

    name = f"{data.table}-{center.id}-{days}"
    return await sheet_file(call, name, SHEETS[data.table].columns, look)


def _period(call: CafeCall, data: PeriodIn) -> Period:
    return period_of(data.period, data.date_start, data.date_end, call.center.zone, clock.now())


def _page(
    read: Read, center: Center, data: PeriodIn, period: Period, at: datetime
) -> dict[str, Any]:
    """What the template shows."""
    found, log = overview_of(read, center, period, at), _Links(period.asked)
    choices = [
        (address(_PATH, PeriodIn(), period=choice), words, choice is data.period)
        for choice, words in CHOICES.items()
    ]
    return {
        "found": found,
        "choices": choices,
        "cards": _cards(found),
        "columns": [_drawn(column, log.column(column.name)) for column in found.columns],
        "marks": _marks(found.columns),
        "events": events(found),
        "cashiers": cashiers(found),
        "discounts": discounts(found.now),
        "discount_kinds": DISCOUNTS,
        "taxes": taxes(found.now),
        "tax_names": {slot: _tax_name(center, slot) for slot in (*GOODS_TAXES, TIME_TAX)},
        "event_names": EVENT_NAMES,
        "kinds": KINDS,
        "hours": range(HOURS),
        "most_percent": _most(found.heat.used_percent),
        "most_micros": _most(found.heat.money_micros),
        "rows_shown": _ROWS_SHOWN,
        "goods_days_max": GOODS_DAYS_MAX,
        "log": log,
        "log_before": _Links(period.before),
        "log_heat": log_address(
            date_start=found.heat.first_day.date().isoformat(),
            date_end=found.heat.last_day.date().isoformat(),
        ),
        "files": {
            table.value: {form: _file(form, table, data) for form in ("csv", "xlsx")}
            for table in Table
        },
    }


def _tax_name(center: Center, slot: int) -> str:
    return tax_of(center.settings.payment, slot).name


def _file(form: str, table: Table, data: PeriodIn) -> str:
    sent = SheetIn(table=table, **msgspec.structs.asdict(data))
    kept = {name: value for name, value in msgspec.to_builtins(sent).items() if value is not None}
    return f"{_PATH}.{form}?{urlencode(kept)}"


def _drawn(column: Column, href: str) -> tuple[Any, ...]:
    """A row of the chart: its day or hour, its amounts, and where its rows are."""
    day = None if len(column.name) == 2 else column.start_at
    return day, column.name, (column.cash_micros, column.card_micros, column.qr_micros), href


def _marks(columns: Sequence[Column]) -> list[int]:
    """The lines across the chart: what came in is stacked upwards, what went out downwards."""
    amounts = [(each.cash_micros, each.card_micros, each.qr_micros) for each in columns]
    lowest = min((sum(min(one, 0) for one in three) for three in amounts), default=0)
    return marks(lowest, max((sum(max(one, 0) for one in three) for three in amounts), default=0))


class _Links:
    """Addresses of the log's rows of a stretch."""

    def __init__(self, stretch: Stretch) -> None:
        self._range = {
            "date_start": stretch.first_day.isoformat(),
            "date_end": stretch.last_day.isoformat(),
        }
        if stretch.cut_at is not None:
            self._range["date_end"] = stretch.cut_at.isoformat(" ")
        self._stretch = stretch

    def __call__(self, **filters: Any) -> str:
        """With these filters of the log's page."""
        return log_address(**self._range, **filters)

    def column(self, name: str) -> str:
        """Of a column of the chart: an hour of the one day, or a day."""
        if self._stretch.is_one_day:
            day = self._stretch.first_day.isoformat()
            times = {"time_start": f"{name}:00", "time_end": f"{name}:59"}
            return log_address(date_start=day, date_end=day, **times)
        return log_address(date_start=name, date_end=name)


class Card(msgspec.Struct, frozen=True):
    """A figure of the top: which one, now and before, and whether more of it is welcome."""

    name: str
    now: int
    before: int
    is_good_up: bool

    @property
    def change(self) -> Any:
        """How much it differs."""
        return change(self.now, self.before)

    @property
    def is_good(self) -> bool:
        """Whether the difference is welcome."""
        return (self.change.trend == "up") is self.is_good_up


def _cards(found: Overview) -> dict[str, Card]:
    def card(name: str, value: Any, *, is_good_up: bool = True) -> tuple[str, Card]:
        return name, Card(name, value(found.now), value(found.before), is_good_up)

    def back(figures: Figures) -> int:
        return -figures.back.money_micros

    return dict(
        [
            card("money", lambda each: each.all.money_micros),
            card("sold", lambda each: each.all.cost_micros),
            card("used", lambda each: each.all.used_seconds),
            card("members", lambda each: each.new_members),
            card("bonus", lambda each: each.bonus_micros, is_good_up=False),
            card("discount", lambda each: each.discount_micros, is_good_up=False),
            card("back", back, is_good_up=False),
        ]
    )


def _most(grid: list[list[int | None]]) -> int:
    """The value that is drawn darkest: all but the highest twentieth stay below it, so that one
    rare evening does not make the rest pale. 1 at least."""
    values = sorted(value for hours in grid for value in hours if value and value > 0)
    return values[len(values) * 19 // 20] if values else 1
