"""Orders as the café API takes and shows them (cafe-domain 0, 10; cafe-wire, Orders and products).

Amounts are text with 2 decimals, prices of goods text with 10.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType, structs

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.wire import NUMBERS as TENDER_NUMBERS
from lanhouse.cafe.orders.commands.placing import Placed
from lanhouse.cafe.orders.queries.listing import OrderPage
from lanhouse.cafe.orders.rules import LINES_MAX
from lanhouse.cafe.orders.schemas import (
    BY_CODE,
    COIN,
    LATER,
    SEAT_CASH,
    Items,
    Order,
    Status,
    items_of,
)
from lanhouse.cafe.payments.gateways.beginning import Shown
from lanhouse.cafe.payments.schemas import TENDER, Payment
from lanhouse.cafe.payments.wire import payment_out
from lanhouse.cafe.products.schemas import Source
from lanhouse.cafe.products.wire import (
    PRICE_PLACES,
    combo_part,
)
from lanhouse.kit.errors import InvalidInput, NotFound
from lanhouse.kit.inputs import Line, also, means
from lanhouse.kit.limits import COMMENT_CHARS_MAX
from lanhouse.kit.local_time import local_text
from lanhouse.kit.money import format_fixed
from lanhouse.kit.pages import PageNumber, PagingInfo, paging_info
from lanhouse.kit.said import say

LATER_NUMBER, COIN_NUMBER = -2, 3
NUMBERS = {
    **TENDER_NUMBERS,
    COIN: COIN_NUMBER,
    LATER: LATER_NUMBER,
    SEAT_CASH: 0,
    BY_CODE: TENDER_NUMBERS[TENDER],
}
"""How an order is paid -> its number (cafe-domain 0); several ways have none and show 0."""
_AT_SEATS = (SEAT_CASH, BY_CODE)
_BY_NUMBER = {number: name for name, number in NUMBERS.items() if name not in _AT_SEATS}
STATUS_NUMBERS = {
    Status.PENDING: 1,
    Status.DONE: 2,
    Status.CANCELLED: 3,
    Status.PREPARING: 5,
}
IN_PROCESS = 4
"""That of a QR payment that is not confirmed yet (submitOrder)."""
_STATUS_OF = {number: status for status, number in STATUS_NUMBERS.items()}
PER_PAGE = 50

Ids = Annotated[list[Line], Meta(max_length=LINES_MAX)]
Note = Annotated[str, Meta(max_length=COMMENT_CHARS_MAX)]


class OrderIn(Struct, kw_only=True):
    """An order of the desk: goods or packages, and pieces in the same order; a list, its JSON text
    or commas."""

    product_id: Annotated[Ids, means("wanted")]
    """`p-1`, `p--3` or a number; `o-1` is a package for the member, or for who plays at the PC."""
    order_item_qty: Annotated[list[int], also("qty"), Meta(max_length=LINES_MAX)] = []
    """Left out: one of each."""
    order_payment_method: Annotated[int, also("payment_method"), means("payment", "tendered")] = 0
    """-2 later, 0 cash, 1 balance, 2 card, 3 coins, 4 QR."""
    order_member_id: Annotated[int, also("member_id"), means("member_id")] = 0
    order_member_account: Annotated[Line, also("member_account"), Meta(max_length=100)] = ""
    order_status: int = 2
    """1 pending, 2 done, 5 preparing."""
    pc_name: Annotated[Line, Meta(max_length=50)] = ""
    order_comment: Annotated[Note, means("note")] = ""


class SubmittedItem(Struct):
    """So many pieces of `p-1`, or so many packages `o-1`."""

    product_id: Annotated[Line, Meta(max_length=20)]
    qty: int = 1


class SubmitIn(Struct, kw_only=True):
    """An order of who plays at a PC; with the PC's own token `pc_name` may be left out."""

    items: Annotated[list[SubmittedItem], Meta(max_length=LINES_MAX), means("wanted")]
    payment_method: Annotated[int, means("payment", "tendered")]
    """0 cash when it is brought, 1 balance, 3 coins, -2 later; packages only by 1 or 3."""
    pc_name: Annotated[Line, Meta(max_length=50)] = ""
    order_comment: Annotated[Note, also("comment"), means("note")] = ""


class PayIn(Struct, kw_only=True):
    """An order to be paid: 1 from the balance of who ordered it, 4 by QR code, 0 in cash at the
    desk."""

    order_no: Annotated[int, means("order_ids")]
    payment_method: Annotated[int | None, also("order_payment_method"), means("tendered")] = None
    """Left out: as it was ordered; what was put on a tab is paid from the balance."""


class ShopOrdersIn(Struct, kw_only=True):
    """Filters of the list, newest first, 50 a page."""

    order_status: int | None = None
    """1 pending, 2 done, 3 cancelled, 5 preparing."""
    member_id: int | None = None
    page: PageNumber | None = None


class ChangedQty(Struct):
    """How many pieces of `p-1` are there now."""

    id: str
    qty: int


class OrderedOut(Struct, kw_only=True):
    """The order, and the stocks that changed by it."""

    order_no: int
    member_id: int
    qty_changed_products: list[ChangedQty]
    shop_badge: int
    """How many orders are pending."""
    order_status: int
    order_money: str


class SubmittedOut(Struct, kw_only=True):
    """The order of a seat."""

    order_no: int
    pay_method: int
    order_status: int
    """Of an order by QR code 4, in process, while its payment waits."""
    order_money: str
    payment_no: int | UnsetType = UNSET
    """The payment by QR code that waits, for getTopupStatus. Ours, additive, as what follows."""
    url: str | UnsetType = UNSET
    payment_url: str | UnsetType = UNSET
    qr_image: str | UnsetType = UNSET
    """These three as in getTopupUrl."""


class PayOut(Struct, kw_only=True):
    """Without an envelope (cafe-wire 0): `result` 0 is success."""

    result: int
    message: str
    type: str = ""
    """cash, balance, or the gateway of a QR code."""
    url: str = ""
    payment_url: str = ""
    qr_image: str = ""
    """These three as in getTopupUrl."""
    amount: str = "0.00"
    order_no: int = 0


class OrderItemRow(Struct, kw_only=True):
    """A line of an order."""

    product_id: str
    product_name: str
    order_item_qty: int
    order_item_price: str
    order_item_tax: str
    order_item_total: str


class ShopOrderRow(Struct, kw_only=True):
    """An order; `product_name` and `order_item_qty` sum its items up."""

    order_no: int
    order_money: str
    order_coin: str
    order_tax: str
    order_refunded: str
    order_create_time_local: str
    order_payment_method: int
    order_is_paid: int
    order_status: int
    order_pc: str
    order_member_id: int
    order_member_account: str
    order_staff_name: str
    order_comment: str
    product_name: str
    order_item_qty: int
    items: list[OrderItemRow]


class ShopOrdersOut(Struct):
    """A page of orders, newest first, and how many are pending."""

    orders: list[ShopOrderRow]
    paging_info: PagingInfo
    shop_badge: int


def payment_of(number: int, field: str) -> str:
    """How an order is to be paid: a tender, COIN or LATER. Raises InvalidInput."""
    if number not in _BY_NUMBER:
        raise InvalidInput(
            {field: say("must be 0 (cash), 1 (balance), 2 (card), 3 (coins), 4 (QR) or -2 (later)")}
        )
    return _BY_NUMBER[number]


def status_of(number: int) -> Status:
    """A status by its number. Raises InvalidInput of `order_status`."""
    if number not in _STATUS_OF:
        names = ", ".join(str(each) for each in sorted(_STATUS_OF))
        raise InvalidInput({"order_status": say("must be one of %(names)s", names=names)})
    return _STATUS_OF[number]


def wanted_of(ids: Sequence[str], quantities: Sequence[int], field: str) -> Items:
    """Goods and packages; one that is named twice counts together. Raises InvalidInput."""
    pieces = list(quantities) or [1] * len(ids)
    if len(pieces) != len(ids):
        raise InvalidInput({field: say("must have a number of pieces for each product")})
    if any(quantity < 1 for quantity in pieces):
        raise InvalidInput({field: say("must have a number of pieces for each product")})
    return items_of(
        (*_item_of(text, field), quantity) for text, quantity in zip(ids, pieces, strict=True)
    )


def _item_of(text: str, field: str) -> tuple[Source, int]:
    digits = text.removeprefix("p-").removeprefix("-")
    if digits.isascii() and digits.isdigit() and text.startswith("p--"):
        return Source.PRODUCT, -int(digits[:10])
    try:
        return combo_part(text)
    except NotFound as unknown:
        raise InvalidInput({field: unknown.said}) from None


def ordered(placed: Placed) -> OrderedOut:
    """The answer of POST /orders."""
    return OrderedOut(
        order_no=placed.order_id,
        member_id=placed.member_id,
        qty_changed_products=[
            ChangedQty(f"p-{product_id}", left) for product_id, left in placed.levels
        ],
        shop_badge=placed.pending,
        order_status=STATUS_NUMBERS[placed.status],
        order_money=format_fixed(placed.total_micros),
    )


def submitted(placed: Placed) -> SubmittedOut:
    """The answer of submitOrder."""
    return SubmittedOut(
        order_no=placed.order_id,
        pay_method=NUMBERS.get(placed.payment, 0),
        order_status=STATUS_NUMBERS[placed.status],
        order_money=format_fixed(placed.total_micros),
    )


def paid_by_code(payment: Payment, seen: Shown) -> PayOut:
    """The answer of payOrder by QR code: that of getTopupUrl."""
    return PayOut(**structs.asdict(payment_out(payment, seen)))


def orders_out(found: OrderPage, center: Center, page: int | None) -> ShopOrdersOut:
    """The answer of GET /orders."""
    info = paging_info(found.total, page or 1, PER_PAGE, sent=page is not None)
    return ShopOrdersOut([order_row(order, center) for order in found.orders], info, found.pending)


def order_row(order: Order, center: Center) -> ShopOrderRow:
    """An order as lists of the café API show it."""
    return ShopOrderRow(
        order_no=order.id,
        order_money=format_fixed(order.total_micros),
        order_coin=format_fixed(order.coin_micros),
        order_tax=format_fixed(order.tax_micros),
        order_refunded=format_fixed(order.refunded_micros),
        order_create_time_local=local_text(order.at, center.zone),
        order_payment_method=NUMBERS.get(order.payment, 0),
        order_is_paid=int(order.paid_at is not None),
        order_status=STATUS_NUMBERS[order.status],
        order_pc=order.pc_name,
        order_member_id=order.member_id,
        order_member_account=order.member_account,
        order_staff_name=order.staff_name,
        order_comment=order.note,
        product_name=", ".join(line.name for line in order.lines),
        order_item_qty=sum(line.quantity for line in order.lines),
        items=item_rows(order),
    )


def item_rows(order: Order) -> list[OrderItemRow]:
    """The lines of an order."""
    return [
        OrderItemRow(
            product_id=f"{'o' if line.is_package else 'p'}-{line.item_id}",
            product_name=line.name,
            order_item_qty=line.quantity,
            order_item_price=format_fixed(line.price_micros, PRICE_PLACES),
            order_item_tax=format_fixed(line.tax_micros),
            order_item_total=format_fixed(line.total_micros),
        )
        for line in order.lines
    ]
