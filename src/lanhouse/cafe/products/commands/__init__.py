"""Making, changing and deleting products (cafe-domain 10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.queries import member_group_exists, pc_group_exists
from lanhouse.cafe.money.taxes import GOODS_TAXES
from lanhouse.cafe.offers.queries import offer_by_id
from lanhouse.cafe.products.commands.columns import product_columns
from lanhouse.cafe.products.commands.pictures import hide_product
from lanhouse.cafe.products.commands.stock import put_first_stock
from lanhouse.cafe.products.locks import lock_products
from lanhouse.cafe.products.queries import (
    combos_with,
    group_by_id,
    product_by_id,
    scanned_name,
)
from lanhouse.cafe.products.rules import STOCK_MAX, changed
from lanhouse.cafe.products.schemas import (
    PRINT_ID,
    ComboItem,
    Product,
    ProductValues,
    Source,
)
from lanhouse.cafe.products.tables import product_combo_items, products
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, NotFound, Refused
from lanhouse.kit.limits import MAX_PRODUCT
from lanhouse.kit.said import say

COMBO_ITEMS_MAX = 20
_NOT_THERE = say("Product not found")
_MINE = products.c.center_id == sa.bindparam("center")
_COUNT = static(
    sa.select(sa.func.count())
    .select_from(products)
    .where(_MINE, products.c.deleted_at.is_(None), products.c.id > 0)
)
_NEWEST = static(sa.select(sa.func.max(products.c.id)).where(_MINE))
_NAMED = static(
    sa.select(products.c.id).where(
        _MINE, products.c.deleted_at.is_(None), products.c.name_key == sa.bindparam("key")
    )
)
_INSERT = static(sa.insert(products))
_INSERT_ITEM = static(sa.insert(product_combo_items))


class NewProduct(msgspec.Struct, frozen=True, kw_only=True):
    """A product to make, with what is there of it."""

    center: Center
    actor: Actor
    values: ProductValues
    quantity: int = 0


class ProductChange(msgspec.Struct, frozen=True, kw_only=True):
    """New values for a product, by the names of ProductValues and of its window; what is not
    named stays."""

    center: Center
    product_id: int
    changes: Mapping[str, Any] = {}


class ComboItemGone(msgspec.Struct, frozen=True):
    """Take a product or offer out of a combo."""

    center: Center
    product_id: int
    source: Source
    item_id: int


def create_product(tx: Tx, new: NewProduct) -> Product:
    """Make a product. Raises InvalidInput by field, Refused at MAX_PRODUCT products."""
    center_id = new.center.id
    lock_center(tx, center_id)
    if tx.scalar(_COUNT, center=center_id) >= MAX_PRODUCT:
        raise Refused(say("A centre can have at most %(count)s products.", count=MAX_PRODUCT))
    values = _checked(tx, center_id, None, new.values)
    if not 0 <= new.quantity <= STOCK_MAX:
        raise InvalidInput({"quantity": say("must be between 0 and %(most)s", most=STOCK_MAX)})
    product_id = max(tx.scalar(_NEWEST, center=center_id) or 0, 0) + 1
    tx.run(
        _INSERT,
        center_id=center_id,
        id=product_id,
        quantity=0,
        created_at=tx.now,
        updated_at=tx.now,
        deleted_at=None,
        **product_columns(values),
    )
    _put_items(tx, center_id, product_id, values.combo)
    if new.quantity and not values.is_unlimited:
        put_first_stock(tx, new.center, new.actor, product_id, new.quantity)
    tx.audit("product", product_id, after=values)
    return _found(tx, center_id, product_id)


def change_product(tx: Tx, change: ProductChange) -> Product:
    """Change a product; its stock is not touched. Raises NotFound and InvalidInput by field."""
    center_id, product_id = change.center.id, change.product_id
    lock_center(tx, center_id)
    lock_products(tx, center_id, [product_id])
    before = _found(tx, center_id, product_id).values
    values = _checked(tx, center_id, product_id, changed(before, change.changes))
    if before.combo and not values.combo and "is_unlimited" not in change.changes:
        # Its own pieces are counted again from here on.
        values = replace(values, is_unlimited=False)
    tx.run(
        sa.update(products)
        .where(products.c.center_id == center_id, products.c.id == product_id)
        .values(updated_at=tx.now, **product_columns(values))
    )
    if values.combo != before.combo:
        tx.run(
            sa.delete(product_combo_items).where(
                product_combo_items.c.center_id == center_id,
                product_combo_items.c.combo_id == product_id,
            )
        )
        _put_items(tx, center_id, product_id, values.combo)
    tx.audit("product", product_id, before=before, after=values)
    return _found(tx, center_id, product_id)


def delete_product(tx: Tx, change: ProductChange) -> None:
    """Take a product out of the shop; what was sold stays known. Not the print, and nothing that
    a combo is made of.
    """
    center_id, product_id = change.center.id, change.product_id
    lock_center(tx, center_id)
    lock_products(tx, center_id, [product_id])
    found = _found(tx, center_id, product_id)
    if product_id == PRINT_ID:
        raise Refused(say("The print is part of the system; switch it off instead."))
    combos = combos_with(tx, center_id, Source.PRODUCT, product_id)
    if combos:
        raise Refused(say("It is a part of %(names)s.", names=", ".join(combos)))
    tx.run(
        sa.delete(product_combo_items).where(
            product_combo_items.c.center_id == center_id,
            product_combo_items.c.combo_id == product_id,
        )
    )
    tx.run(
        sa.update(products)
        .where(products.c.center_id == center_id, products.c.id == product_id)
        .values(deleted_at=tx.now)
    )
    hide_product(tx, center_id, product_id)
    tx.audit("product", product_id, before=found.values)


def remove_combo_item(tx: Tx, gone: ComboItemGone) -> Product:
    """Take a part out of a combo. Raises NotFound for a product or a part that is not there."""
    center_id = gone.center.id
    lock_center(tx, center_id)
    lock_products(tx, center_id, [gone.product_id])
    combo = _found(tx, center_id, gone.product_id).values.combo
    rest = tuple(
        item for item in combo if (item.source, item.item_id) != (gone.source, gone.item_id)
    )
    if rest == combo:
        raise NotFound(say("It is not a part of this product"))
    return change_product(
        tx,
        ProductChange(center=gone.center, product_id=gone.product_id, changes={"combo": rest}),
    )


def _found(tx: Tx, center_id: int, product_id: int) -> Product:
    product = product_by_id(tx, center_id, product_id)
    if product is None:
        raise NotFound(_NOT_THERE)
    return product


def _checked(
    tx: Tx, center_id: int, product_id: int | None, values: ProductValues
) -> ProductValues:
    """The values as they are kept, under the centre's lock. Raises InvalidInput by field."""
    errors: dict[str, str] = {}
    named = tx.scalar(_NAMED, center=center_id, key=values.name.casefold())
    if named is not None and named != product_id:
        errors["name"] = say("%(name)s already exists", name=values.name)
    scanned = scanned_name(tx, center_id, values.barcode, but_product_id=product_id)
    if scanned is not None:
        errors["barcode"] = say("is that of %(name)s", name=scanned)
    if group_by_id(tx, center_id, values.group_id) is None:
        errors["group_id"] = say("is not a product group of this centre")
    if values.tax_id not in (0, *GOODS_TAXES):
        errors["tax_id"] = say("must be 1, 2, 3, or 0 for none")
    for group_id in values.pc_group_ids:
        if not pc_group_exists(tx, center_id, group_id):
            errors["pc_group_ids"] = say("is not a PC group of this centre")
    for group_id in values.member_group_ids:
        if not member_group_exists(tx, center_id, group_id):
            errors["member_group_ids"] = say("is not a member group of this centre")
    if not 0 <= values.low_stock_at <= STOCK_MAX:
        errors["low_stock_at"] = say("must be between 0 and %(most)s", most=STOCK_MAX)
    reason = _combo_error(tx, center_id, product_id, values.combo)
    if reason:
        errors["combo"] = reason
    if errors:
        raise InvalidInput(errors)
    return replace(values, is_unlimited=True) if values.combo else values


def _combo_error(
    tx: Tx, center_id: int, product_id: int | None, combo: tuple[ComboItem, ...]
) -> str:
    """Why these cannot be the parts of a combo; empty when they can."""
    if len(combo) > COMBO_ITEMS_MAX:
        return say("must have at most %(count)s parts", count=COMBO_ITEMS_MAX)
    if len({(item.source, item.item_id) for item in combo}) < len(combo):
        return say("names a part twice")
    if combo and product_id is not None and combos_with(tx, center_id, Source.PRODUCT, product_id):
        return say("must be empty, because the product is a part of a combo itself")
    for item in combo:
        if not 1 <= item.quantity <= STOCK_MAX:
            return say("must have at least one piece of each part")
        if item.source == Source.OFFER:
            if offer_by_id(tx, center_id, item.item_id) is None:
                return say("names an offer that is not there")
            continue
        part = product_by_id(tx, center_id, item.item_id)
        if part is None or part.id == product_id:
            return say("names a product that is not there")
        if part.values.combo:
            return say("must not have a combo in it")
    return ""


def _put_items(tx: Tx, center_id: int, product_id: int, combo: tuple[ComboItem, ...]) -> None:
    for item in combo:
        tx.run(
            _INSERT_ITEM,
            center_id=center_id,
            combo_id=product_id,
            source=item.source,
            item_id=item.item_id,
            quantity=item.quantity,
        )
