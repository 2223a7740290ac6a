"""Goods as the café API takes and shows them (cafe-domain 10; cafe-wire, Orders and products)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from lanhouse.cafe.pricing.rules import (
    format_weekdays,
    format_window,
    parse_weekdays,
    parse_window,
)
from lanhouse.cafe.products.schemas import (
    ComboItem,
    GroupPayments,
    Product,
    ProductGroup,
    Source,
    StockLevel,
)
from lanhouse.kit.errors import InvalidInput, NotFound
from lanhouse.kit.inputs import Coins, FineAmount, Line, Secret, also, id_in_path, means
from lanhouse.kit.money import format_fixed
from lanhouse.kit.pages import PageNumber, PagingInfo
from lanhouse.kit.said import say

PRICE_PLACES = 10
"""Decimals of a product's price and cost (cafe-wire 0)."""
_PREFIXES = {"p-": Source.PRODUCT, "o-": Source.OFFER}
_SOURCES = {"product": Source.PRODUCT, "p": Source.PRODUCT, "offer": Source.OFFER}
_SOURCES["o"] = Source.OFFER
_NO_SUCH_PART = say("must be a product or an offer such as p-1 or o-1")
_EVERYBODY = 0
"""What groups are called that mean all of them: `["0"]` (cafe-domain 0)."""
SORT_NAMES = {
    "product_id": "id",
    "product_name": "name",
    "product_group_id": "group_id",
    "product_price": "price_micros",
    "product_cost": "cost_micros",
    "product_coin_price": "coin_price_micros",
    "product_qty": "quantity",
    "product_barcode": "barcode",
    "product_is_active": "is_active",
    "product_is_promoted": "is_promoted",
    "product_update": "updated_at",
}
"""What the list is ordered by, and what that is called here."""

Name = Annotated[Line, Meta(min_length=1, max_length=100)]
Description = Annotated[str, Meta(max_length=1000)]
Barcode = Annotated[Line, Meta(max_length=50)]
Pieces = Annotated[int, Meta(ge=0, le=1_000_000_000)]
GroupIds = Annotated[list[int], Meta(max_length=200)]


class ProductsIn(Struct):
    """Filters of the list. `product_group_id` takes the system's -2 (for coins), -3 (all) and -4
    (promoted) too; packages (-1) are in `offers`. `page` counts from 1."""

    product_group_id: int | None = None
    search_text: Annotated[str, Meta(max_length=100)] = ""
    sort_name: Annotated[str, Meta(max_length=50)] = ""
    sort: Literal["asc", "desc"] = "asc"
    page: PageNumber | None = None


class ComboItemIn(Struct):
    """A part of a combo: `p-1`, `o-1`, or a number and what it is the number of."""

    product_id: Annotated[Line, Meta(max_length=20)]
    product_source: Annotated[Line, Meta(max_length=10)] = ""
    """`product` (the usual one) or `offer`."""
    qty: Annotated[int, Meta(ge=1, le=1_000_000_000)] = 1


class ProductChangeIn(Struct, kw_only=True):
    """New values of a product; what is not sent stays. Its stock changes by restock alone."""

    product_name: Annotated[Name | None, means("name")] = None
    product_group_id: Annotated[int | None, means("group_id")] = None
    product_description: Annotated[Description | UnsetType | None, means("description")] = UNSET
    product_price: Annotated[FineAmount | None, means("price")] = None
    """Up to 6 decimals."""
    product_cost: Annotated[FineAmount | None, means("cost")] = None
    """Up to 6 decimals."""
    product_coin_price: Annotated[Coins | None, means("coin_price")] = None
    """0 = it is not for coins."""
    product_tax_id: Annotated[int | None, means("tax_id")] = None
    """1 to 3, 0 = none."""
    product_barcode: Annotated[Barcode | UnsetType | None, means("barcode")] = UNSET
    product_unlimited: Annotated[bool | None, means("is_unlimited")] = None
    product_low_stock: Annotated[Pieces | None, means("low_stock_at")] = None
    """Falling to so many pieces is told in the log (RESTOCKNOTIFY). Ours."""
    product_enable_client: bool | None = None
    product_enable_discount: bool | None = None
    product_is_active: bool | None = None
    product_is_promoted: bool | None = None
    product_adult_only: bool | None = None
    product_show_weekday: Annotated[str, Meta(max_length=40)] | None = None
    product_show_time: Annotated[str, Meta(max_length=11)] | None = None
    product_pc_groups: Annotated[
        GroupIds | None, also("product_pc_group"), means("pc_group_ids")
    ] = None
    """A list or its JSON text; `["0"]` = everywhere."""
    product_member_groups: Annotated[
        GroupIds | None, also("product_member_group"), means("member_group_ids")
    ] = None
    """A list or its JSON text; `["0"]` = everybody."""
    product_combo: Annotated[
        Annotated[list[ComboItemIn], Meta(max_length=100)] | UnsetType | None, means("combo")
    ] = UNSET
    """What one piece is made of; null or [] = it is no combo."""


class ProductIn(ProductChangeIn, kw_only=True):
    """A new product. `product_qty` pieces are there from the beginning."""

    product_name: Annotated[Name, means("name")]  # type: ignore[assignment]
    product_qty: Annotated[Pieces, means("quantity")] = 0


class RestockIn(Struct):
    """So many pieces came in, or with a minus went without a sale; `comment` says why."""

    restock_count: Annotated[int, means("pieces")]
    comment: Annotated[str, means("reason")] = ""


class ComboPartIn(Struct):
    """Which part of a combo."""

    product_id: Annotated[Line, Meta(max_length=20)]
    """`p-1`, `o-1`, or a number and what it is the number of."""
    product_source: Annotated[Line, Meta(max_length=10)] = ""
    """`product` (the usual one) or `offer`."""


class ImportIn(Struct):
    """Another centre of this server, by its licence name and licence password."""

    license_name: Annotated[Line, Meta(min_length=1, max_length=100)]
    license_password: Annotated[Secret, Meta(min_length=1, max_length=1024)]


class ImportOut(Struct):
    """How many products came; the names of those that did not: in use here, or combos whose parts
    are not here."""

    imported: int
    left_out: list[str]


class ComboItemRow(Struct):
    """A part of a combo."""

    product_id: str
    product_source: str
    product_name: str
    qty: int


class ProductRow(Struct, kw_only=True):
    """A product. Price and cost are text with 10 decimals, `product_update` seconds since 1970.

    Of a combo `product_qty` is what its parts suffice for.
    """

    product_id: int
    product_name: str
    product_description: str
    product_group_id: int
    product_qty: int
    product_unlimited: int
    product_low_stock: int
    product_price: str
    product_cost: str
    product_coin_price: str
    product_tax_id: int
    product_barcode: str
    product_enable_code: int
    """1: it has a barcode."""
    product_enable_client: int
    product_enable_discount: int
    product_is_active: int
    product_is_promoted: int
    product_adult_only: int
    product_combo: list[ComboItemRow] | None
    product_show_weekday: str
    product_show_time: str
    product_pc_group: str
    product_pc_groups: str
    product_member_group: str
    product_member_groups: str
    product_group_payment_method: str
    product_icon: None
    product_has_image: int
    has_image: int
    product_update: int


class ProductsOut(Struct):
    """A page of the products."""

    items: list[ProductRow]
    paging_info: PagingInfo


class RestockOut(Struct):
    """How many pieces are there now."""

    product_id: int
    product_qty: int


def product_row(product: Product, payments: GroupPayments) -> ProductRow:
    """A row of `GET /products`; `payments` are those of its group."""
    values, left = product.values, product.left
    pc_groups, member_groups = (
        groups_text(values.pc_group_ids),
        groups_text(values.member_group_ids),
    )
    return ProductRow(
        product_id=product.id,
        product_name=values.name,
        product_description=values.description,
        product_group_id=values.group_id,
        product_qty=shown_quantity(product),
        product_unlimited=int(left is None),
        product_low_stock=values.low_stock_at,
        product_price=format_fixed(values.price_micros, PRICE_PLACES),
        product_cost=format_fixed(values.cost_micros, PRICE_PLACES),
        product_coin_price=format_fixed(values.coin_price_micros),
        product_tax_id=values.tax_id,
        product_barcode=values.barcode,
        product_enable_code=int(bool(values.barcode)),
        product_enable_client=int(values.is_sold_at_seats),
        product_enable_discount=int(values.allows_discount),
        product_is_active=int(values.is_active),
        product_is_promoted=int(values.is_promoted),
        product_adult_only=int(values.is_adults_only),
        product_combo=combo_rows(product) or None,
        product_show_weekday=format_weekdays(values.window.weekdays),
        product_show_time=format_window(values.window.from_minute, values.window.to_minute),
        product_pc_group=pc_groups,
        product_pc_groups=pc_groups,
        product_member_group=member_groups,
        product_member_groups=member_groups,
        product_group_payment_method=payments_text(payments),
        product_icon=None,
        product_has_image=int(bool(product.picture_key)),
        has_image=int(bool(product.picture_key)),
        product_update=int(product.updated_at.timestamp()),
    )


def shown_quantity(product: Product) -> int:
    """Pieces as the wire tells them: of a combo what its parts suffice for, 0 without an end."""
    return (product.left or 0) if product.parts else product.quantity


def payments_by_group(groups: list[ProductGroup]) -> dict[int, GroupPayments]:
    """How the goods of each group may be paid."""
    return {group.id: group.values.payments for group in groups}


def restock_out(level: StockLevel) -> RestockOut:
    """The stock after a restock."""
    return RestockOut(level.product_id, level.quantity)


def payments_text(payments: GroupPayments) -> str:
    """`product_group_payment_method`, the JSON text {"guest": […], "member": […]}."""
    return msgspec.json.format(msgspec.json.encode(payments), indent=0).decode()


def groups_text(ids: tuple[int, ...]) -> str:
    """Ids of groups as JSON text, `["3", "5"]`; `["0"]` = all of them."""
    return msgspec.json.encode([str(each) for each in ids or (_EVERYBODY,)]).decode()


def changes_of(data: ProductChangeIn) -> dict[str, Any]:
    """What was sent, by the names of ProductValues. Raises InvalidInput by field."""
    named = {
        "name": data.product_name,
        "group_id": data.product_group_id,
        "price_micros": data.product_price,
        "cost_micros": data.product_cost,
        "coin_price_micros": data.product_coin_price,
        "tax_id": data.product_tax_id,
        "is_unlimited": data.product_unlimited,
        "low_stock_at": data.product_low_stock,
        "is_sold_at_seats": data.product_enable_client,
        "allows_discount": data.product_enable_discount,
        "is_active": data.product_is_active,
        "is_promoted": data.product_is_promoted,
        "is_adults_only": data.product_adult_only,
        "pc_group_ids": _group_ids(data.product_pc_groups),
        "member_group_ids": _group_ids(data.product_member_groups),
    }
    changes: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    if data.product_description is not UNSET:
        changes["description"] = data.product_description or ""
    if data.product_barcode is not UNSET:
        changes["barcode"] = data.product_barcode or ""
    errors: dict[str, str] = {}
    if not isinstance(data.product_combo, UnsetType):
        try:
            changes["combo"] = tuple(
                ComboItem(*combo_part(item.product_id, item.product_source), item.qty)
                for item in data.product_combo or ()
            )
        except NotFound:
            errors["product_combo"] = _NO_SUCH_PART
    changes |= read_window(
        data.product_show_weekday,
        data.product_show_time,
        ("product_show_weekday", "product_show_time"),
        errors,
    )
    if errors:
        raise InvalidInput(errors)
    return changes


def combo_part(text: str, source: str = "") -> tuple[Source, int]:
    """What `p-1`, `o-1` or a number means. Raises NotFound for what can be none."""
    kind = _SOURCES.get(source.casefold(), Source.PRODUCT if not source else None)
    if text[:2] in _PREFIXES:
        kind, text = _PREFIXES[text[:2]], text[2:]
    if kind is None:
        raise NotFound(_NO_SUCH_PART)
    return kind, id_in_path(text, _NO_SUCH_PART)


def read_window(
    weekdays: str | None, time: str | None, names: tuple[str, str], errors: dict[str, str]
) -> dict[str, Any]:
    """The parts of a time of sale by the names of Window, of those texts that are there; what is
    wrong is put into `errors` under the field `names`."""
    found: dict[str, Any] = {}
    try:
        if weekdays is not None:
            found["weekdays"] = parse_weekdays(weekdays, names[0])
    except InvalidInput as wrong:
        errors.update(wrong.fields)
    try:
        if time is not None:
            found["from_minute"], found["to_minute"] = parse_window(time, names[1])
    except InvalidInput as wrong:
        errors.update(wrong.fields)
    return found


def _group_ids(sent: list[int] | None) -> tuple[int, ...] | None:
    if sent is None:
        return None
    return () if _EVERYBODY in sent else tuple(sorted(set(sent)))


def combo_rows(product: Product) -> list[ComboItemRow]:
    """What a combo is made of."""
    return [
        ComboItemRow(
            f"{'p' if part.item.source == Source.PRODUCT else 'o'}-{part.item.item_id}",
            part.item.source,
            part.name,
            part.item.quantity,
        )
        for part in product.parts
    ]
