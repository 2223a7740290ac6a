"""What a payment is and what a gateway tells of it; amounts in micros."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center

MANUAL, WEBHOOK, STRIPE = "manual", "webhook", "stripe"
GATEWAYS = (MANUAL, WEBHOOK, STRIPE)
"""Who takes payments; the values of the setting payment_gateway that are known here."""
TENDER = "qr"
"""How the books call it."""


class Purpose(StrEnum):
    """What the money is for."""

    TOPUP = "topup"
    ORDER = "order"


class Status(StrEnum):
    """How far a payment is."""

    PENDING = "pending"
    DONE = "done"
    CANCELLED = "cancelled"
    """Called off by somebody."""
    EXPIRED = "expired"
    """Nobody paid in its time; staff can still confirm it, and what comes is credited as late."""


class WentTo(StrEnum):
    """Where money that came went."""

    NOWHERE = ""
    BALANCE = "balance"
    ORDER = "order"


class Outcome(StrEnum):
    """What a genuine notice was found to be."""

    CREDITED = "credited"
    LATE = "late"
    """Credited, after its time or after it was cancelled."""
    MATCHED = "matched"
    """The notice of a payment that staff had confirmed already: nothing moved again."""
    AMOUNT = "amount"
    """Another amount or currency than the order's: nothing was credited."""
    UNKNOWN = "unknown"
    """No order of ours has this number."""
    TWICE = "twice"
    """A second payment of an order that is paid: nothing was credited."""
    NOBODY = "nobody"
    """The order of goods is gone, and nobody has an account for the money."""


class State(StrEnum):
    """Whether somebody still has to look at what came."""

    SETTLED = "settled"
    OPEN = "open"
    CREDITED = "credited"
    """Staff credited what came."""
    REFUNDING = "refunding"
    """The gateway is being asked to give it back."""
    REFUNDED = "refunded"


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """A payment as everybody sees it."""

    id: int
    center_id: int
    at: datetime
    purpose: Purpose
    member_id: int
    order_id: int | None
    gateway: str
    amount_micros: int
    status: Status
    expires_at: datetime
    url: str
    external_id: str
    paid_at: datetime | None
    is_late: bool
    went_to: WentTo
    pc_name: str = ""
    promo_code: str = ""
    staff_name: str = ""
    reason: str = ""
    """Why it was cancelled; of one that is done, why its promo code gave nothing."""

    def status_at(self, at: datetime) -> Status:
        """What it counts as, before the clock has written it down: what nobody paid in its time is
        over."""
        if self.status is Status.PENDING and self.expires_at <= at:
            return Status.EXPIRED
        return self.status


class Begin(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody wants to pay `amount_micros` by QR code, for an account or for an order of goods.

    `member_account` names the account of a top-up by those who may name any.
    """

    center: Center
    actor: Actor
    gateway: str
    amount_micros: int
    member_id: int = 0
    order_id: int | None = None
    promo_code: str = ""
    pc_name: str = ""


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What a gateway told under its signature."""

    external_id: str
    """What it calls the payment; the same payment is never told twice under two names."""
    order_text: str
    """The order number, as it was written there."""
    amount_micros: int
    currency: str
    is_paid: bool = True
    """False: something else happened, which moves nothing."""


class Noticed(msgspec.Struct, frozen=True, kw_only=True):
    """A notice, and of which centre's gateway."""

    center: Center
    gateway: str
    notice: Notice


class Settle(msgspec.Struct, frozen=True, kw_only=True):
    """Staff say of a payment that it was paid, or that it will not be."""

    center: Center
    actor: Actor
    payment_id: int
    reason: str = ""


class Resolve(msgspec.Struct, frozen=True, kw_only=True):
    """Staff settle what a notice left open; `account` names whom it is credited to, "" = whose
    order it was."""

    center: Center
    actor: Actor
    notice_id: int
    account: str = ""
    reason: str = ""
