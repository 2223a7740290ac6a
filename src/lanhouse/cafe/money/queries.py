"""The billing log summed up by hours; the sums stand beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.money.tables import billing_log_sums, billing_logs
from lanhouse.cafe.orders.tables import order_payments
from lanhouse.db.types import StoredMicros
from lanhouse.kit import clock

LEVELS = (720, 24, 1)
"""How many hours the stored sums hold, each level from the one below; counted from 1970."""

HOUR = timedelta(hours=1)
_HOUR_MICROS = 3_600_000_000
_FOREVER = LEVELS[0] * 100_000

sums = billing_log_sums.c
logs = billing_logs.c
KEYS = ("event", "subject", "who", "is_refund", "staff_name", "member_group_id", "pc_group_id")
AMOUNTS = tuple(column.name for column in list(sums)[10:])
"""The columns of a sum beside centre, hours and start: what it is about, and what it adds up."""

Conditions = Callable[[Any], list[Any]]
"""Conditions on columns named as in KEYS."""

MONEY = logs.cash_micros + logs.card_micros + logs.qr_micros
WHO = sa.case((logs.member_id == 0, 0), (logs.member_group_id >= 0, 1), else_=-1)
IS_REFUND = sa.or_(
    MONEY < 0,
    sa.and_(
        logs.event == Event.TOPUP.value,
        sa.or_(logs.bonus_micros < 0, logs.coin_micros < 0),
    ),
    # Of one that was paid in coins, coins come back.
    sa.and_(
        sa.or_(*(logs.event == event.value for event in (Event.OFFER, Event.SALE))),
        sa.or_(logs.cost_micros < 0, logs.coin_micros > 0),
    ),
)
"""What reports call a refund."""
_VALUES: dict[str, Any] = {
    "event": logs.event,
    "subject": logs.subject,
    "who": WHO,
    "is_refund": sa.case((IS_REFUND, 1), else_=0),
    "staff_name": logs.staff_name,
    "member_group_id": logs.member_group_id,
    "pc_group_id": sa.func.coalesce(logs.pc_group_id, -1),
    "number": sa.literal_column("1", sa.BigInteger),
    "money_number": sa.case((MONEY != 0, 1), else_=0),
    **{
        f"{name}_number": sa.case((logs[f"{name}_micros"] != 0, 1), else_=0)
        for name in ("cash", "card", "qr", "spend", "bonus")
    },
    **{name: logs[name] for name in AMOUNTS[7:]},
}


def int_sum(what: Any) -> Any:
    """A sum as an integer in both databases (PostgreSQL would answer a decimal)."""
    return sa.cast(sa.func.sum(what), sa.BigInteger)


def paid_orders(*conditions: Any) -> Any:
    """A subquery (order_id, at) of the orders that rows of the log under these conditions paid."""
    return (
        sa.select(order_payments.c.order_id, logs.at)
        .select_from(
            billing_logs.join(
                order_payments,
                (order_payments.c.center_id == logs.center_id)
                & (order_payments.c.transfer_id == logs.transfer_id),
            )
        )
        .where(
            *conditions,
            logs.event == Event.SALE.value,
            order_payments.c.amount_micros > 0,
        )
        .distinct()
        .subquery()
    )


def rows_as_sums(*conditions: Any) -> Any:
    """A select of log rows, each in the form of a sum of its own: KEYS, AMOUNTS, `hour`."""
    hour = (StoredMicros(logs.at) // sa.literal_column(str(_HOUR_MICROS), sa.BigInteger)).label(
        "hour"
    )
    columns = [value.label(name) for name, value in _VALUES.items()]
    return sa.select(logs.center_id, hour, *columns).where(*conditions)


def summed(levels: Sequence[int], *conditions: Any) -> Any:
    """A select of the sums over so many hours each that the rows under the conditions make."""
    rows = rows_as_sums(*conditions).subquery()
    sizes = sa.union_all(
        *(sa.select(sa.literal_column(str(hours), sa.Integer).label("hours")) for hours in levels)
    ).subquery()
    hours = sizes.c.hours
    start = (rows.c.hour - rows.c.hour % hours).label("start_hour")
    keys = [rows.c.center_id, hours, start, *(rows.c[name] for name in KEYS)]
    added = [int_sum(rows.c[name]).label(name) for name in AMOUNTS]
    every = rows.join(sizes, sa.true())
    # PostgreSQL locks the rows in this order, the same in every command.
    return sa.select(*keys, *added).select_from(every).group_by(*keys).order_by(*keys)


class Parts(msgspec.Struct, frozen=True):
    """A range of time as stored sums (level, from, up to but not including; in hours since 1970)
    and what is left of it at its edges."""

    stored: list[tuple[int, int, int]]
    edges: list[tuple[datetime, datetime]]

    def where(self, center_id: int) -> Any:
        """The condition on the stored sums."""
        ranges = (
            sa.and_(sums.hours == level, sums.start_hour >= start, sums.start_hour < end)
            for level, start, end in self.stored
        )
        return sa.and_(sums.center_id == center_id, sa.or_(sa.false(), *ranges))


def parts_of(
    start_at: datetime | None, end_at: datetime | None, levels: tuple[int, ...] = LEVELS
) -> Parts:
    """A range, from `start_at` up to but not including `end_at`; None: from or to ever."""
    start = 0 if start_at is None else -(-clock.to_micros(start_at) // _HOUR_MICROS)
    end = _FOREVER if end_at is None else clock.to_micros(end_at) // _HOUR_MICROS
    if start >= end:
        assert start_at is not None
        assert end_at is not None
        return Parts([], [(start_at, end_at)])
    edges: list[tuple[datetime, datetime]] = []
    if start_at is not None and start_at < hour_at(start):
        edges.append((start_at, hour_at(start)))
    if end_at is not None and hour_at(end) < end_at:
        edges.append((hour_at(end), end_at))
    return Parts(cover(start, end, levels), edges)


def cover(start: int, end: int, levels: tuple[int, ...]) -> list[tuple[int, int, int]]:
    """Hours as the fewest sums of these levels (the last of which is 1)."""
    if start >= end:
        return []
    level, finer = levels[0], levels[1:]
    first, last = -(-start // level) * level, end // level * level
    if first >= last:
        return cover(start, end, finer)
    return [(level, first, last), *cover(start, first, finer), *cover(last, end, finer)]


def hour_at(hour: int) -> datetime:
    """When an hour since 1970 begins."""
    return clock.from_micros(hour * _HOUR_MICROS)


def log_sums(
    center_id: int,
    start_at: datetime | None,
    end_at: datetime | None,
    where: Conditions,
    *,
    levels: tuple[int, ...] = LEVELS,
    cuts: Sequence[datetime] = (),
) -> Any:
    """A subquery with KEYS, AMOUNTS and `since_micros` (since 1970): all that the log of a range
    adds up to.

    With the level 1 alone, `since_micros` begins each hour of the range and never many of them;
    an hour in which some of the `cuts` lie is cut there. Whole hours come from the stored sums, the
    others from the rows; group it as it is needed.
    """
    parts = parts_of(start_at, end_at, levels)
    columns = [sums[name] for name in (*KEYS, *AMOUNTS)]
    since = (sums.start_hour * _HOUR).label("since_micros")
    stored = sa.select(sums.center_id, since, *columns)
    inside = _cut_hours(parts, cuts)
    whole = [sums.start_hour.not_in(inside)] if inside else []
    selects = [stored.where(parts.where(center_id), *whole, *where(sums))]
    of_center = logs.center_id == center_id
    for start, end in _edges(parts, cuts):
        at_edge = (of_center, logs.at >= start, logs.at < end)
        selects.append(_rows_since(_literal(clock.to_micros(start)), at_edge, where))
    for offsets in sorted(set(inside.values())):
        hours = sorted(hour for hour, its_offsets in inside.items() if its_offsets == offsets)
        at_cuts = (
            of_center,
            logs.at >= hour_at(hours[0]),
            logs.at < hour_at(hours[-1] + 1),
            (_AT // _HOUR).in_(hours),
        )
        part = sa.case(*((each <= _AT % _HOUR, each) for each in reversed(offsets)), else_=0)
        selects.append(_rows_since(_AT - _AT % _HOUR + part, at_cuts, where))
    return (selects[0] if len(selects) == 1 else sa.union_all(*selects)).subquery()


def _literal(number: int) -> Any:
    return sa.literal_column(str(number), sa.BigInteger)


_HOUR = _literal(_HOUR_MICROS)
_AT = StoredMicros(logs.at)


def _cut_hours(parts: Parts, cuts: Sequence[datetime]) -> dict[int, tuple[int, ...]]:
    """The stored hours that are cut, and where: microseconds after their begin, rising."""
    found: dict[int, tuple[int, ...]] = {}
    for cut in sorted(cuts):
        hour, offset = divmod(clock.to_micros(cut), _HOUR_MICROS)
        if offset and any(start <= hour < end for _, start, end in parts.stored):
            found[hour] = (*found.get(hour, ()), offset)
    return found


def _edges(parts: Parts, cuts: Sequence[datetime]) -> Iterator[tuple[datetime, datetime]]:
    for start, end in parts.edges:
        yield from pairwise([start, *sorted(cut for cut in cuts if start < cut < end), end])


def _rows_since(since: Any, conditions: Sequence[Any], where: Conditions) -> Any:
    """The log's rows under these conditions, as of when they count."""
    columns = [value.label(name) for name, value in _VALUES.items()]
    rows = sa.select(logs.center_id, since.label("since_micros"), *columns).where(*conditions)
    of_rows = rows.subquery()
    return sa.select(of_rows).where(*where(of_rows.c))
