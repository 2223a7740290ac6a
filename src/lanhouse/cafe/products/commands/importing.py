"""Taking the goods of another centre of this server over (seed: Products, Import product)."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.products.commands import NewProduct, create_product
from lanhouse.cafe.products.commands.groups import NewGroup, create_group
from lanhouse.cafe.products.queries import groups_of_center, products_of_center, scanned_name
from lanhouse.cafe.products.schemas import (
    ComboItem,
    GroupValues,
    Product,
    ProductValues,
    Source,
)
from lanhouse.db.store import Tx
from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say


class ProductsImport(msgspec.Struct, frozen=True, kw_only=True):
    """Goods to take over from `other`, whose licence password the caller knows."""

    center: Center
    actor: Actor
    other: Center


class Imported(msgspec.Struct, frozen=True):
    """How many products came, and the names of those that did not."""

    count: int
    left_out: list[str]


def import_products(tx: Tx, cmd: ProductsImport) -> Imported:
    """Copy groups and products, without their pieces; all or none.

    Left out are names that are in use here, and combos whose parts are not all here then. What was
    sold to some groups only comes switched off, because groups are each centre's own; a barcode
    that is in use stays where it is. Raises Refused for the same centre, another currency, and at
    MAX_PRODUCT products.
    """
    center, other = cmd.center, cmd.other
    if center.id == other.id:
        raise Refused(say("This is the centre itself."))
    if center.currency != other.currency:
        raise Refused(
            say(
                "That centre's prices are in %(other)s, not in %(own)s.",
                other=other.currency,
                own=center.currency,
            )
        )
    lock_center(tx, center.id)
    theirs = [each for each in products_of_center(tx, other.id) if each.id > 0]
    mine = {each.values.name.casefold(): each.id for each in products_of_center(tx, center.id)}
    taken_over: dict[int, int] = {}
    left_out: list[str] = []
    count = 0
    groups = _group_ids(tx, cmd, {each.values.group_id for each in theirs})
    # Combos last, when their parts are here.
    for product in sorted(theirs, key=lambda each: bool(each.values.combo)):
        values = _values(tx, center.id, product, groups, taken_over)
        key = product.values.name.casefold()
        if key in mine:
            taken_over[product.id] = mine[key]
            left_out.append(product.values.name)
        elif values is None:
            left_out.append(product.values.name)
        else:
            new = NewProduct(center=center, actor=cmd.actor, values=values)
            taken_over[product.id] = mine[key] = create_product(tx, new).id
            count += 1
    tx.audit("products", 0, other_center_id=other.id)
    return Imported(count, left_out)


def _group_ids(tx: Tx, cmd: ProductsImport, used: set[int]) -> dict[int, int]:
    """Their groups -> ours of the same name, made where there is none."""
    mine = {each.values.name.casefold(): each.id for each in groups_of_center(tx, cmd.center.id)}
    found: dict[int, int] = {}
    for group in groups_of_center(tx, cmd.other.id):
        if group.id not in used:
            continue
        key = group.values.name.casefold()
        if key not in mine:
            values = GroupValues(
                name=group.values.name,
                description=group.values.description,
                payments=group.values.payments,
            )
            mine[key] = create_group(tx, NewGroup(cmd.center, values)).id
        found[group.id] = mine[key]
    return found


def _values(
    tx: Tx, center_id: int, product: Product, groups: dict[int, int], taken_over: dict[int, int]
) -> ProductValues | None:
    """The product as it is here; None for a combo whose parts are not."""
    values = product.values
    parts: list[ComboItem] = []
    for item in values.combo:
        if item.source == Source.OFFER or item.item_id not in taken_over:
            return None
        parts.append(ComboItem(item.source, taken_over[item.item_id], item.quantity))
    is_for_some = bool(values.pc_group_ids or values.member_group_ids)
    is_scanned = scanned_name(tx, center_id, values.barcode) is not None
    return replace(
        values,
        group_id=groups[values.group_id],
        barcode="" if is_scanned else values.barcode,
        pc_group_ids=(),
        member_group_ids=(),
        is_active=values.is_active and not is_for_some,
        combo=tuple(parts),
    )
