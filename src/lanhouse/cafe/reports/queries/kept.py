"""The sums of tables.py: how they are made of the log's rows, and how a range of them is read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lanhouse.cafe.money.queries import MONEY, WHO, int_sum
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.reports.rules.play import QUARTER_MICROS, quarter_after, quarter_of
from lanhouse.cafe.reports.tables import (
    report_names,
    report_quarters,
    report_seats,
    report_tariffs,
)
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.db.types import StoredMicros
from lanhouse.kit import clock

logs = billing_logs.c
NAME_AMOUNTS = ("sessions", "used_seconds", "cost_micros", "topup_micros")
TILL_AMOUNTS = ("cash_micros", "card_micros", "qr_micros")
_DAY_MICROS = 86_400_000_000
_HAS_PC = logs.pc_name != ""
_IS_MEMBER = WHO == 1
_IS_END = logs.event == Event.CHECKOUT.value
_COUNTS = sa.or_(_IS_END, logs.cost_micros != 0)
_MOVES_MONEY = sa.or_(*(logs[name] != 0 for name in TILL_AMOUNTS))
_ZERO = sa.literal_column("0", sa.BigInteger)
_NO_NAME = sa.literal_column("''", sa.Text)


def _whole(at: Any, micros: int) -> Any:
    return StoredMicros(at) // sa.literal_column(str(micros), sa.BigInteger)


def quarters_of(*conditions: Any) -> Any:
    """A select of report_quarters as the log's rows under the conditions make them."""
    quarter = _whole(logs.at, QUARTER_MICROS)
    return (
        sa.select(
            logs.center_id,
            quarter.label("quarter"),
            *(int_sum(logs[name]).label(name) for name in TILL_AMOUNTS),
        )
        .where(*conditions, _MOVES_MONEY)
        .group_by(logs.center_id, quarter)
        .order_by(logs.center_id, quarter)
    )


def names_of(*conditions: Any) -> Any:
    """A select of report_names as the log's rows under the conditions make them."""
    rows = sa.union_all(
        _of_pcs(_whole(logs.at, _DAY_MICROS), *conditions),
        _of_members(_whole(logs.at, _DAY_MICROS), *conditions),
    ).subquery()
    keys = [rows.c[name] for name in ("center_id", "day", "member_id", "pc_id", "pc_name")]
    added = [int_sum(rows.c[name]).label(name) for name in NAME_AMOUNTS]
    # A condition that always holds: without one SQLite takes ON CONFLICT for a join's ON.
    return sa.select(*keys, *added).where(rows.c.sessions >= 0).group_by(*keys).order_by(*keys)


def _amounts() -> list[Any]:
    return [
        sa.case((_IS_END, 1), else_=0).label("sessions"),
        sa.case((_IS_END, logs.used_seconds), else_=0).label("used_seconds"),
        logs.cost_micros.label("cost_micros"),
        sa.case((logs.event == Event.TOPUP.value, MONEY), else_=0).label("topup_micros"),
    ]


def _of_pcs(day: Any, *conditions: Any) -> Any:
    pc_id = sa.func.coalesce(logs.pc_id, 0).label("pc_id")
    keys = [logs.center_id, day.label("day"), _ZERO.label("member_id"), pc_id, logs.pc_name]
    return sa.select(*keys, *_amounts()).where(*conditions, _HAS_PC, _COUNTS)


def _of_members(day: Any, *conditions: Any) -> Any:
    keys = [logs.center_id, day.label("day"), logs.member_id]
    keys += [_ZERO.label("pc_id"), _NO_NAME.label("pc_name")]
    is_topup = logs.event == Event.TOPUP.value
    counts = sa.or_(_COUNTS, sa.and_(is_topup, MONEY != 0))
    return sa.select(*keys, *_amounts()).where(*conditions, _IS_MEMBER, counts)


def pc_sums(center_id: int, start_at: datetime, end_at: datetime) -> Any:
    """A subquery with pc_id, pc_name and NAME_AMOUNTS of a range, to be grouped."""
    return _summed(center_id, start_at, end_at, _of_pcs, report_names.c.member_id == 0)


def member_sums(center_id: int, start_at: datetime, end_at: datetime) -> Any:
    """A subquery with member_id and NAME_AMOUNTS of a range, to be grouped."""
    return _summed(center_id, start_at, end_at, _of_members, report_names.c.member_id != 0)


def _summed(
    center_id: int, start_at: datetime, end_at: datetime, rows_of: Any, is_wanted: Any
) -> Any:
    """Whole days of UTC from the kept sums, the edges from the log's rows."""
    kept = report_names.c
    first = -(-clock.to_micros(start_at) // _DAY_MICROS)
    last = clock.to_micros(end_at) // _DAY_MICROS
    edges = [(start_at, _day_at(first)), (_day_at(last), end_at)]
    if first >= last:
        edges = [(start_at, end_at)]
    names = ("center_id", "day", "member_id", "pc_id", "pc_name", *NAME_AMOUNTS)
    selects = [
        sa.select(*(kept[name] for name in names)).where(
            kept.center_id == center_id, kept.day >= first, kept.day < last, is_wanted
        )
    ]
    for start, end in edges:
        if start < end:
            inside = (logs.center_id == center_id, logs.at >= start, logs.at < end)
            selects.append(rows_of(_ZERO, *inside))
    return sa.union_all(*selects).subquery()


def _day_at(day: int) -> datetime:
    return clock.from_micros(day * _DAY_MICROS)


def quarters_between(read: Read, center_id: int, start_at: datetime, end_at: datetime) -> list[Row]:
    """Rows (quarter, cash_micros, card_micros, qr_micros) of a range that begins and ends with a
    quarter, in order."""
    return _between(read, report_quarters, center_id, start_at, end_at)


def seats_between(read: Read, center_id: int, start_at: datetime, end_at: datetime) -> list[Row]:
    """Rows (quarter, seconds) of a range that begins and ends with a quarter, in order."""
    return _between(read, report_seats, center_id, start_at, end_at)


def tariffs_between(read: Read, center_id: int, start_at: datetime, end_at: datetime) -> list[Row]:
    """Rows (kind, name, number, seconds, micros, discount_micros) of sessions that ended in a range
    which begins and ends with a quarter, by what they cost."""
    kept = report_tariffs.c
    names = ("number", "seconds", "micros", "discount_micros")
    added = [int_sum(kept[name]).label(name) for name in names]
    return read.all(
        sa.select(kept.kind, kept.name, *added)
        .where(*_inside(kept, center_id, start_at, end_at))
        .group_by(kept.kind, kept.name)
        .order_by(int_sum(kept.micros).desc(), kept.kind, kept.name)
    )


def _between(
    read: Read, table: sa.Table, center_id: int, start_at: datetime, end_at: datetime
) -> list[Row]:
    columns = [column for column in table.c if column.name != "center_id"]
    where = _inside(table.c, center_id, start_at, end_at)
    return read.all(sa.select(*columns).where(*where).order_by(table.c.quarter))


def _inside(kept: Any, center_id: int, start_at: datetime, end_at: datetime) -> list[Any]:
    """A range that ends within a quarter has all of it: what is not over yet has nothing more."""
    return [
        kept.center_id == center_id,
        kept.quarter >= quarter_of(start_at),
        kept.quarter < quarter_after(end_at),
    ]
