"""Product groups on the café API (seed: Product groups)."""

from __future__ import annotations

from msgspec.structs import replace

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes
from lanhouse.cafe.products.commands.groups import (
    GroupChange,
    NewGroup,
    change_group,
    create_group,
    delete_group,
)
from lanhouse.cafe.products.queries import groups_of_center
from lanhouse.cafe.products.schemas import GroupValues, ProductGroup
from lanhouse.cafe.products.wire.groups import (
    GroupChangeIn,
    GroupIn,
    GroupRow,
    GroupsOut,
    group_changes,
    group_row,
    groups_out,
)
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.said import say
from lanhouse.web.replies import Nothing, Written, nothing

routes = CafeRoutes("Product groups")


@routes.get(
    "/productGroups",
    right="products.view",
    summary="All product groups",
    source="seed: Product groups, Get product group lists",
)
async def product_groups(call: CafeCall) -> GroupsOut:
    """data {items[]}: the system's group of packages (-1), "Default" (1), and the others."""
    groups = await call.read(groups_of_center, call.center.id)
    return groups_out(groups, call.center.id, call.center.zone)


@routes.post(
    "/productGroups",
    right="products.edit",
    summary="Add a product group",
    source="seed: Product groups, Add product group",
)
async def add_group(call: CafeCall, data: GroupIn) -> Written[GroupRow]:
    """data: the new group's row."""
    values = replace(GroupValues(name=data.product_group_name), **group_changes(data))
    return await call.write(create_group, NewGroup(call.center, values), _shape(call))


@routes.put(
    "/productGroups/{group_id}",
    right="products.edit",
    summary="Change a product group",
    source="seed: Product groups, Update product group",
)
@routes.route(
    "PATCH",
    "/productGroups/{group_id}",
    right="products.edit",
    summary="Change a product group",
    source="seed: Product groups, Update product group",
)
async def put_group(call: CafeCall, data: GroupChangeIn) -> Written[GroupRow]:
    """data: the group's row. What is not sent stays; the group of packages cannot be changed."""
    change = GroupChange(center=call.center, group_id=_group_id(call), changes=group_changes(data))
    return await call.write(change_group, change, _shape(call))


@routes.delete(
    "/productGroups/{group_id}",
    right="products.edit",
    summary="Delete a product group",
    source="seed: Product groups, Delete product group",
)
async def remove_group(call: CafeCall) -> Written[Nothing]:
    """Refused while products or groups stand in it."""
    change = GroupChange(center=call.center, group_id=_group_id(call))
    return await call.write(delete_group, change, nothing)


def _group_id(call: CafeCall) -> int:
    return id_in_path(call.path["group_id"], say("Product group not found"))


def _shape(call: CafeCall):
    def shown(group: ProductGroup) -> GroupRow:
        return group_row(group, call.center.id, call.center.zone)

    return shown
