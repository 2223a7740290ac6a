"""The panel's pages of the goods: their list, a product with its stock, adding and deleting."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.money.taxes import GOODS_TAXES, tax_of
from lanhouse.cafe.products import commands
from lanhouse.cafe.products.commands import NewProduct, ProductChange
from lanhouse.cafe.products.commands.exporting import note_export
from lanhouse.cafe.products.commands.stock import Restock, restock
from lanhouse.cafe.products.panel.forms import (
    FIELDS,
    ProductForm,
    changes_in,
    choices_of,
    empty_form,
    form_of,
    pieces_in,
    shown_of,
    tax_texts,
    values_in,
)
from lanhouse.cafe.products.queries import groups_of_center, product_by_id
from lanhouse.cafe.products.queries.listing import (
    MOVEMENT_LIST,
    PRODUCT_LIST,
    MovementSearch,
    ProductSearch,
    products_page,
)
from lanhouse.cafe.products.rules import is_sold_at
from lanhouse.cafe.products.schemas import PRINT_ID, Product, StockKind, StockLevel
from lanhouse.cafe.products.wire.native import PRODUCT_COLUMNS, LevelOut, product_lines
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, NotFound
from lanhouse.kit.inputs import Line, id_in_path
from lanhouse.kit.pages import CursorText, address
from lanhouse.kit.said import say
from lanhouse.web import i18n
from lanhouse.web.exports import sheet_file
from lanhouse.web.i18n import N_
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply, Stream

routes = PanelRoutes("Goods pages")
PATH = "/panel/products"
FOLDER = "cafe/products/templates"
_ROWS = 50
_HISTORY_ROWS = 20
_SORTS = {
    "name": "name",
    "group": "group_id",
    "price": "price_micros",
    "cost": "cost_micros",
    "left": "quantity",
}
"""The heading's name in the address -> the column of the list."""
_DONE = {
    "added": N_("Product added."),
    "saved": N_("Saved."),
    "stocked": N_("Stock is %(num)s now."),
    "deleted": N_("Product deleted."),
    "counted": N_("The count is entered."),
}
KINDS = {
    StockKind.OPENING: N_("First stock"),
    StockKind.RESTOCK: N_("Came in"),
    StockKind.DESTOCK: N_("Taken out"),
    StockKind.COUNT: N_("Counted"),
    StockKind.SALE: N_("Sold"),
    StockKind.RETURN: N_("Given back"),
}
"""What people call a movement."""


class ListIn(msgspec.Struct):
    """What the address of the list holds, so that back and share work; and what was just done."""

    search: Annotated[str, Meta(max_length=80)] = ""
    group: int | None = None
    stock: Literal["", "low", "sold_out"] = ""
    sort: Annotated[str, Meta(max_length=20)] = "name"
    descending: bool = False
    page: Annotated[int, Meta(ge=1, le=100_000)] = 1
    done: str = ""


class PageIn(msgspec.Struct):
    """Where the history begins; and what a form has just done, with the stock of then."""

    cursor: CursorText = ""
    done: str = ""
    level: int = 0


class StockForm(msgspec.Struct):
    """Pieces that came in or were taken out, and why."""

    pieces: Annotated[str, Meta(max_length=20)] = ""
    reason: Annotated[Line, Meta(max_length=255)] = ""
    is_taken: bool = False
    key: str = ""


@routes.get(PATH, right="products.view", summary="The list of goods")
async def products(call: CafeCall, data: ListIn) -> Reply:
    """Goods with prices and stock, fifty a page; chips choose a group or what runs low."""
    return await call.page(f"{FOLDER}/products.html", _list_values, call, data)


@routes.get(f"{PATH}.csv", right="products.edit", summary="The goods of the page as CSV")
@routes.get(f"{PATH}.xlsx", right="products.edit", summary="The same as XLSX")
async def products_file(call: CafeCall, data: ListIn) -> Stream:
    """All goods of the filters, newest first; taking them is written to the audit log."""
    search = msgspec.structs.replace(_search(call, data), sort_name="", is_descending=False)
    await call.run(note_export, None)
    return await sheet_file(
        call,
        f"products-{call.center.id}",
        PRODUCT_COLUMNS,
        lambda read, after: product_lines(read, search, after),
    )


@routes.get(f"{PATH}/add", right="products.edit", summary="Form: add a product")
async def add_page(call: CafeCall) -> Reply:
    """The empty form."""
    return await _add_form(call, empty_form())


@routes.post(f"{PATH}/add", right="products.edit", summary="Add a product")
async def add(call: CafeCall, data: ProductForm) -> Reply:
    """Add it once per form, or show the form again with the reasons."""
    try:
        new = NewProduct(
            center=call.center,
            actor=call.actor,
            values=values_in(data),
            quantity=pieces_in(data.quantity or "0", "quantity"),
        )
        await call.do(commands.create_product, new, _made, LevelOut, key=data.key or None)
    except AppError as error:
        return await _add_form(call, data, error)
    return _to(PATH, done="added", search=data.name)


@routes.get(f"{PATH}/{{product_id}}", right="products.view", summary="A product and its stock")
async def product_page(call: CafeCall, data: PageIn) -> Reply:
    """What it is, what is there, and what happened to it."""
    return await _product_page(call, await _product(call), data)


@routes.post(f"{PATH}/{{product_id}}/edit", right="products.edit", summary="Change a product")
async def edit(call: CafeCall, data: ProductForm) -> Reply:
    """Write what the form changed, and nothing that somebody else changed meanwhile."""
    product = await _product(call)
    try:
        change = ProductChange(center=call.center, product_id=product.id, changes=changes_in(data))
        await call.run(commands.change_product, change)
    except AppError as error:
        return await _product_page(call, product, PageIn(), form=data, error=error)
    return _to(f"{PATH}/{product.id}", done="saved")


@routes.post(f"{PATH}/{{product_id}}/stock", right="products.restock", summary="Change a stock")
async def change_stock(call: CafeCall, data: StockForm) -> Reply:
    """Put pieces in or take some out, once per form."""
    product = await _product(call)
    try:
        pieces = pieces_in(data.pieces, "pieces")
        cmd = Restock(
            center=call.center,
            actor=call.actor,
            product_id=product.id,
            pieces=-pieces if data.is_taken else pieces,
            reason=data.reason,
        )
        done = await call.do(restock, cmd, _level, LevelOut, key=data.key or None)
    except AppError as error:
        return await _product_page(call, product, PageIn(), stock=data, error=error)
    return _to(f"{PATH}/{product.id}", done="stocked", level=done.quantity)


@routes.post(f"{PATH}/{{product_id}}/delete", right="products.edit", summary="Delete a product")
async def delete(call: CafeCall) -> Reply:
    """Out of the shop; its history stays."""
    product = await _product(call)
    try:
        change = ProductChange(center=call.center, product_id=product.id)
        await call.run(commands.delete_product, change)
    except AppError as error:
        return await _product_page(call, product, PageIn(), error=error)
    return _to(PATH, done="deleted")


def _to(path: str, **choices: Any) -> Reply:
    kind = ListIn if path == PATH else PageIn
    return Reply().with_header("hx-redirect", address(path, kind(), **choices))


def _made(product: Product) -> LevelOut:
    return LevelOut(product.id, product.quantity)


def _level(level: StockLevel) -> LevelOut:
    return LevelOut(level.product_id, level.quantity)


async def _product(call: CafeCall) -> Product:
    missing = say("There is no page at this address.")
    product_id = id_in_path(call.path["product_id"], missing)
    found = await call.read(product_by_id, call.center.id, product_id)
    if found is None:
        raise NotFound(missing)
    return found


def _search(call: CafeCall, data: ListIn) -> ProductSearch:
    return ProductSearch(
        center_id=call.center.id,
        search_text=data.search.strip(),
        group_id=data.group,
        stock=data.stock,
        sort_name=_SORTS.get(data.sort, "name"),
        is_descending=data.descending,
    )


def _list_values(read: Read, call: CafeCall, data: ListIn) -> dict[str, Any]:
    search = _search(call, data)
    found = products_page(read, search, data.page, _ROWS)
    plain = ProductSearch(center_id=call.center.id)
    counts = {
        stock: PRODUCT_LIST.page(read, msgspec.structs.replace(plain, stock=stock), 1, 1).total
        for stock in ("low", "sold_out")
    }
    data.done, done = "", data.done
    first = (data.page - 1) * _ROWS + 1
    at = clock.now()
    return {
        "products": found.products,
        "total": found.total,
        "counts": counts,
        "groups": groups_of_center(read, call.center.id),
        "taxes": tax_texts(call),
        "has_taxes": _has_taxes(call),
        "is_sold_now": lambda values: is_sold_at(values, at, call.center.zone),
        "wanted": data,
        "address": lambda **changes: address(PATH, data, **changes),
        "files": {form: address(f"{PATH}.{form}", data, page=1) for form in ("csv", "xlsx")},
        "first": first,
        "last": first + len(found.products) - 1,
        "toast": toast_of(call, done),
    }


def _has_taxes(call: CafeCall) -> bool:
    """Whether the centre has set any tax of goods."""
    return any(tax_of(call.center.settings.payment, number).rate_micros for number in GOODS_TAXES)


def toast_of(call: CafeCall, done: str, **values: int) -> str:
    """What a form has just done, in the reader's language; empty for anything else."""
    if done not in _DONE:
        return ""
    return i18n.translations(call.view.language).gettext(_DONE[done]) % values


async def _add_form(call: CafeCall, data: ProductForm, error: AppError | None = None) -> Reply:
    errors, problem = errors_in_form(error, call.view.language, FIELDS)
    return call.html(
        f"{FOLDER}/add.html",
        status=200 if error is None else error.status,
        form=data,
        choices=await call.read(choices_of, call, None),
        errors=errors,
        problem=problem,
    )


async def _product_page(
    call: CafeCall,
    product: Product,
    data: PageIn,
    *,
    form: ProductForm | None = None,
    stock: StockForm | None = None,
    error: AppError | None = None,
) -> Reply:
    """The page of a product; a form that was refused comes back as it was sent."""
    errors, problem = errors_in_form(error, call.view.language, (*FIELDS, "pieces", "reason"))
    search = MovementSearch(center_id=call.center.id, product_id=product.id)
    after = MOVEMENT_LIST.cursor_sent(search, data.cursor)
    part = await call.read(MOVEMENT_LIST.part, search, after, _HISTORY_ROWS)
    older = MOVEMENT_LIST.cursor_text(search, part.after)
    return call.html(
        f"{FOLDER}/product.html",
        status=200 if error is None else error.status,
        product=product,
        is_print=product.id == PRINT_ID,
        form=form or form_of(product, call.center.currency),
        shown=form.shown if form else shown_of(form_of(product, call.center.currency)),
        stock=stock or StockForm(),
        choices=await call.read(choices_of, call, product),
        tax=tax_of(call.center.settings.payment, product.values.tax_id),
        tax_text=tax_texts(call)[product.values.tax_id],
        rows=part.rows,
        kinds=KINDS,
        is_first=not data.cursor,
        older=address(f"{PATH}/{product.id}", PageIn(), cursor=older) if older else "",
        errors=errors,
        problem=problem,
        toast=toast_of(call, data.done, num=data.level),
    )
