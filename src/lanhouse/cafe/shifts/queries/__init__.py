"""Reading shifts: who has one open, what it adds up to, and lists."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.money.queries import int_sum, paid_orders, rows_as_sums
from lanhouse.cafe.money.schemas import Event, Subject
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.orders.tables import order_lines, orders
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.cafe.shifts.rules import figures_of
from lanhouse.cafe.shifts.schemas import (
    Count,
    Group,
    Line,
    Moved,
    MoveKind,
    Paid,
    Report,
    Sold,
)
from lanhouse.cafe.shifts.tables import (
    shift_counts,
    shift_handovers,
    shift_moves,
    shifts,
    tills,
    z_reports,
)
from lanhouse.db.listing import Column, Listing, Wanted, by, holds
from lanhouse.db.statements import Row, among, static
from lanhouse.db.store import Read

logs = billing_logs.c

SHIFT = sa.select(shifts, tills.c.name.label("till_name")).join(
    tills, tills.c.id == shifts.c.till_id
)
_MINE = shifts.c.center_id == sa.bindparam("center")
_BY_ID = static(SHIFT.where(_MINE, shifts.c.id == sa.bindparam("shift")))
_OPEN_OF = static(
    SHIFT.where(_MINE, shifts.c.closed_at.is_(None), shifts.c.staff_id == sa.bindparam("person"))
)
_TILLS = static(
    sa.select(
        tills,
        shifts.c.id.label("shift_id"),
        shifts.c.staff_name,
        shifts.c.opened_at,
    )
    .select_from(
        tills.outerjoin(
            shifts,
            sa.and_(
                shifts.c.center_id == tills.c.center_id,
                shifts.c.till_id == tills.c.id,
                shifts.c.closed_at.is_(None),
            ),
        )
    )
    .where(tills.c.center_id == sa.bindparam("center"))
    .order_by(tills.c.name_key)
)
_MOVES = static(
    sa.select(shift_moves).where(shift_moves.c.shift_id == sa.bindparam("shift")).order_by("id")
)
_COUNTS = sa.select(shift_counts).where(shift_counts.c.shift_id == sa.bindparam("shift"))
_LAST_COUNT = static(_COUNTS.order_by(shift_counts.c.id.desc()).limit(1))
_EARLIER_COUNTS = static(
    _COUNTS.where(shift_counts.c.id < sa.bindparam("last")).order_by(shift_counts.c.id)
)
_DIFFERENCES = static(
    sa.select(shifts.c.difference_micros)
    .where(_MINE, shifts.c.closed_at.is_not(None))
    .order_by(shifts.c.opened_at.desc(), shifts.c.id.desc())
    .limit(sa.bindparam("count", type_=sa.Integer))
)
_FROZEN = static(sa.select(z_reports.c.report).where(z_reports.c.shift_id == sa.bindparam("shift")))
_HANDED = static(
    sa.select(shift_handovers).where(shift_handovers.c.from_shift_id == sa.bindparam("shift"))
)
_RUNNING = static(
    sa.select(pc_sessions.c.id)
    .where(pc_sessions.c.center_id == sa.bindparam("center"), pc_sessions.c.ended_at.is_(None))
    .order_by(pc_sessions.c.id)
)
# Two partial indexes, one each.
_WAITING = static(
    sa.union(
        sa.select(orders.c.id).where(
            orders.c.center_id == sa.bindparam("center"),
            orders.c.status.in_([sa.literal_column("'pending'"), sa.literal_column("'preparing'")]),
        ),
        sa.select(orders.c.id).where(
            orders.c.center_id == sa.bindparam("center"),
            orders.c.paid_at.is_(None),
            orders.c.status != sa.literal_column("'cancelled'"),
        ),
    ).order_by("id")
)
_ORDERS = static(
    sa.select(
        orders.c.id,
        orders.c.member_account,
        orders.c.pc_name,
        orders.c.total_micros,
        orders.c.at,
    )
    .where(orders.c.center_id == sa.bindparam("center"), among(orders.c.id, "orders"))
    .order_by(orders.c.id)
)
_SESSIONS = static(
    sa.select(
        pc_sessions.c.id,
        pc_sessions.c.pc_name,
        pc_sessions.c.kind,
        pc_sessions.c.member_id,
        pc_sessions.c.started_at,
    )
    .where(pc_sessions.c.center_id == sa.bindparam("center"), among(pc_sessions.c.id, "sessions"))
    .order_by(pc_sessions.c.pc_name)
)


def shift_by_id(read: Read, center_id: int, shift_id: int) -> Row | None:
    """A shift of this centre with the name of its till, or None."""
    return read.one(_BY_ID, center=center_id, shift=shift_id)


def open_shift_of(read: Read, center_id: int, staff_id: int) -> Row | None:
    """The shift that a person has open, or None."""
    return read.one(_OPEN_OF, center=center_id, person=staff_id)


def tills_of(read: Read, center_id: int) -> list[Row]:
    """Every till by name, with the shift that is open at it."""
    return read.all(_TILLS, center=center_id)


def report_of(read: Read, shift: Row, now: datetime) -> Report:
    """The frozen report of a closed shift, or what an open one adds up to at `now`."""
    if shift.closed_at is not None:
        return msgspec.json.decode(read.scalar(_FROZEN, shift=shift.id), type=Report)
    return adds_up(read, shift, now)


def adds_up(read: Read, shift: Row, now: datetime) -> Report:
    """What the books say of an open shift."""
    moves = [
        Moved(row.id, MoveKind(row.kind), row.amount_micros)
        for row in read.all(_MOVES, shift=shift.id)
    ]
    count = last_count(read, shift.id)
    return Report(
        shift_id=shift.id,
        z_number=0,
        till_id=shift.till_id,
        staff_id=shift.staff_id,
        opened_at=shift.opened_at,
        at=now,
        figures=figures_of(_groups_of(read, shift), moves),
        packages=_packages(read, shift),
        goods=_goods(read, shift),
        expenses=_expenses(read, shift),
        moves=moves,
        count=count,
        difference_micros=0 if count is None else count.difference_micros,
    )


def last_count(read: Read, shift_id: int) -> Count | None:
    """The count that counts, or None before the first."""
    row = read.one(_LAST_COUNT, shift=shift_id)
    return None if row is None else _count(row)


def earlier_counts(read: Read, shift_id: int, last: Count | None) -> list[Count]:
    """The counts before the one that counts, the first one first: who has seen what should be
    there and counts again does not make the first count undone."""
    if last is None:
        return []
    return [_count(row) for row in read.all(_EARLIER_COUNTS, shift=shift_id, last=last.count_id)]


def _count(row: Row) -> Count:
    return Count(
        count_id=row.id,
        at=row.at,
        counted_micros=row.counted_micros,
        expected_micros=row.expected_micros,
        pieces=row.pieces,
    )


def _of_shift(shift: Row) -> tuple[Any, ...]:
    return logs.center_id == shift.center_id, logs.shift_id == shift.id


def _groups_of(read: Read, shift: Row) -> list[Group]:
    rows = rows_as_sums(*_of_shift(shift)).subquery().c
    is_console = sa.case((rows.subject == Subject.CONSOLE.value, 1), else_=0).label("is_console")
    has_pc = sa.case((rows.pc_group_id != -1, 1), else_=0).label("has_pc")
    keys = (rows.event, rows.is_refund, is_console, has_pc)
    names = ("money_number", "cash_micros", "card_micros", "qr_micros")
    names += ("spend_micros", "bonus_micros", "tax_micros")
    names += ("tax1_micros", "tax2_micros", "tax3_micros")
    added = [int_sum(rows[name]).label(name) for name in names]
    return [
        Group(
            event=row.event,
            is_refund=bool(row.is_refund),
            is_console=bool(row.is_console),
            has_pc=bool(row.has_pc),
            line=Line(row.money_number, row.cash_micros, row.card_micros, row.qr_micros),
            spend_micros=row.spend_micros,
            bonus_micros=row.bonus_micros,
            tax_micros=row.tax_micros,
            tax1_micros=row.tax1_micros,
            tax2_micros=row.tax2_micros,
            tax3_micros=row.tax3_micros,
        )
        for row in read.all(sa.select(*keys, *added).group_by(*keys))
    ]


def _packages(read: Read, shift: Row) -> list[Sold]:
    rows = read.all(
        sa.select(
            logs.details,
            sa.func.count().label("number"),
            int_sum(logs.cash_micros).label("cash_micros"),
        )
        .where(*_of_shift(shift), logs.event == Event.OFFER.value, logs.cost_micros > 0)
        .group_by(logs.details)
        .order_by(logs.details)
    )
    return [Sold(row.details, row.number, row.cash_micros) for row in rows]


def _goods(read: Read, shift: Row) -> list[Sold]:
    """Goods of the orders that were paid in a shift; cash counts where it was the only tender."""
    paid = paid_orders(*_of_shift(shift))
    line = order_lines.c
    cash = sa.case((orders.c.payment == "cash", line.net_micros + line.tax_micros), else_=0)
    rows = read.all(
        sa.select(
            line.name,
            int_sum(line.quantity).label("number"),
            int_sum(cash).label("cash_micros"),
        )
        .select_from(
            paid.join(orders, orders.c.id == paid.c.order_id).join(
                order_lines, line.order_id == paid.c.order_id
            )
        )
        .where(line.member_offer_id.is_(None))
        .group_by(line.name)
        .order_by(line.name)
    )
    return [Sold(row.name, row.number, row.cash_micros) for row in rows]


def _expenses(read: Read, shift: Row) -> list[Paid]:
    rows = read.all(
        sa.select(logs.id, logs.cash_micros)
        .where(*_of_shift(shift), logs.event == Event.EXPENSE.value)
        .order_by(logs.id)
    )
    return [Paid(row.id, row.cash_micros) for row in rows]


class Reasons(msgspec.Struct, frozen=True):
    """What stands beside the figures of a report: texts by id of their rows."""

    expenses: dict[int, str]
    moves: dict[int, str]


def reasons_of(read: Read, shift: Row) -> Reasons:
    """Why money was spent and moved, in people's words."""
    spent = read.all(
        sa.select(logs.id, logs.details).where(*_of_shift(shift), logs.event == Event.EXPENSE.value)
    )
    moved = read.all(_MOVES, shift=shift.id)
    return Reasons({row.id: row.details for row in spent}, {row.id: row.reason for row in moved})


def waiting_orders(read: Read, center_id: int) -> list[int]:
    """The ids of the orders that still have to be brought or paid, rising."""
    return [row.id for row in read.all(_WAITING, center=center_id)]


def running_sessions(read: Read, center_id: int) -> list[int]:
    """The ids of the sessions that run now, rising."""
    return [row.id for row in read.all(_RUNNING, center=center_id)]


class HandedOver(msgspec.Struct, frozen=True):
    """What one shift handed to the next: who gave, who received, the sessions that ran, and
    the orders that waited or were owed."""

    row: Row
    sessions: list[Row]
    orders: list[Row]


def handover_of(read: Read, shift: Row) -> HandedOver | None:
    """The hand-over at the end of a shift, or None when it was just closed."""
    row = read.one(_HANDED, shift=shift.id)
    if row is None:
        return None
    ids = msgspec.json.decode(row.session_ids, type=list[int])
    order_ids = msgspec.json.decode(row.order_ids, type=list[int])
    return HandedOver(
        row,
        read.all(_SESSIONS, center=shift.center_id, sessions=ids),
        read.all(_ORDERS, center=shift.center_id, orders=order_ids),
    )


def differences_of(read: Read, center_id: int, count: int) -> tuple[int, int] | None:
    """The lowest and the highest difference of the last shifts of a centre; None without one."""
    found = [row.difference_micros for row in read.all(_DIFFERENCES, center=center_id, count=count)]
    return (min(found), max(found)) if found else None


class WantedShifts(Wanted, frozen=True, kw_only=True):
    """Shifts of a centre; of one person, or begun in a range, if these are given."""

    center_id: int
    staff_id: int = 0
    staff_name: str = ""
    start_at: datetime | None = None
    end_at: datetime | None = None
    is_open: bool | None = None


def _conditions(wanted: WantedShifts) -> list[sa.ColumnElement[bool]]:
    found = [shifts.c.center_id == wanted.center_id]
    if wanted.staff_id:
        found.append(shifts.c.staff_id == wanted.staff_id)
    if wanted.staff_name:
        found.append(sa.func.lower(shifts.c.staff_name) == wanted.staff_name.lower())
    if wanted.start_at is not None:
        found.append(shifts.c.opened_at >= wanted.start_at)
    if wanted.end_at is not None:
        found.append(shifts.c.opened_at < wanted.end_at)
    if wanted.is_open is not None:
        is_open = shifts.c.closed_at.is_(None)
        found.append(is_open if wanted.is_open else ~is_open)
    return found


SHIFT_LIST: Listing[WantedShifts] = Listing(
    shifts.c.id,
    Column("staff_name", match=holds(shifts.c.staff_name)),
    Column("opened_at", by(shifts.c.opened_at)),
    conditions=_conditions,
    usual=by(shifts.c.opened_at),
    shown=lambda _, keys: (
        sa.select(shifts, tills.c.name.label("till_name"))
        .join(keys, keys.c.id == shifts.c.id)
        .join(tills, tills.c.id == shifts.c.till_id)
    ),
)
"""Shifts, newest first."""
