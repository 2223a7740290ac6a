"""Shifts on the native API: amounts are text with 2 decimals, times ISO in UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from lanhouse.cafe.shifts.commands.tills import NAME_CHARS_MAX
from lanhouse.cafe.shifts.queries.views import ShiftView
from lanhouse.cafe.shifts.schemas import Count, Figures, Line
from lanhouse.db.statements import Row
from lanhouse.kit.inputs import Amount, Secret, means
from lanhouse.kit.inputs import Line as OneLine
from lanhouse.kit.limits import COMMENT_CHARS_MAX
from lanhouse.kit.money import format_fixed
from lanhouse.kit.pages import CursorText, RowsMax

Reason = Annotated[OneLine, Meta(max_length=COMMENT_CHARS_MAX)]
TillName = Annotated[OneLine, Meta(max_length=NAME_CHARS_MAX)]
Pieces = Annotated[dict[str, int], Meta(max_length=40)]


class NewTillIn(Struct):
    """A till to add."""

    name: TillName


class TillIn(Struct):
    """What a till is called, and whether shifts are opened at it."""

    name: TillName
    is_used: bool = True


class ShiftsIn(Struct, kw_only=True):
    """One person's shifts, or everybody's (0)."""

    staff_id: int = 0
    cursor: CursorText = ""
    limit: RowsMax = 50


class OpenIn(Struct):
    """The till and the float that lies in it."""

    till_id: int
    float: Amount


class CashIn(Struct):
    """`in` and `out` move cash between drawer and safe, `expense` pays for the house."""

    direction: Literal["in", "out", "expense"]
    amount: Amount
    reason: Annotated[Reason, means("comment")]


class CountIn(Struct):
    """The sum, or how many of each piece by its value, as in {"20": 3, "0.50": 4}."""

    counted: Amount | None = None
    pieces: Pieces = {}


class CloseIn(Struct, kw_only=True):
    """`left` stays in the drawer; a difference must be explained."""

    left: Amount = 0
    comment: Reason = ""


class HandOverIn(CloseIn, kw_only=True):
    """Who receives the drawer confirms it with his own password."""

    next_account: Annotated[OneLine, means("next_id")]
    next_password: Annotated[Secret, Meta(max_length=1024)]
    next_code: Annotated[str, Meta(max_length=40)] = ""
    """Of the second factor of who receives it, where it is on."""


class TillRow(Struct, kw_only=True):
    """A till, and who works at it."""

    till_id: int
    name: str
    is_used: bool
    left: str
    """What the last shift left in the drawer."""
    shift_id: int | None
    """Of the shift that is open here."""
    staff_name: str | None


class ShiftRow(Struct, kw_only=True):
    """A shift in a list. Sums are null while it is open."""

    shift_id: int
    till_id: int
    till_name: str
    staff_id: int
    staff_name: str
    opened_at: datetime
    closed_at: datetime | None
    z_number: int | None
    cash: str | None
    card: str | None
    qr: str | None
    difference: str | None


class ShiftRowsOut(Struct):
    """Newest first; `next_cursor` is null at the end."""

    shifts: list[ShiftRow]
    next_cursor: str | None


class LineOut(Struct):
    """How often, and how much by each tender; what went out is negative."""

    number: int
    cash: str
    card: str
    qr: str


class FiguresOut(Struct, kw_only=True):
    """What the shift adds up to."""

    time: LineOut
    topups: LineOut
    packages: LineOut
    goods: LineOut
    refunds: LineOut
    expenses: LineOut
    other: LineOut
    total: LineOut
    put_in: str
    taken_out: str
    from_balance: str
    from_bonus: str
    bonus_given: str
    tax: str | None
    """In what was sold and not given back; null in reports of before it stood there."""
    taxes: list[str] | None
    """The same by slot, 1 to 4: goods 1 to 3, time and packages 4; null in reports of before."""
    expected: str
    """The cash that should be in the drawer."""


class MoveOut(Struct):
    """Cash that moved without a sale; into the drawer positive. `kind` is float, in, out,
    difference, hand_in or expense."""

    kind: str
    amount: str
    reason: str


class CountOut(Struct, kw_only=True):
    """A count, and what should have been there then."""

    at: datetime
    counted: str
    expected: str
    pieces: dict[str, int]


class SessionOut(Struct, kw_only=True):
    """A session that ran when the drawer was handed over."""

    session_id: int
    pc_name: str
    member_id: int
    started_at: datetime


class HandedOverOut(Struct, kw_only=True):
    """Who gave the drawer, who received and confirmed it, and what went on."""

    to_shift_id: int
    at: datetime
    given_by_id: int
    received_by_id: int
    sessions: list[SessionOut]
    orders: list[int]
    """Numbers of the orders that had to be brought or paid."""


class ShiftOut(Struct, kw_only=True):
    """An X report while the shift is open, else its Z report.

    `figures`, `moves` and `difference` are null as long as the drawer must be counted blind.
    """

    shift_id: int
    z_number: int | None
    till_id: int
    till_name: str
    staff_id: int
    staff_name: str
    opened_at: datetime
    at: datetime
    is_open: bool
    float: str
    figures: FiguresOut | None
    moves: list[MoveOut] | None
    count: CountOut | None
    earlier_counts: list[CountOut]
    """Those before the one that counts, the first one first."""
    difference: str | None
    cash_end: str | None
    """In the drawer now, or at the close before it was handed in."""
    left: str | None
    to_safe: str | None
    guests_left: int | None
    """Guests who did not play any more and had money on their accounts at the close; null while the
    shift is open, and in reports of before this was kept."""
    guests_left_amount: str | None
    """What that was together."""
    comment: str
    handed_over: HandedOverOut | None


def till(row: Row) -> TillRow:
    """A till of queries.tills_of."""
    return TillRow(
        till_id=row.id,
        name=row.name,
        is_used=row.is_used,
        left=format_fixed(row.left_micros),
        shift_id=row.shift_id,
        staff_name=row.staff_name,
    )


def shift_row(row: Row) -> ShiftRow:
    """A row of queries.SHIFT_LIST."""
    return ShiftRow(
        shift_id=row.id,
        till_id=row.till_id,
        till_name=row.till_name,
        staff_id=row.staff_id,
        staff_name=row.staff_name,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        z_number=row.z_number,
        cash=_text(row.cash_micros),
        card=_text(row.card_micros),
        qr=_text(row.qr_micros),
        difference=_text(row.difference_micros),
    )


def shift(view: ShiftView) -> ShiftOut:
    """A report with the names beside it."""
    row, report, is_open = view.row, view.report, view.is_open
    shown, count = view.is_shown, report.count
    is_counted = shown and count is not None
    return ShiftOut(
        shift_id=row.id,
        z_number=row.z_number,
        till_id=row.till_id,
        till_name=row.till_name,
        staff_id=row.staff_id,
        staff_name=row.staff_name,
        opened_at=row.opened_at,
        at=report.at,
        is_open=is_open,
        float=format_fixed(row.float_micros),
        figures=_figures(report.figures) if shown else None,
        moves=_moves(view) if shown else None,
        count=None if count is None else _count(count),
        earlier_counts=[_count(each) for each in view.earlier_counts],
        difference=format_fixed(report.difference_micros) if is_counted else None,
        cash_end=format_fixed(report.cash_end_micros) if shown else None,
        left=None if is_open else format_fixed(report.left_micros),
        to_safe=None if is_open else format_fixed(report.to_safe_micros),
        guests_left=report.guests_left,
        guests_left_amount=None
        if report.guests_left is None
        else format_fixed(report.guests_left_micros),
        comment=row.comment,
        handed_over=_handed_over(view),
    )


def _count(count: Count) -> CountOut:
    return CountOut(
        at=count.at,
        counted=format_fixed(count.counted_micros),
        expected=format_fixed(count.expected_micros),
        pieces=count.pieces,
    )


def _text(micros: int | None) -> str | None:
    return None if micros is None else format_fixed(micros)


def _line(line: Line) -> LineOut:
    amounts = (line.cash_micros, line.card_micros, line.qr_micros)
    return LineOut(line.number, *map(format_fixed, amounts))


def _figures(figures: Figures) -> FiguresOut:
    return FiguresOut(
        time=_line(figures.time),
        topups=_line(figures.topups),
        packages=_line(figures.packages),
        goods=_line(figures.goods),
        refunds=_line(figures.refunds),
        expenses=_line(figures.expenses),
        other=_line(figures.other),
        total=_line(figures.all),
        put_in=format_fixed(figures.put_in_micros),
        taken_out=format_fixed(figures.taken_out_micros),
        from_balance=format_fixed(figures.spend_micros),
        from_bonus=format_fixed(figures.bonus_spent_micros),
        bonus_given=format_fixed(figures.bonus_given_micros),
        tax=None if figures.tax_micros is None else format_fixed(figures.tax_micros),
        taxes=None if figures.taxes_micros is None else [*map(format_fixed, figures.taxes_micros)],
        expected=format_fixed(figures.expected_micros),
    )


def _moves(view: ShiftView) -> list[MoveOut]:
    moves = [
        MoveOut(move.kind, format_fixed(move.amount_micros), view.reasons.moves[move.move_id])
        for move in view.report.moves
    ]
    return moves + [
        MoveOut("expense", format_fixed(paid.cash_micros), view.reasons.expenses[paid.log_id])
        for paid in view.report.expenses
    ]


def _handed_over(view: ShiftView) -> HandedOverOut | None:
    if view.handed_over is None:
        return None
    row = view.handed_over.row
    return HandedOverOut(
        to_shift_id=row.to_shift_id,
        at=row.at,
        given_by_id=row.given_by_id,
        received_by_id=row.received_by_id,
        sessions=[
            SessionOut(
                session_id=session.id,
                pc_name=session.pc_name,
                member_id=session.member_id,
                started_at=session.started_at,
            )
            for session in view.handed_over.sessions
        ],
        orders=[order.id for order in view.handed_over.orders],
    )
