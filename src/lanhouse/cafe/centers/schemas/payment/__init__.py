"""How people pay (paymentSettings)."""

from __future__ import annotations

from typing import ClassVar

from lanhouse.cafe.centers.schemas.payment.gateways import GatewayKeys
from lanhouse.kit.texts import N_


class PaymentSettings(GatewayKeys, frozen=True, kw_only=True):
    """How people pay; one class a part of the page, each on top of the one before."""

    label: ClassVar[str] = N_("Payment")
    about: ClassVar[str] = N_(
        "How time is paid. Sessions that run keep what was agreed when they began."
    )
