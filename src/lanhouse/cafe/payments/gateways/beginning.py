"""Beginning a payment from a page or a call: written down first, then the gateway is asked."""

from __future__ import annotations

from typing import NamedTuple

from lanhouse.cafe.centers.call import CafeCall
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.payments.commands import Attach, attach, begin_payment, cancel_payment
from lanhouse.cafe.payments.errors import GatewayFailed
from lanhouse.cafe.payments.gateways import gateway_named
from lanhouse.cafe.payments.gateways.port import Begun, Way
from lanhouse.cafe.payments.queries import house_picture, payment_by_id
from lanhouse.cafe.payments.schemas import MANUAL, Begin, Payment, Settle, Status
from lanhouse.db.store import Store
from lanhouse.kit.merchant_qr import payload_for


class Shown(NamedTuple):
    """How one pays: a picture (a data URI or an address), and the text that it holds."""

    image: str
    payload: str
    is_own_picture: bool
    """Whether it is the house's picture as it is, without the amount."""


def way_of(call: CafeCall) -> Way:
    """What gateways need to reach their services, for a call."""
    services = call.services
    return Way(
        outbound=services.outbound,
        vault=call.vault,
        base_url=call.settings.base_url,
        stripe_url=call.settings.stripe_url,
    )


async def begun(call: CafeCall, cmd: Begin, *, key: str = "") -> Payment:
    """Begin a payment once per idempotency key (`key` stands in for the header), and ask its
    gateway.

    Raises what begin_payment() does; GatewayFailed where the gateway does not answer, and the
    payment is called off.
    """
    payment = await call.do(begin_payment, cmd, _same, Payment, key=key or None)
    if key or call.idempotency_key is not None:
        # The answer that is stored for the key is that of the moment before the gateway's.
        payment = await call.read(payment_by_id, cmd.center.id, payment.id) or payment
    if payment.external_id or payment.url:
        return payment
    gateway = gateway_named(payment.gateway)
    try:
        answer = await gateway.start(way_of(call), cmd.center, payment)
    except GatewayFailed:
        given_up = Settle(center=cmd.center, actor=call.actor, payment_id=payment.id)
        if payment.status is Status.PENDING:
            await call.run(cancel_payment, given_up)
        raise
    if answer == Begun():
        return payment
    return await call.run(attach, Attach(cmd.center, payment.id, answer))


async def shown(store: Store, center: Center, payment: Payment) -> Shown:
    """What somebody scans, or the address that he opens, for a payment that waits."""
    if payment.gateway != MANUAL:
        return Shown(_picture(payment.url), payment.url, False) if payment.url else _NOTHING
    text = center.settings.payment.qr_payload
    if text:
        reference = f"LH{payment.id}"
        held = payload_for(text, center.currency, payment.amount_micros, reference)
        return Shown(_picture(held), held, False)
    picture = await store.read(house_picture, center)
    return Shown(f"/files/{picture}", "", True) if picture else _NOTHING


_NOTHING = Shown("", "", False)


def _picture(text: str) -> str:
    """A QR code, black on white whatever the page looks like: a data URI of SVG."""
    import segno

    code = segno.make_qr(text, error="m")
    return code.svg_data_uri(scale=4, border=4, light="#fff", dark="#000")


def _same(payment: Payment) -> Payment:
    return payment
