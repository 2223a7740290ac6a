"""A shift as people see it: its report, the words beside it, and what must stay hidden."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.shifts.errors import ShiftNotFound
from lanhouse.cafe.shifts.queries import (
    HandedOver,
    Reasons,
    earlier_counts,
    handover_of,
    reasons_of,
    report_of,
    shift_by_id,
)
from lanhouse.cafe.shifts.schemas import Count, Report
from lanhouse.cafe.shifts.tables import shift_counts, shifts
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read

_UNCOUNTED = static(
    sa.select(sa.func.min(shifts.c.opened_at)).where(
        shifts.c.center_id == sa.bindparam("center"),
        shifts.c.closed_at.is_(None),
        ~sa.exists().where(shift_counts.c.shift_id == shifts.c.id),
    )
)


class ShiftView(msgspec.Struct, frozen=True, kw_only=True):
    """`row` is a shift with its till's name."""

    row: Row
    report: Report
    reasons: Reasons
    earlier_counts: list[Count]
    """Those before the one that counts, the first one first."""
    handed_over: HandedOver | None
    is_shown: bool
    """Whether this reader may see what should be in the drawer, and what it is made of."""

    @property
    def is_open(self) -> bool:
        """Whether the shift goes on."""
        return self.row.closed_at is None


def shift_view(read: Read, center: Center, actor: Actor, shift_id: int, now: datetime) -> ShiftView:
    """A shift as this caller sees it. Raises ShiftNotFound for others' shifts too, without the
    right to see them."""
    row = shift_by_id(read, center.id, shift_id)
    if row is None or not (is_own(actor, row) or actor.may("shifts.view")):
        raise ShiftNotFound
    report = report_of(read, row, now)
    is_shown = report.count is not None or may_see_expected(center, actor)
    return view_of(read, row, report, is_shown=row.closed_at is not None or is_shown)


def view_of(read: Read, row: Row, report: Report, *, is_shown: bool) -> ShiftView:
    """A report with the words beside it, for who may see it."""
    return ShiftView(
        row=row,
        report=report,
        reasons=reasons_of(read, row),
        earlier_counts=earlier_counts(read, row.id, report.count),
        handed_over=handover_of(read, row),
        is_shown=is_shown,
    )


def blind_since(read: Read, center: Center, actor: Actor) -> datetime | None:
    """Since when sums of money would tell this caller what should be in a drawer that is not
    counted yet: when the first such shift was opened; None: nothing has to be hidden."""
    if may_see_expected(center, actor):
        return None
    return read.scalar(_UNCOUNTED, center=center.id)


def is_own(actor: Actor, shift: Row) -> bool:
    """Whether this caller is the person whose shift it is."""
    return actor.kind == "staff" and shift.staff_id == actor.staff_id


def may_see_expected(center: Center, actor: Actor) -> bool:
    """Whether this caller sees what should be in a drawer before it is counted."""
    is_blind = center.settings.payment.shift_blind_count
    return not is_blind or actor.may("shifts.see_expected")
