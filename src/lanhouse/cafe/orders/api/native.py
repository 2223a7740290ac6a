"""Orders, native: lists by cursor, placing, bringing, paying, cancelling and giving back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from lanhouse.cafe.centers.call import CafeCall, NativeRoutes
from lanhouse.cafe.orders.commands import PlaceOrder, place_order
from lanhouse.cafe.orders.commands.giving_back import Refunded, RefundOrder, refund_order
from lanhouse.cafe.orders.commands.paying import PayOrders, pay_orders
from lanhouse.cafe.orders.commands.serving import Advance, CancelOrder, advance, cancel_order
from lanhouse.cafe.orders.errors import OrderNotFound
from lanhouse.cafe.orders.queries import order_by_id
from lanhouse.cafe.orders.queries.listing import ORDER_LIST, OrdersWanted, orders_part
from lanhouse.cafe.orders.schemas import Order, Source, Status
from lanhouse.cafe.orders.wire.native import (
    AdvanceIn,
    CancelOrderIn,
    NewOrderIn,
    OrderListIn,
    OrderOut,
    OrderRefundedOut,
    OrderRefundIn,
    OrderRowsOut,
    OrdersPaidOut,
    PayOrdersIn,
    PlacedOut,
    discount_of,
    midnight_of,
    order_out,
    paid_out,
    pieces_of,
    placed_out,
    tendered_of,
    wanted_of,
)
from lanhouse.db.store import Tx
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say
from lanhouse.web.replies import Written

native = NativeRoutes("Orders")
Cmd = TypeVar("Cmd", Advance, CancelOrder)


@native.get("/orders", right="orders.view", summary="Orders by cursor, newest first")
async def list_orders(call: CafeCall, data: OrderListIn) -> OrderRowsOut:
    """With their lines, payments and refunds."""
    wanted = _wanted(call, data)
    after = ORDER_LIST.cursor_sent(wanted, data.cursor)
    part = await call.read(orders_part, wanted, after, data.limit)
    rows = [order_out(order) for order in part.orders]
    return OrderRowsOut(rows, ORDER_LIST.cursor_text(wanted, part.after))


@native.get("/orders/{order_id}", right="orders.view", summary="One order")
async def get_order(call: CafeCall) -> OrderOut:
    """404 when there is none."""
    found = await call.read(order_by_id, call.center.id, _order_id(call))
    if found is None:
        raise OrderNotFound
    return order_out(found)


@native.post("/orders", right="orders.sell", summary="Place an order")
async def post_order(call: CafeCall, data: NewOrderIn) -> Written[PlacedOut]:
    """All of it is sold or nothing; 402 when a balance or the coins are too low."""
    wanted = wanted_of(data.lines)
    cmd = PlaceOrder(
        center=call.center,
        actor=call.actor,
        source=Source.API if call.actor.kind == "api_key" else Source.DESK,
        wanted=wanted.goods,
        packages=wanted.packages,
        tendered=tendered_of(data.payments),
        payment=data.payment,
        status=Status(data.status),
        member_id=data.member_id,
        pc_name=data.pc_name,
        discount=discount_of(data.discount),
        discount_reason=data.discount_reason,
        note=data.note,
        is_age_checked=data.is_age_checked,
        expected_micros=data.expected_total,
    )
    return await call.write(place_order, cmd, placed_out)


@native.post("/orders/{order_id}/advance", right="orders.sell", summary="Bring an order on")
async def post_advance(call: CafeCall, data: AdvanceIn) -> Written[OrderOut]:
    """Refused (WRONG_STATUS) when somebody else was faster, or when it is not paid yet."""
    cmd = Advance(
        center=call.center,
        actor=call.actor,
        order_id=_order_id(call),
        to=Status(data.to),
        tendered=tendered_of(data.payments),
    )
    return await call.write(_then(advance), cmd, order_out)


@native.post("/orders/pay", right="orders.sell", summary="Pay orders of one customer")
async def post_payment(call: CafeCall, data: PayOrdersIn) -> Written[OrdersPaidOut]:
    """One order, or a whole tab; one that is paid or cancelled already refuses all."""
    cmd = PayOrders(
        center=call.center,
        actor=call.actor,
        order_ids=data.order_ids,
        tendered=tendered_of(data.payments),
        expected_micros=data.expected_total,
    )
    return await call.write(pay_orders, cmd, paid_out)


@native.post("/orders/{order_id}/cancel", right="orders.sell", summary="Cancel an order")
async def post_cancel(call: CafeCall, data: CancelOrderIn) -> Written[OrderOut]:
    """Its goods go back into stock and its money back the way it came. What is brought already and
    stands on a tab needs the right orders.refund."""
    cmd = CancelOrder(
        center=call.center, actor=call.actor, order_id=_order_id(call), reason=data.reason
    )
    return await call.write(_then(cancel_order), cmd, order_out)


@native.post("/orders/{order_id}/refund", right="orders.refund", summary="Give an order back")
async def post_refund(call: CafeCall, data: OrderRefundIn) -> Written[OrderRefundedOut]:
    """Wholly or by pieces, by the tender it was paid by; what was paid in several ways goes back as
    a whole."""
    cmd = RefundOrder(
        center=call.center,
        actor=call.actor,
        order_id=_order_id(call),
        pieces=pieces_of(data.lines),
        reason=data.reason,
        returns_goods=data.returns_goods,
    )
    return await call.write(refund_order, cmd, _refunded)


def _then(command: Callable[[Tx, Cmd], Order]) -> Callable[[Tx, Cmd], Order]:
    """The command, answering the order as it is afterwards."""

    def run(tx: Tx, cmd: Cmd) -> Order:
        command(tx, cmd)
        found = order_by_id(tx, cmd.center.id, cmd.order_id)
        assert found is not None, "the command has found it"
        return found

    run.__name__ = run.__qualname__ = command.__name__
    return run


def _refunded(done: Refunded) -> OrderRefundedOut:
    by_tender = {tender: format_fixed(micros) for tender, micros in done.by_tender.items()}
    return OrderRefundedOut(done.order_id, by_tender, format_fixed(done.coin_micros))


def _wanted(call: CafeCall, data: OrderListIn) -> OrdersWanted:
    is_range = data.date_start is not None or data.date_end is not None
    return OrdersWanted(
        center_id=call.center.id,
        status=data.status,
        member_id=data.member_id,
        is_owed=data.is_owed,
        start_at=midnight_of(data.date_start, call.center.zone),
        end_at=midnight_of(data.date_end, call.center.zone, days_later=1),
        sort_name="at" if is_range else "",
        is_descending=is_range,
    )


def _order_id(call: CafeCall) -> int:
    return id_in_path(call.path["order_id"], say("Order not found"))
