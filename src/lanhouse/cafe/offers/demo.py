"""Packages of time that the demo centre sells."""

from __future__ import annotations

from lanhouse.cafe.centers.demo import CAFE_ID, demo_center
from lanhouse.cafe.offers.commands import OfferChange, create_offer
from lanhouse.cafe.offers.queries import offers_of_center
from lanhouse.cafe.offers.schemas import OfferValues
from lanhouse.cafe.pricing.rules import Window
from lanhouse.db.store import Read, Tx
from lanhouse.kit.money import MICROS

_SHORT = "3 hours"
_OFFERS = (
    OfferValues(name=_SHORT, description="Any day", price_micros=6 * MICROS, minutes=180),
    OfferValues(
        name="Night pass",
        description="22:00 to 08:00",
        price_micros=9 * MICROS,
        minutes=480,
        priority=2,
        window=Window(from_minute=22 * 60, to_minute=8 * 60),
    ),
    OfferValues(
        name="10 hours",
        description="Good for 30 days",
        price_micros=18 * MICROS,
        minutes=600,
        priority=1,
        expires_after_days=30,
    ),
)


def opening(tx: Tx) -> None:
    """Make the packages."""
    center = demo_center(tx)
    for values in _OFFERS:
        create_offer(tx, OfferChange(center, None, values))


def short_offer_id(read: Read) -> int:
    """The package that a guest buys for an afternoon."""
    return next(o.id for o in offers_of_center(read, CAFE_ID) if o.values.name == _SHORT)
