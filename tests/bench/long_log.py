"""A log of a million rows: `python -m tests.bench.long_log [rows]` prints processor times.

Medians of 5 on SQLite, in milliseconds of this process; figures are printed, never asserted.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

import lanhouse.cafe.followers  # noqa: F401  (wires the facts)
from lanhouse.cafe.logs.queries import LogFilter, log_page
from lanhouse.cafe.logs.rules import RangeIn, range_of
from lanhouse.cafe.money.queries import AMOUNTS, KEYS, LEVELS, int_sum, summed
from lanhouse.cafe.money.tables import billing_log_sums
from lanhouse.cafe.reports.queries import report_data
from lanhouse.cafe.reports.queries.analysis import analysis_of
from lanhouse.cafe.reports.queries.charts import ChartType, ChartWanted, chart_of
from lanhouse.cafe.reports.queries.kept import names_of, quarters_of
from lanhouse.cafe.reports.schemas import ReportFilter
from lanhouse.cafe.reports.tables import report_names, report_quarters
from lanhouse.db.migrate import analyze, migrate
from lanhouse.db.sqlite import SqliteStore
from lanhouse.db.store import Store
from tests.builders.centers import open_hall

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
ROWS_A_MONTH = 250_000
ROWS_A_SHIFT = 500
_FILL = """
    WITH RECURSIVE n(i) AS (
        SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :rows
    ),
    r AS (SELECT i, (i * 7919) % 1000 AS x, (i * 104729) % 3000 + 1 AS who,
                 (i * 31) % 100 + 1 AS pc FROM n)
    INSERT INTO billing_logs (center_id, at, event, subject, member_id, member_account,
        member_group_id, pc_id, pc_name, pc_group_id, cash_micros, card_micros, qr_micros,
        spend_micros, balance_micros, bonus_micros, coin_micros, loan_micros, cost_micros,
        other_tender_micros, used_seconds, staff_id, staff_name, details, shift_id)
    SELECT 7777, {at},
        CASE WHEN x < 300 THEN 'TOPUP' WHEN x < 600 THEN 'CHECKOUT' WHEN x < 850 THEN 'SESSION'
             WHEN x < 950 THEN 'ADDTIME' WHEN x < 990 THEN 'OFFER' WHEN x < 999 THEN 'MEMBER'
             ELSE 'EXPENSE' END,
        CASE WHEN who % 3 = 0 THEN 'prepaid' ELSE 'member' END, who, 'm' || who,
        CASE WHEN who % 3 = 0 THEN -2 ELSE who % 4 END,
        CASE WHEN x >= 300 THEN pc END, CASE WHEN x >= 300 THEN 'PC' || pc ELSE '' END,
        CASE WHEN x >= 300 THEN pc % 3 END,
        CASE WHEN x < 300 THEN 5000000 WHEN x = 999 THEN -3000000 ELSE 0 END, 0, 0,
        CASE WHEN x BETWEEN 300 AND 599 THEN 2000000 ELSE 0 END, 0, 0, 0, 0,
        CASE WHEN x BETWEEN 300 AND 599 THEN 2000000 WHEN x >= 850 THEN 1000000 ELSE 0 END, 0,
        CASE WHEN x BETWEEN 300 AND 599 THEN 3600 ELSE 0 END,
        who % 4, 'staff' || (who % 4), CASE WHEN x BETWEEN 950 AND 989 THEN 'Night' ELSE '' END,
        i / {rows_a_shift} + 1
    FROM r
"""
# Eight tariffs, each in every quarter of an hour; forty seats, half of them in use.
_TARIFFS = """
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < 8)
    INSERT INTO report_tariffs
        (center_id, quarter, kind, name, number, seconds, micros, discount_micros)
    SELECT 7777, quarter, 'time', 'tariff' || i, 2, 1000, 500000, 1000
    FROM (SELECT DISTINCT quarter FROM report_quarters) q, n
"""
_SEATS = """
    INSERT INTO report_seats (center_id, quarter, seconds)
    SELECT 7777, quarter, 18000 FROM report_quarters
"""


def _sums() -> Iterator[Any]:
    """Selects of the sums that the product keeps with each row, made of all rows at once: by hours
    from the rows, by days and months from the finer ones."""
    yield summed(LEVELS[-1:])
    kept = billing_log_sums.c
    for hours, finer in reversed(list(pairwise(LEVELS))):
        level = sa.literal_column(str(hours), sa.Integer).label("hours")
        start = (kept.start_hour - kept.start_hour % hours).label("start_hour")
        named = [kept[name] for name in (*KEYS, *AMOUNTS)]
        rows = sa.select(kept.center_id, level, start, *named).where(kept.hours == finer).subquery()
        keys = [rows.c[name] for name in ("center_id", "hours", "start_hour", *KEYS)]
        added = [int_sum(rows.c[name]).label(name) for name in AMOUNTS]
        yield sa.select(*keys, *added).group_by(*keys)


def _median_ms(act: Callable[[], Any]) -> float:
    times: list[float] = []
    for _ in range(5):
        begun = time.process_time()
        act()
        times.append((time.process_time() - begun) * 1000)
    return statistics.median(times)


def fill(store: Store, rows: int, rows_a_month: int = ROWS_A_MONTH) -> None:
    """Put a log of so many rows into the store, from FIRST on, and all that is kept beside it."""
    step = 30 * 86_400 * 1_000_000 // rows_a_month
    first = int(FIRST.timestamp()) * 1_000_000
    at = f"{first} + CAST(i AS BIGINT) * {step}"
    if store.engine.dialect.name == "postgresql":
        at = f"to_timestamp(({at}) / 1000000.0)"
    with store.engine.connect() as connection, connection.begin():
        connection.execute(sa.text(_FILL.format(at=at, rows_a_shift=ROWS_A_SHIFT)), {"rows": rows})
        kept = [(billing_log_sums, each) for each in _sums()]
        kept += [(report_quarters, quarters_of()), (report_names, names_of())]
        for table, made in kept:
            names = [column.name for column in table.c]
            connection.execute(table.insert().from_select(names, made, include_defaults=False))
        connection.execute(sa.text(_TARIFFS))
        connection.execute(sa.text(_SEATS))
    analyze(store)


def main(rows: int) -> None:
    """Fill a log and print what its pages and reports cost."""
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "lanhouse.db")
        migrate(store)
        open_hall(store)
        fill(store, rows)
        last = rows // 30
        pages: dict[str, tuple[LogFilter, int]] = {
            "first page": (LogFilter(center_id=7777), 1),
            "page in the middle": (LogFilter(center_id=7777), last // 2),
            "last page": (LogFilter(center_id=7777), last),
            "a month, page 4000": (
                LogFilter(
                    center_id=7777,
                    start_at=FIRST - timedelta(hours=1),
                    end_at=FIRST + timedelta(days=31, hours=-1),
                ),
                4000,
            ),
            "event=EXPENSE": (LogFilter(center_id=7777, event="EXPENSE"), 5),
            "staff": (LogFilter(center_id=7777, staff_name="staff1"), 900),
            "guests": (LogFilter(center_id=7777, is_member=False), 4000),
            "a member": (LogFilter(center_id=7777, member_account="m5"), 2),
            "a PC": (LogFilter(center_id=7777, pc_name="PC5"), 200),
        }
        for name, wanted in pages.items():
            cost = _median_ms(lambda wanted=wanted: store.read_sync(log_page, *wanted))
            print(f"{name:<22} {cost:8.1f} ms")
        days = RangeIn(date_start=date(2026, 1, 2), date_end=date(2026, 1, 31))
        for zone in ("Europe/Berlin", "Asia/Kathmandu"):
            span = range_of(days, ZoneInfo(zone), date(2026, 1, 2))
            asked = ReportFilter(center_id=7777, start_at=span.start_at, end_at=span.end_at)
            chart = ChartWanted(asked, span, ChartType.INCOME)
            for name, query, arg in (
                ("reportData", report_data, asked),
                ("reportChart", chart_of, chart),
                ("customerAnalysis", analysis_of, asked),
            ):
                cost = _median_ms(lambda query=query, arg=arg: store.read_sync(query, arg))
                print(f"{name:<22} {cost:8.1f} ms  {zone}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
