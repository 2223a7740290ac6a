"""The tables of the reports page as lines of a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from lanhouse.cafe.reports.queries.overview import Overview, Used
from lanhouse.cafe.reports.rules.figures import Amounts, Cashier
from lanhouse.cafe.reports.rules.shares import discounts, taxes
from lanhouse.kit.local_time import duration_text, local_text
from lanhouse.kit.money import format_fixed

Cells = Sequence[Sequence[str]]


class Sheet(msgspec.Struct, frozen=True):
    """Names of the columns, and how the lines are made."""

    columns: tuple[str, ...]
    lines: Callable[[Overview], Cells]


class Table(StrEnum):
    """The tables that can be taken away."""

    MONEY = "money"
    TIMES = "times"
    TARIFFS = "tariffs"
    PACKAGES = "packages"
    GOODS = "goods"
    PCS = "pcs"
    MEMBERS = "members"
    CASHIERS = "cashiers"
    DISCOUNTS = "discounts"
    TAXES = "taxes"
    PROFIT = "profit"
    UNPAID = "unpaid"
    WEEKDAYS = "weekdays"


def sheet_of(table: Table, found: Overview) -> Cells:
    """The lines of a table."""
    return SHEETS[table].lines(found)


def _amounts(each: Any, *names: str) -> list[str]:
    return [format_fixed(getattr(each, f"{name}_micros")) for name in names]


_TILL = ("cash", "card", "qr")
_AMOUNTS = (*_TILL, "money", "spend", "bonus", "cost")


def _events(found: Overview) -> Cells:
    lines = [[event, str(each.number), *_sums(each)] for event, each in events(found)]
    return [*lines, ["total", str(found.now.all.number), *_sums(found.now.all)]]


def events(found: Overview) -> list[tuple[str, Amounts]]:
    """Events of which something moved or was sold, by name."""
    return [
        (event, each)
        for event, each in sorted(found.now.by_event.items())
        if any(getattr(each, f"{name}_micros") for name in _AMOUNTS) or each.used_seconds
    ]


def _sums(each: Amounts) -> list[str]:
    return [*_amounts(each, *_AMOUNTS), duration_text(each.used_seconds)]


def cashiers(found: Overview) -> list[tuple[str, Cashier]]:
    """Who took money in or gave some back, by name."""
    return [
        (name, each)
        for name, each in sorted(found.now.by_staff.items())
        if each.taken.money_number or each.back.number
    ]


def _cashiers(found: Overview) -> Cells:
    return [
        [
            name,
            *_amounts(each.taken, *_TILL, "money"),
            str(each.back.number),
            *_amounts(each.back, *_TILL, "money"),
        ]
        for name, each in cashiers(found)
    ]


def _times(found: Overview) -> Cells:
    return [
        [
            column.name,
            *_amounts(column, *_TILL),
            format_fixed(column.cash_micros + column.card_micros + column.qr_micros),
        ]
        for column in found.columns
    ]


def _used(each: Used) -> list[str]:
    return [str(each.sessions), duration_text(each.used_seconds), *_amounts(each, "cost")]


def _tariffs(found: Overview) -> Cells:
    return [
        [
            *(row.kind, row.name, str(row.number), duration_text(row.seconds)),
            *(format_fixed(row.discount_micros), format_fixed(row.micros)),
        ]
        for row in found.tariffs
    ]


def _packages(found: Overview) -> Cells:
    return [[row.name, str(row.number), *_packed(row)] for row in found.packages]


def _goods(found: Overview) -> Cells:
    return [
        [row.name, str(row.number), *_packed(row), format_fixed(row.margin_micros)]
        for row in found.goods or ()
    ]


def _packed(row: Any) -> list[str]:
    return [format_fixed(row.micros - row.refunded_micros), format_fixed(row.refunded_micros)]


def _weekdays(found: Overview) -> Cells:
    heat = found.heat
    return [
        [
            *(str(day + 1), str(hour), "" if used is None else str(used)),
            "" if micros is None else format_fixed(micros),
        ]
        for day in range(7)
        for hour, (used, micros) in enumerate(
            zip(heat.used_percent[day], heat.money_micros[day], strict=True)
        )
    ]


def _unpaid(found: Overview) -> Cells:
    zone = found.period.asked.zone
    return [
        [each.pc_name, local_text(each.started_at, zone), format_fixed(each.micros)]
        for each in found.unpaid
    ]


SHEETS: dict[Table, Sheet] = {
    Table.MONEY: Sheet(
        ("event", "rows", *_TILL, "money", "from_balances", "bonus", "sold", "played"), _events
    ),
    Table.TIMES: Sheet(("time", *_TILL, "money"), _times),
    Table.TARIFFS: Sheet(("kind", "name", "sessions", "played", "discount", "sold"), _tariffs),
    Table.PACKAGES: Sheet(("name", "number", "sold", "given_back"), _packages),
    Table.GOODS: Sheet(("name", "pieces", "sold", "given_back", "margin"), _goods),
    Table.PCS: Sheet(
        ("pc", "sessions", "played", "sold"),
        lambda found: [[pc.name, *_used(pc)] for pc in found.pcs],
    ),
    Table.MEMBERS: Sheet(
        ("member", "member_id", "sessions", "played", "sold", "topped_up"),
        lambda found: [
            [each.name, str(each.member_id), *_used(each), *_amounts(each, "topup")]
            for each in found.members
        ],
    ),
    Table.CASHIERS: Sheet(
        (
            *("staff", *_TILL, "money", "given_back_rows"),
            *(f"given_back_{name}" for name in (*_TILL, "money")),
        ),
        _cashiers,
    ),
    Table.DISCOUNTS: Sheet(
        ("kind", "staff", "discount"),
        lambda found: [
            [row.kind, row.staff_name, format_fixed(row.micros)] for row in discounts(found.now)
        ],
    ),
    Table.TAXES: Sheet(
        ("kind", "slot", "taken", "given_back", "tax"),
        lambda found: [
            [
                *(row.event, str(row.slot) if row.slot else ""),
                *map(format_fixed, (row.taken_micros, row.back_micros)),
                format_fixed(row.taken_micros - row.back_micros),
            ]
            for row in taxes(found.now)
        ],
    ),
    Table.PROFIT: Sheet(
        ("money", "tax", "cost_of_goods", "costs_of_the_house", "left"),
        lambda found: [_amounts(found.profit, "money", "tax", "goods_cost", "house", "left")],
    ),
    Table.UNPAID: Sheet(("pc", "since", "owed"), _unpaid),
    Table.WEEKDAYS: Sheet(("weekday", "hour", "seats_used_percent", "money"), _weekdays),
}
"""Weekdays count from Monday, 1."""
