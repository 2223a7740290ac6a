"""Decisions about goods on plain values: when they are sold, when they run low."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from lanhouse.cafe.centers.schemas.shop import ShopLook, ShopSettings
from lanhouse.cafe.offers.schemas import Offer
from lanhouse.cafe.pricing.rules import Window
from lanhouse.cafe.products.schemas import (
    ComboItem,
    GroupPayments,
    Product,
    ProductValues,
    Sets,
    Source,
)

PAYMENTS = ("cash", "credit_card", "balance", "qr")
"""How goods of a group may be paid (cafe-domain 10, product_group_payment_method)."""
STOCK_MAX = 1_000_000_000
"""Pieces: more in one place is a slip of the finger."""


def is_sold_at(values: ProductValues, at: datetime, zone: ZoneInfo) -> bool:
    """Whether a product is sold at this time: active, and inside its window by the wall clock."""
    return values.is_active and values.window.holds(at, zone)


_LOOK = msgspec.json.Decoder(ShopLook)
Sold = TypeVar("Sold", Product, Offer)


def in_shop_order(sold: Sequence[Sold], settings: ShopSettings) -> list[Sold]:
    """Products, or packages, in the order of the setting shop_settings: goods within their group.

    Nothing, or a word that nobody knows, leaves them as they are: by name.
    """
    look = _LOOK.decode(settings.shop_settings)
    by = look.order_by.strip().lower().removeprefix("product_")
    if by not in ("name", "price", "qty", "id"):
        return list(sold)

    def place(each: Sold) -> Any:
        if by == "price":
            return each.values.price_micros
        if by == "qty" and isinstance(each, Product):
            # What is not counted never ends.
            return STOCK_MAX + 1 if each.left is None else each.left
        return each.id if by == "id" else each.values.name.casefold()

    is_down = look.order.strip().lower() == "desc"
    found = sorted(sold, key=place, reverse=is_down)
    return sorted(found, key=lambda each: getattr(each.values, "group_id", 0))


Item = tuple[Source, int]
"""A product or an offer by its id."""


def with_packages(combos: Mapping[int, Sequence[ComboItem]]) -> Sets:
    """Of these combos, by id, those that have a package in them."""
    return {
        combo_id: tuple(parts)
        for combo_id, parts in combos.items()
        if any(part.source == Source.OFFER for part in parts)
    }


def has_goods(parts: Sequence[ComboItem] | None) -> bool:
    """Whether something has to be brought: not of a combo of packages alone; None is no combo."""
    return parts is None or any(part.source == Source.PRODUCT for part in parts)


def with_combos(
    items: Mapping[Item, int], combos: Sequence[Product], prices: Mapping[Item, int]
) -> dict[Item, int]:
    """Pieces by product and offer with combos in place of their parts, wherever all parts of one
    are there and it costs less than they do; what saves most is taken first.

    `prices` are those of the parts. Left out are combos for some PC groups only.
    """

    def saved(combo: Product) -> int:
        parts = sum(
            prices.get((each.source, each.item_id), 0) * each.quantity
            for each in combo.values.combo
        )
        return parts - combo.values.price_micros

    left = dict(items)
    for combo in sorted(combos, key=lambda each: (-saved(each), each.id)):
        parts = combo.values.combo
        if combo.values.pc_group_ids or saved(combo) <= 0:
            continue
        number = min(left.get((each.source, each.item_id), 0) // each.quantity for each in parts)
        if number:
            for each in parts:
                left[each.source, each.item_id] -= each.quantity * number
            sold = (Source.PRODUCT, combo.id)
            left[sold] = left.get(sold, 0) + number
    return {item: number for item, number in left.items() if number}


def changed(values: ProductValues, changes: Mapping[str, Any]) -> ProductValues:
    """The values with some of them changed, by the names of ProductValues and of Window."""
    of_window = {name: changes[name] for name in changes.keys() & set(Window.__struct_fields__)}
    rest = {name: value for name, value in changes.items() if name not in of_window}
    made = replace(values, **rest)
    return replace(made, window=replace(made.window, **of_window)) if of_window else made


def runs_low(before: int, after: int, low_stock_at: int) -> bool:
    """Whether this movement is the one that brings a stock down to its mark."""
    return after <= low_stock_at < before


def payments_of(guest: Iterable[str], member: Iterable[str]) -> GroupPayments:
    """Ways to pay in the order of PAYMENTS, each once."""
    chosen_by_guests, chosen_by_members = set(guest), set(member)
    return GroupPayments(
        tuple(name for name in PAYMENTS if name in chosen_by_guests),
        tuple(name for name in PAYMENTS if name in chosen_by_members),
    )
