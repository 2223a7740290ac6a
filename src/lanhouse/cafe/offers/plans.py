"""What selling an offer would do: decided once for the sale and for what is quoted before it."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec.structs import replace

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.purses import spendable_micros, split_payment
from lanhouse.cafe.offers.queries import offer_by_id
from lanhouse.cafe.offers.rules import expiry_of, usable_until
from lanhouse.cafe.offers.schemas import Offer, Package
from lanhouse.db.store import Read
from lanhouse.kit.errors import Refused
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.said import say

BALANCE = "balance"


class SalePlan(msgspec.Struct, frozen=True, kw_only=True):
    """The offer as it would be bought at a whole second, and what the balance pays of it."""

    offer: Offer
    bought_at: datetime
    expires_at: datetime | None
    package: Package | None
    """How a session may use it from then on, its id 0 until it is bought; None = not now."""
    from_balance_micros: int

    @property
    def taken_micros(self) -> int:
        """What is paid at the desk: the price, or nothing when the balance pays it."""
        return 0 if self.from_balance_micros else self.offer.values.price_micros

    def bought(self, member_offer_id: int) -> SalePlan:
        """The same with the id of the bought package."""
        if self.package is None:
            return self
        package = replace(self.package, member_offer_id=member_offer_id)
        return replace(self, package=package)


def plan_sale(
    read: Read, center: Center, offer_id: int, at: datetime, *, payment: str, member_id: int
) -> SalePlan:
    """What the sale of an offer comes to at `at`; `member_id` is asked for with the balance alone.

    `payment` is cash, card, qr or balance. Raises Refused for an offer that is not sold, and
    BalanceTooLow (402): from the balance only what is not played already can be spent. The bonus
    buys no offers (setting bonus_buy_offer is off in this release).
    """
    if not center.settings.payment.allow_offer_session:
        raise Refused(say("sessions on packages are switched off in the settings"))
    offer = offer_by_id(read, center.id, offer_id)
    if offer is None or not offer.values.is_active:
        raise Refused(say("Product not found"))
    values = offer.values
    from_balance = 0
    if payment == BALANCE:
        held = spendable_micros(read, center, member_id, at)
        from_balance, _ = split_payment(
            values.price_micros, held.balance_micros, 0, is_bonus_first=False
        )
    begins = whole_second(at)
    expires_at = expiry_of(begins, values.expires_after_days, values.expires_after_hours)
    is_usable, until = usable_until(values.window, begins, center.zone, expires_at)
    return SalePlan(
        offer=offer,
        bought_at=begins,
        expires_at=expires_at,
        package=Package(values.minutes * 60, values.name, 0, until) if is_usable else None,
        from_balance_micros=from_balance,
    )
