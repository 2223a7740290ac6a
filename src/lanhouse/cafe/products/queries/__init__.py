"""Finding product groups and products, with what combos are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.groups.rules import group_ids
from lanhouse.cafe.offers.queries import offer_by_barcode
from lanhouse.cafe.offers.tables import offers
from lanhouse.cafe.pricing.rules import Window, parse_weekdays
from lanhouse.cafe.products.rules import with_packages
from lanhouse.cafe.products.schemas import (
    ComboItem,
    GroupPayments,
    GroupValues,
    Part,
    Product,
    ProductGroup,
    ProductValues,
    Sets,
    Source,
)
from lanhouse.cafe.products.tables import (
    product_combo_items,
    product_groups,
    product_pictures,
    products,
)
from lanhouse.db.statements import Row, among, static
from lanhouse.db.store import Read

_CENTER = sa.bindparam("center")
_GROUPS = static(
    sa.select(product_groups)
    .where(product_groups.c.center_id == _CENTER)
    .order_by(product_groups.c.id)
)
_GROUP = static(
    sa.select(product_groups).where(
        product_groups.c.center_id == _CENTER, product_groups.c.id == sa.bindparam("group")
    )
)
WITH_PICTURES = products.outerjoin(
    product_pictures,
    (product_pictures.c.center_id == products.c.center_id)
    & (product_pictures.c.product_id == products.c.id),
)
PICTURE_KEY = product_pictures.c.file_key.label("picture_key")
"""Beside a row of products, for products_of()."""
_ROWS = sa.select(products, PICTURE_KEY).select_from(WITH_PICTURES)
_THERE = (products.c.center_id == _CENTER) & products.c.deleted_at.is_(None)
_PRODUCT = static(_ROWS.where(_THERE, products.c.id == sa.bindparam("product")))
_BY_BARCODE = static(_ROWS.where(_THERE, products.c.barcode == sa.bindparam("barcode")))
_ACTIVE = static(
    _ROWS.where(_THERE, products.c.is_active).order_by(products.c.group_id, products.c.name_key)
)
_OF_CENTER = static(_ROWS.where(_THERE).order_by(products.c.id))
_ITEMS = static(
    sa.select(
        product_combo_items,
        products.c.name.label("product_name"),
        products.c.is_unlimited,
        products.c.quantity.label("left"),
        offers.c.name.label("offer_name"),
        offers.c.is_active.label("is_offer_sold"),
    )
    .select_from(
        product_combo_items.outerjoin(
            products,
            (product_combo_items.c.source == Source.PRODUCT)
            & (products.c.center_id == product_combo_items.c.center_id)
            & (products.c.id == product_combo_items.c.item_id),
        ).outerjoin(
            offers,
            (product_combo_items.c.source == Source.OFFER)
            & (offers.c.center_id == product_combo_items.c.center_id)
            & (offers.c.id == product_combo_items.c.item_id),
        )
    )
    .where(product_combo_items.c.center_id == _CENTER, among(product_combo_items.c.combo_id, "ids"))
    .order_by(
        product_combo_items.c.combo_id,
        product_combo_items.c.source.desc(),
        product_combo_items.c.item_id,
    )
)
_PACKAGED = static(
    sa.select(product_combo_items)
    .where(product_combo_items.c.center_id == _CENTER, among(product_combo_items.c.combo_id, "ids"))
    .order_by(
        product_combo_items.c.combo_id, product_combo_items.c.source, product_combo_items.c.item_id
    )
)
_COMBOS_WITH = static(
    sa.select(products.c.name)
    .select_from(
        product_combo_items.join(
            products,
            (products.c.center_id == product_combo_items.c.center_id)
            & (products.c.id == product_combo_items.c.combo_id),
        )
    )
    .where(
        product_combo_items.c.center_id == _CENTER,
        product_combo_items.c.source == sa.bindparam("source"),
        product_combo_items.c.item_id == sa.bindparam("item"),
    )
    .order_by(products.c.name_key)
    .limit(10)
)


_SETS = static(
    _ROWS.where(
        _THERE,
        products.c.is_active,
        products.c.id.in_(
            sa.select(product_combo_items.c.combo_id).where(
                product_combo_items.c.center_id == _CENTER,
                (
                    (product_combo_items.c.source == Source.PRODUCT.value)
                    & among(product_combo_items.c.item_id, "items")
                )
                | (
                    (product_combo_items.c.source == Source.OFFER.value)
                    & among(product_combo_items.c.item_id, "offers")
                ),
            )
        ),
    ).order_by(products.c.id)
)


def groups_of_center(read: Read, center_id: int) -> list[ProductGroup]:
    """Every group with a row, "Default" first (at most MAX_PRODUCTGROUP and it)."""
    return [_group(row) for row in read.all(_GROUPS, center=center_id)]


def group_by_id(read: Read, center_id: int, group_id: int) -> ProductGroup | None:
    """The group (centre id, group id), or None."""
    row = read.one(_GROUP, center=center_id, group=group_id)
    return None if row is None else _group(row)


def product_by_id(read: Read, center_id: int, product_id: int) -> Product | None:
    """The product (centre id, product id) with its stock, or None when it is not there any more."""
    row = read.one(_PRODUCT, center=center_id, product=product_id)
    return None if row is None else products_of(read, center_id, [row])[0]


def product_by_barcode(read: Read, center_id: int, barcode: str) -> Product | None:
    """The product that a scanner means, or None."""
    row = read.one(_BY_BARCODE, center=center_id, barcode=barcode) if barcode else None
    return None if row is None else products_of(read, center_id, [row])[0]


def scanned_name(
    read: Read, center_id: int, barcode: str, *, but_product_id: int | None = None
) -> str | None:
    """The name of the product or package that a scanner means, other than that product; or None."""
    product = product_by_barcode(read, center_id, barcode)
    if product is not None and product.id != but_product_id:
        return product.values.name
    package = offer_by_barcode(read, center_id, barcode)
    return None if package is None else package.values.name


def active_products(read: Read, center_id: int) -> list[Product]:
    """Every product that is sold, by group and name (at most MAX_PRODUCT and the print)."""
    return products_of(read, center_id, read.all(_ACTIVE, center=center_id))


def combos_of(
    read: Read, center_id: int, product_ids: Iterable[int], offer_ids: Iterable[int]
) -> list[Product]:
    """The combos that are sold and have one of these products or offers in them, by id."""
    products, offers = sorted(set(product_ids)), sorted(set(offer_ids))
    if not products and not offers:
        return []
    rows = read.all(_SETS, center=center_id, items=products, offers=offers)
    return products_of(read, center_id, rows)


def sets_among(read: Read, center_id: int, product_ids: Iterable[int]) -> Sets:
    """Of these products, by id, the combos that have a package in them, with all their parts."""
    wanted = sorted(set(product_ids))
    found: dict[int, list[ComboItem]] = {}
    for row in read.all(_PACKAGED, center=center_id, ids=wanted) if wanted else []:
        found.setdefault(row.combo_id, []).append(
            ComboItem(Source(row.source), row.item_id, row.quantity)
        )
    return with_packages(found)


def products_of_center(read: Read, center_id: int) -> list[Product]:
    """Every product by its number, the print first (at most MAX_PRODUCT and the print)."""
    return products_of(read, center_id, read.all(_OF_CENTER, center=center_id))


def products_of(read: Read, center_id: int, rows: Sequence[Row]) -> list[Product]:
    """Rows of products (with their PICTURE_KEY) with the parts of those that are combos."""
    parts: dict[int, list[Part]] = {}
    if rows:
        for row in read.all(_ITEMS, center=center_id, ids=[row.id for row in rows]):
            parts.setdefault(row.combo_id, []).append(_part(row))
    return [_product(row, tuple(parts.get(row.id, ()))) for row in rows]


def combos_with(read: Read, center_id: int, source: Source, item_id: int) -> list[str]:
    """The names of the combos that have this product or offer in them, at most ten."""
    rows = read.all(_COMBOS_WITH, center=center_id, source=source, item=item_id)
    return [row.name for row in rows]


def _group(row: Row) -> ProductGroup:
    return ProductGroup(
        id=row.id,
        values=GroupValues(
            name=row.name,
            description=row.description,
            parent_id=row.parent_id,
            payments=msgspec.convert(row.payments, GroupPayments),
        ),
        updated_at=row.updated_at,
    )


def _part(row: Row) -> Part:
    item = ComboItem(Source(row.source), row.item_id, row.quantity)
    if item.source == Source.OFFER:
        # A package that is gone or not sold any more cannot be had in a combo either.
        return Part(item, row.offer_name or "", None if row.is_offer_sold else 0)
    return Part(item, row.product_name, None if row.is_unlimited else row.left)


def _product(row: Row, parts: tuple[Part, ...]) -> Product:
    values = ProductValues(
        name=row.name,
        description=row.description,
        group_id=row.group_id,
        price_micros=row.price_micros,
        cost_micros=row.cost_micros,
        coin_price_micros=row.coin_price_micros,
        tax_id=row.tax_id,
        barcode=row.barcode,
        window=Window(parse_weekdays(row.weekdays), row.from_minute, row.to_minute),
        pc_group_ids=group_ids(row.pc_groups),
        member_group_ids=group_ids(row.member_groups),
        is_active=row.is_active,
        is_promoted=row.is_promoted,
        allows_discount=row.allows_discount,
        is_sold_at_seats=row.is_sold_at_seats,
        is_adults_only=row.is_adults_only,
        is_unlimited=row.is_unlimited,
        low_stock_at=row.low_stock_at,
        combo=tuple(part.item for part in parts),
    )
    return Product(
        id=row.id,
        values=values,
        quantity=row.quantity,
        parts=parts,
        picture_key=row.picture_key,
        updated_at=row.updated_at,
    )
