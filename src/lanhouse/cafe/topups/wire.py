"""Top-ups on the wire: amounts are text with 2 decimals."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from lanhouse.cafe.money.wire import paid_back_rows
from lanhouse.cafe.topups.schemas import Quoted, TopUp, TopUpDone
from lanhouse.kit.money import format_fixed


class MemberPaidBack(Struct):
    """How much goes back to a member by one tender; payment method 1 = it stays on the balance."""

    member_id: int
    payment_method: int
    amount: str


class ToppedUpOut(Struct):
    """The order numbers in the order of the ids; of a refund also how the money goes back."""

    order_ids: list[int]
    paid_back: list[MemberPaidBack] | UnsetType = UNSET


class LoanOut(Struct):
    """The number of the order."""

    order_ids: list[int]


class BonusOut(Struct):
    """The bonus that a top-up would earn now, under two names; and how many coins it, or a promo
    code, would give in its place."""

    bonus: str
    topup_balance_bonus: str
    bonus_coin: str


def topped_up(cmd: TopUp, done: TopUpDone) -> ToppedUpOut:
    """The answer of topup; `done` has its orders and payments in the order of the command's ids."""
    if not cmd.is_refund:
        return ToppedUpOut(done.order_ids)
    rows = [
        MemberPaidBack(member_id, row.payment_method, row.amount)
        for member_id, by_tender in zip(cmd.member_ids, done.paid_back, strict=True)
        for row in paid_back_rows(by_tender)
    ]
    return ToppedUpOut(done.order_ids, rows)


def loan(done: TopUpDone) -> LoanOut:
    """The answer of loan."""
    return LoanOut(done.order_ids)


def bonus(quoted: Quoted) -> BonusOut:
    """The answer of fetchBonus."""
    text = format_fixed(quoted.bonus_micros)
    return BonusOut(text, text, format_fixed(quoted.coin_micros))
