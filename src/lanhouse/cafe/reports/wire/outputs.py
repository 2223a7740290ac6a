"""What the calls about reports answer: amounts are JSON numbers, every key is always there."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from lanhouse.cafe.money.wire import ExpenseRow
from lanhouse.kit.money import JsonNumber

NothingYet = Annotated[list[Any], Meta(max_length=0)]
"""A list of things that this release does not have."""


class ReportHead(Struct):
    """What a report is about, and its two main figures."""

    report_start: str
    report_end: str
    staff: str
    """`All`, or the account that was asked for."""
    cash: JsonNumber
    profit: JsonNumber


class LineOut(Struct):
    """How often and how much."""

    number: int
    amount: JsonNumber


class SaleLineOut(Struct):
    """How often, for how much, and what the house earned by it."""

    number: int
    cost: JsonNumber
    tax: JsonNumber
    total: JsonNumber
    profit: JsonNumber


class OfferTaxOut(Struct):
    """The tax in the packages that were sold."""

    tax: JsonNumber


class SaleOut(Struct, kw_only=True):
    """What was sold, by kind and by payment."""

    product: SaleLineOut
    offer_guest: SaleLineOut
    offer_member: SaleLineOut
    cash: SaleLineOut
    credit_card: SaleLineOut
    by_balance: SaleLineOut
    coin: SaleLineOut
    offer: OfferTaxOut
    total: JsonNumber
    profit: JsonNumber


class TopMember(Struct):
    """Who topped up most."""

    member: str
    amount: JsonNumber


class TopPc(Struct):
    """Where most was sold."""

    pc_name: str
    total_spend: JsonNumber


class TopupsOut(Struct, kw_only=True):
    """What came in for balances and time, by whom and by payment, and in all."""

    member: LineOut
    guest: LineOut
    prepaid: LineOut
    postpaid: LineOut
    pc: LineOut
    console: LineOut
    cash: LineOut
    credit_card: LineOut
    qr: LineOut
    bonus: LineOut
    number: int
    amount: JsonNumber


class TopupRefunds(Struct, kw_only=True):
    """What of top-ups and time was given back."""

    member: LineOut
    prepaid: LineOut
    postpaid: LineOut
    guest: LineOut
    pc: LineOut
    console: LineOut
    credit_card: LineOut
    cash: LineOut
    bonus: LineOut
    total: LineOut


class SaleRefunds(Struct, kw_only=True):
    """What of sales was given back."""

    product: LineOut
    offer: LineOut
    offer_guest: LineOut
    offer_member: LineOut
    card: LineOut
    cash: LineOut
    by_balance: LineOut
    coin: LineOut
    total: LineOut


class RefundsOut(Struct, kw_only=True):
    """What was given back; refunds are positive."""

    topup: TopupRefunds
    sale: SaleRefunds
    total: LineOut
    other_tender: LineOut
    """Given back another way than it came; it is part of the refunds as well."""


class ExpensesOut(Struct):
    """What was taken out of the till."""

    amount: JsonNumber
    items: list[ExpenseRow]


class IncomeOut(Struct, kw_only=True):
    """What came in, less what went out."""

    expense: ExpensesOut
    cash: JsonNumber
    credit_card: JsonNumber
    qr: JsonNumber
    by_balance: JsonNumber
    coin: JsonNumber
    amount: JsonNumber
    cost: JsonNumber
    tax: JsonNumber
    profit: JsonNumber
    loan: JsonNumber
    """Lent less repaid."""


class OfferSold(Struct, kw_only=True):
    """A package and how often it was sold."""

    product_name: str
    order_number: int
    order_total: JsonNumber
    order_refunded: JsonNumber


class ProductGroup(Struct):
    """A group of what is sold."""

    product_group_id: int
    product_group_name: str


class PcUse(Struct, kw_only=True):
    """How a PC was used."""

    pc_name: str
    session_number: int
    used_time: str
    """HH:MM:SS."""
    total_spend: JsonNumber


class ReportOut(Struct, kw_only=True):
    """All sections of a report."""

    report: ReportHead
    sale: SaleOut
    top_five_members_topup: list[TopMember]
    top_five_pc_spend: list[TopPc]
    topup: TopupsOut
    refund: RefundsOut
    income: IncomeOut
    game: NothingYet
    game_license: NothingYet
    product_sales_items: list[OfferSold]
    product_group_list: list[ProductGroup]
    new_members_number: int
    pcs_list: list[PcUse]
    user_surveys: NothingYet


class ChartRange(Struct):
    """What a chart is about."""

    staff: str
    report_start: str
    report_end: str


class ChartSeries(Struct):
    """A series: one number for each category."""

    name: str
    data: list[JsonNumber]


class ChartOut(Struct):
    """Figures by day, or by hour."""

    series: list[ChartSeries]
    categories: list[str]
    report: ChartRange


class IncomeShare(Struct):
    """What came in by one kind of payment."""

    name: str
    value: JsonNumber


class TopSpender(Struct):
    """A member to whom much was sold; 2 decimals."""

    member_account: str
    spend_amount: str


class SessionFigures(Struct, kw_only=True):
    """How much was played, and by how many."""

    total_session: int
    avg_duration: str
    """HH:MM:SS."""
    unique_guests_count: int
    new_members_number: int


class AnalysisOut(Struct):
    """How customers pay, who spends most, how long they play."""

    income_chart: list[IncomeShare]
    member_spend_ranking: list[TopSpender]
    session: SessionFigures
