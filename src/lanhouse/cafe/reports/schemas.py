"""What a report is asked for and made of; amounts in micros."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lanhouse.cafe.products.schemas import ProductGroup
from lanhouse.db.statements import Row


class ReportFilter(msgspec.Struct, frozen=True, kw_only=True):
    """From `start_at` up to, not including, `end_at`; None and "" do not filter."""

    center_id: int
    start_at: datetime
    end_at: datetime
    staff_name: str = ""
    member_group_id: int | None = None
    pc_group_id: int | None = None


class Group(msgspec.Struct, frozen=True):
    """Log rows of one kind, summed up: amounts as in the log, how many rows had each amount."""

    event: str
    subject: str
    is_member: bool
    is_refund: bool
    number: int
    money_number: int
    """Rows with cash, card or QR."""
    cash_number: int
    card_number: int
    qr_number: int
    spend_number: int
    bonus_number: int
    cash_micros: int
    card_micros: int
    qr_micros: int
    spend_micros: int
    bonus_micros: int
    loan_micros: int
    cost_micros: int
    other_tender_micros: int = 0
    coin_micros: int = 0
    tax_micros: int = 0
    goods_cost_micros: int = 0

    @property
    def money_micros(self) -> int:
        """What came in, by whichever way."""
        return self.cash_micros + self.card_micros + self.qr_micros


class Line(msgspec.Struct):
    """How often and how much."""

    number: int = 0
    micros: int = 0

    def add(self, number: int, micros: int) -> None:
        """Count more in."""
        self.number += number
        self.micros += micros


class SaleLine(msgspec.Struct):
    """How often, for how much, and what the house earned by it."""

    number: int = 0
    total_micros: int = 0
    profit_micros: int = 0
    cost_micros: int = 0
    tax_micros: int = 0

    def add(self, number: int, total: int, profit: int, cost: int = 0, tax: int = 0) -> None:
        """Count more in."""
        self.cost_micros += cost
        self.tax_micros += tax
        self.number += number
        self.total_micros += total
        self.profit_micros += profit


SALE_LINES = ("product", "offer_guest", "offer_member", "cash", "credit_card", "by_balance", "coin")
TOPUP_LINES = ("member", "guest", "prepaid", "postpaid", "pc", "console")
TOPUP_LINES += ("cash", "credit_card", "qr", "bonus")
REFUND_TOPUP_LINES = ("member", "prepaid", "postpaid", "guest", "pc", "console")
REFUND_TOPUP_LINES += ("credit_card", "cash", "bonus", "total")
REFUND_SALE_LINES = ("product", "offer", "offer_guest", "offer_member", "card", "cash")
REFUND_SALE_LINES += ("by_balance", "coin", "total")
"""Names of the lines; their order on the wire is that of the Structs in wire/outputs.py."""


def _lines(names: tuple[str, ...]) -> dict[str, Line]:
    return {name: Line() for name in names}


class Summary(msgspec.Struct):
    """The figures of a range; refunds are positive, expenses negative."""

    sale: dict[str, SaleLine] = msgspec.field(
        default_factory=lambda: {name: SaleLine() for name in SALE_LINES}
    )
    sale_micros: int = 0
    sale_profit_micros: int = 0
    topup: dict[str, Line] = msgspec.field(default_factory=lambda: _lines(TOPUP_LINES))
    topup_all: Line = msgspec.field(default_factory=Line)
    refund_topup: dict[str, Line] = msgspec.field(
        default_factory=lambda: _lines(REFUND_TOPUP_LINES)
    )
    refund_sale: dict[str, Line] = msgspec.field(default_factory=lambda: _lines(REFUND_SALE_LINES))
    other_tender: Line = msgspec.field(default_factory=Line)
    """Given back another way than it came; it is part of the refunds as well."""
    cash_micros: int = 0
    """Into the till, less what went out: refunds and expenses."""
    card_micros: int = 0
    qr_micros: int = 0
    by_balance_micros: int = 0
    """Paid from balances for time, packages and goods."""
    coin_micros: int = 0
    """Coins that goods were paid with, in micros of a coin."""
    cost_micros: int = 0
    """What goods that were sold and not given back had cost."""
    tax_micros: int = 0
    """The tax in the time, packages and goods that were billed and not given back."""
    expense_micros: int = 0
    loan_micros: int = 0
    """Lent less repaid."""

    @property
    def offer_tax_micros(self) -> int:
        """The tax in the packages that were sold, refunds aside."""
        return sum(self.sale[name].tax_micros for name in ("offer_guest", "offer_member"))

    @property
    def amount_micros(self) -> int:
        """All money that came in, less what went out."""
        return self.cash_micros + self.card_micros + self.qr_micros

    @property
    def profit_micros(self) -> int:
        """Money less tax and the cost of goods."""
        return self.amount_micros - self.tax_micros - self.cost_micros


class PcUse(msgspec.Struct, frozen=True):
    """Sessions that ended on a PC, how long they took, and what was sold on it."""

    pc_name: str
    sessions: int = 0
    used_seconds: int = 0
    micros: int = 0


class ReportData(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that reportData shows."""

    summary: Summary
    top_members: list[Row]
    top_pcs: list[PcUse]
    expenses: list[Row]
    offers: list[Row]
    goods: list[Row] = []
    pcs: list[PcUse]
    new_members: int
    product_groups: list[ProductGroup]
    """Those that the centre has now."""
