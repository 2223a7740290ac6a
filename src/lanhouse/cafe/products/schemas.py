"""Groups, products and their stock as commands and queries see them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from lanhouse.cafe.pricing.rules import Window

DEFAULT_GROUP = 1
"""The group that every centre has; it can be renamed, not removed."""
PRINT_ID = -3
"""The black-and-white print that every centre has (`p--3`); it can be changed, not removed."""
OFFERS, COINS, ALL, PROMOTED = -1, -2, -3, -4
"""Groups of the system without a row (cafe-domain 0): they choose, no product stands in them."""


class Source(StrEnum):
    """What a part of a combo is."""

    PRODUCT = "product"
    OFFER = "offer"


class StockKind(StrEnum):
    """Why a stock changed."""

    OPENING = "opening"
    """What was there when the product was made."""
    RESTOCK = "restock"
    """Goods came in."""
    DESTOCK = "destock"
    """Goods went without a sale: broken, expired, used by the house."""
    COUNT = "count"
    """A stock-take found more or less."""
    SALE = "sale"
    RETURN = "return"
    """What an order had taken came back."""


class GroupPayments(msgspec.Struct, frozen=True):
    """How goods of a group may be paid: names of rules.PAYMENTS."""

    guest: tuple[str, ...]
    member: tuple[str, ...]


EVERY_PAYMENT = GroupPayments(
    ("cash", "credit_card", "balance", "qr"), ("cash", "credit_card", "balance", "qr")
)


class GroupValues(msgspec.Struct, frozen=True, kw_only=True):
    """What a product group says."""

    name: str
    description: str = ""
    parent_id: int = 0
    """The group that it stands in; 0 = at the top."""
    payments: GroupPayments = EVERY_PAYMENT


class ProductGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A product group of a centre."""

    id: int
    values: GroupValues
    updated_at: datetime


class ComboItem(msgspec.Struct, frozen=True):
    """So many pieces of a product or an offer inside one combo."""

    source: Source
    item_id: int
    quantity: int = 1


class ProductValues(msgspec.Struct, frozen=True, kw_only=True):
    """What a product says; money in micros of the centre's currency, coins in micros of a coin."""

    name: str
    description: str = ""
    group_id: int = DEFAULT_GROUP
    price_micros: int = 0
    """Of one piece, with up to 6 decimals."""
    cost_micros: int = 0
    """What one piece cost the house."""
    coin_price_micros: int = 0
    """0 = it is not sold for coins."""
    tax_id: int = 1
    """1 to 3, 0 = none."""
    barcode: str = ""
    window: Window = Window()
    """When it is sold."""
    pc_group_ids: tuple[int, ...] = ()
    """Only at PCs of these groups; empty = everywhere."""
    member_group_ids: tuple[int, ...] = ()
    """Only to these groups, the system's included; empty = to everybody."""
    is_active: bool = True
    is_promoted: bool = False
    allows_discount: bool = True
    """Whether the product discount of a member's group is taken off."""
    is_sold_at_seats: bool = True
    is_adults_only: bool = False
    is_unlimited: bool = False
    """Nothing is counted; always so for a combo, of which the parts are counted."""
    low_stock_at: int = 0
    """Falling to so many pieces is told; 0 = only the last one."""
    combo: tuple[ComboItem, ...] = ()


Sets = Mapping[int, tuple[ComboItem, ...]]
"""Combos that have a package in them, by id, with all their parts."""


class Part(msgspec.Struct, frozen=True):
    """A part of a combo as it is now. `left` is None where nothing is counted."""

    item: ComboItem
    name: str
    left: int | None


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """A product of a centre and its stock."""

    id: int
    values: ProductValues
    quantity: int
    """Pieces that are there, as they are counted; kept while nothing is counted."""
    parts: tuple[Part, ...] = ()
    picture_key: str | None = None
    """The file of what it looks like."""
    updated_at: datetime

    @property
    def picture_url(self) -> str:
        """Where its picture is, for pages; empty: it has none. Another picture, another address."""
        return f"/files/{self.picture_key}" if self.picture_key else ""

    @property
    def left(self) -> int | None:
        """How many can be sold: of a combo what its parts suffice for; None = without end."""
        if self.parts:
            counts = [
                part.left // part.item.quantity for part in self.parts if part.left is not None
            ]
            return min(counts, default=None)
        return None if self.values.is_unlimited else self.quantity

    @property
    def is_sold_out(self) -> bool:
        """Whether none can be sold."""
        return self.left is not None and self.left <= 0

    @property
    def is_low(self) -> bool:
        """Whether it is time to order more: at or below its mark, and not a combo."""
        is_counted = not (self.values.is_unlimited or self.parts)
        return is_counted and self.quantity <= self.values.low_stock_at


class StockLine(msgspec.Struct, frozen=True):
    """So many pieces of a product."""

    product_id: int
    quantity: int


class StockLevel(msgspec.Struct, frozen=True):
    """How many pieces of a product are there now."""

    product_id: int
    quantity: int
