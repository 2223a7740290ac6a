"""Totals, far pages and reports from the log's sums are those of its rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy import event as sa_event

from lanhouse.cafe.logs.queries import LogFilter, conditions_of, log_page
from lanhouse.cafe.logs.rules import RangeIn, range_of
from lanhouse.cafe.money.checks import check_sums
from lanhouse.cafe.money.log import write_logs
from lanhouse.cafe.money.schemas import Event, LogEntry, Subject
from lanhouse.cafe.money.tables import billing_log_sums, billing_logs
from lanhouse.cafe.reports.queries import summary_of
from lanhouse.cafe.reports.queries.charts import ChartType, ChartWanted, chart_of
from lanhouse.cafe.reports.schemas import ReportFilter
from lanhouse.db.store import Read, Store
from tests.builders.centers import open_hall
from tests.builders.floor import EURO, open_floor

_START = datetime(2025, 12, 30, 21, 17, tzinfo=UTC)
_EVENTS = [Event.TOPUP, Event.ADDTIME, Event.OFFER, Event.CHECKOUT, Event.SESSION]


def _entry(roll: Random, at: datetime) -> LogEntry:
    group = roll.choice([0, 3, -2])
    member = roll.choice([0, 1, 2])
    return LogEntry(
        center_id=7777,
        at=at,
        event=roll.choice([*_EVENTS, Event.EXPENSE] if roll.random() < 0.1 else _EVENTS),
        subject=roll.choice([Subject.MEMBER, Subject.PREPAID]),
        member_id=member,
        member_account=f"m{member}" if member else "",
        member_group_id=group if member else 0,
        pc_id=1,
        pc_name=roll.choice(["", "PC01", "PC02"]),
        pc_group_id=roll.choice([None, 0, 2]),
        cash_micros=roll.randint(-2, 9) * EURO,
        card_micros=roll.choice([0, EURO]),
        spend_micros=roll.choice([0, 3]),
        bonus_micros=roll.randint(-1, 1),
        cost_micros=roll.randint(-1, 9),
        used_seconds=roll.randint(0, 99),
        staff_name=roll.choice(["Kim", "API"]),
    )


def _fill(store: Store, count: int = 1500) -> None:
    open_hall(store)
    roll, at = Random(7), _START
    entries: list[LogEntry] = []
    for number in range(count):
        # Some share an hour or an instant; from time to time the house is closed for long.
        at += timedelta(seconds=roll.choice([0, 40, 900, 7000]), days=25 * (number % 500 == 499))
        entries.append(_entry(roll, at - timedelta(hours=roll.choice([0, 0, 30]))))
    for first in range(0, count, 100):
        store.run_sync(write_logs, entries[first : first + 100])


_EDGES = [None, _START + timedelta(days=3, minutes=3), datetime(2026, 2, 1, tzinfo=UTC)]


def _as_read_whole(read: Read, wanted: LogFilter) -> tuple[list[int], int, list[str]]:
    newest = (billing_logs.c.at.desc(), billing_logs.c.id.desc())
    rows = read.all(sa.select(billing_logs).where(*conditions_of(wanted)).order_by(*newest))
    return (
        [row.id for row in rows],
        sum(row.cash_micros for row in rows),
        sorted({row.event for row in rows}),
    )


def test_every_page_is_that_of_the_whole_log(store: Store, monkeypatch: Any) -> None:
    _fill(store)
    monkeypatch.setattr("lanhouse.cafe.logs.queries._NEAR_ROWS", 40)
    names: list[dict[str, Any]] = [
        {}, {"staff_name": "Kim"}, {"is_member": True}, {"is_member": False},
        {"event": "EXPENSE"}, {"pc_name": "PC01"}, {"member_id": 2},
    ]  # fmt: skip
    ranges = [(None, None), (_EDGES[1], None), (None, _EDGES[1]), (_EDGES[1], _EDGES[2])]
    ranges.append((_EDGES[1], _EDGES[1] + timedelta(minutes=20)))  # type: ignore[operator]
    for start, end in ranges:
        for more in names:
            wanted = LogFilter(center_id=7777, start_at=start, end_at=end, **more)
            ids, cash, events = store.read_sync(_as_read_whole, wanted)
            pages = -(-len(ids) // 30)
            for page in {1, 2, pages // 2 or 1, max(1, pages), pages + 1}:
                found = store.read_sync(log_page, wanted, page)
                assert [row.id for row in found.rows] == ids[(page - 1) * 30 : page * 30]
                assert (found.total_records, found.totals["cash_micros"]) == (len(ids), cash)
                assert wanted.event or found.events == events


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe"]
)
def test_a_chart_adds_up_to_its_report_in_every_zone(store: Store, zone: str) -> None:

    _fill(store, 600)
    days = RangeIn(date_start=_START.date(), date_end=(_START + timedelta(days=40)).date())
    span = range_of(days, ZoneInfo(zone), _START.date())
    wanted = ReportFilter(center_id=7777, start_at=span.start_at, end_at=span.end_at)
    chart = store.read_sync(chart_of, ChartWanted(wanted, span, ChartType.MONEY))
    whole = store.read_sync(summary_of, wanted)
    assert whole.cash_micros != 0
    assert sum(chart.series["Cash"]) == whole.cash_micros
    rows = store.read_sync(lambda read: read.all(sa.select(billing_logs)))
    for day, cash in zip(chart.categories, chart.series["Cash"], strict=True):
        own = [row for row in rows if f"{row.at.astimezone(span.zone):%F}" == day]
        assert cash == sum(row.cash_micros for row in own)
    for name in ("staff_name", "pc_group_id", "member_group_id"):
        value: Any = "Kim" if name == "staff_name" else 0
        part = ReportFilter(
            center_id=7777, start_at=span.start_at, end_at=span.end_at, **{name: value}
        )
        own = [row for row in rows if getattr(row, name) == value]
        own = [row for row in own if span.start_at <= row.at < span.end_at]
        if name == "member_group_id":
            own = [row for row in own if row.member_id]
        assert store.read_sync(summary_of, part).cash_micros == sum(r.cash_micros for r in own)


@pytest.mark.parametrize("hours", [1, 24, 720])
def test_a_sum_that_is_not_that_of_its_rows_is_named(store: Store, hours: int) -> None:
    _fill(store, 200)
    assert store.read_sync(check_sums, 7777) is None
    changed = sa.update(billing_log_sums).where(
        billing_log_sums.c.hours == hours, billing_log_sums.c.event == "CHECKOUT"
    )
    store.run_sync(
        lambda tx, _: tx.run(changed.values(used_seconds=billing_log_sums.c.used_seconds + 1)), None
    )
    found = store.read_sync(check_sums, 7777)
    assert found is not None
    assert found.startswith(f"sum of CHECKOUT over {hours} h from ")


def test_a_sum_that_is_missing_is_named(store: Store) -> None:
    _fill(store, 50)
    gone = sa.delete(billing_log_sums).where(billing_log_sums.c.hours == 720)
    store.run_sync(lambda tx, _: tx.run(gone), None)
    assert "over 720 h" in (store.read_sync(check_sums, 7777) or "")


def test_a_member_is_found_by_id_under_every_name(store: Store) -> None:
    """`member=` finds what happened under an older name, and a deleted account by its name."""
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=EURO)

    def write(tx: Any, _: None) -> None:
        names = {"older": ada, "gone": 999}
        write_logs(
            tx,
            [
                LogEntry(center_id=7777, event=Event.SESSION, member_id=id_, member_account=name)
                for name, id_ in names.items()
            ],
        )

    store.run_sync(write, None)
    found = store.read_sync(log_page, LogFilter(center_id=7777, member_account="ADA"), 1)
    assert "older" in {row.member_account for row in found.rows}
    assert {row.member_id for row in found.rows} == {ada}
    found = store.read_sync(log_page, LogFilter(center_id=7777, member_account="gone"), 1)
    assert [row.member_id for row in found.rows] == [999]


def test_no_page_reads_the_whole_log(sqlite_store: Store) -> None:
    """SQLite's own plan of every statement: each walks an index from a place in it."""
    _fill(sqlite_store, 300)
    seen: list[tuple[str, Any]] = []

    def note(_c: Any, _cur: Any, sql: str, params: Any, _ctx: Any, _many: Any) -> None:
        seen.append((sql, params))

    sa_event.listen(sqlite_store.engine, "before_cursor_execute", note)
    for more in ({}, {"member_id": 1}, {"pc_name": "PC01"}, {"member_account": "m1"}):
        sqlite_store.read_sync(log_page, LogFilter(center_id=7777, **more), 2)
    sa_event.remove(sqlite_store.engine, "before_cursor_execute", note)
    assert len(seen) >= 8
    with sqlite_store.engine.connect() as connection:
        for sql, params in seen:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", params).all()
            for step in plan:
                assert "SCAN billing_log" not in step[3], (sql, step)
