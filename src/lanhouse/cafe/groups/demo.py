"""Groups of PCs and of members in the demo centre."""

from __future__ import annotations

from lanhouse.cafe.centers.demo import cafe_id, demo_center
from lanhouse.cafe.groups.commands import (
    GroupChange,
    MemberGroupValues,
    PcGroupValues,
    create_member_group,
    create_pc_group,
)
from lanhouse.cafe.groups.queries import member_groups_of, pc_groups_of
from lanhouse.db.store import Read, Tx

_PC_GROUPS = (
    PcGroupValues("Standard", "24 inch"),
    PcGroupValues("Premium", "240 Hz"),
    PcGroupValues("VIP", "Sofa, 4K"),
)
_MEMBER_GROUPS = (
    MemberGroupValues(name="Silver", description="5 % off PC time", pc_time_discount=500),
    MemberGroupValues(name="Gold", description="10 % off PC time", pc_time_discount=1000),
)


def opening(tx: Tx) -> None:
    """Make both kinds."""
    center = demo_center(tx)
    for pc_group in _PC_GROUPS:
        create_pc_group(tx, GroupChange(center, None, pc_group))
    for member_group in _MEMBER_GROUPS:
        create_member_group(tx, GroupChange(center, None, member_group))


def pc_group_ids(read: Read) -> dict[str, int]:
    """Name of a PC group -> its id."""
    return {group.name: group.id for group in pc_groups_of(read, cafe_id())}


def member_group_ids(read: Read) -> dict[str, int]:
    """Name of a member group -> its id."""
    return {group.name: group.id for group in member_groups_of(read, cafe_id())}
