"""Goods and their stock under the names of the business, for the native calls and files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.taxes import line_total, tax_of
from lanhouse.cafe.pricing.rules import Window, format_weekdays, format_window
from lanhouse.cafe.products.commands.stock import Counted
from lanhouse.cafe.products.queries import groups_of_center
from lanhouse.cafe.products.queries.listing import (
    MOVEMENT_LIST,
    MovementSearch,
    ProductSearch,
    products_part,
)
from lanhouse.cafe.products.rules import is_sold_at
from lanhouse.cafe.products.schemas import ComboItem, Product, ProductValues, Source, StockKind
from lanhouse.cafe.products.wire import (
    Barcode,
    Description,
    GroupIds,
    Name,
    Pieces,
    read_window,
)
from lanhouse.db.cursors import Cursor
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.inputs import Coins, FineAmount, Line
from lanhouse.kit.limits import EXPORT_ROWS
from lanhouse.kit.local_time import local_text
from lanhouse.kit.money import format_fixed, format_plain
from lanhouse.kit.pages import CursorText, RowsMax
from lanhouse.web.exports import Lines

SORT_NAMES = {
    "id": "id",
    "name": "name",
    "group": "group_id",
    "price": "price_micros",
    "cost": "cost_micros",
    "coin_price": "coin_price_micros",
    "quantity": "quantity",
    "barcode": "barcode",
    "updated_at": "updated_at",
}
"""What the list is ordered by, and what that is called here."""
PRODUCT_COLUMNS = (
    *("id", "name", "group", "price", "cost", "coin_price", "tax", "barcode", "quantity"),
    *("low_stock_at", "is_unlimited", "is_active", "is_adults_only", "sold_on", "sold_at"),
    *("description",),
)
"""The columns of the list as a file; those of an import are among them."""
MOVEMENT_COLUMNS = (
    *("time", "product", "kind", "pieces", "before", "after", "order", "reason", "staff"),
)

Quantity = Annotated[int, Meta(ge=-1_000_000_000, le=1_000_000_000)]
Reason = Annotated[Line, Meta(max_length=255)]


class ProductFilterIn(Struct, kw_only=True):
    """Which products: by group (with the system's -2 for coins, -4 promoted), stock, or text."""

    group_id: int | None = None
    search: Annotated[str, Meta(max_length=100)] = ""
    """In the name, or the whole barcode."""
    stock: Literal["", "low", "sold_out"] = ""
    """`low`: at or below its mark."""
    is_active: bool | None = None


class ProductListIn(ProductFilterIn, kw_only=True):
    """Filters, order, and a page by cursor."""

    cursor: CursorText = ""
    limit: RowsMax = 50
    sort_name: Annotated[str, Meta(max_length=50)] = ""
    """Without it the newest first."""
    is_descending: bool = False


class ComboItemIn(Struct):
    """So many pieces of a product or an offer inside one combo."""

    id: int
    source: Literal["product", "offer"] = "product"
    quantity: Annotated[int, Meta(ge=1, le=1_000_000_000)] = 1


class ProductValuesIn(Struct, kw_only=True):
    """What a product says. Prices have up to 6 decimals."""

    name: Name
    description: Description = ""
    group_id: int = 1
    price: FineAmount = 0
    cost: FineAmount = 0
    coin_price: Coins = 0
    """0 = it is not for coins."""
    tax_id: int = 1
    """1 to 3, 0 = none."""
    barcode: Barcode = ""
    sold_on: Annotated[str, Meta(max_length=40)] = "7|1|2|3|4|5|6|"
    """Weekdays, 7 = Sunday."""
    sold_at: Annotated[str, Meta(max_length=11)] = "00:00-24:00"
    pc_group_ids: GroupIds = []
    """Only at PCs of these groups; empty = everywhere."""
    member_group_ids: GroupIds = []
    """Only to these groups; empty = to everybody."""
    is_active: bool = True
    is_promoted: bool = False
    allows_discount: bool = True
    is_sold_at_seats: bool = True
    is_adults_only: bool = False
    is_unlimited: bool = False
    low_stock_at: Pieces = 0
    """Falling to so many pieces is told."""
    combo: Annotated[list[ComboItemIn], Meta(max_length=100)] = []


class NewProductIn(ProductValuesIn, kw_only=True):
    """A new product and how many pieces of it are there."""

    quantity: Pieces = 0


class StockIn(Struct):
    """Pieces that came in, or below zero those that went without a sale, for a reason then."""

    pieces: Quantity
    reason: Reason = ""


class CountedIn(Struct):
    """What was counted; `expected` is what the books said then, null: what they say now."""

    product_id: int
    counted: Pieces
    expected: Pieces | None = None


class StockTakeIn(Struct):
    """A stock-take: all of it or none."""

    lines: Annotated[list[CountedIn], Meta(max_length=500)]
    reason: Reason = ""


class MovementFilterIn(Struct, kw_only=True):
    """Whose movements."""

    product_id: int | None = None
    kind: Literal["", "opening", "restock", "destock", "count", "sale", "return"] = ""


class MovementsIn(MovementFilterIn, kw_only=True):
    """Whose movements, and a page by cursor."""

    cursor: CursorText = ""
    limit: RowsMax = 50


class ComboItemOut(Struct):
    """A part of a combo; `left` is null where nothing is counted."""

    id: int
    source: Source
    name: str
    quantity: int
    left: int | None


class ProductOut(Struct, kw_only=True):
    """A product. Amounts are decimal text; `price_to_pay` and `tax` are of one piece, with the tax
    that the centre has set. `left` is null where it can be sold without end."""

    id: int
    name: str
    description: str
    group_id: int
    price: str
    price_to_pay: str
    tax: str
    cost: str
    coin_price: str
    tax_id: int
    barcode: str
    sold_on: str
    sold_at: str
    pc_group_ids: list[int]
    member_group_ids: list[int]
    is_active: bool
    is_promoted: bool
    allows_discount: bool
    is_sold_at_seats: bool
    is_adults_only: bool
    is_unlimited: bool
    quantity: int
    left: int | None
    low_stock_at: int
    is_low: bool
    is_sold_out: bool
    is_on_sale: bool
    """At this time of day."""
    combo: list[ComboItemOut]
    picture_url: str
    """Of its picture; empty: it has none."""
    updated_at: datetime


class ProductRowsOut(Struct):
    """A page; `next_cursor` asks for the next one, null at the end."""

    rows: list[ProductOut]
    next_cursor: str | None


class LevelOut(Struct):
    """How many pieces are there now."""

    product_id: int
    quantity: int


class LevelsOut(Struct):
    """What was counted, as it is now."""

    levels: list[LevelOut]


class MovementOut(Struct, kw_only=True):
    """A movement of a stock. `sold_id` is the product as it was sold, of a combo the combo."""

    id: int
    product_id: int
    product_name: str
    at: datetime
    kind: StockKind
    pieces: int
    before: int
    after: int
    order_id: int | None
    sold_id: int | None
    sold_quantity: int | None
    reason: str
    staff_id: int
    staff_name: str


class MovementsOut(Struct):
    """A page, newest first; `next_cursor` asks for the next one, null at the end."""

    rows: list[MovementOut]
    next_cursor: str | None


def values_of(data: ProductValuesIn) -> ProductValues:
    """For the commands. Raises InvalidInput by field."""
    errors: dict[str, str] = {}
    window = read_window(data.sold_on, data.sold_at, ("sold_on", "sold_at"), errors)
    if errors:
        raise InvalidInput(errors)
    return ProductValues(
        name=data.name,
        description=data.description,
        group_id=data.group_id,
        price_micros=data.price,
        cost_micros=data.cost,
        coin_price_micros=data.coin_price,
        tax_id=data.tax_id,
        barcode=data.barcode,
        window=Window(**window),
        pc_group_ids=tuple(sorted(set(data.pc_group_ids))),
        member_group_ids=tuple(sorted(set(data.member_group_ids))),
        is_active=data.is_active,
        is_promoted=data.is_promoted,
        allows_discount=data.allows_discount,
        is_sold_at_seats=data.is_sold_at_seats,
        is_adults_only=data.is_adults_only,
        is_unlimited=data.is_unlimited,
        low_stock_at=data.low_stock_at,
        combo=tuple(ComboItem(Source(part.source), part.id, part.quantity) for part in data.combo),
    )


def counted_of(lines: Sequence[CountedIn]) -> list[Counted]:
    """For the command."""
    return [Counted(line.product_id, line.counted, line.expected) for line in lines]


def product_out(product: Product, center: Center, at: datetime) -> ProductOut:
    """A product as it is at `at`."""
    values = product.values
    tax = tax_of(center.settings.payment, values.tax_id)
    total = line_total(values.price_micros, 1, tax, currency=center.currency)
    return ProductOut(
        id=product.id,
        name=values.name,
        description=values.description,
        group_id=values.group_id,
        price=format_plain(values.price_micros),
        price_to_pay=format_fixed(total.total_micros),
        tax=format_fixed(total.tax_micros),
        cost=format_plain(values.cost_micros),
        coin_price=format_plain(values.coin_price_micros),
        tax_id=values.tax_id,
        barcode=values.barcode,
        sold_on=format_weekdays(values.window.weekdays),
        sold_at=format_window(values.window.from_minute, values.window.to_minute),
        pc_group_ids=list(values.pc_group_ids),
        member_group_ids=list(values.member_group_ids),
        is_active=values.is_active,
        is_promoted=values.is_promoted,
        allows_discount=values.allows_discount,
        is_sold_at_seats=values.is_sold_at_seats,
        is_adults_only=values.is_adults_only,
        is_unlimited=values.is_unlimited,
        quantity=product.quantity,
        left=product.left,
        low_stock_at=values.low_stock_at,
        is_low=product.is_low,
        is_sold_out=product.is_sold_out,
        is_on_sale=is_sold_at(values, at, center.zone),
        combo=[
            ComboItemOut(
                part.item.item_id, part.item.source, part.name, part.item.quantity, part.left
            )
            for part in product.parts
        ],
        picture_url=product.picture_url,
        updated_at=product.updated_at,
    )


def movement_out(row: Row) -> MovementOut:
    """A row of the history."""
    return MovementOut(**{name: getattr(row, name) for name in MovementOut.__struct_fields__})


def product_lines(read: Read, search: ProductSearch, after: Cursor | None) -> Lines[Cursor]:
    """The next lines of the list as a file."""
    names = {group.id: group.values.name for group in groups_of_center(read, search.center_id)}
    part = products_part(read, search, after, EXPORT_ROWS)
    return Lines([_product_line(each, names) for each in part.products], part.after)


def movement_lines(
    read: Read, search: MovementSearch, center: Center, after: Cursor | None
) -> Lines[Cursor]:
    """The next lines of the history as a file; times are on the centre's clock."""
    part = MOVEMENT_LIST.part(read, search, after, EXPORT_ROWS)
    return Lines([_movement_line(row, center) for row in part.rows], part.after)


def _product_line(product: Product, groups: dict[int, str]) -> list[str]:
    values = product.values
    return [
        str(product.id),
        values.name,
        groups[values.group_id],
        format_plain(values.price_micros),
        format_plain(values.cost_micros),
        format_plain(values.coin_price_micros),
        str(values.tax_id),
        values.barcode,
        "" if values.is_unlimited else str(product.quantity),
        str(values.low_stock_at),
        str(int(values.is_unlimited)),
        str(int(values.is_active)),
        str(int(values.is_adults_only)),
        format_weekdays(values.window.weekdays),
        format_window(values.window.from_minute, values.window.to_minute),
        values.description,
    ]


def _movement_line(row: Row, center: Center) -> list[str]:
    return [
        local_text(row.at, center.zone),
        row.product_name,
        row.kind,
        str(row.pieces),
        str(row.before),
        str(row.after),
        "" if row.order_id is None else str(row.order_id),
        row.reason,
        row.staff_name,
    ]
