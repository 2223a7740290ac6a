"""Offers and bought packages as the café API shows them, under the product field names (seed:
Offers; cafe-domain 3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.taxes import TIME_TAX
from lanhouse.cafe.offers.plans import RefundPlan
from lanhouse.cafe.offers.schemas import Offer, OfferValues, OwnedPackage
from lanhouse.cafe.offers.wire.inputs import BY_LIFETIME, BY_PERIOD, EVERYBODY
from lanhouse.cafe.pricing.rules import format_weekdays, format_window
from lanhouse.kit.local_time import local_text
from lanhouse.kit.money import format_fixed
from lanhouse.kit.pages import PagingInfo

OFFER_GROUP = -1
"""The system's product group of offers (cafe-domain 0, constants)."""


class OfferRow(Struct, kw_only=True):
    """An offer. Money is text with 2 decimals, `product_update` seconds since 1970."""

    product_id: int
    product_name: str
    product_description: str
    product_price: str
    product_cost: str
    product_coin_price: str
    product_tax_id: int
    product_mins: int
    product_priority: int
    product_auto_start: int
    product_enable_weekday: str
    product_enable_time: str
    product_show_weekday: str
    product_show_time: str
    product_available_date_local_from: str | None
    product_available_date_local_to: str | None
    product_expired_type: int
    product_expired_days: int
    product_expired_hours: int
    product_pc_name: None
    product_pc_groups: str
    product_member_groups: str
    product_is_promoted: int
    product_enable_discount: int
    product_enable_client: int
    product_enable_code: int
    """1: it has a barcode."""
    product_barcode: str
    product_group_id: int
    product_has_image: int
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
    member_offer_is_refunded: int
    member_offer_refund: str
    """What was given back for it; of one paid in coins the coins."""
    product_pc_groups: str
    product_member_groups: str
    offer_payment_method: int | None
    """10 cash, 11 balance, 12 card, 13 coin, 14 QR; null: sold before that was kept."""


class BuyerRow(PackageRow, kw_only=True):
    """A package that was bought, and by whom."""

    member_id: int
    member_account: str
    member_offer_refundable: str | None
    """What would go back for it now, of one paid in coins the coins; null: it is not given back."""
    member_offer_refund_refused: str
    """Why it is not; empty where it is."""


class BuyersOut(Struct):
    """Who bought an offer, the newest first."""

    items: list[BuyerRow]
    paging_info: PagingInfo


class RefundOut(Struct, kw_only=True):
    """What went back for a package, and where it went; money and coins are text with 2 decimals."""

    member_offer_id: int
    amount: str
    cash: str
    card: str
    balance: str
    bonus: str
    coin: str
    used_seconds: int


_METHODS = {"cash": 10, "balance": 11, "card": 12, "coin": 13, "qr": 14, "gift": 0}


def offer_row(found: Offer, zone: ZoneInfo) -> OfferRow:
    """A row of `GET /offers`."""
    values = found.values
    return OfferRow(
        product_id=found.id,
        product_name=values.name,
        product_description=values.description,
        product_price=format_fixed(values.price_micros),
        product_cost=format_fixed(values.cost_micros),
        product_coin_price=format_fixed(values.coin_price_micros),
        product_tax_id=TIME_TAX,
        product_mins=values.minutes,
        product_priority=values.priority,
        product_auto_start=int(values.is_auto_start),
        product_enable_weekday=format_weekdays(values.window.weekdays),
        product_enable_time=format_window(values.window.from_minute, values.window.to_minute),
        product_show_weekday=format_weekdays(values.show_window.weekdays),
        product_show_time=format_window(
            values.show_window.from_minute, values.show_window.to_minute
        ),
        product_available_date_local_from=_local(values.available_from, zone),
        product_available_date_local_to=_local(values.available_to, zone),
        product_expired_type=BY_LIFETIME if has_lifetime(values) else BY_PERIOD,
        product_expired_days=values.expires_after_days,
        product_expired_hours=values.expires_after_hours,
        product_pc_name=None,
        product_pc_groups=groups_text(values.pc_group_ids),
        product_member_groups=groups_text(values.member_group_ids),
        product_is_promoted=int(values.is_promoted),
        product_enable_discount=int(values.allows_discount),
        product_enable_client=int(values.is_sold_at_seats),
        product_enable_code=int(bool(values.barcode)),
        product_barcode=values.barcode,
        product_group_id=OFFER_GROUP,
        product_has_image=0,
        product_is_active=int(values.is_active),
        product_update=int(found.updated_at.timestamp()),
    )


def package_row(package: OwnedPackage, center: Center, at: datetime) -> PackageRow:
    """A bought package as it is at `at`."""
    return PackageRow(**_package(package, center, at))


def buyer_row(
    plan: RefundPlan | str, package: OwnedPackage, account: str, center: Center, at: datetime
) -> BuyerRow:
    """A bought package with its buyer; `plan` is what would go back, or why nothing does."""
    is_refused = isinstance(plan, str)
    return BuyerRow(
        **_package(package, center, at),
        member_id=package.member_id,
        member_account=account,
        member_offer_refundable=None if is_refused else format_fixed(plan.given_micros),
        member_offer_refund_refused=str(plan) if is_refused else "",
    )


def refund_out(plan: RefundPlan) -> RefundOut:
    """What went back."""
    return RefundOut(
        member_offer_id=plan.package.member_offer_id,
        amount=format_fixed(plan.given_micros),
        cash=format_fixed(plan.handed_out.get("cash", 0)),
        card=format_fixed(plan.handed_out.get("card", 0)),
        balance=format_fixed(plan.to_balance_micros),
        bonus=format_fixed(plan.to_bonus_micros),
        coin=format_fixed(plan.coin_micros),
        used_seconds=plan.package.used_seconds,
    )


def groups_text(ids: tuple[int, ...]) -> str:
    """Ids of groups as JSON text, `["3", "5"]`; `["0"]` = all of them."""
    return msgspec.json.encode([str(each) for each in ids or (EVERYBODY,)]).decode()


def has_lifetime(values: OfferValues) -> bool:
    """Whether packages of it live for a time after their sale, or have no bound at all."""
    is_bound = values.available_from is not None or values.available_to is not None
    return bool(values.expires_after_days or values.expires_after_hours) or not is_bound


def _package(package: OwnedPackage, center: Center, at: datetime) -> dict[str, Any]:
    end = package.expires_at
    return {
        "member_offer_id": package.member_offer_id,
        "product_id": package.offer_id,
        "product_name": package.name,
        "product_price": format_fixed(package.price_micros),
        "product_seconds": package.seconds,
        "product_mins": package.seconds // 60,
        "product_priority": package.priority,
        "product_enable_weekday": format_weekdays(package.window.weekdays),
        "product_enable_time": format_window(package.window.from_minute, package.window.to_minute),
        "member_offer_left_seconds": 0 if package.refunded_at else package.seconds_left,
        "member_offer_buy_time_local": local_text(package.bought_at, center.zone),
        "member_offer_expire_at": None if end is None else int(end.timestamp()),
        "member_offer_expire_time_local": _local(end, center.zone),
        "member_offer_is_expired": int(package.is_expired(at)),
        "member_offer_is_refunded": int(package.refunded_at is not None),
        "member_offer_refund": format_fixed(package.refund_micros),
        "product_pc_groups": groups_text(package.limits.pc_group_ids),
        "product_member_groups": groups_text(package.limits.member_group_ids),
        "offer_payment_method": _METHODS.get(package.payment),
    }


def _local(at: datetime | None, zone: ZoneInfo) -> str | None:
    return None if at is None else local_text(at, zone)
