"""Which price holds when: rules, their choice, and the price of time as a line of pieces.

Pure: no clock, no store. Windows are times of a week (windows.py), prices make a tariff
(tariffs.py), and a tariff is laid out over time (weeks.py).
Source: cafe-domain 0 (weekday sets, time windows) and 2 (selection order); decision 0021.
"""

from __future__ import annotations

from lanhouse.cafe.pricing.rules.tariffs import (
    DEFAULT_NAME,
    FACTOR_PARTS,
    HOUR_PARTS,
    PERCENT_PARTS,
    RATE_PARTS,
    Holiday,
    NoPrice,
    Piece,
    PriceList,
    PriceRule,
    Tariff,
    exact_cost,
    rate_of,
    strength,
    tariff_for,
)
from lanhouse.cafe.pricing.rules.weeks import (
    always_has_price,
    costs_nothing,
    holiday_at,
    local_time,
    rule_at,
    timeline,
    week_of,
)
from lanhouse.cafe.pricing.rules.windows import (
    DAY_MINUTES,
    WEEK_MINUTES,
    WEEKDAYS,
    Window,
    format_weekdays,
    format_window,
    parse_weekdays,
    parse_window,
)

__all__ = [
    "DAY_MINUTES",
    "DEFAULT_NAME",
    "FACTOR_PARTS",
    "HOUR_PARTS",
    "PERCENT_PARTS",
    "RATE_PARTS",
    "WEEKDAYS",
    "WEEK_MINUTES",
    "Holiday",
    "NoPrice",
    "Piece",
    "PriceList",
    "PriceRule",
    "Tariff",
    "Window",
    "always_has_price",
    "costs_nothing",
    "exact_cost",
    "format_weekdays",
    "format_window",
    "holiday_at",
    "local_time",
    "parse_weekdays",
    "parse_window",
    "rate_of",
    "rule_at",
    "strength",
    "tariff_for",
    "timeline",
    "week_of",
]
