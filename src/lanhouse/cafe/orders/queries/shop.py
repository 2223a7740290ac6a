"""What the shop sells at this moment."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.offers.queries import offers_for_sale
from lanhouse.cafe.offers.schemas import Offer, Place
from lanhouse.cafe.products.queries import active_products, groups_of_center
from lanhouse.cafe.products.rules import in_shop_order, is_sold_at
from lanhouse.cafe.products.schemas import Product, ProductGroup
from lanhouse.db.store import Read


class Shop(msgspec.Struct, frozen=True):
    """The groups, and the goods and packages that are sold now, by group and name."""

    groups: list[ProductGroup]
    products: list[Product]
    offers: list[Offer]


def shop_now(read: Read, center: Center, at: datetime) -> Shop:
    """What the desk sells at `at`; with the setting hide_sold_out_items not what is sold out."""
    hides = center.settings.shop.hide_sold_out_items
    products = [
        product
        for product in active_products(read, center.id)
        if is_sold_at(product.values, at, center.zone) and not (hides and product.is_sold_out)
    ]
    offers = offers_for_sale(read, center, Place(None), at)
    return Shop(
        groups_of_center(read, center.id),
        in_shop_order(products, center.settings.shop),
        in_shop_order(offers, center.settings.shop),
    )
