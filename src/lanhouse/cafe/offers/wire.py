"""Offers and bought packages as the café API shows them, under the product field names."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.offers.schemas import Offer, OwnedPackage
from lanhouse.cafe.pricing.rules import format_weekdays, format_window
from lanhouse.kit.local_time import local_text
from lanhouse.kit.money import format_fixed
from lanhouse.kit.pages import PagingInfo

OFFER_GROUP = -1
"""The system's product group of offers (cafe-domain 0, constants)."""
PC_TIME_TAX = 4


class OfferRow(Struct, kw_only=True):
    """An offer. Money is text with 2 decimals, `product_update` seconds since 1970."""

    product_id: int
    product_name: str
    product_description: str
    product_price: str
    product_cost: str
    product_tax_id: int
    product_mins: int
    product_priority: int
    product_enable_weekday: str
    product_enable_time: str
    product_expired_type: int
    product_expired_days: int
    product_expired_hours: int
    product_group_id: int
    product_is_active: int
    product_update: int


class OffersOut(Struct):
    """A page of the offers."""

    items: list[OfferRow]
    paging_info: PagingInfo


class PackageRow(Struct, kw_only=True):
    """A bought package; without an expiry `member_offer_expire_…` are null."""

    member_offer_id: int
    product_id: int
    product_name: str
    product_price: str
    product_seconds: int
    product_mins: int
    product_priority: int
    product_enable_weekday: str
    product_enable_time: str
    member_offer_left_seconds: int
    member_offer_buy_time_local: str
    member_offer_expire_at: int | None
    """Seconds since 1970."""
    member_offer_expire_time_local: str | None
    member_offer_is_expired: int


def offer_row(found: Offer) -> OfferRow:
    """A row of `GET /offers`."""
    values = found.values
    return OfferRow(
        product_id=found.id,
        product_name=values.name,
        product_description=values.description,
        product_price=format_fixed(values.price_micros),
        product_cost="0.00",
        product_tax_id=PC_TIME_TAX,
        product_mins=values.minutes,
        product_priority=values.priority,
        product_enable_weekday=format_weekdays(values.window.weekdays),
        product_enable_time=format_window(values.window.from_minute, values.window.to_minute),
        product_expired_type=1,
        product_expired_days=values.expires_after_days,
        product_expired_hours=values.expires_after_hours,
        product_group_id=OFFER_GROUP,
        product_is_active=int(values.is_active),
        product_update=int(found.updated_at.timestamp()),
    )


def package_row(package: OwnedPackage, center: Center, at: datetime) -> PackageRow:
    """A bought package as it is at `at`."""
    end = package.expires_at
    return PackageRow(
        member_offer_id=package.member_offer_id,
        product_id=package.offer_id,
        product_name=package.name,
        product_price=format_fixed(package.price_micros),
        product_seconds=package.seconds,
        product_mins=package.seconds // 60,
        product_priority=package.priority,
        product_enable_weekday=format_weekdays(package.window.weekdays),
        product_enable_time=format_window(package.window.from_minute, package.window.to_minute),
        member_offer_left_seconds=package.seconds_left,
        member_offer_buy_time_local=local_text(package.bought_at, center.zone),
        member_offer_expire_at=None if end is None else int(end.timestamp()),
        member_offer_expire_time_local=None if end is None else local_text(end, center.zone),
        member_offer_is_expired=int(end is not None and end <= at),
    )
