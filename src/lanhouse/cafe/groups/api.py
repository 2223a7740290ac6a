"""Groups on the wire: read by the café API, written by the native one."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes, NativeRoutes
from lanhouse.cafe.groups import commands
from lanhouse.cafe.groups.commands import GroupChange, MemberGroupValues, PcGroupValues
from lanhouse.cafe.groups.queries import (
    member_group_by_id,
    member_groups_of,
    pc_group_by_id,
    pc_groups_of,
)
from lanhouse.cafe.groups.schemas import DEFAULT_GROUP, MemberGroup, PcGroup
from lanhouse.cafe.groups.wire import HUNDREDTH, percent_number
from lanhouse.kit.errors import NotFound
from lanhouse.kit.inputs import Amount, Line, id_in_path
from lanhouse.kit.money import format_fixed, format_plain
from lanhouse.web.replies import Answer

routes = CafeRoutes("Groups")
native = NativeRoutes("Groups")

# A percentage with 2 decimals is read like an amount: micros of one percent.

Name = Annotated[Line, Meta(min_length=1, max_length=50)]
Description = Annotated[str, Meta(max_length=500)]
Percent = Annotated[Amount, Meta(le=100_000_000)]


@routes.get("/pcGroups", right="groups.view", summary="PC groups", source="cafe-wire, PCs")
async def pc_groups(call: CafeCall) -> list[dict[str, Any]]:
    """Rows {pc_group_id, pc_group_name, pc_group_desc}; group 0 always exists."""
    groups = await call.read(pc_groups_of, call.center.id)
    return [
        {
            "pc_group_id": group.id,
            "pc_group_name": group.name,
            "pc_group_desc": group.description,
            "pc_group_icafe_id": call.center.id,
        }
        for group in groups
    ]


@routes.get("/memberGroups", right="groups.view", summary="Member groups", source="cafe-wire, PCs")
async def member_groups(call: CafeCall) -> list[dict[str, Any]]:
    """Rows with name, discounts (numbers, percent) and points (2 decimals); group 0 is first.

    The highest point of a group is where the next one begins; 0.00 = open end (cafe-domain 5).
    """
    groups = await call.read(member_groups_of, call.center.id)
    steps = sorted({group.min_points_micros for group in groups})
    following = dict(zip(steps, [*steps[1:], 0], strict=True))
    return [
        member_group_wire(group, call.center.id, following[group.min_points_micros])
        for group in groups
    ]


def member_group_wire(
    group: MemberGroup, center_id: int, next_points_micros: int
) -> dict[str, Any]:
    """A member group as the café API shows it."""
    return {
        "member_group_id": group.id,
        "member_group_icafe_id": center_id,
        "member_group_name": group.name,
        "member_group_desc": group.description,
        "member_group_discount_rate": percent_number(group.product_discount),
        "member_group_discount_offer": percent_number(group.offer_discount),
        "member_group_discount_pc_time": percent_number(group.pc_time_discount),
        "member_group_point_min": format_fixed(group.min_points_micros),
        "member_group_point_max": format_fixed(next_points_micros),
        "member_group_bonus_cashback": "0.00",
        "member_group_company_id": 0,
        "member_group_update": group.updated_unix,
        "has_icon": 0,
    }


class PcGroupIn(Struct):
    """A PC group."""

    name: Name
    description: Description = ""


class MemberGroupIn(Struct):
    """A member group. Discounts are percentages from 0 to 100 with up to 2 decimals."""

    name: Name
    description: Description = ""
    product_discount: Percent = 0
    offer_discount: Percent = 0
    pc_time_discount: Percent = 0
    min_points: Amount = 0
    """With points on, members with at least so many points belong here."""

    def values(self) -> MemberGroupValues:
        """For the commands: hundredths of a percent."""
        return MemberGroupValues(
            name=self.name,
            description=self.description,
            product_discount=self.product_discount // HUNDREDTH,
            offer_discount=self.offer_discount // HUNDREDTH,
            pc_time_discount=self.pc_time_discount // HUNDREDTH,
            min_points_micros=self.min_points,
        )


@native.get("/pc-groups", right="groups.view", summary="All PC groups")
async def list_pc_groups(call: CafeCall) -> list[dict[str, Any]]:
    """All PC groups {id, name, description}; 0 is the default one."""
    return [_pc_group(group) for group in await call.read(pc_groups_of, call.center.id)]


@native.get("/pc-groups/{group_id}", right="groups.view", summary="One PC group")
async def get_pc_group(call: CafeCall) -> dict[str, Any]:
    """One PC group. 404 when there is none."""
    group_id = id_in_path(call.path["group_id"], "PC group")
    group = await call.read(pc_group_by_id, call.center.id, group_id)
    if group is None:
        raise NotFound("PC group not found")
    return _pc_group(group)


@native.post("/pc-groups", right="pc_groups.edit", summary="Make a PC group")
async def post_pc_group(call: CafeCall, data: PcGroupIn) -> Answer:
    """Make a PC group; at most MAX_PCGROUP, names are unique whatever their case."""
    change = GroupChange(call.center, None, PcGroupValues(data.name, data.description))
    return await call.write(commands.create_pc_group, change, _pc_group)


@native.put("/pc-groups/{group_id}", right="pc_groups.edit", summary="Change a PC group")
async def put_pc_group(call: CafeCall, data: PcGroupIn) -> Answer:
    """Replace name and description."""
    group_id = id_in_path(call.path["group_id"], "PC group")
    change = GroupChange(call.center, group_id, PcGroupValues(data.name, data.description))
    return await call.write(commands.change_pc_group, change, _pc_group)


@native.delete("/pc-groups/{group_id}", right="pc_groups.edit", summary="Delete a PC group")
async def remove_pc_group(call: CafeCall) -> Answer:
    """Delete a PC group that nothing uses."""
    change = GroupChange(call.center, id_in_path(call.path["group_id"], "PC group"), None)
    return await call.write(commands.delete_pc_group, change, _deleted)


@native.get("/member-groups", right="groups.view", summary="All member groups")
async def list_member_groups(call: CafeCall) -> list[dict[str, Any]]:
    """All member groups; percentages and points are decimal text."""
    groups = await call.read(member_groups_of, call.center.id)
    return [_member_group(group) for group in groups]


@native.get("/member-groups/{group_id}", right="groups.view", summary="One member group")
async def get_member_group(call: CafeCall) -> dict[str, Any]:
    """One member group. 404 when there is none; the guests' groups are not shown."""
    group_id = id_in_path(call.path["group_id"], "Member group")
    group = await call.read(member_group_by_id, call.center.id, group_id)
    if group is None or group.id < DEFAULT_GROUP:
        raise NotFound("Member group not found")
    return _member_group(group)


@native.post("/member-groups", right="member_groups.edit", summary="Make a member group")
async def post_member_group(call: CafeCall, data: MemberGroupIn) -> Answer:
    """Make a member group; at most MAX_MEMBERGROUP, names are unique whatever their case."""
    change = GroupChange(call.center, None, data.values())
    return await call.write(commands.create_member_group, change, _member_group)


@native.put(
    "/member-groups/{group_id}", right="member_groups.edit", summary="Change a member group"
)
async def put_member_group(call: CafeCall, data: MemberGroupIn) -> Answer:
    """Replace all values. Running sessions go on under the new discount from now."""
    group_id = id_in_path(call.path["group_id"], "Member group")
    change = GroupChange(call.center, group_id, data.values())
    return await call.write(commands.change_member_group, change, _member_group)


@native.delete(
    "/member-groups/{group_id}", right="member_groups.edit", summary="Delete a member group"
)
async def remove_member_group(call: CafeCall) -> Answer:
    """Delete a member group that nothing uses."""
    change = GroupChange(call.center, id_in_path(call.path["group_id"], "Member group"), None)
    return await call.write(commands.delete_member_group, change, _deleted)


def _deleted(_: None) -> dict[str, bool]:
    return {"deleted": True}


def _pc_group(group: PcGroup) -> dict[str, Any]:
    return {"id": group.id, "name": group.name, "description": group.description}


def _member_group(group: MemberGroup) -> dict[str, Any]:
    return {
        "id": group.id,
        "name": group.name,
        "description": group.description,
        "product_discount": format_plain(group.product_discount * HUNDREDTH),
        "offer_discount": format_plain(group.offer_discount * HUNDREDTH),
        "pc_time_discount": format_plain(group.pc_time_discount * HUNDREDTH),
        "min_points": format_fixed(group.min_points_micros),
    }
