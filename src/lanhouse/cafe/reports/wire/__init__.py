"""Reports on the wire: every key is always there, amounts are JSON numbers (cafe-wire, Reports)."""

from __future__ import annotations

from typing import Any

from lanhouse.cafe.logs.rules import TimeRange
from lanhouse.cafe.money.wire import ExpenseRow
from lanhouse.cafe.reports.queries.analysis import Analysis
from lanhouse.cafe.reports.queries.charts import Chart
from lanhouse.cafe.reports.schemas import Line, ReportData, SaleLine, Summary
from lanhouse.cafe.reports.wire.outputs import (
    AnalysisOut,
    ChartOut,
    ChartRange,
    ChartSeries,
    ExpensesOut,
    IncomeOut,
    IncomeShare,
    LineOut,
    OfferSold,
    OfferTaxOut,
    PcUse,
    ProductGroup,
    RefundsOut,
    ReportHead,
    ReportOut,
    SaleLineOut,
    SaleOut,
    SaleRefunds,
    SessionFigures,
    TopMember,
    TopPc,
    TopSpender,
    TopupRefunds,
    TopupsOut,
)
from lanhouse.db.statements import Row
from lanhouse.kit.local_time import duration_text
from lanhouse.kit.money import format_fixed, json_number

OFFERS_GROUP = ProductGroup(-1, "Offers")


def report(data: ReportData, span: TimeRange, staff: str) -> ReportOut:
    """The answer of reportData."""
    summary = data.summary
    topup_all = _line(summary.topup_all)
    return ReportOut(
        report=ReportHead(
            span.start_text,
            span.end_text,
            staff,
            json_number(summary.cash_micros),
            json_number(summary.profit_micros),
        ),
        sale=SaleOut(
            **{name: _sale_line(line) for name, line in summary.sale.items()},
            offer=OfferTaxOut(json_number(summary.offer_tax_micros)),
            total=json_number(summary.sale_micros),
            profit=json_number(summary.sale_profit_micros),
        ),
        top_five_members_topup=[
            TopMember(row.member_account, json_number(row.micros)) for row in data.top_members
        ],
        top_five_pc_spend=[TopPc(row.pc_name, json_number(row.micros)) for row in data.top_pcs],
        topup=TopupsOut(**_lines(summary.topup), number=topup_all.number, amount=topup_all.amount),
        refund=_refunds(summary),
        income=_income(summary, data.expenses),
        game=[],
        game_license=[],
        product_sales_items=[_offer_sold(row) for row in (*data.offers, *data.goods)],
        product_group_list=[
            OFFERS_GROUP,
            *(ProductGroup(group.id, group.values.name) for group in data.product_groups),
        ],
        new_members_number=data.new_members,
        pcs_list=[_pc_use(row) for row in data.pcs],
        user_surveys=[],
    )


def chart(found: Chart, span: TimeRange, staff: str) -> ChartOut:
    """The answer of reportChart."""
    return ChartOut(
        series=[
            ChartSeries(name, [json_number(micros) for micros in figures])
            for name, figures in found.series.items()
        ],
        categories=found.categories,
        report=ChartRange(staff, span.start_text, span.end_text),
    )


def analysis(found: Analysis) -> AnalysisOut:
    """The answer of customerAnalysis."""
    summary = found.summary
    average = found.used_seconds // found.session_count if found.session_count else 0
    return AnalysisOut(
        income_chart=[
            IncomeShare("Cash", json_number(summary.cash_micros)),
            IncomeShare("Credit card", json_number(summary.card_micros)),
            IncomeShare("QR", json_number(summary.qr_micros)),
            IncomeShare("Balance", json_number(summary.by_balance_micros)),
        ],
        member_spend_ranking=[
            TopSpender(row.member_account, format_fixed(row.micros)) for row in found.ranking
        ],
        session=SessionFigures(
            total_session=found.session_count,
            avg_duration=duration_text(average),
            unique_guests_count=found.guest_count,
            new_members_number=found.new_members,
        ),
    )


def _line(line: Line) -> LineOut:
    return LineOut(line.number, json_number(line.micros))


def _lines(lines: dict[str, Line]) -> dict[str, Any]:
    return {name: _line(line) for name, line in lines.items()}


def _sale_line(line: SaleLine) -> SaleLineOut:
    return SaleLineOut(
        number=line.number,
        cost=json_number(line.cost_micros),
        tax=json_number(line.tax_micros),
        total=json_number(line.total_micros),
        profit=json_number(line.profit_micros),
    )


def _refunds(summary: Summary) -> RefundsOut:
    total = Line()
    for part in (summary.refund_topup["total"], summary.refund_sale["total"]):
        total.add(part.number, part.micros)
    return RefundsOut(
        topup=TopupRefunds(**_lines(summary.refund_topup)),
        sale=SaleRefunds(**_lines(summary.refund_sale)),
        total=_line(total),
        other_tender=_line(summary.other_tender),
    )


def _income(summary: Summary, expenses: list[Row]) -> IncomeOut:
    return IncomeOut(
        expense=ExpensesOut(
            json_number(summary.expense_micros),
            [ExpenseRow(format_fixed(row.cash_micros), row.details) for row in expenses],
        ),
        cash=json_number(summary.cash_micros),
        credit_card=json_number(summary.card_micros),
        qr=json_number(summary.qr_micros),
        by_balance=json_number(summary.by_balance_micros),
        coin=json_number(summary.coin_micros),
        amount=json_number(summary.amount_micros),
        cost=json_number(summary.cost_micros),
        tax=json_number(summary.tax_micros),
        profit=json_number(summary.profit_micros),
        loan=json_number(summary.loan_micros),
    )


def _offer_sold(row: Row) -> OfferSold:
    return OfferSold(
        product_name=row.name,
        order_number=row.number,
        order_total=json_number(row.micros),
        order_refunded=json_number(row.refunded_micros),
    )


def _pc_use(row: Row) -> PcUse:
    return PcUse(
        pc_name=row.pc_name,
        session_number=row.sessions,
        used_time=duration_text(row.used_seconds),
        total_spend=json_number(row.micros),
    )
