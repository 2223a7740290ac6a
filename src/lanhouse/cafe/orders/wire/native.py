"""Orders under the names of the business, for the native calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from lanhouse.cafe.orders.commands.paying import ORDERS_MAX, PaidOrders
from lanhouse.cafe.orders.commands.placing import Placed
from lanhouse.cafe.orders.rules import LINES_MAX, QUANTITY_MAX, TENDERS_MAX
from lanhouse.cafe.orders.schemas import Items, Order, Paid, Source, Status, Tendered, items_of
from lanhouse.cafe.orders.schemas import Line as OrderLine
from lanhouse.cafe.products.schemas import Source as ItemSource
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.inputs import Amount, Line, Percentage, means
from lanhouse.kit.limits import COMMENT_CHARS_MAX
from lanhouse.kit.money import format_fixed, format_plain
from lanhouse.kit.pages import CursorText, RowsMax
from lanhouse.kit.said import say

_HUNDREDTH = 10_000
"""Micros of one percent in a hundredth of a percent, in which discounts are kept."""

Text = Annotated[Line, Meta(max_length=COMMENT_CHARS_MAX)]


class OrderListIn(Struct, kw_only=True):
    """Which orders, newest first, and a page by cursor. Days are the centre's, both included."""

    status: Literal["", "pending", "preparing", "done", "cancelled"] = ""
    member_id: int | None = None
    is_owed: bool = False
    """Only what somebody still has to pay."""
    date_start: date | None = None
    date_end: date | None = None
    cursor: CursorText = ""
    limit: RowsMax = 50


class WantedIn(Struct):
    """So many pieces of a product, or so many packages of an offer: one of the two ids. What is
    named twice counts together."""

    product_id: int = 0
    offer_id: int = 0
    quantity: Annotated[int, Meta(ge=1, le=QUANTITY_MAX)] = 1


class OrderPaymentIn(Struct):
    """A part of a payment. `amount` null is all that the others leave; `given` is the cash that was
    handed over, 0 when that is not told. Coins pay alone and without an amount."""

    by: Literal["cash", "card", "qr", "balance", "coin"]
    amount: Amount | None = None
    given: Amount = 0


Payments = Annotated[
    list[OrderPaymentIn], Meta(max_length=TENDERS_MAX), means("tendered", "given_micros")
]


class NewOrderIn(Struct, kw_only=True):
    """An order: all of it is sold or nothing. Packages need a member, or who plays at the PC, and
    are paid at once, in one way."""

    lines: Annotated[list[WantedIn], Meta(max_length=LINES_MAX), means("wanted")]
    payments: Payments = []
    """How it is paid now; empty when `payment` says that it is not."""
    payment: Literal["", "later", "seat"] = ""
    """`later`: on the tab of who orders; `seat`: in cash when it is brought."""
    status: Literal["pending", "preparing", "done"] = "done"
    member_id: int = 0
    """Who pays; 0 = nobody who is known, or with `later` who plays at the PC."""
    pc_name: Annotated[Line, Meta(max_length=50)] = ""
    """Where it is brought to; empty = it is handed over at the desk."""
    discount: Percentage = 0
    """Taken off by hand, in percent; needs the right orders.discount."""
    discount_reason: Text = ""
    note: Annotated[str, Meta(max_length=COMMENT_CHARS_MAX)] = ""
    is_age_checked: bool = False
    """Whether a person has looked whether who buys goods for adults is one."""
    expected_total: Amount | None = None
    """The total that was shown; another one is refused (TOTAL_CHANGED)."""


class AdvanceIn(Struct):
    """Where an order goes next; `payments` pays one that is paid when it is brought."""

    to: Literal["pending", "preparing", "done"]
    payments: Payments = []


class PayOrdersIn(Struct, kw_only=True):
    """Orders of one customer that are paid together."""

    order_ids: Annotated[list[int], Meta(max_length=ORDERS_MAX)]
    payments: Payments
    expected_total: Amount | None = None
    """The sum that was shown; another one is refused (TOTAL_CHANGED)."""


class CancelOrderIn(Struct):
    """Why an order is cancelled; a person has to say it."""

    reason: Text = ""


class BackIn(Struct):
    """So many pieces of a line that come back."""

    number: int
    quantity: Annotated[int, Meta(ge=1, le=QUANTITY_MAX)]


class OrderRefundIn(Struct, kw_only=True):
    """What comes back and why; a person has to say it."""

    lines: Annotated[list[BackIn], Meta(max_length=LINES_MAX)] | None = None
    """Null = all that is left of the order."""
    reason: Text = ""
    returns_goods: bool = True
    """Whether the goods go back on the shelf; what was opened does not."""


class OrderLineOut(Struct, kw_only=True):
    """A line as it was agreed. `price` is of one piece with up to 6 decimals, `discount` and
    `tax_rate` are percent; other amounts have 2 decimals."""

    number: int
    source: ItemSource
    item_id: int
    name: str
    quantity: int
    price: str
    discount: str
    tax_id: int
    tax_rate: str
    is_tax_included: bool
    tax: str
    total: str
    coins: str
    returned_quantity: int
    refunded: str
    refunded_coins: str
    member_offer_id: int | None
    """The package that was bought, each on a line of its own; null for goods."""


class OrderPaymentOut(Struct, kw_only=True):
    """A payment, or below zero what was given back; by `coin` it is coins."""

    by: str
    amount: str
    given: str
    """The cash that was handed over; 0.00 = that was not told."""
    change: str
    at: datetime | None


class OrderOut(Struct, kw_only=True):
    """An order. Where its goods are and whether it is paid are two things; amounts have 2
    decimals, `total` has its `tax` in it."""

    id: int
    placed_at: datetime
    source: Source
    status: Status
    payment: str
    """A tender, coin, later, seat or mixed."""
    paid_at: datetime | None
    is_owed: bool
    is_refunded: bool
    """All that was paid went back."""
    total: str
    tax: str
    coins: str
    refunded: str
    refunded_coins: str
    discount: str
    discount_reason: str
    member_id: int
    """0 = nobody who is known."""
    member_account: str
    pc_name: str
    note: str
    staff_id: int
    staff_name: str
    changed_at: datetime
    changed_by_name: str
    reason: str
    """Why it was cancelled."""
    lines: list[OrderLineOut]
    payments: list[OrderPaymentOut]


class OrderRowsOut(Struct):
    """A page, newest first; `next_cursor` asks for the next one, null at the end."""

    rows: list[OrderOut]
    next_cursor: str | None


class StockLeftOut(Struct):
    """How many pieces are there now."""

    product_id: int
    quantity: int


class PlacedOut(Struct, kw_only=True):
    """The order, the cash to give back, and the stocks that changed by it."""

    id: int
    member_id: int
    status: Status
    payment: str
    total: str
    change: str
    stock: list[StockLeftOut]
    pending: int
    """How many orders of the centre nobody has begun with."""


class OrdersPaidOut(Struct):
    """What was paid, and the cash to give back."""

    order_ids: list[int]
    total: str
    change: str


class OrderRefundedOut(Struct):
    """What went back, by the tender that it went by; coins apart."""

    id: int
    by_tender: dict[str, str]
    coins: str


def midnight_of(day: date | None, zone: ZoneInfo, *, days_later: int = 0) -> datetime | None:
    """The instant at which a day begins in the centre, or so many days later; None for no day.
    Raises InvalidInput for a day at the very ends of the calendar."""
    if day is None:
        return None
    try:
        return datetime.combine(day + timedelta(days=days_later), time(), zone).astimezone(UTC)
    except OverflowError:
        field = "date_end" if days_later else "date_start"
        raise InvalidInput({field: say("is too far away")}) from None


def wanted_of(lines: Sequence[WantedIn]) -> Items:
    """What is wanted, in the order of the lines. Raises InvalidInput for a line that names both a
    product and an offer, or neither."""
    if any(bool(line.product_id) == bool(line.offer_id) for line in lines):
        raise InvalidInput({"lines": say("must have a product_id or an offer_id each")})
    return items_of(
        (ItemSource.OFFER, line.offer_id, line.quantity)
        if line.offer_id
        else (ItemSource.PRODUCT, line.product_id, line.quantity)
        for line in lines
    )


def tendered_of(payments: Sequence[OrderPaymentIn]) -> tuple[Tendered, ...]:
    """For the commands."""
    return tuple(Tendered(each.by, each.amount, each.given) for each in payments)


def discount_of(percent_micros: int) -> int:
    """A discount of a call in hundredths of a percent."""
    return percent_micros // _HUNDREDTH


def pieces_of(lines: Sequence[BackIn] | None) -> dict[int, int] | None:
    """Pieces by number of the line; None for all. Raises InvalidInput for a line named twice."""
    if lines is None:
        return None
    pieces = {line.number: line.quantity for line in lines}
    if len(pieces) < len(lines):
        raise InvalidInput({"lines": say("must name each line once")})
    return pieces


def order_out(order: Order) -> OrderOut:
    """An order as it is."""
    return OrderOut(
        id=order.id,
        placed_at=order.at,
        source=order.source,
        status=order.status,
        payment=order.payment,
        paid_at=order.paid_at,
        is_owed=order.is_owed,
        is_refunded=order.is_refunded,
        total=format_fixed(order.total_micros),
        tax=format_fixed(order.tax_micros),
        coins=format_fixed(order.coin_micros),
        refunded=format_fixed(order.refunded_micros),
        refunded_coins=format_fixed(order.refunded_coin_micros),
        discount=_percent(order.discount),
        discount_reason=order.discount_reason,
        member_id=order.member_id,
        member_account=order.member_account,
        pc_name=order.pc_name,
        note=order.note,
        staff_id=order.staff_id,
        staff_name=order.staff_name,
        changed_at=order.changed_at,
        changed_by_name=order.changed_by_name,
        reason=order.reason,
        lines=[_line_out(line) for line in order.lines],
        payments=[_payment_out(each) for each in order.settled],
    )


def placed_out(placed: Placed) -> PlacedOut:
    """The answer to an order."""
    return PlacedOut(
        id=placed.order_id,
        member_id=placed.member_id,
        status=placed.status,
        payment=placed.payment,
        total=format_fixed(placed.total_micros),
        change=format_fixed(placed.change_micros),
        stock=[StockLeftOut(product_id, left) for product_id, left in placed.levels],
        pending=placed.pending,
    )


def paid_out(paid: PaidOrders) -> OrdersPaidOut:
    """The answer to a payment."""
    return OrdersPaidOut(
        paid.order_ids, format_fixed(paid.total_micros), format_fixed(paid.change_micros)
    )


def _line_out(line: OrderLine) -> OrderLineOut:
    return OrderLineOut(
        number=line.number,
        source=line.source,
        item_id=line.item_id,
        name=line.name,
        quantity=line.quantity,
        price=format_plain(line.price_micros),
        discount=_percent(line.discount),
        tax_id=line.tax_id,
        tax_rate=format_plain(line.tax_rate_micros),
        is_tax_included=line.is_tax_included,
        tax=format_fixed(line.tax_micros),
        total=format_fixed(line.total_micros),
        coins=format_fixed(line.coin_micros),
        returned_quantity=line.refunded_quantity,
        refunded=format_fixed(line.refunded_net_micros + line.refunded_tax_micros),
        refunded_coins=format_fixed(line.refunded_coin_micros),
        member_offer_id=line.member_offer_id,
    )


def _payment_out(paid: Paid) -> OrderPaymentOut:
    return OrderPaymentOut(
        by=paid.tender,
        amount=format_fixed(paid.amount_micros),
        given=format_fixed(paid.given_micros),
        change=format_fixed(paid.change_micros if paid.amount_micros > 0 else 0),
        at=paid.at,
    )


def _percent(hundredths: int) -> str:
    return format_fixed(hundredths * _HUNDREDTH)
