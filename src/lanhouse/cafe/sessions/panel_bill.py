"""A session's bill as the desk shows it: who pays which part of it. Pure."""

from __future__ import annotations

import msgspec

from lanhouse.cafe.sessions.rules import Bill, split_payment
from lanhouse.cafe.sessions.schemas import FREE, MEMBER, POSTPAID
from lanhouse.cafe.tenders.rules import PayBack


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """What pays a bill, in micros."""

    from_balance_micros: int = 0
    from_bonus_micros: int = 0
    balance_left_micros: int | None = None
    bonus_left_micros: int | None = None
    """What stays of both; None = not told, on a receipt of long ago."""
    paid_micros: int = 0
    """What a guest has paid before."""
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

    `back` is how that which a prepaid guest has not used goes back (sessions.change).
    """
    total = bill.total_micros
    if kind == FREE:
        return Split()
    if kind == POSTPAID:
        return Split(due_micros=total)
    payable = min(total, max(balance_micros, 0) + max(bonus_micros, 0))
    from_balance, from_bonus = split_payment(
        payable, balance_micros, bonus_micros, is_bonus_first=is_bonus_first
    )
    if kind != MEMBER:
        given = back.handed_out_micros
        return Split(paid_micros=payable + given, due_micros=-given, back=back.handed_out)
    return Split(
        from_balance_micros=from_balance,
        from_bonus_micros=from_bonus,
        balance_left_micros=balance_micros - from_balance,
        bonus_left_micros=bonus_micros - from_bonus,
    )
