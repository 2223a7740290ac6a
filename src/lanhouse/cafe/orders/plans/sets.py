"""How the price of a combo with a package in it is shared among its parts (decision 0136)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.offers.plans import Share
from lanhouse.cafe.offers.queries import offer_by_id
from lanhouse.cafe.orders.queries import product_rows
from lanhouse.cafe.orders.rules import LINES_MAX, shares_of
from lanhouse.cafe.orders.schemas import Goods
from lanhouse.cafe.products.schemas import ComboItem, Sets
from lanhouse.cafe.products.schemas import Source as ItemSource
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit.errors import InvalidInput, NotFound
from lanhouse.kit.money import MICROS, unit_micros
from lanhouse.kit.said import say

_CENT = MICROS // 100


class SetPrice(msgspec.Struct, frozen=True):
    """What of one combo its goods cost together, and each package in it, one by one."""

    goods: Share
    packages: tuple[tuple[int, Share], ...]
    """Offer and price."""

    def of_goods(self, goods: Goods) -> Goods:
        """The combo as a line of goods: without what its packages cost."""
        return replace(
            goods, price_micros=self.goods.price_micros, coin_price_micros=self.goods.coin_micros
        )


def set_prices(
    read: Read, center: Center, wanted: Mapping[int, int], sets: Sets, rows: Mapping[int, Row]
) -> dict[int, SetPrice]:
    """The shared price of each combo in `sets` that is wanted, by its id; `rows` has the combos.

    Raises InvalidInput of `wanted` where that are more packages than an order may have lines, and
    NotFound for a part that is not there.
    """
    named = {combo_id: parts for combo_id, parts in sets.items() if combo_id in wanted}
    packages = sum(
        part.quantity * wanted[combo_id]
        for combo_id, parts in named.items()
        for part in parts
        if part.source == ItemSource.OFFER
    )
    if named and packages + len(wanted) > LINES_MAX:
        raise InvalidInput({"wanted": say("must have at most %(count)s entries", count=LINES_MAX)})
    return {
        combo_id: _shared(read, center, rows[combo_id], parts)
        for combo_id, parts in named.items()
        if combo_id in rows
    }


def packages_of(
    packages: Mapping[int, int], wanted: Mapping[int, int], prices: Mapping[int, SetPrice]
) -> Iterator[tuple[int, Share | None]]:
    """Every package of a basket by its offer: those named by themselves, then those in combos, with
    their price there."""
    for offer_id, number in packages.items():
        yield from [(offer_id, None)] * number
    for combo_id, price in prices.items():
        yield from price.packages * wanted[combo_id]


def _shared(read: Read, center: Center, combo: Row, parts: Sequence[ComboItem]) -> SetPrice:
    goods = {part.item_id: part.quantity for part in parts if part.source == ItemSource.PRODUCT}
    rows = product_rows(read, center.id, goods)
    offers: list[int] = []
    weights: list[tuple[int, int]] = []
    for part in parts:
        if part.source != ItemSource.OFFER:
            continue
        offer = offer_by_id(read, center.id, part.item_id)
        if offer is None:
            raise NotFound(say("Product not found"))
        offers += [offer.id] * part.quantity
        own = (offer.values.price_micros, offer.values.coin_price_micros)
        weights += [own] * part.quantity
    if goods:
        weights.append(
            (
                sum(row.price_micros * goods[row.id] for row in rows.values()),
                sum(row.coin_price_micros * goods[row.id] for row in rows.values()),
            )
        )
    by_price = [price for price, _ in weights]
    # Where a part is not sold for coins by itself, its price in money says what it is worth.
    by_coins = [coins for _, coins in weights]
    prices = shares_of(combo.price_micros, by_price, unit_micros(center.currency))
    coins = shares_of(combo.coin_price_micros, by_coins if all(by_coins) else by_price, _CENT)
    shares = [Share(*each) for each in zip(prices, coins, strict=True)]
    packages = tuple(zip(offers, shares, strict=False))
    return SetPrice(shares[-1] if goods else Share(0, 0), packages)
