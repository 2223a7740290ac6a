"""Shifts as the café API lists them."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec.structs import replace

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.shifts.queries import SHIFT_LIST, WantedShifts, report_of
from lanhouse.cafe.shifts.queries.views import may_see_expected
from lanhouse.cafe.shifts.schemas import Line
from lanhouse.db.statements import Row
from lanhouse.db.store import Read

ROWS_MAX = 1_000


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
