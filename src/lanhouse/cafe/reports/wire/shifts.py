"""Shifts on the café API (cafe-wire, Shifts): amounts are text with 2 decimals.

Amounts of an open shift are null for a person who must count its drawer blind.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.wire import ExpenseRow
from lanhouse.cafe.reports.queries.shifts import ListedShift
from lanhouse.cafe.shifts.queries.views import ShiftView
from lanhouse.cafe.shifts.schemas import Sold
from lanhouse.kit.local_time import duration_text, local_text
from lanhouse.kit.money import format_fixed


class ShiftListRow(Struct, kw_only=True):
    """A shift; an open one has a negative id and ends at "-"."""

    shift_id: int
    shift_staff_name: str
    shift_start_time: str
    shift_end_time: str
    total_amount: str | None
    """Less refunds and expenses."""
    cash: str | None
    credit_card: str | None
    qr: str | None


class ShopSale(Struct, kw_only=True):
    """Packages and goods that were sold."""

    product_name: str
    sold: int
    cash: str
    stock: int
    """At the moment of the report; 0 for what is not counted, as packages are."""


class ShiftDetailOut(Struct, kw_only=True):
    """All figures of a shift."""

    cafe_name: str
    staff_name: str
    start_time: str
    end_time: str
    working_hours: str
    """HH:MM:SS."""
    cash: str | None
    pc_cash_amount: str | None
    console_cash_amount: str | None
    shop_cash_amount: str | None
    pc_card_amount: str | None
    console_card_amount: str | None
    shop_card_amount: str | None
    pc_qr_amount: str | None
    console_qr_amount: str | None
    shop_qr_amount: str | None
    cash_sales: str | None
    cash_refund: str | None
    shift_cash_start: str
    shift_cash_end: str | None
    """With the float; as counted once the drawer was counted."""
    credit_card: str | None
    qr_topup: str | None
    center_expenses: str | None
    """Zero or less."""
    center_expenses_items: list[ExpenseRow]
    total_amount: str | None
    """Less refunds and expenses."""
    total_bonus: str | None
    """Given with top-ups or by hand."""
    shop_sales: list[ShopSale]
    reason: str
    """Why the count differed."""


def shift_list(found: list[ListedShift], center: Center) -> list[ShiftListRow]:
    """The rows of shiftList."""
    return [_row(each, center) for each in found]


def _row(listed: ListedShift, center: Center) -> ShiftListRow:
    row, money = listed.row, listed.money
    is_open = row.closed_at is None
    return ShiftListRow(
        shift_id=-row.id if is_open else row.id,
        shift_staff_name=row.staff_name,
        shift_start_time=local_text(row.opened_at, center.zone),
        shift_end_time="-" if is_open else local_text(row.closed_at, center.zone),
        total_amount=None if money is None else format_fixed(money.total_micros),
        cash=None if money is None else format_fixed(money.cash_micros),
        credit_card=None if money is None else format_fixed(money.card_micros),
        qr=None if money is None else format_fixed(money.qr_micros),
    )


def shift_detail(view: ShiftView, stocks: Mapping[str, int], center: Center) -> ShiftDetailOut:
    """A shift as shiftDetail tells it, with the stock of goods by name."""
    row, report, figures = view.row, view.report, view.report.figures
    money, refunds, expenses = figures.all, figures.refunds, figures.expenses

    def shown(micros: int) -> str | None:
        return format_fixed(micros) if view.is_shown else None

    return ShiftDetailOut(
        cafe_name=center.name,
        staff_name=row.staff_name,
        start_time=local_text(row.opened_at, center.zone),
        end_time="-" if view.is_open else local_text(row.closed_at, center.zone),
        working_hours=duration_text(int((report.at - row.opened_at).total_seconds())),
        cash=shown(money.cash_micros),
        pc_cash_amount=shown(figures.pc.cash_micros),
        console_cash_amount=shown(figures.console.cash_micros),
        shop_cash_amount=shown(figures.shop.cash_micros),
        pc_card_amount=shown(figures.pc.card_micros),
        console_card_amount=shown(figures.console.card_micros),
        shop_card_amount=shown(figures.shop.card_micros),
        pc_qr_amount=shown(figures.pc.qr_micros),
        console_qr_amount=shown(figures.console.qr_micros),
        shop_qr_amount=shown(figures.shop.qr_micros),
        cash_sales=shown(money.cash_micros - refunds.cash_micros - expenses.cash_micros),
        cash_refund=shown(-refunds.cash_micros),
        shift_cash_start=format_fixed(row.float_micros),
        shift_cash_end=shown(report.cash_end_micros),
        credit_card=shown(money.card_micros),
        qr_topup=shown(money.qr_micros),
        center_expenses=shown(expenses.cash_micros),
        center_expenses_items=[
            ExpenseRow(format_fixed(paid.cash_micros), view.reasons.expenses[paid.log_id])
            for paid in report.expenses
            if view.is_shown
        ],
        total_amount=shown(money.total_micros),
        total_bonus=shown(figures.bonus_given_micros),
        shop_sales=[
            *(_sold(each, 0) for each in report.packages if view.is_shown),
            *(_sold(each, stocks.get(each.name, 0)) for each in report.goods if view.is_shown),
        ],
        reason=row.comment,
    )


def _sold(sold: Sold, stock: int) -> ShopSale:
    cash = format_fixed(sold.cash_micros)
    return ShopSale(product_name=sold.name, sold=sold.number, cash=cash, stock=stock)
