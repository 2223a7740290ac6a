"""Proof that frozen reports, what they were made from and the ledger tell the same story."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from lanhouse.cafe.centers.queries import all_centers
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.shifts.queries import SHIFT, adds_up
from lanhouse.cafe.shifts.schemas import MoveKind, Report
from lanhouse.cafe.shifts.tables import shift_moves, shifts, z_numbers, z_reports
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.ledger.tables import accounts, entries

_CLOSED = static(
    SHIFT.where(shifts.c.center_id == sa.bindparam("center"), shifts.c.closed_at.is_not(None))
    .add_columns(z_reports.c.report, z_reports.c.number)
    .outerjoin(z_reports, z_reports.c.shift_id == shifts.c.id)
    .order_by(shifts.c.z_number)
)
_LAST_NUMBER = static(
    sa.select(z_numbers.c.last_number).where(z_numbers.c.center_id == sa.bindparam("center"))
)
# A transfer may have a second row, which tells how money went back another way.
_TRANSFERS = (
    sa.select(billing_logs.c.transfer_id)
    .where(
        billing_logs.c.center_id == sa.bindparam("center"),
        billing_logs.c.shift_id == sa.bindparam("shift"),
    )
    .distinct()
    .subquery()
)
_BOOKED = static(
    sa.select(
        accounts.c.kind,
        sa.cast(-sa.func.sum(entries.c.amount_micros), sa.BigInteger).label("micros"),
    )
    .select_from(_TRANSFERS)
    .join(entries, entries.c.transfer_id == _TRANSFERS.c.transfer_id)
    .join(accounts, accounts.c.id == entries.c.account_id)
    .where(accounts.c.owner_kind == "center")
    .group_by(accounts.c.kind)
)
_MOVED = static(
    sa.select(
        shift_moves.c.id, shift_moves.c.amount_micros, entries.c.amount_micros.label("booked")
    )
    .select_from(shift_moves)
    .outerjoin(
        sa.join(entries, accounts, accounts.c.id == entries.c.account_id),
        sa.and_(entries.c.transfer_id == shift_moves.c.transfer_id, accounts.c.kind == "drawer"),
    )
    .where(shift_moves.c.shift_id == sa.bindparam("shift"))
)


def booked_in(read: Read, center_id: int, shift_id: int) -> dict[str, int]:
    """What a shift's transfers moved on the accounts of the house, in micros by their kind; what
    came in is positive. Read from the ledger's entries alone."""
    found = read.all(_BOOKED, center=center_id, shift=shift_id)
    return {row.kind: row.micros for row in found}


def check_shifts(read: Read, center_id: int) -> str | None:
    """The first disagreement between a centre's Z reports, its log and its ledger, or None."""
    number = 0
    for shift in read.all(_CLOSED, center=center_id):
        number += 1
        if shift.z_number != number or shift.number != number:
            return f"Z report {number} is missing"
        problem = _check(read, shift)
        if problem is not None:
            return f"Z report {number}: {problem}"
    last = read.scalar(_LAST_NUMBER, center=center_id) or 0
    return None if last == number else f"Z report {last} is missing"


def check_all_shifts(read: Read) -> str | None:
    """The first disagreement in any centre, or None."""
    for center in all_centers(read):
        problem = check_shifts(read, center.id)
        if problem is not None:
            return f"centre {center.id}, {problem}"
    return None


def _check(read: Read, shift: Row) -> str | None:
    report = msgspec.json.decode(shift.report, type=Report)
    made = adds_up(read, shift, report.at)
    # The close itself moves cash, after its report was made.
    during = [
        move for move in made.moves if move.kind not in (MoveKind.DIFFERENCE, MoveKind.HAND_IN)
    ]
    made = replace(
        made,
        z_number=report.z_number,
        closed_by_id=report.closed_by_id,
        left_micros=report.left_micros,
        moves=during,
        # What lay on accounts at that second is no figure of the shift (decision 0133).
        guests_left=report.guests_left,
        guests_left_micros=report.guests_left_micros,
    )
    if report.figures.tax_micros is None:  # a report of before taxes stood in it
        made = replace(made, figures=replace(made.figures, tax_micros=None))
    if report.figures.taxes_micros is None:  # a report of before it told them by slot
        made = replace(made, figures=replace(made.figures, taxes_micros=None))
    if made != report:
        return "is not what the log of the shift adds up to"
    booked = booked_in(read, shift.center_id, shift.id)
    money = report.figures.all
    told_tax = report.figures.tax_micros
    for kind, told in (
        ("cash", money.cash_micros),
        ("card", money.card_micros),
        ("qr", money.qr_micros),
        ("cash_difference", -report.difference_micros),
        ("tax", booked.get("tax", 0) if told_tax is None else -told_tax),
    ):
        if booked.get(kind, 0) != told:
            return f"{kind} is {told} in the report, {booked.get(kind, 0)} in the ledger"
    if booked.get("cash", 0) + booked.get("drawer", 0):
        return "cash of the drawer was left in the ledger"
    for row in read.all(_MOVED, shift=shift.id):
        if row.booked != -row.amount_micros:
            return f"move {row.id} differs from the ledger"
    return None
