"""Any service that takes payments at an address of its own and tells us by a signed notice.

A notice is a POST of JSON: {"id", "order_no", "amount", "currency", "status"}, with the headers
X-Lanhouse-Timestamp (Unix seconds) and X-Lanhouse-Signature: HMAC-SHA256 with the key of the
notices over `<timestamp>.<body>`, as 64 hex digits. `status` other than "paid" moves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated
from urllib.parse import quote

from msgspec import Meta, Struct

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.payments.errors import GatewayFailed
from lanhouse.cafe.payments.gateways.port import Begun, Way
from lanhouse.cafe.payments.gateways.signing import must_be_signed
from lanhouse.cafe.payments.schemas import Notice, Payment
from lanhouse.kit.inputs import Amount, Line, decode, merge_sources
from lanhouse.kit.money import format_plain
from lanhouse.kit.said import say

_WORD = re.compile(r"\{(order_no|amount|currency|back)\}")


class NoticeIn(Struct, kw_only=True):
    """What the service tells."""

    id: Annotated[Line, Meta(min_length=1, max_length=100)]
    order_no: Annotated[Line, Meta(max_length=40)] = ""
    amount: Amount
    currency: Annotated[Line, Meta(max_length=10)]
    status: Annotated[Line, Meta(max_length=40)] = "paid"


class Webhook:
    """Its address is filled in; we call nobody."""

    can_refund = False

    def is_set_up(self, center: Center, *, has_picture: bool) -> bool:
        """Where one pays, and how we know its notices."""
        payment = center.settings.payment
        return bool(payment.payment_url and payment.payment_notice_secret)

    async def start(self, way: Way, center: Center, payment: Payment) -> Begun:
        """The address with what belongs in it."""
        values = {
            "order_no": str(payment.id),
            "amount": format_plain(payment.amount_micros),
            "currency": center.currency,
            "back": back_to(way, center, payment),
        }
        template = center.settings.payment.payment_url
        return Begun(_WORD.sub(lambda found: quote(values[found[1]], safe=""), template))

    def read_notice(
        self,
        secret_of: Callable[[str], str],
        headers: Mapping[str, str],
        body: bytes,
        at_seconds: int,
    ) -> Notice | None:
        """As the port says."""
        must_be_signed(
            secret_of("payment_notice_secret"),
            headers.get("x-lanhouse-timestamp", ""),
            [headers.get("x-lanhouse-signature", "").lower()],
            body,
            at_seconds,
        )
        told = decode(NoticeIn, merge_sources({}, b"", "application/json", body))
        return Notice(
            external_id=told.id,
            order_text=told.order_no,
            amount_micros=told.amount,
            currency=told.currency.upper(),
            is_paid=told.status.casefold() == "paid",
        )

    async def call_off(self, way: Way, center: Center, external_id: str) -> None:
        """Nobody has said how this service is told: what comes all the same is credited as late."""

    async def refund(self, way: Way, center: Center, external_id: str, key: str) -> None:
        """Nobody has said how this service gives money back."""
        raise GatewayFailed(say("This gateway cannot give money back."))


def back_to(way: Way, center: Center, payment: Payment) -> str:
    """The page of the portal that shows this payment."""
    return f"{way.base_url}/portal/{center.license_name}/top-up/{payment.id}"
