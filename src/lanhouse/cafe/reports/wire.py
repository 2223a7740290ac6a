"""Reports on the wire: every key is always there, amounts are JSON numbers (cafe-wire, Reports)."""

from __future__ import annotations

from typing import Any

from lanhouse.cafe.logs.rules import TimeRange
from lanhouse.cafe.reports.queries.charts import Chart
from lanhouse.cafe.reports.schemas import Line, ReportData, SaleLine, Summary
from lanhouse.db.statements import Row
from lanhouse.kit.local_time import duration_text
from lanhouse.kit.money import format_fixed, json_number

OFFERS_GROUP = {"product_group_id": -1, "product_group_name": "Offers"}


def report_wire(data: ReportData, span: TimeRange, staff: str) -> dict[str, Any]:
    """The `data` of reportData."""
    summary = data.summary
    return {
        "report": {
            "report_start": span.start_text,
            "report_end": span.end_text,
            "staff": staff,
            "cash": json_number(summary.cash_micros),
            "profit": json_number(summary.profit_micros),
        },
        "sale": _sale(summary),
        "top_five_members_topup": [
            {"member": row.member_account, "amount": json_number(row.micros)}
            for row in data.top_members
        ],
        "top_five_pc_spend": [
            {"pc_name": row.pc_name, "total_spend": json_number(row.micros)} for row in data.top_pcs
        ],
        "topup": {name: _line(line) for name, line in summary.topup.items()}
        | _line(summary.topup_all),
        "refund": _refund(summary),
        "income": _income(summary, data.expenses),
        "game": [],
        "game_license": [],
        "product_sales_items": [_offer_sold(row) for row in data.offers],
        "product_group_list": [OFFERS_GROUP],
        "new_members_number": data.new_members,
        "pcs_list": [_pc_use(row) for row in data.pcs],
        "user_surveys": [],
    }


def chart_wire(chart: Chart, span: TimeRange, staff: str) -> dict[str, Any]:
    """The `data` of reportChart."""
    return {
        "series": [
            {"name": name, "data": [json_number(micros) for micros in figures]}
            for name, figures in chart.series.items()
        ],
        "categories": chart.categories,
        "report": {
            "staff": staff,
            "report_start": span.start_text,
            "report_end": span.end_text,
        },
    }


def _line(line: Line) -> dict[str, Any]:
    return {"number": line.number, "amount": json_number(line.micros)}


def _sale_line(line: SaleLine) -> dict[str, Any]:
    # Goods, their cost and taxes are not part of this release.
    return {
        "number": line.number,
        "cost": 0,
        "tax": 0,
        "total": json_number(line.total_micros),
        "profit": json_number(line.profit_micros),
    }


def _sale(summary: Summary) -> dict[str, Any]:
    return {name: _sale_line(line) for name, line in summary.sale.items()} | {
        "offer": {"tax": 0},
        "total": json_number(summary.sale_micros),
        "profit": json_number(summary.sale_profit_micros),
    }


def _refund(summary: Summary) -> dict[str, Any]:
    total = Line()
    for part in (summary.refund_topup["total"], summary.refund_sale["total"]):
        total.add(part.number, part.micros)
    return {
        "topup": {name: _line(line) for name, line in summary.refund_topup.items()},
        "sale": {name: _line(line) for name, line in summary.refund_sale.items()},
        "total": _line(total),
        "other_tender": _line(summary.other_tender),
    }


def _income(summary: Summary, expenses: list[Row]) -> dict[str, Any]:
    return {
        "expense": {
            "amount": json_number(summary.expense_micros),
            "items": [
                {"log_money": format_fixed(row.cash_micros), "log_details": row.details}
                for row in expenses
            ],
        },
        "cash": json_number(summary.cash_micros),
        "credit_card": json_number(summary.card_micros),
        "qr": json_number(summary.qr_micros),
        "by_balance": json_number(summary.by_balance_micros),
        "coin": 0,
        "amount": json_number(summary.amount_micros),
        "cost": 0,
        "tax": 0,
        "profit": json_number(summary.profit_micros),
        "loan": json_number(summary.loan_micros),
    }


def _offer_sold(row: Row) -> dict[str, Any]:
    return {
        "product_name": row.name,
        "order_number": row.number,
        "order_total": json_number(row.micros),
        "order_refunded": json_number(row.refunded_micros),
    }


def _pc_use(row: Row) -> dict[str, Any]:
    return {
        "pc_name": row.pc_name,
        "session_number": row.sessions,
        "used_time": duration_text(row.used_seconds),
        "total_spend": json_number(row.micros),
    }
