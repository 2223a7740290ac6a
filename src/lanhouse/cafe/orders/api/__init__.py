"""Orders on the café API (cafe-wire, Orders and products, Member side)."""

from __future__ import annotations

from msgspec import structs

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes
from lanhouse.cafe.members.queries import member_by_account
from lanhouse.cafe.money.tenders import BALANCE
from lanhouse.cafe.orders import wire
from lanhouse.cafe.orders.commands import PlaceOrder, place_order
from lanhouse.cafe.orders.commands.paying import (
    PaidOrders,
    PayOrders,
    check_groups,
    must_be_owed,
    pay_orders,
)
from lanhouse.cafe.orders.errors import OrderNotFound
from lanhouse.cafe.orders.queries import order_by_id
from lanhouse.cafe.orders.queries.listing import OrdersWanted, orders_page
from lanhouse.cafe.orders.schemas import (
    BY_CODE,
    COIN,
    LATER,
    SEAT_CASH,
    Order,
    Source,
    Status,
    Tendered,
)
from lanhouse.cafe.orders.wire import (
    OrderedOut,
    OrderIn,
    PayIn,
    PayOut,
    ShopOrdersIn,
    ShopOrdersOut,
    SubmitIn,
    SubmittedOut,
)
from lanhouse.cafe.payments.errors import GatewayFailed, NotOffered
from lanhouse.cafe.payments.gateways.beginning import begun, shown
from lanhouse.cafe.payments.queries import active_gateway
from lanhouse.cafe.payments.schemas import TENDER, Begin
from lanhouse.cafe.pcs.queries import pc_rows
from lanhouse.cafe.sessions.queries import open_session_of_member
from lanhouse.kit.errors import AppError, Forbidden, InvalidInput
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say
from lanhouse.web.replies import Bare, Written, bare

routes = CafeRoutes("Orders")


@routes.get(
    "/orders",
    right="orders.view",
    summary="Orders, newest first",
    source="cafe-wire: Orders and products",
)
async def list_orders(call: CafeCall, data: ShopOrdersIn) -> ShopOrdersOut:
    """With their items; `shop_badge` counts what is pending."""
    status = "" if data.order_status is None else wire.status_of(data.order_status)
    wanted = OrdersWanted(center_id=call.center.id, status=status, member_id=data.member_id)
    found = await call.read(orders_page, wanted, data.page or 1, wire.PER_PAGE)
    return wire.orders_out(found, call.center, data.page)


@routes.post(
    "/orders",
    right="orders.sell",
    summary="Sell goods and packages at the desk",
    source="cafe-wire: Orders and products",
)
async def order(call: CafeCall, data: OrderIn) -> Written[OrderedOut]:
    """All of it is sold or nothing; code 402 when the balance is too low."""
    payment = wire.payment_of(data.order_payment_method, "order_payment_method")
    status = wire.status_of(data.order_status)
    if status == Status.CANCELLED:
        raise InvalidInput({"order_status": say("must be one of %(names)s", names="1, 2, 5")})
    is_now = payment != LATER
    wanted = wire.wanted_of(data.product_id, data.order_item_qty, "product_id")
    cmd = PlaceOrder(
        center=call.center,
        actor=call.actor,
        source=Source.API if call.actor.kind == "api_key" else Source.DESK,
        wanted=wanted.goods,
        packages=wanted.packages,
        tendered=[Tendered(payment)] if is_now else [],
        payment="" if is_now else payment,
        status=status,
        member_id=data.order_member_id or await _member_id(call, data.order_member_account),
        pc_name=data.pc_name,
        note=data.order_comment,
        is_age_checked=True,
    )
    return await call.write(place_order, cmd, wire.ordered)


@routes.post(
    "/submitOrder",
    right="orders.submit",
    summary="Order for who plays at a PC",
    source="cafe-wire: Member side",
)
async def submit_order(call: CafeCall, data: SubmitIn) -> Written[SubmittedOut]:
    """Pending until the shop accepts it; from balance and coins it is paid at once, by QR code when
    its payment is confirmed: `order_status` is 4 until then. A member's token orders to where he
    plays."""
    payment = wire.payment_of(data.payment_method, "payment_method")
    if payment == "cash":
        payment = SEAT_CASH
    elif payment == TENDER:
        if not await call.read(active_gateway, call.center):
            raise NotOffered
        payment = BY_CODE
    elif payment not in (BALANCE, COIN, LATER):
        raise InvalidInput({"payment_method": say("is not taken at a seat")})
    is_now = payment in (BALANCE, COIN)
    items = [item.product_id for item in data.items]
    wanted = wire.wanted_of(items, [item.qty for item in data.items], "items")
    cmd = PlaceOrder(
        center=call.center,
        actor=call.actor,
        source=Source.SEAT,
        wanted=wanted.goods,
        packages=wanted.packages,
        tendered=[Tendered(payment)] if is_now else [],
        payment="" if is_now else payment,
        status=Status.PENDING,
        member_id=call.actor.member_id,
        pc_name=await _pc_name(call, data.pc_name),
        note=data.order_comment,
    )
    if payment == BY_CODE:
        return Written(call.encode(await _submit_by_code(call, cmd)))
    return await call.write(place_order, cmd, wire.submitted)


async def _submit_by_code(call: CafeCall, cmd: PlaceOrder) -> SubmittedOut:
    """Place the order, then begin its payment. Where the gateway does not answer the order stands
    and is owed: payOrder asks again, or the desk takes the money."""
    done = await call.do(place_order, cmd, wire.submitted, SubmittedOut)
    placed = await call.read(order_by_id, call.center.id, done.order_no)
    assert placed is not None
    if not placed.is_owed:
        return done
    own_key = call.idempotency_key
    try:
        paying = await _pay_by_code(call, placed, key=f"{own_key}:pay" if own_key else "")
    except GatewayFailed:
        return done
    return structs.replace(
        done,
        order_status=wire.IN_PROCESS,
        payment_no=paying.order_no,
        url=paying.url,
        payment_url=paying.payment_url,
        qr_image=paying.qr_image,
    )


@routes.post(
    "/payOrder",
    right="payments.begin",
    summary="Pay an order from the balance, by QR code or in cash",
    source="cafe-wire: Member side",
)
async def pay_order(call: CafeCall, data: PayIn) -> Bare[PayOut]:
    """Answers without an envelope, refusals too: `result` 0 is success.

    A PC's token pays for its own orders, and says with 0 only that cash will be handed over; a
    member's token pays for his. By QR code the order is paid once somebody has confirmed it, and
    `order_no` is the number of the payment, for getTopupStatus.
    """
    try:
        with call.naming():
            done = await _pay(call, data)
    except AppError as refused:
        done = PayOut(result=1, message=str(refused), order_no=data.order_no)
    return bare(done)


async def _pay(call: CafeCall, data: PayIn) -> PayOut:
    found = await call.read(order_by_id, call.center.id, data.order_no)
    is_seat = call.actor.kind == "device"
    is_member = call.actor.kind == "member"
    if found is None or (is_seat and found.pc_id != call.actor.pc_id):
        raise OrderNotFound
    if is_member and found.member_id != call.actor.member_id:
        raise OrderNotFound
    must_be_owed(found)
    tender = {LATER: BALANCE, BY_CODE: TENDER}.get(found.payment, "cash")
    if data.payment_method is not None:
        tender = wire.payment_of(data.payment_method, "payment_method")
    if tender not in ("cash", BALANCE, TENDER):
        raise InvalidInput({"payment_method": say("must be 0 (cash), 1 (balance) or 4 (QR)")})
    if tender == TENDER:
        return await _pay_by_code(call, found)
    amount = format_fixed(found.total_micros)
    if tender == "cash" and is_seat:
        return PayOut(result=0, message="success", type="cash", amount=amount, order_no=found.id)
    if tender == "cash" and not call.actor.may("orders.sell"):
        raise Forbidden(say("You do not have the right for this (%(right)s).", right="orders.sell"))
    cmd = PayOrders(
        center=call.center,
        actor=call.actor,
        order_ids=[found.id],
        tendered=[Tendered(tender)],
    )

    def shown(paid: PaidOrders) -> PayOut:
        return PayOut(
            result=0,
            message="success",
            type=tender,
            amount=format_fixed(paid.total_micros),
            order_no=found.id,
        )

    return await call.do(pay_orders, cmd, shown, PayOut)


async def _pay_by_code(call: CafeCall, order: Order, *, key: str = "") -> PayOut:
    """Begin a payment of the order; it is paid when that is confirmed."""
    gateway = await call.read(active_gateway, call.center)
    if not gateway:
        raise NotOffered
    await call.read(check_groups, call.center, [order], [TENDER])
    cmd = Begin(
        center=call.center,
        actor=call.actor,
        gateway=gateway,
        amount_micros=order.total_micros,
        member_id=order.member_id,
        order_id=order.id,
        pc_name=order.pc_name,
    )
    payment = await begun(call, cmd, key=key)
    return wire.paid_by_code(payment, await shown(call.store, call.center, payment))


async def _member_id(call: CafeCall, account: str) -> int:
    if not account:
        return 0
    row = await call.read(member_by_account, call.center.id, account)
    if row is None:
        raise InvalidInput({"order_member_account": say("does not exist")})
    return row.id


async def _pc_name(call: CafeCall, named: str) -> str:
    """The PC that orders: a PC's token orders for its own seat alone, a member's by itself for the
    one on which he plays."""
    if call.actor.kind == "member" and not named:
        session = await call.read(open_session_of_member, call.center.id, call.actor.member_id)
        return "" if session is None else session.pc_name
    if call.actor.kind != "device":
        return named
    rows = await call.read(pc_rows, call.center.id)
    own = next((row.name for row in rows if row.id == call.actor.pc_id), "")
    if named and named.casefold() != own.casefold():
        raise Forbidden(say("This is the program of %(pc)s.", pc=own))
    return own
