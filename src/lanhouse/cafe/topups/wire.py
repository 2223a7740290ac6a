"""Top-ups on the wire: amounts are text with 2 decimals."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from msgspec import UNSET, Struct, UnsetType

from lanhouse.cafe.money.wire import NUMBERS, paid_back_rows
from lanhouse.cafe.topups.schemas import Kind, Quoted, TopUp, TopUpDone
from lanhouse.db.statements import Row
from lanhouse.kit.local_time import local_text
from lanhouse.kit.money import format_fixed
from lanhouse.kit.pages import PagingInfo

_ORDER_STATUS_DONE = 2
_PRODUCT_NAMES = {
    Kind.TOPUP: "Topup",
    Kind.REFUND: "Refund",
    Kind.LOAN: "Loan",
    Kind.REPAYMENT: "Loan repayment",
}


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


class OrderRow(Struct, kw_only=True):
    """A top-up, refund, loan or repayment."""

    order_no: int
    order_money: str
    order_create_time_local: str
    order_payment_method: int
    order_status: int
    """2 = done; there is no other."""
    order_pc: str
    """Empty: at the desk."""
    product_name: str
    order_item_qty: int
    order_bonus: str
    order_coin: str
    order_comment: str


class OrdersOut(Struct):
    """A page of a member's top-ups, refunds and loans, newest first."""

    orders: list[OrderRow]
    paging_info: PagingInfo


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


def orders(rows: Sequence[Row], zone: ZoneInfo, paging_info: PagingInfo) -> OrdersOut:
    """A page of a member's top-ups, refunds and loans."""
    return OrdersOut([_order_row(row, zone) for row in rows], paging_info)


def _order_row(row: Row, zone: ZoneInfo) -> OrderRow:
    return OrderRow(
        order_no=row.id,
        order_money=format_fixed(row.value_micros),
        order_create_time_local=local_text(row.at, zone),
        order_payment_method=NUMBERS.get(row.payment, 0),
        order_status=_ORDER_STATUS_DONE,
        order_pc="",
        product_name=_PRODUCT_NAMES[Kind(row.kind)],
        order_item_qty=1,
        order_bonus=format_fixed(row.bonus_micros),
        order_coin=format_fixed(row.coin_micros),
        order_comment=row.comment,
    )
