"""Every kind of money of a centre, in one table: whose, which currency, and where it is told.

A new kind of money is a line here, and a column of the log where the log tells it.
"""

from __future__ import annotations

from typing import NamedTuple

COIN, POINT = "COIN", "POINT"


class MoneyKind(NamedTuple):
    """An account of the ledger that a member or the centre may have."""

    owner: str
    """member or center."""
    name: str
    currency: str = ""
    """Empty: the centre's own."""
    may_go_negative: bool = False
    column: str = ""
    """The column of the billing log that tells it; empty: none does."""
    sign: int = 1
    """What a rise of the account is in that column."""
    part_column: str = ""
    """The column that tells it once more, as a part of `column`."""


KINDS = (
    # The till's accounts count what the house owes, so money that came in is below zero there.
    MoneyKind("center", "cash", may_go_negative=True, column="cash_micros", sign=-1),
    MoneyKind("center", "card", may_go_negative=True, column="card_micros", sign=-1),
    MoneyKind("center", "qr", may_go_negative=True, column="qr_micros", sign=-1),
    MoneyKind("center", "revenue_time", may_go_negative=True, column="cost_micros"),
    MoneyKind("center", "revenue_offer", may_go_negative=True, column="cost_micros"),
    MoneyKind("center", "revenue_goods", may_go_negative=True, column="cost_micros"),
    # Part of what was sold, and not the house's own.
    MoneyKind(
        *("center", "tax"),
        may_go_negative=True,
        column="cost_micros",
        part_column="tax_micros",
    ),
    MoneyKind("member", "balance", column="balance_micros"),
    MoneyKind("member", "bonus", column="bonus_micros"),
    MoneyKind("member", "coin", COIN, column="coin_micros"),
    MoneyKind("member", "loan", may_go_negative=True, column="loan_micros"),
    MoneyKind("member", "point", POINT),
    MoneyKind("center", "bonus_given", may_go_negative=True),
    MoneyKind("center", "coin_issued", COIN, may_go_negative=True),
    MoneyKind("center", "point_issued", POINT, may_go_negative=True),
    MoneyKind("center", "expense", may_go_negative=True),
    MoneyKind("center", "opening", may_go_negative=True),
    # What members left behind when they had their account deleted.
    MoneyKind("center", "forfeited", may_go_negative=True),
    # What a member takes over of a guest's debt passes through it: 0 after each.
    MoneyKind("center", "taken_over", may_go_negative=True),
    # Cash that lies in drawers or in the safe without having come in by a sale: what a shift
    # begins with, is put in and taken out, and is handed in at its end.
    MoneyKind("center", "drawer", may_go_negative=True),
    MoneyKind("center", "safe", may_go_negative=True),
    MoneyKind("center", "cash_difference", may_go_negative=True),
)

BY_ACCOUNT = {(kind.owner, kind.name): kind for kind in KINDS}
"""(owner kind, account kind) -> MoneyKind."""
MONEY_COLUMNS = tuple(
    dict.fromkeys(column for kind in KINDS for column in (kind.column, kind.part_column) if column)
)
"""The amounts of the billing log that come from accounts."""
