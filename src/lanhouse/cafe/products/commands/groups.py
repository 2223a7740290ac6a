"""Making, changing and deleting product groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.products.commands.columns import group_columns
from lanhouse.cafe.products.queries import group_by_id, groups_of_center
from lanhouse.cafe.products.schemas import DEFAULT_GROUP, GroupValues, ProductGroup
from lanhouse.cafe.products.tables import product_groups, products
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, NotFound, Refused
from lanhouse.kit.limits import MAX_PRODUCTGROUP
from lanhouse.kit.said import say

_NOT_THERE = say("Product group not found")
_INSERT = static(sa.insert(product_groups))
_USES = static(
    sa.select(sa.func.count())
    .select_from(products)
    .where(
        products.c.center_id == sa.bindparam("center"),
        products.c.group_id == sa.bindparam("group"),
        products.c.deleted_at.is_(None),
    )
)


class NewGroup(msgspec.Struct, frozen=True):
    """A product group to make."""

    center: Center
    values: GroupValues


class GroupChange(msgspec.Struct, frozen=True, kw_only=True):
    """New values for a group, by the names of GroupValues; what is not named stays."""

    center: Center
    group_id: int
    changes: Mapping[str, Any] = {}


def create_group(tx: Tx, new: NewGroup) -> ProductGroup:
    """Make a group. Raises InvalidInput by field, Refused at MAX_PRODUCTGROUP groups."""
    center_id = new.center.id
    lock_center(tx, center_id)
    groups = groups_of_center(tx, center_id)
    if len(groups) > MAX_PRODUCTGROUP:
        raise Refused(
            say("A centre can have at most %(count)s product groups.", count=MAX_PRODUCTGROUP)
        )
    group_id = max(group.id for group in groups) + 1
    _check(groups, None, new.values)
    tx.run(
        _INSERT,
        center_id=center_id,
        id=group_id,
        updated_at=tx.now,
        **group_columns(new.values),
    )
    tx.audit("product_group", group_id, after=new.values)
    return _found(tx, center_id, group_id)


def change_group(tx: Tx, change: GroupChange) -> ProductGroup:
    """Change a group. Raises NotFound, Refused for one of the system, InvalidInput by field."""
    center_id, group_id = change.center.id, change.group_id
    before = _changeable(tx, center_id, group_id).values
    values = replace(before, **change.changes)
    _check(groups_of_center(tx, center_id), group_id, values)
    tx.run(
        sa.update(product_groups)
        .where(product_groups.c.center_id == center_id, product_groups.c.id == group_id)
        .values(updated_at=tx.now, **group_columns(values))
    )
    tx.audit("product_group", group_id, before=before, after=values)
    return _found(tx, center_id, group_id)


def delete_group(tx: Tx, change: GroupChange) -> None:
    """Delete a group that no product and no other group stands in; never "Default"."""
    center_id, group_id = change.center.id, change.group_id
    before = _changeable(tx, center_id, group_id)
    if group_id == DEFAULT_GROUP:
        raise Refused(say("Every shop has this group; it cannot be deleted."))
    if any(group.values.parent_id == group_id for group in groups_of_center(tx, center_id)):
        raise Refused(say("Other groups stand in this group."))
    count = tx.scalar(_USES, center=center_id, group=group_id)
    if count:
        raise Refused(say("Products stand in this group: %(count)s.", count=count))
    tx.run(
        sa.delete(product_groups).where(
            product_groups.c.center_id == center_id, product_groups.c.id == group_id
        )
    )
    tx.audit("product_group", group_id, before=before.values)


def _changeable(tx: Tx, center_id: int, group_id: int) -> ProductGroup:
    """The group under the centre's lock."""
    lock_center(tx, center_id)
    if group_id < 0:
        raise Refused(say("This group is part of the system and cannot be changed."))
    return _found(tx, center_id, group_id)


def _found(tx: Tx, center_id: int, group_id: int) -> ProductGroup:
    group = group_by_id(tx, center_id, group_id)
    if group is None:
        raise NotFound(_NOT_THERE)
    return group


def _check(groups: list[ProductGroup], group_id: int | None, values: GroupValues) -> None:
    """Raise InvalidInput for a name in use, and for a group inside itself."""
    errors: dict[str, str] = {}
    key = values.name.casefold()
    if any(each.values.name.casefold() == key and each.id != group_id for each in groups):
        errors["name"] = say("%(name)s already exists", name=values.name)
    if values.parent_id:
        parents = {each.id: each.values.parent_id for each in groups}
        if values.parent_id not in parents:
            errors["parent_id"] = say("is not a product group of this centre")
        else:
            above = values.parent_id
            while above and above != group_id:
                above = parents.get(above, 0)
            if above and above == group_id:
                errors["parent_id"] = say("must not lie inside the group itself")
    if errors:
        raise InvalidInput(errors)
