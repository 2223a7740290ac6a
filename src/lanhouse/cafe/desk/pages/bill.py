"""A session's bill as the desk shows it: who pays which part of it. Pure."""

from __future__ import annotations

import msgspec

from lanhouse.cafe.sessions.plans.ending import Settlement
from lanhouse.cafe.sessions.schemas import FREE, MEMBER


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """What pays a bill, in micros."""

    from_balance_micros: int = 0
    from_bonus_micros: int = 0
    balance_left_micros: int | None = None
    bonus_left_micros: int | None = None
    """What stays of both; None = not told, on a receipt of long ago."""
    owed_micros: int = 0
    """What a member owes from now on, because the account does not cover it."""
    paid_micros: int = 0
    """What a guest has paid before, or what a postpaid one has on the account."""
    due_micros: int = 0
    """Still to pay at the desk; below zero it is given back."""
    back: dict[str, int] = {}
    """What is given back, by the tender that it goes by."""


def split_of(end: Settlement) -> Split:
    """Who pays which part of a bill, now or then (cafe-domain 1, check-out)."""
    if end.session.kind == FREE:
        return Split()
    if end.session.kind != MEMBER:
        return Split(
            paid_micros=end.from_balance_micros + end.from_bonus_micros + end.refund_micros,
            due_micros=end.due_micros,
            back=end.back.handed_out,
        )
    is_open = end.session.ended_at is None
    return Split(
        from_balance_micros=end.from_balance_micros,
        from_bonus_micros=end.from_bonus_micros,
        owed_micros=end.from_loan_micros,
        balance_left_micros=end.balance_micros - end.from_balance_micros if is_open else None,
        bonus_left_micros=end.bonus_micros - end.from_bonus_micros if is_open else None,
    )
