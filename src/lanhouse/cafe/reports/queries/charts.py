"""Charts: series of one number a day, or an hour when the range is one day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import msgspec

from lanhouse.cafe.logs.rules import TimeRange
from lanhouse.cafe.products.queries import groups_of_center
from lanhouse.cafe.products.schemas import DEFAULT_GROUP
from lanhouse.cafe.reports.queries import goods_by_group, groups_between
from lanhouse.cafe.reports.rules import summarise
from lanhouse.cafe.reports.rules.play import QUARTER_MICROS
from lanhouse.cafe.reports.schemas import Group, ReportFilter, Summary
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.said import say

DAYS_MAX = 1100
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)

_Take = Callable[[Summary], int]


class ChartType(StrEnum):
    """What a chart shows; `totup` is how the seed spells `topup`."""

    MONEY = "money"
    INCOME = "income"
    TOPUP = "topup"
    TOTUP = "totup"
    SALE = "sale"
    PRODUCT = "product"


def _topup(name: str) -> _Take:
    return lambda summary: summary.topup[name].micros


def _sale(name: str) -> _Take:
    return lambda summary: summary.sale[name].total_micros


_CASH: tuple[str, _Take] = ("Cash", lambda summary: summary.cash_micros)
_CARD: tuple[str, _Take] = ("Credit card", lambda summary: summary.card_micros)
_TOPUPS = [
    ("Cash", _topup("cash")),
    ("Credit card", _topup("credit_card")),
    ("QR", _topup("qr")),
    ("Bonus", _topup("bonus")),
]
SERIES: dict[ChartType, list[tuple[str, _Take]]] = {
    ChartType.MONEY: [_CASH, _CARD],
    ChartType.INCOME: [
        _CASH,
        _CARD,
        ("Balance", lambda summary: summary.by_balance_micros),
        ("Profit", lambda summary: summary.profit_micros),
        ("Total", lambda summary: summary.amount_micros),
    ],
    ChartType.TOPUP: _TOPUPS,
    ChartType.TOTUP: _TOPUPS,
    ChartType.SALE: [
        ("Cash", _sale("cash")),
        ("Credit card", _sale("credit_card")),
        ("Balance", _sale("by_balance")),
        ("Coin", _sale("coin")),
    ],
    # Packages are the group "Offers"; the product groups of the centre follow (_by_group).
    ChartType.PRODUCT: [
        (
            "Offers",
            lambda summary: (
                summary.sale["offer_guest"].total_micros + summary.sale["offer_member"].total_micros
            ),
        ),
    ],
}
"""The series of each chart: name and figure in micros. All lie in the summary of reportData, so
that a chart's sum over its range is the figure of the report (cafe-domain 11, Charts)."""


class ChartWanted(msgspec.Struct, frozen=True):
    """A chart over a range; the filter's own times are not used, for each column has its own."""

    log_filter: ReportFilter
    span: TimeRange
    chart_type: ChartType


class Chart(msgspec.Struct, frozen=True):
    """Category texts, and by series one figure in micros for each of them."""

    categories: list[str]
    series: dict[str, list[int]]


def chart_of(read: Read, wanted: ChartWanted) -> Chart:
    """One column per local day, both ends included; per hour, "00" to "23", for a single day.

    Only columns that the range touches, the first and the last cut to it (decision 0059).

    Raises InvalidInput when the range has more than DAYS_MAX days.
    """
    columns = columns_of(wanted.span)
    ranges = [(start, end) for _, start, end in columns]
    found = _summaries(read, wanted.log_filter, ranges)
    series = {
        name: [take(summary) for summary in found] for name, take in SERIES[wanted.chart_type]
    }
    if wanted.chart_type is ChartType.PRODUCT:
        series |= _by_group(read, wanted.log_filter, ranges)
    return Chart(categories=[name for name, _, _ in columns], series=series)


def _by_group(
    read: Read, log_filter: ReportFilter, ranges: list[tuple[datetime, datetime]]
) -> dict[str, list[int]]:
    """What was sold of each product group in each range, by the names of the groups. Of a product
    that is gone together with its group it counts as "Default"."""
    groups = {group.id: group.values.name for group in groups_of_center(read, log_filter.center_id)}
    found = {name: [0] * len(ranges) for name in groups.values()}
    if not ranges:
        return found
    starts = [start for start, _ in ranges]
    span = msgspec.structs.replace(log_filter, start_at=starts[0], end_at=ranges[-1][1])
    for row in goods_by_group(read, span):
        # Only the first range may begin inside a quarter of an hour.
        place = bisect_right(starts, clock.from_micros(row.quarter * QUARTER_MICROS)) - 1
        name = groups.get(row.group_id, groups[DEFAULT_GROUP])
        found[name][max(place, 0)] += row.micros
    return found


def _summaries(
    read: Read, log_filter: ReportFilter, ranges: list[tuple[datetime, datetime]]
) -> list[Summary]:
    """The figures of each range, one after the other in time, read at once."""
    if not ranges:
        return []
    starts = [start for start, _ in ranges]
    groups: list[list[Group]] = [[] for _ in ranges]
    span = msgspec.structs.replace(log_filter, start_at=starts[0], end_at=ranges[-1][1])
    for since, group in groups_between(read, span, starts[1:]):
        groups[bisect_right(starts, since) - 1].append(group)
    return [summarise(of_range) for of_range in groups]


def _columns(span: TimeRange) -> list[tuple[str, datetime, datetime]]:
    """Name, start and end of each column; at a change of the clock a column is longer or empty."""
    if span.is_one_day:
        midnight = datetime.combine(span.first_day, datetime.min.time())
        edges = [_instant(midnight + hour * _HOUR, span) for hour in range(25)]
        return [(f"{hour:02}", edges[hour], edges[hour + 1]) for hour in range(24)]
    count = (span.last_day - span.first_day).days + 1
    if count > DAYS_MAX:
        raise InvalidInput(
            {"last_day": say("must be at most %(count)s days after date_start", count=DAYS_MAX)}
        )
    days = [span.first_day + number * _DAY for number in range(count + 1)]
    edges = [_instant(_midnight(day), span) for day in days]
    return [(days[number].isoformat(), edges[number], edges[number + 1]) for number in range(count)]


def columns_of(span: TimeRange) -> list[tuple[str, datetime, datetime]]:
    """Name, start and end of each column of a range, the first and the last cut to it."""
    return _cut(_columns(span), span)


def _cut(
    columns: list[tuple[str, datetime, datetime]], span: TimeRange
) -> list[tuple[str, datetime, datetime]]:
    """The columns inside a range. An hour that a change of the clock leaves out stays, empty."""
    return [
        (name, max(start, span.start_at), min(end, span.end_at))
        for name, start, end in columns
        if start < span.end_at and (end > span.start_at or start == end == span.start_at)
    ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time())


def _instant(local: datetime, span: TimeRange) -> datetime:
    return local.replace(tzinfo=span.zone).astimezone(UTC)
