"""Into which lines of a report each kind of log row falls (cafe-domain 11)."""

from __future__ import annotations

from typing import Any

from lanhouse.cafe.reports.rules import summarise
from lanhouse.cafe.reports.schemas import Group, Line, SaleLine, Summary

EURO = 1_000_000
_AMOUNTS = ("cash", "card", "qr", "spend", "bonus", "loan", "cost")


def _group(
    event: str, subject: str, *, is_refund: bool = False, number: int = 1, **euros: int
) -> Group:
    """A group in which every row has each amount that is named."""
    values: dict[str, Any] = {f"{name}_micros": euros.get(name, 0) * EURO for name in _AMOUNTS}
    for name in _AMOUNTS[:5]:
        values[f"{name}_number"] = number if name in euros else 0
    has_money = bool({"cash", "card", "qr"} & set(euros))
    return Group(
        event=event,
        subject=subject,
        is_member=subject == "member",
        is_refund=is_refund,
        number=number,
        money_number=number if has_money else 0,
        **values,
    )


def _shown(lines: dict[str, Line]) -> dict[str, tuple[int, int]]:
    return {
        name: (line.number, line.micros // EURO)
        for name, line in lines.items()
        if (line.number, line.micros) != (0, 0)
    }


def test_top_ups_by_customer_and_kind_of_payment() -> None:
    summary = summarise(
        [
            _group("TOPUP", "member", number=3, cash=100, bonus=12),
            _group("TOPUP", "guest", card=10),
            _group("ADDTIME", "prepaid", number=2, qr=7),
            _group("ADDTIME", "console", cash=4),
            _group("CHECKOUT", "postpaid", cash=5, cost=5),
            _group("CHECKOUT", "member", number=9, spend=30, cost=30, bonus=-2),
        ]
    )
    assert _shown(summary.topup) == {
        "member": (3, 100),
        "guest": (1, 10),
        "prepaid": (2, 7),
        "postpaid": (1, 5),
        "pc": (3, 12),
        "console": (1, 4),
        "cash": (5, 109),
        "credit_card": (1, 10),
        "qr": (2, 7),
        "bonus": (3, 12),
    }
    assert (summary.topup_all.number, summary.topup_all.micros) == (8, 126 * EURO)
    assert (summary.cash_micros, summary.card_micros, summary.qr_micros) == (
        109 * EURO,
        10 * EURO,
        7 * EURO,
    )
    assert summary.by_balance_micros == 30 * EURO
    assert summary.sale_micros == 0


def test_refunds_are_positive_and_reduce_the_income() -> None:
    """cafe-domain 11: 100 of sales + 110 topped up - 100 given back - 20 of expenses is 90."""
    summary = summarise(
        [
            _group("OFFER", "member", number=4, cash=100, cost=100),
            _group("TOPUP", "member", cash=110),
            _group("TOPUP", "member", is_refund=True, number=2, cash=-97, bonus=-5),
            _group("CHECKOUT", "prepaid", is_refund=True, cash=-3, spend=2, cost=2),
            _group("EXPENSE", "center", is_refund=True, cash=-20),
        ]
    )
    assert summary.cash_micros == summary.amount_micros == 90 * EURO
    assert summary.expense_micros == -20 * EURO
    assert _shown(summary.refund_topup) == {
        "member": (2, 97),
        "prepaid": (1, 3),
        "pc": (1, 3),
        "cash": (3, 100),
        "bonus": (2, 5),
        "total": (3, 100),
    }
    assert _shown(summary.refund_sale) == {}


def test_packages_paid_from_the_balance_earn_nothing_now() -> None:
    summary = summarise(
        [
            _group("OFFER", "member", number=2, spend=9, cost=9),
            _group("OFFER", "offer", number=1, cash=5, cost=5),
            _group("OFFER", "prepaid", number=1, qr=5, cost=5),
            _group("OFFER", "member", is_refund=True, card=-4, cost=-4),
        ]
    )
    assert {name: line for name, line in summary.sale.items() if line.number} == {
        "offer_member": SaleLine(2, 9 * EURO, 0),
        "offer_guest": SaleLine(2, 10 * EURO, 10 * EURO),
        "cash": SaleLine(1, 5 * EURO, 5 * EURO),
        "by_balance": SaleLine(2, 9 * EURO, 0),
    }
    assert (summary.sale_micros, summary.sale_profit_micros) == (10 * EURO, 10 * EURO)
    assert _shown(summary.refund_sale) == {
        "offer": (1, 4),
        "offer_member": (1, 4),
        "total": (1, 4),
        "card": (1, 4),
    }
    assert summary.amount_micros == summary.profit_micros == 6 * EURO


def test_loans_and_nothing() -> None:
    summary = summarise([_group("LOAN", "member", loan=-8), _group("SESSION", "free")])
    assert summary.loan_micros == 8 * EURO
    summary.loan_micros = 0
    assert summary == Summary()
