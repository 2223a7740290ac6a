"""All that a member ordered, as the café API shows it; amounts are text with 2 decimals."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from msgspec import Struct

from lanhouse.cafe.orders.queries.of_member import Ordered
from lanhouse.cafe.orders.schemas import Order
from lanhouse.cafe.orders.wire import NUMBERS, STATUS_NUMBERS, OrderItemRow, item_rows
from lanhouse.cafe.topups.schemas import Kind
from lanhouse.db.statements import Row
from lanhouse.kit.local_time import local_text
from lanhouse.kit.money import format_fixed
from lanhouse.kit.pages import PageNumber, PagingInfo

_DONE = 2
_PRODUCT_NAMES = {
    Kind.TOPUP: "Topup",
    Kind.REFUND: "Refund",
    Kind.LOAN: "Loan",
    Kind.REPAYMENT: "Loan repayment",
}


class MemberOrdersIn(Struct, kw_only=True):
    """One member's list, 30 rows a page."""

    member_id: int
    page: PageNumber | None = None


class OrderRow(Struct, kw_only=True):
    """An order of the shop, or a top-up, refund, loan or repayment.

    `order_type` says which: `shop`, whose `order_no` is that of `orders` and `payOrder`, or
    `topup`, whose `order_no` is one of the `order_ids` of topup and loan. The two are counted each
    by itself.
    """

    order_no: int
    order_type: str
    order_money: str
    order_create_time_local: str
    order_payment_method: int
    order_status: int
    """Of the shop 1 pending, 2 done, 3 cancelled, 5 preparing; else 2."""
    order_pc: str
    """Empty: at the desk."""
    product_name: str
    order_item_qty: int
    order_bonus: str
    order_coin: str
    """Put on the account; of the shop what was paid in coins."""
    order_refunded: str
    """Of the shop's money what was given back."""
    order_comment: str
    items: list[OrderItemRow]
    """Of the shop its goods and packages."""


class OrdersOut(Struct):
    """A page of all that a member ordered, newest first."""

    orders: list[OrderRow]
    paging_info: PagingInfo


def member_orders_out(found: Ordered, zone: ZoneInfo, info: PagingInfo) -> OrdersOut:
    """The answer of members/{id}/orders and memberOrders."""
    rows = [
        _shop_row(each, zone) if isinstance(each, Order) else _topup_row(each, zone)
        for each in found.rows
    ]
    return OrdersOut(rows, info)


def _shop_row(order: Order, zone: ZoneInfo) -> OrderRow:
    return OrderRow(
        order_no=order.id,
        order_type="shop",
        order_money=format_fixed(order.total_micros),
        order_create_time_local=local_text(order.at, zone),
        order_payment_method=NUMBERS.get(order.payment, 0),
        order_status=STATUS_NUMBERS[order.status],
        order_pc=order.pc_name,
        product_name=", ".join(line.name for line in order.lines),
        order_item_qty=sum(line.quantity for line in order.lines),
        order_bonus=format_fixed(0),
        order_coin=format_fixed(order.coin_micros),
        order_refunded=format_fixed(order.refunded_micros),
        order_comment=order.note,
        items=item_rows(order),
    )


def _topup_row(row: Row, zone: ZoneInfo) -> OrderRow:
    return OrderRow(
        order_no=row.id,
        order_type="topup",
        order_money=format_fixed(row.value_micros),
        order_create_time_local=local_text(row.at, zone),
        order_payment_method=NUMBERS.get(row.payment, 0),
        order_status=_DONE,
        order_pc="",
        product_name=_PRODUCT_NAMES[Kind(row.kind)],
        order_item_qty=1,
        order_bonus=format_fixed(row.bonus_micros),
        order_coin=format_fixed(row.coin_micros),
        order_refunded=format_fixed(0),
        order_comment=row.comment,
        items=[],
    )
