"""Payments by QR code over HTTP: members and seats begin them, gateways and staff confirm them."""

from __future__ import annotations

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.call import CafeCall, CafeRoutes, NativeRoutes
from lanhouse.cafe.centers.queries import open_center_by_id
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.queries import member_by_account, member_by_id
from lanhouse.cafe.payments import wire
from lanhouse.cafe.payments.commands.base import GATEWAY
from lanhouse.cafe.payments.commands.confirming import confirm_by_hand
from lanhouse.cafe.payments.commands.notices import take_notice
from lanhouse.cafe.payments.errors import NotOffered, PaymentNotFound
from lanhouse.cafe.payments.gateways import gateway_named
from lanhouse.cafe.payments.gateways.beginning import begun, shown
from lanhouse.cafe.payments.gateways.port import secret_in
from lanhouse.cafe.payments.queries import (
    active_gateway,
    is_of_seat,
    payment_of,
    payment_seen_by,
    plays_at,
)
from lanhouse.cafe.payments.queries.listing import PAYMENT_LIST, PaymentsWanted
from lanhouse.cafe.payments.rules import order_number
from lanhouse.cafe.payments.schemas import Begin, Noticed, Settle
from lanhouse.cafe.payments.wire import (
    ConfirmedOut,
    NoticeTakenOut,
    PaymentListIn,
    PaymentNumberIn,
    PaymentOut,
    PaymentRowsOut,
    PaymentStatusOut,
    TopupUrlIn,
)
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, InvalidInput, NotFound
from lanhouse.kit.money import MICROS
from lanhouse.kit.said import say
from lanhouse.web.call import Call
from lanhouse.web.replies import Bare, Written, bare

routes = CafeRoutes("Payments")
native = NativeRoutes("Payments")


@routes.post(
    "/getTopupUrl",
    right="payments.begin",
    summary="Begin a top-up by QR code",
    source="cafe-wire: Member side",
)
async def get_topup_url(call: CafeCall, data: TopupUrlIn) -> Bare[PaymentOut]:
    """Answers without an envelope, refusals too: `result` 0 is success.

    A member's token tops up its own account, a PC's token that of who plays there (with the
    setting allow_topup_at_client).
    """
    try:
        with call.naming():
            done = await _begin(call, data)
    except AppError as refused:
        done = PaymentOut(result=1, message=str(refused))
    return bare(done)


async def _begin(call: CafeCall, data: TopupUrlIn) -> PaymentOut:
    gateway = await call.read(active_gateway, call.center)
    is_seat = call.actor.kind == "device"
    if not gateway or (is_seat and not call.center.settings.client.allow_topup_at_client):
        raise NotOffered
    cmd = Begin(
        center=call.center,
        actor=call.actor,
        gateway=gateway,
        amount_micros=data.topup_amount,
        member_id=await _member_id(call, data.member_account),
        promo_code=data.promo_code,
        pc_name=data.pc_name,
    )
    payment = await begun(call, cmd)
    return wire.payment_out(payment, await shown(call.store, call.center, payment))


async def _member_id(call: CafeCall, account: str) -> int:
    """Whose account is topped up. Raises MemberNotFound for one that the caller has no say in."""
    actor, center = call.actor, call.center
    if actor.kind == "member":
        own = await call.read(member_by_id, center.id, actor.member_id)
        named = await call.read(member_by_account, center.id, account) if account else own
        if own is None or named is None or named.id != own.id:
            raise MemberNotFound
        return own.id
    if not account:
        raise InvalidInput({"member_account": say("is required")})
    named = await call.read(member_by_account, center.id, account)
    if named is None:
        raise MemberNotFound
    if actor.kind == "device" and not await call.read(plays_at, center.id, actor.pc_id, named.id):
        raise MemberNotFound
    return named.id


@routes.get(
    "/getTopupStatus",
    right="payments.begin",
    summary="How far a payment by QR code is",
    source="cafe-wire: Member side",
)
async def get_topup_status(call: CafeCall, data: PaymentNumberIn) -> PaymentStatusOut:
    """4 while nobody has confirmed it; a member sees his own payments."""
    member_id = call.actor.member_id if call.actor.kind == "member" else 0
    payment = await call.read(payment_seen_by, call.center.id, data.order_no, member_id)
    if call.actor.kind == "device" and not await call.read(
        is_of_seat, call.center.id, call.actor.pc_id, payment
    ):
        raise PaymentNotFound
    return wire.status_out(payment, clock.now())


@routes.post(
    "/manual/pay",
    right="payments.confirm",
    summary="Confirm a payment by QR code by hand",
    source="seed: Members, Manual pay confirm api",
)
async def manual_pay(call: CafeCall, data: PaymentNumberIn) -> Written[ConfirmedOut]:
    """The money is on the house's account: what it is for is done. Logged as MANUALCONFIRMQR."""
    cmd = Settle(center=call.center, actor=call.actor, payment_id=data.order_no)
    return await call.write(confirm_by_hand, cmd, wire.confirmed_out)


@native.get("/payments", right="payments.confirm", summary="Payments by QR code, newest first")
async def list_payments(call: CafeCall, data: PaymentListIn) -> PaymentRowsOut:
    """What members and seats have begun, whatever became of it."""
    now = clock.now()
    wanted = PaymentsWanted(
        center_id=call.center.id,
        waiting_at=now if data.is_waiting else None,
        member_id=data.member_id,
    )
    after = PAYMENT_LIST.cursor_sent(wanted, data.cursor)
    part = await call.read(PAYMENT_LIST.part, wanted, after, data.limit)
    rows = [wire.payment_row(payment_of(row), now) for row in part.rows]
    return PaymentRowsOut(rows, PAYMENT_LIST.cursor_text(wanted, part.after))


@native.post(
    "/centers/{cafe_id}/payments/notices/{gateway}",
    public=True,
    summary="A gateway tells that a payment was made",
)
async def notice(call: Call) -> NoticeTakenOut:
    """Signed by the gateway, with its time; told again it has no effect.

    A generic service sends JSON {"id", "order_no", "amount", "currency", "status"} with the headers
    X-Lanhouse-Timestamp (Unix seconds) and X-Lanhouse-Signature, HMAC-SHA256 with the key of the
    notices over `<timestamp>.<body>`; Stripe sends its own events.
    """
    number = order_number(call.path["cafe_id"])
    center = None if number is None else await call.read(open_center_by_id, number)
    if center is None:
        raise NotFound(say("There is nothing at this address."))
    try:
        gateway = gateway_named(call.path["gateway"])
    except NotOffered:
        raise NotFound(say("There is nothing at this address.")) from None
    told = gateway.read_notice(
        secret_in(center, call.vault),
        call.request.headers,
        call.request.body,
        clock.real_micros() // MICROS,
    )
    if told is None or not told.is_paid:
        return NoticeTakenOut(outcome="ignored", is_new=False)
    from_gateway = CafeCall(call, Actor(kind=GATEWAY, center_id=center.id), center)
    noticed = Noticed(center=center, gateway=call.path["gateway"], notice=told)
    taken = await from_gateway.run(take_notice, noticed)
    return NoticeTakenOut(outcome=taken.outcome.value, is_new=taken.is_new)
