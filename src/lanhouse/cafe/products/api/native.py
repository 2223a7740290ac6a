"""Goods and their stock, native: lists by cursor, files, stock-takes, the history."""

from __future__ import annotations

import msgspec

from lanhouse.cafe.centers.call import CafeCall, NativeRoutes
from lanhouse.cafe.products import commands
from lanhouse.cafe.products.commands import NewProduct, ProductChange
from lanhouse.cafe.products.commands.exporting import note_export
from lanhouse.cafe.products.commands.stock import Restock, StockTake, restock, take_stock_count
from lanhouse.cafe.products.queries import product_by_id
from lanhouse.cafe.products.queries.listing import (
    MOVEMENT_LIST,
    PRODUCT_LIST,
    MovementSearch,
    ProductSearch,
    products_part,
)
from lanhouse.cafe.products.schemas import Product, StockLevel
from lanhouse.cafe.products.wire.native import (
    MOVEMENT_COLUMNS,
    PRODUCT_COLUMNS,
    SORT_NAMES,
    LevelOut,
    LevelsOut,
    MovementFilterIn,
    MovementsIn,
    MovementsOut,
    NewProductIn,
    ProductFilterIn,
    ProductListIn,
    ProductOut,
    ProductRowsOut,
    ProductValuesIn,
    StockIn,
    StockTakeIn,
    counted_of,
    movement_lines,
    movement_out,
    product_lines,
    product_out,
    values_of,
)
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput, NotFound
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.said import say
from lanhouse.web.exports import sheet_file
from lanhouse.web.replies import Nothing, Stream, Written, nothing

native = NativeRoutes("Products")
_NOT_THERE = say("Product not found")


@native.get("/products", right="products.view", summary="Products by cursor")
async def list_products(call: CafeCall, data: ProductListIn) -> ProductRowsOut:
    """With their stock, and what one piece costs with its tax."""
    if data.sort_name and data.sort_name not in SORT_NAMES:
        raise InvalidInput(
            {"sort_name": say("must be one of %(names)s", names=", ".join(SORT_NAMES))}
        )
    search = msgspec.structs.replace(
        _search(call, data),
        sort_name=SORT_NAMES.get(data.sort_name, ""),
        is_descending=data.is_descending,
    )
    after = PRODUCT_LIST.cursor_sent(search, data.cursor)
    part = await call.read(products_part, search, after, data.limit)
    at = clock.now()
    rows = [product_out(each, call.center, at) for each in part.products]
    return ProductRowsOut(rows, PRODUCT_LIST.cursor_text(search, part.after))


@native.get("/products.csv", right="products.edit", summary="Products as CSV, newest first")
@native.get("/products.xlsx", right="products.edit", summary="The same as XLSX")
async def export_products(call: CafeCall, data: ProductFilterIn) -> Stream:
    """All products of the filters, with what they cost the house. Each export is written to the
    audit log. A cell that a spreadsheet would take for a formula has a ' before it."""
    search = _search(call, data)
    await call.run(note_export, None)
    return await sheet_file(
        call,
        f"products-{call.center.id}",
        PRODUCT_COLUMNS,
        lambda read, after: product_lines(read, search, after),
    )


@native.get("/products/{product_id}", right="products.view", summary="One product")
async def get_product(call: CafeCall) -> ProductOut:
    """404 when there is none."""
    found = await call.point(product_by_id, call.center.id, _product_id(call))
    if found is None:
        raise NotFound(_NOT_THERE)
    return product_out(found, call.center, clock.now())


@native.post("/products", right="products.edit", summary="Make a product")
async def post_product(call: CafeCall, data: NewProductIn) -> Written[ProductOut]:
    """At most MAX_PRODUCT; names and barcodes are unique."""
    new = NewProduct(
        center=call.center, actor=call.actor, values=values_of(data), quantity=data.quantity
    )
    return await call.write(commands.create_product, new, _shape(call))


@native.put("/products/{product_id}", right="products.edit", summary="Replace a product")
async def put_product(call: CafeCall, data: ProductValuesIn) -> Written[ProductOut]:
    """All values are those of the body, or their defaults; the stock stays as it is."""
    values = values_of(data)
    changes = {name: getattr(values, name) for name in values.__struct_fields__}
    change = ProductChange(center=call.center, product_id=_product_id(call), changes=changes)
    return await call.write(commands.change_product, change, _shape(call))


@native.delete("/products/{product_id}", right="products.edit", summary="Delete a product")
async def remove_product(call: CafeCall) -> Written[Nothing]:
    """What was sold stays known."""
    change = ProductChange(center=call.center, product_id=_product_id(call))
    return await call.write(commands.delete_product, change, nothing)


@native.post(
    "/products/{product_id}/stock", right="products.restock", summary="Put pieces in, or take out"
)
async def post_stock(call: CafeCall, data: StockIn) -> Written[LevelOut]:
    """Below zero they went without a sale; that takes the right `products.correct_stock`."""
    cmd = Restock(
        center=call.center,
        actor=call.actor,
        product_id=_product_id(call),
        pieces=data.pieces,
        reason=data.reason,
    )
    return await call.write(restock, cmd, _level)


@native.post("/stock-takes", right="products.correct_stock", summary="Enter what was counted")
async def post_stock_take(call: CafeCall, data: StockTakeIn) -> Written[LevelsOut]:
    """Stocks change by the difference to what was expected, so that sales since then stay."""
    cmd = StockTake(
        center=call.center, actor=call.actor, lines=counted_of(data.lines), reason=data.reason
    )
    return await call.write(
        take_stock_count, cmd, lambda levels: LevelsOut([_level(each) for each in levels])
    )


@native.get("/stock-movements", right="products.view", summary="What changed stocks, newest first")
async def list_movements(call: CafeCall, data: MovementsIn) -> MovementsOut:
    """Of one product or of all."""
    search = MovementSearch(center_id=call.center.id, product_id=data.product_id, kind=data.kind)
    after = MOVEMENT_LIST.cursor_sent(search, data.cursor)
    part = await call.read(MOVEMENT_LIST.part, search, after, data.limit)
    rows = [movement_out(row) for row in part.rows]
    return MovementsOut(rows, MOVEMENT_LIST.cursor_text(search, part.after))


@native.get("/stock-movements.csv", right="products.edit", summary="What changed stocks, as CSV")
@native.get("/stock-movements.xlsx", right="products.edit", summary="The same as XLSX")
async def export_movements(call: CafeCall, data: MovementFilterIn) -> Stream:
    """All movements of the filters, newest first. Each export is written to the audit log."""
    search = MovementSearch(center_id=call.center.id, product_id=data.product_id, kind=data.kind)
    await call.run(note_export, None)
    return await sheet_file(
        call,
        f"stock-{call.center.id}",
        MOVEMENT_COLUMNS,
        lambda read, after: movement_lines(read, search, call.center, after),
    )


def _search(call: CafeCall, data: ProductFilterIn) -> ProductSearch:
    return ProductSearch(
        center_id=call.center.id,
        search_text=data.search,
        group_id=data.group_id,
        stock=data.stock,
        is_active=data.is_active,
    )


def _product_id(call: CafeCall) -> int:
    return id_in_path(call.path["product_id"], _NOT_THERE)


def _level(level: StockLevel) -> LevelOut:
    return LevelOut(level.product_id, level.quantity)


def _shape(call: CafeCall):
    at = clock.now()

    def shown(product: Product) -> ProductOut:
        return product_out(product, call.center, at)

    return shown
