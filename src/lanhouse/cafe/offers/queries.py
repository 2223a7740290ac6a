"""Finding offers and the packages that members own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.offers.rules import usable_until
from lanhouse.cafe.offers.schemas import Offer, OfferValues, OwnedPackage, Package
from lanhouse.cafe.offers.tables import member_offers, offers
from lanhouse.cafe.pricing.rules import Window, parse_weekdays
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read

_OF_CENTER = static(
    sa.select(offers).where(offers.c.center_id == sa.bindparam("center")).order_by(offers.c.id)
)
_BY_ID = static(
    sa.select(offers).where(
        offers.c.center_id == sa.bindparam("center"), offers.c.id == sa.bindparam("offer")
    )
)
_OWNED = static(
    sa.select(member_offers)
    .where(
        member_offers.c.center_id == sa.bindparam("center"),
        member_offers.c.member_id == sa.bindparam("member"),
    )
    .order_by(member_offers.c.id)
)


def offers_of_center(read: Read, center_id: int) -> list[Offer]:
    """Every offer of a centre, by id (at most MAX_OFFER)."""
    return [_offer(row) for row in read.all(_OF_CENTER, center=center_id)]


def offer_by_id(read: Read, center_id: int, offer_id: int) -> Offer | None:
    """The offer (centre id, offer id), or None."""
    row = read.one(_BY_ID, center=center_id, offer=offer_id)
    return None if row is None else _offer(row)


def owned_packages(
    read: Read, center_id: int, member_id: int, used_seconds: Mapping[int, int]
) -> list[OwnedPackage]:
    """All packages that a member ever bought, oldest first.

    `used_seconds` is what a running session has used, by the package's id.
    """
    rows = read.all(_OWNED, center=center_id, member=member_id)
    return [_owned(row, used_seconds.get(row.id, 0)) for row in rows]


def packages_of_member(
    read: Read, center: Center, member_id: int, at: datetime
) -> tuple[Package, ...]:
    """What a session beginning at `at` may use: packages usable now, the highest priority first.

    Of equal priority the one that ends sooner, then the older one. None where the settings let no
    session be paid by packages.
    """
    if not center.settings.payment.allow_offer_session:
        return ()
    usable = []
    for row in read.all(_OWNED, center=center.id, member=member_id):
        is_usable, until = usable_until(_window(row), at, center.zone, row.expires_at)
        if is_usable and row.seconds_left > 0:
            package = Package(row.seconds_left, row.name, row.id, until)
            usable.append(((-row.priority, until is None, until or at, row.id), package))
    return tuple(package for _, package in sorted(usable, key=lambda entry: entry[0]))


def _window(row: Row) -> Window:
    return Window(parse_weekdays(row.weekdays), row.from_minute, row.to_minute)


def _offer(row: Row) -> Offer:
    values = OfferValues(
        name=row.name,
        description=row.description,
        price_micros=row.price_micros,
        minutes=row.minutes,
        priority=row.priority,
        window=_window(row),
        expires_after_days=row.expires_after_days,
        expires_after_hours=row.expires_after_hours,
        is_active=row.is_active,
    )
    return Offer(id=row.id, values=values, updated_at=row.updated_at)


def _owned(row: Row, used_seconds: int) -> OwnedPackage:
    return OwnedPackage(
        member_offer_id=row.id,
        offer_id=row.offer_id,
        name=row.name,
        price_micros=row.price_micros,
        seconds=row.seconds,
        seconds_left=max(row.seconds_left - used_seconds, 0),
        priority=row.priority,
        window=_window(row),
        bought_at=row.bought_at,
        expires_at=row.expires_at,
    )
