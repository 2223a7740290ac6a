"""The gateways by name: the one place that knows all of them."""

from __future__ import annotations

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.payments.errors import NotOffered
from lanhouse.cafe.payments.gateways.manual import Manual
from lanhouse.cafe.payments.gateways.port import Gateway
from lanhouse.cafe.payments.gateways.stripe import Stripe
from lanhouse.cafe.payments.gateways.webhook import Webhook
from lanhouse.cafe.payments.schemas import MANUAL, STRIPE, WEBHOOK

_BY_NAME: dict[str, Gateway] = {MANUAL: Manual(), WEBHOOK: Webhook(), STRIPE: Stripe()}
"""A further gateway is a line here, one in schemas.py and its keys among the settings."""


def gateway_named(name: str) -> Gateway:
    """The gateway of this name. Raises NotOffered."""
    found = _BY_NAME.get(name)
    if found is None:
        raise NotOffered
    return found


def active_name(center: Center, *, has_picture: bool) -> str:
    """The gateway by which one pays in a centre now; "" where nobody takes payments.

    `has_picture` says whether the house shows a picture of its own QR code.
    """
    payment = center.settings.payment
    found = _BY_NAME.get(payment.payment_gateway)
    if found is None or not found.is_set_up(center, has_picture=has_picture):
        return ""
    return payment.payment_gateway


__all__ = ["Gateway", "active_name", "gateway_named"]
