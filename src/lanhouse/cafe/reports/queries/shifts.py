"""Shifts as the café API lists them."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.products.tables import products, stock_movements
from lanhouse.cafe.shifts.queries import SHIFT_LIST, WantedShifts, report_of
from lanhouse.cafe.shifts.queries.views import ShiftView, may_see_expected
from lanhouse.cafe.shifts.schemas import Line
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read

ROWS_MAX = 1_000
_MOVED = (
    sa.select(stock_movements.c.after)
    .where(
        stock_movements.c.center_id == products.c.center_id,
        stock_movements.c.product_id == products.c.id,
        stock_movements.c.at <= sa.bindparam("at", type_=stock_movements.c.at.type),
    )
    .order_by(stock_movements.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_STOCKS = static(
    sa.select(products.c.name, sa.func.coalesce(_MOVED, 0).label("quantity")).where(
        products.c.center_id == sa.bindparam("center"),
        products.c.deleted_at.is_(None),
        products.c.is_unlimited.is_(False),
    )
)


class ListedShift(msgspec.Struct, frozen=True):
    """A shift and what came in by it; None where the reader must not see that yet."""

    row: Row
    money: Line | None


def listed_shifts(
    read: Read, center: Center, actor: Actor, wanted: WantedShifts, now: datetime
) -> list[ListedShift]:
    """Open shifts first, whatever the range; then those that began in it, newest first."""
    anytime = replace(wanted, start_at=None, end_at=None, is_open=True)
    found: list[ListedShift] = []
    for row in SHIFT_LIST.part(read, anytime, None, ROWS_MAX).rows:
        report = report_of(read, row, now)
        is_shown = report.count is not None or may_see_expected(center, actor)
        found.append(ListedShift(row, report.figures.all if is_shown else None))
    closed = replace(wanted, is_open=False)
    for row in SHIFT_LIST.part(read, closed, None, ROWS_MAX).rows:
        money = Line(0, row.cash_micros, row.card_micros, row.qr_micros)
        found.append(ListedShift(row, money))
    return found


def stocks_of(read: Read, view: ShiftView) -> dict[str, int]:
    """How many pieces there were of what is counted, by name, at the moment of a report."""
    if not view.report.goods:
        return {}
    rows = read.all(_STOCKS, center=view.row.center_id, at=view.report.at)
    return {row.name: row.quantity for row in rows}
