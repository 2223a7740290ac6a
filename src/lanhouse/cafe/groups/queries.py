"""Finding groups."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.cafe.groups.schemas import (
    DEFAULT_GROUP,
    DEFAULT_MEMBER_GROUP,
    DEFAULT_PC_GROUP,
    SYSTEM_MEMBER_GROUPS,
    MemberGroup,
    PcGroup,
)
from lanhouse.cafe.groups.tables import member_groups, pc_groups
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.pcs.tables import pcs
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read

_CENTER = sa.bindparam("center")
_PC_GROUPS = static(
    sa.select(pc_groups).where(pc_groups.c.center_id == _CENTER).order_by(pc_groups.c.id)
)
_PC_GROUP = static(
    sa.select(pc_groups).where(
        pc_groups.c.center_id == _CENTER, pc_groups.c.id == sa.bindparam("group")
    )
)
_MEMBER_GROUPS = static(
    sa.select(member_groups)
    .where(member_groups.c.center_id == _CENTER)
    .order_by(member_groups.c.id)
)
_MEMBER_GROUP = static(
    sa.select(member_groups).where(
        member_groups.c.center_id == _CENTER, member_groups.c.id == sa.bindparam("group")
    )
)
_PCS_IN = static(
    sa.select(pcs.c.pc_group_id.label("group_id"), sa.func.count().label("size"))
    .where(pcs.c.center_id == _CENTER)
    .group_by(pcs.c.pc_group_id)
)
_MEMBERS_IN = static(
    sa.select(members.c.group_id, sa.func.count().label("size"))
    .where(members.c.center_id == _CENTER, members.c.deleted_at.is_(None))
    .group_by(members.c.group_id)
)


def pc_groups_of(read: Read, center_id: int) -> list[PcGroup]:
    """Every PC group of a centre, the default one first."""
    rows = read.all(_PC_GROUPS, center=center_id)
    return [DEFAULT_PC_GROUP, *(_pc_group(row) for row in rows)]


def pc_group_by_id(read: Read, center_id: int, group_id: int) -> PcGroup | None:
    """The PC group (centre id, group id), or None."""
    if group_id == DEFAULT_GROUP:
        return DEFAULT_PC_GROUP
    row = read.one(_PC_GROUP, center=center_id, group=group_id)
    return None if row is None else _pc_group(row)


def pc_group_exists(read: Read, center_id: int, group_id: int) -> bool:
    """Whether the centre has this PC group; 0 always exists."""
    return pc_group_by_id(read, center_id, group_id) is not None


def member_groups_of(read: Read, center_id: int) -> list[MemberGroup]:
    """Every group that a member of the centre may be in, the default one first."""
    rows = read.all(_MEMBER_GROUPS, center=center_id)
    return [DEFAULT_MEMBER_GROUP, *(_member_group(row) for row in rows)]


def member_group_by_id(read: Read, center_id: int, group_id: int) -> MemberGroup | None:
    """The member group (centre id, group id), a system one included, or None."""
    if group_id in SYSTEM_MEMBER_GROUPS:
        return MemberGroup(id=group_id, name=SYSTEM_MEMBER_GROUPS[group_id])
    row = read.one(_MEMBER_GROUP, center=center_id, group=group_id)
    return None if row is None else _member_group(row)


def member_group_exists(read: Read, center_id: int, group_id: int) -> bool:
    """Whether prices may name this group: a real one or one of the system's 0 to -5."""
    return member_group_by_id(read, center_id, group_id) is not None


def pc_time_discount(read: Read, center_id: int, group_id: int) -> int:
    """The discount on PC time of a member group in hundredths of a percent; 0 for system groups."""
    if group_id <= DEFAULT_GROUP:
        return 0
    group = member_group_by_id(read, center_id, group_id)
    return 0 if group is None else group.pc_time_discount


def offer_discount(read: Read, center_id: int, group_id: int | None) -> int:
    """The discount on packages of a member group, likewise; None, where nobody is named, has
    none."""
    if group_id is None or group_id <= DEFAULT_GROUP:
        return 0
    group = member_group_by_id(read, center_id, group_id)
    return 0 if group is None else group.offer_discount


def _pc_group(row: Row) -> PcGroup:
    return PcGroup(row.id, row.name, row.description)


def _member_group(row: Row) -> MemberGroup:
    return MemberGroup(
        id=row.id,
        name=row.name,
        description=row.description,
        product_discount=row.product_discount,
        offer_discount=row.offer_discount,
        pc_time_discount=row.pc_time_discount,
        cashback=row.cashback,
        min_points_micros=row.min_points_micros,
        updated_unix=int(row.updated_at.timestamp()),
    )


def group_sizes(read: Read, center_id: int) -> tuple[dict[int, int], dict[int, int]]:
    """How many PCs and how many members (deleted ones left out) each group has, by its id."""
    return (
        {row.group_id: row.size for row in read.all(_PCS_IN, center=center_id)},
        {row.group_id: row.size for row in read.all(_MEMBERS_IN, center=center_id)},
    )
