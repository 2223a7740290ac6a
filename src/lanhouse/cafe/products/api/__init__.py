"""Goods on the café API (seed: Products; cafe-domain 10)."""

from __future__ import annotations

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes
from lanhouse.cafe.offers.queries import offers_of_center
from lanhouse.cafe.products import commands
from lanhouse.cafe.products.commands import ComboItemGone, NewProduct, ProductChange, importing
from lanhouse.cafe.products.commands.importing import ProductsImport
from lanhouse.cafe.products.commands.stock import Restock, restock
from lanhouse.cafe.products.queries import active_products, groups_of_center, product_by_id
from lanhouse.cafe.products.queries.listing import ProductSearch, products_page
from lanhouse.cafe.products.rules import changed, in_shop_order
from lanhouse.cafe.products.schemas import GroupPayments, Product, ProductValues
from lanhouse.cafe.products.sign_in import known_center
from lanhouse.cafe.products.wire import (
    SORT_NAMES,
    ComboPartIn,
    ImportIn,
    ImportOut,
    ProductChangeIn,
    ProductIn,
    ProductRow,
    ProductsIn,
    ProductsOut,
    RestockIn,
    RestockOut,
    changes_of,
    combo_part,
    payments_by_group,
    product_row,
    restock_out,
)
from lanhouse.cafe.products.wire.groups import ShopOut, shop_out
from lanhouse.db.store import Read, Tx
from lanhouse.kit.errors import InvalidInput, NotFound
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.pages import paging_info
from lanhouse.kit.said import say
from lanhouse.web.replies import Nothing, Written, nothing

routes = CafeRoutes("Products")
PRODUCTS_PER_PAGE = 50
_NOT_THERE = say("Product not found")


@routes.get(
    "/products",
    right="products.view",
    summary="Products, 50 a page",
    source="seed: Products, Get product lists",
)
async def list_products(call: CafeCall, data: ProductsIn) -> ProductsOut:
    """data {items[], paging_info}. Without sort_name the newest first."""
    if data.sort_name and data.sort_name not in SORT_NAMES:
        raise InvalidInput(
            {"sort_name": say("must be one of %(names)s", names=", ".join(SORT_NAMES))}
        )
    search = ProductSearch(
        center_id=call.center.id,
        search_text=data.search_text,
        group_id=data.product_group_id,
        sort_name=SORT_NAMES.get(data.sort_name, ""),
        is_descending=data.sort == "desc",
    )
    number = data.page or 1

    def found(read: Read) -> tuple[int, list[ProductRow]]:
        page = products_page(read, search, number, PRODUCTS_PER_PAGE)
        payments = payments_by_group(groups_of_center(read, call.center.id))
        return page.total, [
            product_row(each, payments[each.values.group_id]) for each in page.products
        ]

    total, rows = await call.read(found)
    return ProductsOut(
        rows, paging_info(total, number, PRODUCTS_PER_PAGE, sent=data.page is not None)
    )


@routes.get(
    "/orders/action/productList",
    right="orders.submit",
    summary="What the shop sells, goods and packages",
    source="cafe-wire: Orders and products",
)
async def shop(call: CafeCall) -> ShopOut:
    """data {product_group_list[], product_list[]}: all that is active, at any time of day; with
    `hide_sold_out_items` without what is sold out, for a PC's own token what seats may order."""
    at_seat = call.actor.kind == "device"

    def found(read: Read, center_id: int) -> ShopOut:
        products = [
            product
            for product in active_products(read, center_id)
            if product.values.is_sold_at_seats or not at_seat
        ]
        look = call.center.settings.shop
        return shop_out(
            groups_of_center(read, center_id),
            in_shop_order(products, look),
            in_shop_order(offers_of_center(read, center_id), look),
            hides_sold_out=call.center.settings.shop.hide_sold_out_items,
        )

    return await call.read(found, call.center.id)


@routes.get(
    "/products/{product_id}",
    right="products.view",
    summary="One product",
    source="seed: Products, Get product details",
)
async def get_product(call: CafeCall) -> ProductRow:
    """The product's row; refused with "Product not found" for an unknown number."""
    product_id = _product_id(call)

    def found(read: Read) -> ProductRow | None:
        product = product_by_id(read, call.center.id, product_id)
        return None if product is None else _shown(read, call.center.id, product)

    row = await call.point(found)
    if row is None:
        raise NotFound(_NOT_THERE)
    return row


@routes.post(
    "/products",
    right="products.edit",
    summary="Add a product",
    source="seed: Products, Add product",
)
async def add_product(call: CafeCall, data: ProductIn) -> Written[ProductRow]:
    """data: the new product's row."""
    values = changed(ProductValues(name=data.product_name), changes_of(data))
    new = NewProduct(center=call.center, actor=call.actor, values=values, quantity=data.product_qty)

    def create(tx: Tx, new: NewProduct) -> ProductRow:
        return _shown(tx, new.center.id, commands.create_product(tx, new))

    return await call.write(create, new)


@routes.put(
    "/products/{product_id}",
    right="products.edit",
    summary="Change a product",
    source="seed: Products, Update products",
)
async def put_product(call: CafeCall, data: ProductChangeIn) -> Written[ProductRow]:
    """data: the product's row. What is not sent stays; its pieces stay in any case."""
    change = ProductChange(
        center=call.center, product_id=_product_id(call), changes=changes_of(data)
    )

    def edit(tx: Tx, change: ProductChange) -> ProductRow:
        return _shown(tx, change.center.id, commands.change_product(tx, change))

    return await call.write(edit, change)


@routes.delete(
    "/products/{product_id}",
    right="products.edit",
    summary="Take a product out of the shop",
    source="seed: Products, Delete product",
)
async def remove_product(call: CafeCall) -> Written[Nothing]:
    """What was sold stays known. Refused for the print, and for a part of a combo."""
    change = ProductChange(center=call.center, product_id=_product_id(call))
    return await call.write(commands.delete_product, change, nothing)


@routes.get(
    "/products/{product_id}/restock",
    right="products.restock",
    summary="Put pieces into stock, or take some out",
    source="seed: Products, Restock",
)
async def restock_product(call: CafeCall, data: RestockIn) -> Written[RestockOut]:
    """data {product_id, product_qty}. Refused where nothing is counted, and below zero."""
    cmd = Restock(
        center=call.center,
        actor=call.actor,
        product_id=_product_id(call),
        pieces=data.restock_count,
        reason=data.comment,
    )
    return await call.write(restock, cmd, restock_out)


@routes.post(
    "/products/action/importProducts",
    right="products.edit",
    summary="Take the goods of another centre over",
    source="seed: Products, Import product",
)
async def import_products(call: CafeCall, data: ImportIn) -> Written[ImportOut]:
    """data {imported, left_out[]}. Without their pieces. Wrong passwords count like those of a
    sign-in."""
    other = await known_center(call, data.license_name, data.license_password)
    cmd = ProductsImport(center=call.center, actor=call.actor, other=other)
    return await call.write(
        importing.import_products, cmd, lambda done: ImportOut(done.count, done.left_out)
    )


@routes.delete(
    "/products/{combo_id}/productComboItem",
    right="products.edit",
    summary="Take a part out of a combo",
    source="seed: Products, Delete product combo item",
)
async def remove_combo_item(call: CafeCall, data: ComboPartIn) -> Written[ProductRow]:
    """data: the combo's row. The last part that goes leaves a product of its own."""
    source, item_id = combo_part(data.product_id, data.product_source)
    gone = ComboItemGone(call.center, _product_id(call, "combo_id"), source, item_id)

    def take_out(tx: Tx, gone: ComboItemGone) -> ProductRow:
        return _shown(tx, gone.center.id, commands.remove_combo_item(tx, gone))

    return await call.write(take_out, gone)


def _product_id(call: CafeCall, name: str = "product_id") -> int:
    return id_in_path(call.path[name].removeprefix("p-"), _NOT_THERE)


def _shown(read: Read, center_id: int, product: Product) -> ProductRow:
    payments: dict[int, GroupPayments] = payments_by_group(groups_of_center(read, center_id))
    return product_row(product, payments[product.values.group_id])
