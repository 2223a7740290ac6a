"""The list of products and the history of their stock (db/listing)."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.products.queries import PICTURE_KEY, WITH_PICTURES, products_of
from lanhouse.cafe.products.schemas import ALL, COINS, PROMOTED, Product, StockKind
from lanhouse.cafe.products.tables import products, stock_movements
from lanhouse.db.cursors import Cursor
from lanhouse.db.listing import Column, Condition, Listing, Order, Wanted, by, holds, is_number
from lanhouse.db.store import Read

LOW, SOLD_OUT = "low", "sold_out"
_p = products.c
_m = stock_movements.c


class ProductSearch(Wanted, frozen=True, kw_only=True):
    """Which products, in which order."""

    center_id: int
    group_id: int | None = None
    """A group, or one of the system's that choose: COINS, PROMOTED, ALL; None: all."""
    stock: str = ""
    """LOW or SOLD_OUT: only what is at its mark, or gone."""
    is_active: bool | None = None
    is_counted: bool = False
    """Only what has pieces of its own."""


class ProductPage(msgspec.Struct, frozen=True):
    """How many products there are in all pages, and those of one."""

    total: int
    products: list[Product]


class ProductPart(msgspec.Struct, frozen=True):
    """Some products, and where the next ones begin; None at the end."""

    products: list[Product]
    after: Cursor | None


class MovementSearch(Wanted, frozen=True, kw_only=True):
    """Whose movements, newest first; `product_id` None: of all products."""

    center_id: int
    product_id: int | None = None
    kind: str = ""


def products_page(read: Read, search: ProductSearch, page: int, rows_max: int) -> ProductPage:
    """A page of the list; no products when it lies past the end."""
    found = PRODUCT_LIST.page(read, search, page, rows_max)
    return ProductPage(found.total, products_of(read, search.center_id, found.rows))


def products_part(
    read: Read, search: ProductSearch, after: Cursor | None, rows_max: int
) -> ProductPart:
    """The next products behind a cursor, None at first."""
    found = PRODUCT_LIST.part(read, search, after, rows_max)
    return ProductPart(products_of(read, search.center_id, found.rows), found.after)


def _conditions(search: ProductSearch) -> list[Condition]:
    found: list[Condition] = [_p.center_id == search.center_id, _p.deleted_at.is_(None)]
    if search.group_id == PROMOTED:
        found.append(_p.is_promoted)
    elif search.group_id == COINS:
        found.append(_p.coin_price_micros > 0)
    elif search.group_id not in (None, ALL):
        found.append(_p.group_id == search.group_id)
    if search.stock == LOW:
        found += [_p.is_unlimited.is_(False), _p.quantity <= _p.low_stock_at]
    elif search.stock == SOLD_OUT:
        found += [_p.is_unlimited.is_(False), _p.quantity == 0]
    if search.is_counted:
        found.append(_p.is_unlimited.is_(False))
    if search.is_active is not None:
        found.append(_p.is_active.is_(search.is_active))
    return found


def _in_name(_: ProductSearch, text: str) -> Condition:
    return _p.name_key.contains(text.casefold(), autoescape=True)


def _anywhere(search: ProductSearch, text: str) -> Condition:
    return _in_name(search, text) | (_p.barcode == text)


def _movements(search: MovementSearch) -> list[Condition]:
    found: list[Condition] = [_m.center_id == search.center_id]
    if search.product_id is not None:
        found.append(_m.product_id == search.product_id)
    if search.kind:
        found.append(_m.kind == search.kind)
        if search.kind != StockKind.SALE:
            # Says that the index of what is no sale has it, which a parameter does not.
            found.append(_m.kind != sa.literal_column(f"'{StockKind.SALE.value}'"))
    return found


PRODUCT_LIST: Listing[ProductSearch] = Listing(
    _p.id,
    Column("id", by(_p.id), is_number(_p.id)),
    Column("name", by(_p.name_key), _in_name),
    Column("group_id", by(_p.group_id), is_number(_p.group_id)),
    Column("price_micros", by(_p.price_micros)),
    Column("cost_micros", by(_p.cost_micros)),
    Column("coin_price_micros", by(_p.coin_price_micros)),
    Column("quantity", by(_p.quantity), is_number(_p.quantity)),
    Column("barcode", by(_p.barcode), holds(_p.barcode)),
    Column("is_active", by(_p.is_active)),
    Column("is_promoted", by(_p.is_promoted)),
    Column("updated_at", by(_p.updated_at)),
    conditions=_conditions,
    anywhere=_anywhere,
    usual=Order((_p.created_at,)),
    shown=lambda search, page: sa.select(products, PICTURE_KEY).select_from(
        page.join(WITH_PICTURES, (_p.center_id == search.center_id) & (_p.id == page.c.id))
    ),
)

MOVEMENT_LIST: Listing[MovementSearch] = Listing(
    _m.id,
    Column("id", by(_m.id), is_number(_m.id)),
    conditions=_movements,
    usual=Order((_m.id,)),
    shown=lambda _, page: sa.select(stock_movements, _p.name.label("product_name")).select_from(
        page.join(stock_movements, _m.id == page.c.id).join(
            products, (_p.center_id == _m.center_id) & (_p.id == _m.product_id)
        )
    ),
)
