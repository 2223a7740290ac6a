"""Who takes payments by QR code for the house, and how we know that they are paid."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from lanhouse.cafe.centers.schemas.keys import SEALED, key
from lanhouse.cafe.centers.schemas.payment.shifts import ShiftKeys
from lanhouse.cafe.centers.schemas.sms import SecureAddress
from lanhouse.cafe.centers.schemas.values import Text
from lanhouse.kit.inputs import Amount, Line
from lanhouse.kit.merchant_qr import TEXT_CHARS_MAX
from lanhouse.kit.money import MICROS
from lanhouse.kit.texts import N_

_Secret = Annotated[str, Meta(max_length=500)]


class GatewayKeys(ShiftKeys, frozen=True, kw_only=True):
    """Payments by QR code from the portal and the seats."""

    part: ClassVar[str] = N_("Payments by QR code")

    payment_gateway: Annotated[
        Text,
        key(
            N_("Payment gateway"),
            N_(
                "Who takes payments by QR code from the portal and the seats. Any other name is"
                " kept, and nobody is offered to pay."
            ),
            form="gateway",
            words={
                "manual": N_("the house itself: its own QR code, confirmed at the desk"),
                "webhook": N_("a service that tells us by a signed notice"),
                "stripe": N_("Stripe"),
            },
        ),
    ] = "paymongo"
    mini_qr_payment_micros: Annotated[
        Amount,
        key(
            N_("Least payment by QR code"),
            N_("Who pays online by a QR code pays at least this."),
            wire="mini_qr_payment",
        ),
    ] = MICROS
    qr_payload: Annotated[
        Annotated[Line, Meta(max_length=TEXT_CHARS_MAX)],
        key(
            N_("Text of your QR code"),
            N_(
                "The house itself: what the payment QR code of your bank holds (it begins with"
                " 000201). Amount and number are put into it for each payment. Empty: the picture"
                " of your code is shown as it is, with the amount beside it."
            ),
            is_ours=True,
        ),
    ] = ""
    payment_url: Annotated[
        SecureAddress,
        key(
            N_("Address where one pays"),
            N_(
                "The service: where people pay; {order_no}, {amount}, {currency} and {back} stand"
                " for their values."
            ),
            is_ours=True,
        ),
    ] = ""
    payment_notice_secret: Annotated[
        _Secret,
        key(
            N_("Key of the notices"),
            N_(
                "The service: signs what it tells us (HMAC-SHA256 over time and text)."
                " Kept sealed and never shown."
            ),
            is_ours=True,
            secret=SEALED,
        ),
    ] = ""
    stripe_secret_key: Annotated[
        _Secret,
        key(
            N_("Secret key of Stripe"),
            N_("With it payments are begun and given back. Kept sealed and never shown."),
            is_ours=True,
            secret=SEALED,
        ),
    ] = ""
    stripe_notice_secret: Annotated[
        _Secret,
        key(
            N_("Signing secret of Stripe’s webhook"),
            N_("Proves that a notice comes from Stripe. Kept sealed and never shown."),
            is_ours=True,
            secret=SEALED,
        ),
    ] = ""
