"""Groups on the wire: read by the café API, written by the native one."""

from __future__ import annotations

from typing import Annotated

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
from lanhouse.cafe.groups.schemas import DEFAULT_GROUP
from lanhouse.cafe.groups.wire import (
    HUNDREDTH,
    DeletedOut,
    MemberGroupOut,
    MemberGroupRow,
    PcGroupOut,
    PcGroupRow,
    deleted,
    member_group,
    member_group_row,
    pc_group,
)
from lanhouse.kit.errors import NotFound
from lanhouse.kit.inputs import Line, Percentage, Points, id_in_path
from lanhouse.kit.said import say
from lanhouse.web.replies import Written

routes = CafeRoutes("Groups")
native = NativeRoutes("Groups")

# A percentage with 2 decimals is read like an amount: micros of one percent.

Name = Annotated[Line, Meta(min_length=1, max_length=50)]
Description = Annotated[str, Meta(max_length=500)]
Percent = Annotated[Percentage, Meta(le=100_000_000)]


@routes.get("/pcGroups", right="groups.view", summary="PC groups", source="cafe-wire, PCs")
async def pc_groups(call: CafeCall) -> list[PcGroupRow]:
    """Rows {pc_group_id, pc_group_name, pc_group_desc}; group 0 always exists."""
    groups = await call.read(pc_groups_of, call.center.id)
    return [PcGroupRow(group.id, group.name, group.description, call.center.id) for group in groups]


@routes.get("/memberGroups", right="groups.view", summary="Member groups", source="cafe-wire, PCs")
async def member_groups(call: CafeCall) -> list[MemberGroupRow]:
    """Rows with name, discounts (numbers, percent) and points (2 decimals); group 0 is first.

    The highest point of a group is where the next one begins; 0.00 = open end (cafe-domain 5).
    """
    groups = await call.read(member_groups_of, call.center.id)
    steps = sorted({group.min_points_micros for group in groups})
    following = dict(zip(steps, [*steps[1:], 0], strict=True))
    return [
        member_group_row(group, call.center.id, following[group.min_points_micros])
        for group in groups
    ]


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
    cashback: Percent = 0
    """Of what a sale costs, back as bonus; 0: the setting bonus_cashback_default."""
    min_points: Points = 0
    """With points on, members with at least so many points belong here."""

    def values(self) -> MemberGroupValues:
        """For the commands: hundredths of a percent."""
        return MemberGroupValues(
            name=self.name,
            description=self.description,
            product_discount=self.product_discount // HUNDREDTH,
            offer_discount=self.offer_discount // HUNDREDTH,
            pc_time_discount=self.pc_time_discount // HUNDREDTH,
            cashback=self.cashback // HUNDREDTH,
            min_points_micros=self.min_points,
        )


@native.get("/pc-groups", right="groups.view", summary="All PC groups")
async def list_pc_groups(call: CafeCall) -> list[PcGroupOut]:
    """All PC groups {id, name, description}; 0 is the default one."""
    return [pc_group(group) for group in await call.read(pc_groups_of, call.center.id)]


@native.get("/pc-groups/{group_id}", right="groups.view", summary="One PC group")
async def get_pc_group(call: CafeCall) -> PcGroupOut:
    """One PC group. 404 when there is none."""
    group_id = id_in_path(call.path["group_id"], say("PC group not found"))
    group = await call.read(pc_group_by_id, call.center.id, group_id)
    if group is None:
        raise NotFound(say("PC group not found"))
    return pc_group(group)


@native.post("/pc-groups", right="pc_groups.edit", summary="Make a PC group")
async def post_pc_group(call: CafeCall, data: PcGroupIn) -> Written[PcGroupOut]:
    """Make a PC group; at most MAX_PCGROUP, names are unique whatever their case."""
    change = GroupChange(call.center, None, PcGroupValues(data.name, data.description))
    return await call.write(commands.create_pc_group, change, pc_group)


@native.put("/pc-groups/{group_id}", right="pc_groups.edit", summary="Change a PC group")
async def put_pc_group(call: CafeCall, data: PcGroupIn) -> Written[PcGroupOut]:
    """Replace name and description."""
    group_id = id_in_path(call.path["group_id"], say("PC group not found"))
    change = GroupChange(call.center, group_id, PcGroupValues(data.name, data.description))
    return await call.write(commands.change_pc_group, change, pc_group)


@native.delete("/pc-groups/{group_id}", right="pc_groups.edit", summary="Delete a PC group")
async def remove_pc_group(call: CafeCall) -> Written[DeletedOut]:
    """Delete a PC group that nothing uses."""
    change = GroupChange(
        call.center, id_in_path(call.path["group_id"], say("PC group not found")), None
    )
    return await call.write(commands.delete_pc_group, change, deleted)


@native.get("/member-groups", right="groups.view", summary="All member groups")
async def list_member_groups(call: CafeCall) -> list[MemberGroupOut]:
    """All member groups; percentages and points are decimal text."""
    groups = await call.read(member_groups_of, call.center.id)
    return [member_group(group) for group in groups]


@native.get("/member-groups/{group_id}", right="groups.view", summary="One member group")
async def get_member_group(call: CafeCall) -> MemberGroupOut:
    """One member group. 404 when there is none; the guests' groups are not shown."""
    group_id = id_in_path(call.path["group_id"], say("Member group not found"))
    group = await call.read(member_group_by_id, call.center.id, group_id)
    if group is None or group.id < DEFAULT_GROUP:
        raise NotFound(say("Member group not found"))
    return member_group(group)


@native.post("/member-groups", right="member_groups.edit", summary="Make a member group")
async def post_member_group(call: CafeCall, data: MemberGroupIn) -> Written[MemberGroupOut]:
    """Make a member group; at most MAX_MEMBERGROUP, names are unique whatever their case."""
    change = GroupChange(call.center, None, data.values())
    return await call.write(commands.create_member_group, change, member_group)


@native.put(
    "/member-groups/{group_id}", right="member_groups.edit", summary="Change a member group"
)
async def put_member_group(call: CafeCall, data: MemberGroupIn) -> Written[MemberGroupOut]:
    """Replace all values. Running sessions go on under the new discount from now."""
    group_id = id_in_path(call.path["group_id"], say("Member group not found"))
    change = GroupChange(call.center, group_id, data.values())
    return await call.write(commands.change_member_group, change, member_group)


@native.delete(
    "/member-groups/{group_id}", right="member_groups.edit", summary="Delete a member group"
)
async def remove_member_group(call: CafeCall) -> Written[DeletedOut]:
    """Delete a member group that nothing uses."""
    change = GroupChange(
        call.center, id_in_path(call.path["group_id"], say("Member group not found")), None
    )
    return await call.write(commands.delete_member_group, change, deleted)
