"""What a session costs, how long its money lasts, and the bill that explains it.

Pure: no clock, no store. A session is a row of segments, each with the tariff it was begun under
(walking.py) and the terms that were agreed (terms.py); its stretches become a bill (bills.py), and
money an end (ends.py).
"""

from __future__ import annotations

from lanhouse.cafe.metering.rules.bills import Bill, bill, day_costs, exact_cost, total_cost
from lanhouse.cafe.metering.rules.ends import (
    MINUTES_MAX,
    SESSION_DAYS_MAX,
    can_begin,
    cost_of_seconds,
    ends_at,
    minutes_for_money,
    seconds_for_money,
    sold_until,
)
from lanhouse.cafe.metering.rules.lines import BillLine
from lanhouse.cafe.metering.rules.sharing import Seat, shared_ends
from lanhouse.cafe.metering.rules.terms import CENT, Terms
from lanhouse.cafe.metering.rules.walking import (
    PAUSED,
    UNPLAYED,
    Segment,
    Stretch,
    cut,
    package_use,
    packages_left,
    paused,
    resumed,
    standing,
    stretches,
)

__all__ = [
    "CENT",
    "MINUTES_MAX",
    "PAUSED",
    "SESSION_DAYS_MAX",
    "UNPLAYED",
    "Bill",
    "BillLine",
    "Seat",
    "Segment",
    "Stretch",
    "Terms",
    "bill",
    "can_begin",
    "cost_of_seconds",
    "cut",
    "day_costs",
    "ends_at",
    "exact_cost",
    "minutes_for_money",
    "package_use",
    "packages_left",
    "paused",
    "resumed",
    "seconds_for_money",
    "shared_ends",
    "sold_until",
    "standing",
    "stretches",
    "total_cost",
]
