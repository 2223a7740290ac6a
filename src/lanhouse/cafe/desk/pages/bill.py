"""A session's bill as the desk shows it: who pays which part of it. Pure."""

from __future__ import annotations

import msgspec

from lanhouse.cafe.metering.rules import Bill
from lanhouse.cafe.money.purses import own_share
from lanhouse.cafe.money.tenders import PayBack
from lanhouse.cafe.sessions.schemas import FREE, MEMBER, POSTPAID


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """What pays a bill, in micros."""

    from_balance_micros: int = 0
    from_bonus_micros: int = 0
    balance_left_micros: int | None = None
    bonus_left_micros: int | None = None
    """What stays of both; None = not told, on a receipt of long ago."""
    paid_micros: int = 0
    """What a guest has paid before, or what a postpaid one has on the account."""
    due_micros: int = 0
    """Still to pay at the desk; below zero it is given back."""
    back: dict[str, int] = {}
    """What is given back, by the tender that it goes by."""


def split_of(
    kind: str,
    bill: Bill,
    *,
    balance_micros: int,
    bonus_micros: int,
    is_bonus_first: bool,
    back: PayBack,
) -> Split:
    """How a check-out of `bill` would be paid (cafe-domain 1, check-out).

    `back` is how that which a guest has not used goes back (sessions.change).
    """
    total = bill.total_micros
    if kind == FREE:
        return Split()
    from_balance, from_bonus = own_share(
        total, balance_micros, bonus_micros, is_bonus_first=is_bonus_first
    )
    if kind != MEMBER:
        own, given = from_balance + from_bonus, back.handed_out_micros
        due = total - own if kind == POSTPAID else 0
        return Split(paid_micros=own + given, due_micros=due - given, back=back.handed_out)
    return Split(
        from_balance_micros=from_balance,
        from_bonus_micros=from_bonus,
        balance_left_micros=balance_micros - from_balance,
        bonus_left_micros=bonus_micros - from_bonus,
    )
