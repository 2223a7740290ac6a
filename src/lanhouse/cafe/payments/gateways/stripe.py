"""Stripe Checkout by its HTTP API: a page of theirs where one pays, and their signed notices.

Spoken over the house's own way out (decision 0116); no library of theirs is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
import structlog

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.payments.errors import GatewayFailed
from lanhouse.cafe.payments.gateways.port import Begun, Way, secret_in
from lanhouse.cafe.payments.gateways.signing import must_be_signed
from lanhouse.cafe.payments.gateways.webhook import back_to
from lanhouse.cafe.payments.schemas import Notice, Payment
from lanhouse.jobs.outbound import Incoming, NotReached, Outgoing
from lanhouse.kit.clock import to_micros
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import AMOUNT_MICROS_MAX
from lanhouse.kit.money import MICROS, currency_decimals
from lanhouse.kit.said import say

log = structlog.get_logger("lanhouse.payments")

# Currencies whose smallest unit at Stripe is another one than ISO 4217 says (Stripe, Currencies).
_PLACES = {"ISK": 2, "UGX": 2, "MGA": 0}
_PAID = ("checkout.session.completed", "checkout.session.async_payment_succeeded")


class _Session(msgspec.Struct, kw_only=True):
    id: str
    url: str | None = None
    client_reference_id: str | None = None
    payment_intent: str | None = None
    payment_status: str = ""
    amount_total: int | None = None
    currency: str | None = None


class _Refund(msgspec.Struct):
    status: str = ""


class _Error(msgspec.Struct):
    code: str = ""


class _Refused(msgspec.Struct):
    error: _Error


class _Data(msgspec.Struct):
    object: msgspec.Raw


class _Event(msgspec.Struct):
    type: str
    data: _Data


def to_minor(amount_micros: int, currency: str) -> int:
    """An amount as Stripe counts it."""
    return amount_micros * 10 ** _places(currency) // MICROS


def from_minor(amount: int, currency: str) -> int:
    """The amount in micros of what Stripe counts."""
    return amount * MICROS // 10 ** _places(currency)


def _places(currency: str) -> int:
    return _PLACES.get(currency, currency_decimals(currency))


class Stripe:
    """Both keys are the centre's own."""

    can_refund = True

    def is_set_up(self, center: Center, *, has_picture: bool) -> bool:
        """Without the second key a payment would never be known to be paid."""
        payment = center.settings.payment
        return bool(payment.stripe_secret_key and payment.stripe_notice_secret)

    async def start(self, way: Way, center: Center, payment: Payment) -> Begun:
        """Make a session of Checkout; the idempotency key makes it one."""
        back = back_to(way, center, payment)
        sent = {
            "mode": "payment",
            "client_reference_id": str(payment.id),
            "success_url": back,
            "cancel_url": back,
            "expires_at": str(to_micros(payment.expires_at) // MICROS),
            "line_items[0][quantity]": "1",
            "line_items[0][price_data][currency]": center.currency.lower(),
            "line_items[0][price_data][unit_amount]": str(
                to_minor(payment.amount_micros, center.currency)
            ),
            "line_items[0][price_data][product_data][name]": f"{center.portal_name} #{payment.id}",
        }
        key = f"lanhouse-{center.id}-{payment.id}-{to_micros(payment.at)}"
        answer = await _send(way, center, "/v1/checkout/sessions", sent, key)
        made = _decoded(_body(center, answer), _Session)
        if not made.url or not made.url.startswith("https://"):
            raise GatewayFailed
        return Begun(made.url, made.id)

    def read_notice(
        self,
        secret_of: Callable[[str], str],
        headers: Mapping[str, str],
        body: bytes,
        at_seconds: int,
    ) -> Notice | None:
        """As the port says; only sessions of Checkout that are paid are told."""
        time_text, given = _signatures(headers.get("stripe-signature", ""))
        must_be_signed(secret_of("stripe_notice_secret"), time_text, given, body, at_seconds)
        try:
            event = msgspec.json.decode(body, type=_Event)
            if event.type not in _PAID:
                return None
            session = msgspec.json.decode(event.data.object, type=_Session)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise InvalidInput({"body": say("is not valid JSON of this call")}) from None
        most = AMOUNT_MICROS_MAX // MICROS
        if not session.currency or not 0 < (session.amount_total or 0) <= most:
            raise InvalidInput({"body": say("is not valid JSON of this call")})
        assert session.amount_total is not None
        currency = session.currency.upper()
        return Notice(
            # What a refund names. A session that is paid has one.
            external_id=session.payment_intent or session.id,
            order_text=session.client_reference_id or "",
            amount_micros=from_minor(session.amount_total, currency),
            currency=currency,
            is_paid=session.payment_status == "paid",
        )

    async def call_off(self, way: Way, center: Center, external_id: str) -> None:
        """Expire the session of Checkout; 400 says that it is paid or over already."""
        path = f"/v1/checkout/sessions/{quote(external_id, safe='')}/expire"
        answer = await _send(way, center, path, {}, f"lanhouse-off-{center.id}-{external_id}")
        if answer.status != 400:
            _body(center, answer)

    async def refund(self, way: Way, center: Center, external_id: str, key: str) -> None:
        """Give the whole payment back."""
        answer = await _send(way, center, "/v1/refunds", {"payment_intent": external_id}, key)
        if answer.status == 400 and _error_code(answer.body) == "charge_already_refunded":
            return
        made = _decoded(_body(center, answer), _Refund)
        if made.status in ("failed", "canceled"):
            raise GatewayFailed(say("The payment service could not give it back."))


async def _send(way: Way, center: Center, path: str, sent: dict[str, str], key: str) -> Incoming:
    """The answer, whatever it says. Raises GatewayFailed for none."""
    secret = secret_in(center, way.vault)("stripe_secret_key")
    call = Outgoing(
        url=f"{way.stripe_url}{path}",
        headers={
            "Authorization": f"Bearer {secret}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Idempotency-Key": key,
        },
        body=urlencode(sent).encode(),
    )
    try:
        return await way.outbound.send(call)
    except NotReached as failed:
        log.warning("a gateway was not reached", center=center.id, reason=str(failed))
        raise GatewayFailed from None


def _body(center: Center, answer: Incoming) -> bytes:
    """The body of a successful answer. Raises GatewayFailed, which tells no key and no content."""
    if answer.status != 200:
        log.warning("a gateway refused", center=center.id, status=answer.status)
        raise GatewayFailed(
            say("The payment service refused it (%(status)s).", status=answer.status)
        )
    return answer.body


def _error_code(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=_Refused).error.code
    except (msgspec.DecodeError, UnicodeDecodeError):
        # A refusal in another form has no code: the caller takes it for any other one.
        return ""


def _decoded(body: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise GatewayFailed from None


def _signatures(header: str) -> tuple[str, list[str]]:
    """The time and the v1 signatures of a Stripe-Signature header."""
    pairs = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    return (times[0] if times else ""), [value for name, _, value in pairs if name == "v1"]
