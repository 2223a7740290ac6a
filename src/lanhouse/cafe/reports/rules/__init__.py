"""How the rows of the billing log become the lines of a report (cafe-domain 11; decision 0076)."""

from __future__ import annotations

from collections.abc import Iterable

from lanhouse.cafe.money.schemas import Event, Subject
from lanhouse.cafe.reports.schemas import Group, Line, Summary

_TOPUP_LINE_OF: dict[str, str] = {
    Subject.MEMBER: "member",
    Subject.PREPAID: "prepaid",
    Subject.POSTPAID: "postpaid",
    Subject.CONSOLE: "console",
}
_PLAY_EVENTS = (Event.ADDTIME, Event.CHECKOUT)


def summarise(groups: Iterable[Group]) -> Summary:
    """Put groups of log rows (queries.log_groups) into the lines of a report.

    Every movement of a till is counted once: as a sale, a top-up, a refund or an expense. Money
    for PC time is a top-up, because it is booked on the day it is paid; that it was played later
    shows only under "by balance".
    """
    summary = Summary()
    for group in groups:
        summary.cash_micros += group.cash_micros
        summary.card_micros += group.card_micros
        summary.qr_micros += group.qr_micros
        summary.by_balance_micros += group.spend_micros
        summary.tax_micros += group.tax_micros
        summary.loan_micros -= group.loan_micros
        if group.event == Event.EXPENSE:
            summary.expense_micros += group.cash_micros
        elif group.event in (Event.REWARD, Event.EXPIRED):
            _add_reward(summary, group)
        elif group.event == Event.OTHERTENDER:
            summary.other_tender.add(group.number, group.other_tender_micros)
        elif group.event == Event.SALE:
            (_add_refunded_goods if group.is_refund else _add_goods)(summary, group)
        elif group.event == Event.OFFER:
            (_add_refunded_offer if group.is_refund else _add_offer)(summary, group)
        elif group.is_refund:
            _add_refund(summary, group)
        else:
            _add_topup(summary, group)
    return summary


def _add_offer(summary: Summary, group: Group) -> None:
    money = group.money_micros
    who = "offer_member" if group.is_member else "offer_guest"
    # What is paid from the balance was earned when the balance was topped up (cafe-domain 11): only
    # the tax is left of it.
    profit = money - group.tax_micros
    summary.sale[who].add(group.number, group.cost_micros, profit, tax=group.tax_micros)
    summary.sale["cash"].add(group.cash_number, group.cash_micros, group.cash_micros)
    summary.sale["credit_card"].add(group.card_number, group.card_micros, group.card_micros)
    summary.sale["by_balance"].add(group.spend_number, group.spend_micros, 0)
    summary.sale_micros += money
    summary.sale_profit_micros += profit


def _add_goods(summary: Summary, group: Group) -> None:
    money, cost, tax = group.money_micros, group.goods_cost_micros, group.tax_micros
    # What is paid from the balance was earned when that was topped up: only what the goods cost and
    # the tax are left of it. Coins are no money and do not count (cafe-domain 11).
    profit = money - cost - tax
    summary.sale["product"].add(group.number, group.cost_micros, profit, cost, tax)
    summary.sale["cash"].add(group.cash_number, group.cash_micros, group.cash_micros)
    summary.sale["credit_card"].add(group.card_number, group.card_micros, group.card_micros)
    summary.sale["by_balance"].add(group.spend_number, group.spend_micros, 0)
    summary.sale["coin"].add(0, -group.coin_micros, 0)
    summary.sale_micros += money
    summary.sale_profit_micros += profit
    _count_goods(summary, group)


def _add_refunded_goods(summary: Summary, group: Group) -> None:
    lines = summary.refund_sale
    for name in ("product", "total"):
        lines[name].add(group.number, -group.cost_micros)
    lines["cash"].add(group.cash_number, -group.cash_micros)
    lines["card"].add(group.card_number, -group.card_micros)
    lines["by_balance"].add(group.spend_number, -group.spend_micros)
    lines["coin"].add(0, group.coin_micros)
    _count_goods(summary, group)


def _count_goods(summary: Summary, group: Group) -> None:
    summary.coin_micros -= group.coin_micros
    summary.cost_micros += group.goods_cost_micros


def _add_refunded_offer(summary: Summary, group: Group) -> None:
    lines = summary.refund_sale
    who = "offer_member" if group.is_member else "offer_guest"
    for name in ("offer", who, "total"):
        lines[name].add(group.number, -group.cost_micros)
    lines["cash"].add(group.cash_number, -group.cash_micros)
    lines["card"].add(group.card_number, -group.card_micros)
    lines["by_balance"].add(group.spend_number, -group.spend_micros)


def _add_topup(summary: Summary, group: Group) -> None:
    money = group.money_micros
    for line in _lines_of(summary.topup, group):
        line.add(group.money_number, money)
    summary.topup["cash"].add(group.cash_number, group.cash_micros)
    summary.topup["credit_card"].add(group.card_number, group.card_micros)
    summary.topup["qr"].add(group.qr_number, group.qr_micros)
    if group.event == Event.TOPUP:
        summary.topup["bonus"].add(group.bonus_number, group.bonus_micros)
    summary.topup_all.add(group.money_number, money)


def _add_reward(summary: Summary, group: Group) -> None:
    """Bonus that was given without a top-up (cash-back, friends, promo codes) stands with that of
    the top-ups; what ended or was taken back, among the refunds. No money moved."""
    if group.event == Event.REWARD and group.bonus_micros > 0:
        summary.topup["bonus"].add(group.bonus_number, group.bonus_micros)
    elif group.bonus_micros < 0:
        summary.refund_topup["bonus"].add(group.bonus_number, -group.bonus_micros)


def _add_refund(summary: Summary, group: Group) -> None:
    lines = summary.refund_topup
    money = -group.money_micros
    for line in (*_lines_of(lines, group), lines["total"]):
        line.add(group.money_number, money)
    lines["cash"].add(group.cash_number, -group.cash_micros)
    lines["credit_card"].add(group.card_number, -group.card_micros)
    if group.event == Event.TOPUP:
        lines["bonus"].add(group.bonus_number, -group.bonus_micros)


def _lines_of(lines: dict[str, Line], group: Group) -> list[Line]:
    """The line of whom the money is about; PC time is counted under "pc" as well."""
    name = _TOPUP_LINE_OF.get(group.subject, "guest")
    if group.event not in _PLAY_EVENTS or name == "console":
        return [lines[name]]
    if group.event == Event.CHECKOUT and not group.money_micros:
        return []
    return [lines[name], lines["pc"]]
