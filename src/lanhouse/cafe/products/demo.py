"""What the shop of the demo centre sells, and the deliveries of its weeks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec

from lanhouse.cafe.centers.demo import CENT, cafe_id, demo_center
from lanhouse.cafe.products.commands import (
    NewProduct,
    ProductChange,
    change_product,
    create_product,
)
from lanhouse.cafe.products.commands.groups import NewGroup, create_group
from lanhouse.cafe.products.commands.stock import (
    Counted,
    Restock,
    StockTake,
    restock,
    take_stock_count,
)
from lanhouse.cafe.products.queries import active_products
from lanhouse.cafe.products.schemas import (
    PRINT_ID,
    ComboItem,
    GroupValues,
    Product,
    ProductValues,
    Source,
)
from lanhouse.cafe.staff.demo import desk_actor
from lanhouse.db.store import Read, Tx
from lanhouse.kit.money import MICROS


class _Goods(msgspec.Struct, frozen=True):
    """A product of a group: price and cost in cents; `pieces` None: nothing is counted."""

    name: str
    price: int
    cost: int
    pieces: int | None
    low: int = 6
    more: dict[str, Any] = {}


_SHELVES: dict[str, tuple[_Goods, ...]] = {
    "Drinks": (
        _Goods("Cola 0.33 l", 180, 62, 48, more={"barcode": "4000001000018", "is_promoted": True}),
        _Goods("Cola zero 0.33 l", 180, 62, 31, more={"barcode": "4000001000025"}),
        _Goods("Energy drink 0.5 l", 290, 115, 9, more={"barcode": "4000001000032"}),
        _Goods("Water 0.5 l", 100, 21, 72, 12, {"barcode": "4000001000049"}),
        _Goods("Beer 0.33 l", 260, 92, 24, more={"is_adults_only": True}),
    ),
    "Hot food": (
        _Goods("Coffee", 140, 28, None),
        _Goods("Ham toast", 320, 110, 12, 4),
        _Goods("Pizza slice", 350, 120, 0, 4),
        _Goods("Instant noodles", 260, 88, 22),
    ),
    "Snacks": (
        _Goods("Crisps 50 g", 150, 54, 40, more={"barcode": "4000001000056"}),
        _Goods("Gummies", 130, 47, 26, more={"barcode": "4000001000063"}),
    ),
    "Gear": (
        _Goods("USB stick 32 GB", 750, 410, 9, 3),
        _Goods("Sticker set", 200, 35, 60, more={"coin_price_micros": 120 * MICROS}),
    ),
}
_COMBO, _PARTS = "Toast and cola", ("Ham toast", "Cola 0.33 l")


def opening(tx: Tx) -> None:
    """Fill the shelves; one product is sold out already, and a combo is made of two others."""
    center, actor = demo_center(tx), desk_actor(tx)
    made: dict[str, int] = {}
    for name, goods in _SHELVES.items():
        group_id = create_group(tx, NewGroup(center, GroupValues(name=name))).id
        for each in goods:
            values = ProductValues(
                name=each.name,
                group_id=group_id,
                price_micros=each.price * CENT,
                cost_micros=each.cost * CENT,
                is_unlimited=each.pieces is None,
                low_stock_at=each.low if each.pieces is not None else 0,
            )
            values = msgspec.structs.replace(values, **each.more)
            new = NewProduct(center=center, actor=actor, values=values, quantity=each.pieces or 0)
            made[each.name] = create_product(tx, new).id
    combo = ProductValues(
        name=_COMBO,
        price_micros=450 * CENT,
        combo=tuple(ComboItem(Source.PRODUCT, made[part]) for part in _PARTS),
    )
    create_product(tx, NewProduct(center=center, actor=actor, values=combo))
    changes = {"price_micros": 10 * CENT, "cost_micros": 2 * CENT, "is_active": True}
    change_product(tx, ProductChange(center=center, product_id=PRINT_ID, changes=changes))


def weeks(begin: datetime, end: datetime) -> Iterator[tuple[datetime, Callable[[Tx], None]]]:
    """Every week a delivery and something that breaks; towards the end a stock-take."""
    at = begin + timedelta(days=2, hours=9)
    while at < end:
        yield at, partial(_restock, name="Water 0.5 l", pieces=24, reason="Weekly delivery")
        broken = partial(_restock, name="Cola 0.33 l", pieces=-1, reason="Dropped")
        yield at + timedelta(hours=1), broken
        at += timedelta(days=7)
    yield end - timedelta(hours=20), _count


def _restock(tx: Tx, *, name: str, pieces: int, reason: str) -> None:
    restock(
        tx,
        Restock(
            center=demo_center(tx),
            actor=desk_actor(tx),
            product_id=_named(tx, name).id,
            pieces=pieces,
            reason=reason,
        ),
    )


def _count(tx: Tx) -> None:
    """Energy drinks run low by what is found."""
    product = _named(tx, "Energy drink 0.5 l")
    lines = [Counted(product.id, product.quantity - 5, product.quantity)]
    take_stock_count(
        tx,
        StockTake(
            center=demo_center(tx), actor=desk_actor(tx), lines=lines, reason="Monthly stock-take"
        ),
    )


def _named(read: Read, name: str) -> Product:
    return next(each for each in active_products(read, cafe_id()) if each.values.name == name)
