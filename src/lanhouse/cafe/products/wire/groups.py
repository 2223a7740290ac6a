"""Product groups and the shop's list as the café API takes and shows them."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from lanhouse.cafe.money.taxes import TIME_TAX
from lanhouse.cafe.offers.schemas import Offer
from lanhouse.cafe.offers.wire import OFFER_GROUP
from lanhouse.cafe.pricing.rules import format_weekdays, format_window
from lanhouse.cafe.products.rules import payments_of
from lanhouse.cafe.products.schemas import EVERY_PAYMENT, Product, ProductGroup
from lanhouse.cafe.products.wire import (
    PRICE_PLACES,
    ComboItemRow,
    combo_rows,
    groups_text,
    payments_text,
    shown_quantity,
)
from lanhouse.kit.inputs import Line, means
from lanhouse.kit.local_time import local_text
from lanhouse.kit.money import format_fixed

_OFFERS = "Offers"
_WITHOUT_END = 1_000_000_000
"""What sorts behind every number of pieces."""

Payment = Literal["cash", "credit_card", "balance", "qr"]


class PaymentsIn(Struct):
    """How goods of a group may be paid."""

    guest: Annotated[list[Payment], Meta(max_length=20)] = []
    member: Annotated[list[Payment], Meta(max_length=20)] = []


class GroupChangeIn(Struct, kw_only=True):
    """New values of a group; what is not sent stays."""

    product_group_name: Annotated[
        Annotated[Line, Meta(min_length=1, max_length=50)] | None, means("name")
    ] = None
    product_group_desc: Annotated[
        Annotated[str, Meta(max_length=500)] | UnsetType | None, means("description")
    ] = UNSET
    product_parent_group_id: Annotated[int | None, means("parent_id")] = None
    """0 = at the top."""
    product_group_payment_method: Annotated[PaymentsIn | None, means("payments")] = None
    """An object or its JSON text."""


class GroupIn(GroupChangeIn, kw_only=True):
    """A new group."""

    product_group_name: Annotated[  # type: ignore[assignment]
        Line, Meta(min_length=1, max_length=50), means("name")
    ]


class GroupRow(Struct, kw_only=True):
    """A product group; `product_group_update` is on the centre's clock."""

    product_group_icafe_id: int
    product_group_id: int
    product_parent_group_id: int
    product_group_name: str
    product_group_desc: str
    product_group_icon: None
    product_group_update: str
    product_group_payment_method: str
    has_icon: int


class GroupsOut(Struct):
    """All groups."""

    items: list[GroupRow]


class ShopGroupRow(Struct):
    """A group as the shop's list names it."""

    product_group_id: int
    product_group_name: str
    product_parent_group_id: int


class ShopRow(Struct, kw_only=True):
    """Something that the shop sells: `p-1` a product, `o-1` a package, `p--3` the print."""

    product_id: str
    product_name: str
    product_description: str
    product_qty: int
    product_price: str
    product_coin_price: str
    product_tax_id: int
    product_unlimited: int
    sort_qty: int
    product_group_id: int
    product_group_name: str
    product_parent_group_id: int
    product_barcode: str
    product_pc_groups: str
    product_member_groups: str
    product_show_weekday: str
    product_show_time: str
    product_enable_code: int
    product_enable_discount: int
    product_enable_client: int
    product_is_promoted: int
    product_is_offer: int
    product_adult_only: int
    product_combo: list[ComboItemRow] | None
    product_mins: int
    product_group_payment_method: str


class ShopOut(Struct):
    """The shop: its groups, the system's "Offers" (-1) first, and what is sold."""

    product_group_list: list[ShopGroupRow]
    product_list: list[ShopRow]


def group_changes(data: GroupChangeIn) -> dict[str, Any]:
    """What was sent, by the names of GroupValues."""
    changes: dict[str, Any] = {}
    if data.product_group_name is not None:
        changes["name"] = data.product_group_name
    if data.product_group_desc is not UNSET:
        changes["description"] = data.product_group_desc or ""
    if data.product_parent_group_id is not None:
        changes["parent_id"] = data.product_parent_group_id
    chosen = data.product_group_payment_method
    if chosen is not None:
        changes["payments"] = payments_of(chosen.guest, chosen.member)
    return changes


def group_row(group: ProductGroup, center_id: int, zone: ZoneInfo) -> GroupRow:
    """A row of `GET /productGroups`."""
    values = group.values
    return GroupRow(
        product_group_icafe_id=center_id,
        product_group_id=group.id,
        product_parent_group_id=values.parent_id,
        product_group_name=values.name,
        product_group_desc=values.description,
        product_group_icon=None,
        product_group_update=local_text(group.updated_at, zone),
        product_group_payment_method=payments_text(values.payments),
        has_icon=0,
    )


def groups_out(groups: list[ProductGroup], center_id: int, zone: ZoneInfo) -> GroupsOut:
    """The system's group of packages, and those with a row."""
    offers = msgspec.structs.replace(
        group_row(groups[0], center_id, zone),
        product_group_id=OFFER_GROUP,
        product_parent_group_id=0,
        product_group_name=_OFFERS,
        product_group_desc="",
        product_group_payment_method=payments_text(EVERY_PAYMENT),
    )
    return GroupsOut([offers, *(group_row(group, center_id, zone) for group in groups)])


def shop_out(
    groups: list[ProductGroup],
    products: list[Product],
    offers: list[Offer],
    *,
    hides_sold_out: bool,
) -> ShopOut:
    """The answer of `GET /orders/action/productList`: what is active."""
    named = {group.id: group for group in groups}
    shown = [each for each in products if not (hides_sold_out and each.is_sold_out)]
    return ShopOut(
        [
            ShopGroupRow(OFFER_GROUP, _OFFERS, 0),
            *(ShopGroupRow(each.id, each.values.name, each.values.parent_id) for each in groups),
        ],
        [
            *(_product(each, named[each.values.group_id]) for each in shown),
            *(_offer(each) for each in offers if each.values.is_active),
        ],
    )


def _product(product: Product, group: ProductGroup) -> ShopRow:
    values, left = product.values, product.left
    return ShopRow(
        product_id=f"p-{product.id}",
        product_name=values.name,
        product_description=values.description,
        product_qty=shown_quantity(product),
        product_price=format_fixed(values.price_micros, PRICE_PLACES),
        product_coin_price=format_fixed(values.coin_price_micros),
        product_tax_id=values.tax_id,
        product_unlimited=int(left is None),
        sort_qty=_WITHOUT_END if left is None else left,
        product_group_id=values.group_id,
        product_group_name=group.values.name,
        product_parent_group_id=group.values.parent_id,
        product_barcode=values.barcode,
        product_pc_groups=groups_text(values.pc_group_ids),
        product_member_groups=groups_text(values.member_group_ids),
        product_show_weekday=format_weekdays(values.window.weekdays),
        product_show_time=format_window(values.window.from_minute, values.window.to_minute),
        product_enable_code=int(bool(values.barcode)),
        product_enable_discount=int(values.allows_discount),
        product_enable_client=int(values.is_sold_at_seats),
        product_is_promoted=int(values.is_promoted),
        product_is_offer=0,
        product_adult_only=int(values.is_adults_only),
        product_combo=combo_rows(product) or None,
        product_mins=0,
        product_group_payment_method=payments_text(group.values.payments),
    )


def _offer(offer: Offer) -> ShopRow:
    """A package, with what it says at the door of the offers."""
    values, shown = offer.values, offer.values.show_window
    return ShopRow(
        product_id=f"o-{offer.id}",
        product_name=values.name,
        product_description=values.description,
        product_qty=0,
        product_price=format_fixed(values.price_micros),
        product_coin_price=format_fixed(values.coin_price_micros),
        product_tax_id=TIME_TAX,
        product_unlimited=1,
        sort_qty=_WITHOUT_END,
        product_group_id=OFFER_GROUP,
        product_group_name=_OFFERS,
        product_parent_group_id=0,
        product_barcode=values.barcode,
        product_pc_groups=groups_text(values.pc_group_ids),
        product_member_groups=groups_text(values.member_group_ids),
        product_show_weekday=format_weekdays(shown.weekdays),
        product_show_time=format_window(shown.from_minute, shown.to_minute),
        product_enable_code=int(bool(values.barcode)),
        product_enable_discount=int(values.allows_discount),
        product_enable_client=int(values.is_sold_at_seats),
        product_is_promoted=int(values.is_promoted),
        product_is_offer=1,
        product_adult_only=0,
        product_combo=None,
        product_mins=values.minutes,
        product_group_payment_method=payments_text(EVERY_PAYMENT),
    )
