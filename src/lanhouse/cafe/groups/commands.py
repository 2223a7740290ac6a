"""Making, changing and deleting groups. Only the Admin may (cafe-domain 5 and 12)."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import PricesChanged
from lanhouse.cafe.groups.queries import member_group_by_id, pc_group_by_id
from lanhouse.cafe.groups.schemas import DEFAULT_GROUP, MemberGroup, PcGroup
from lanhouse.cafe.groups.tables import member_groups, pc_groups
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.pcs.tables import pcs
from lanhouse.cafe.pricing.tables import prices
from lanhouse.cafe.products.tables import products
from lanhouse.db.statements import Row, insert_ignore, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, NotFound, Refused
from lanhouse.kit.limits import MAX_MEMBERGROUP, MAX_PCGROUP
from lanhouse.kit.said import say

_INSERT_PC_GROUP = static(insert_ignore(pc_groups).returning(pc_groups.c.id))
_INSERT_MEMBER_GROUP = static(insert_ignore(member_groups).returning(member_groups.c.id))


class PcGroupValues(msgspec.Struct, frozen=True):
    """What a PC group says."""

    name: str
    description: str = ""


class MemberGroupValues(msgspec.Struct, frozen=True, kw_only=True):
    """What a member group says. Discounts are hundredths of a percent, 0 to 10000."""

    name: str
    description: str = ""
    product_discount: int = 0
    offer_discount: int = 0
    pc_time_discount: int = 0
    cashback: int = 0
    min_points_micros: int = 0


class GroupChange(msgspec.Struct, frozen=True):
    """New values for a group of a centre, or none to delete it; `group_id` None makes a new one."""

    center: Center
    group_id: int | None
    values: PcGroupValues | MemberGroupValues | None


def create_pc_group(tx: Tx, change: GroupChange) -> PcGroup:
    """Add a PC group. Refuses more than MAX_PCGROUP and a name in use."""
    _lock_and_count(tx, pc_groups, change, MAX_PCGROUP, say("PC groups"))
    group_id = tx.scalar(
        _INSERT_PC_GROUP, center_id=change.center.id, created_at=tx.now, **_columns(change)
    )
    if group_id is None:
        raise _name_taken(change)
    made = _pc_group(tx, change, group_id)
    tx.audit("pc_group", group_id, after=change.values)
    return made


def change_pc_group(tx: Tx, change: GroupChange) -> PcGroup:
    """Rename or describe a PC group. Raises NotFound; the default group cannot be changed."""
    before = _update(tx, pc_groups, change, say("PC group"), {})
    changed = _pc_group(tx, change, before.id)
    tx.audit("pc_group", before.id, before=before, after=change.values)
    return changed


def delete_pc_group(tx: Tx, change: GroupChange) -> None:
    """Delete a PC group that no PC, no price and no product uses."""
    found = _lock_found(tx, pc_groups, change, say("PC group"))
    center_id, group_id = change.center.id, change.group_id
    _refuse_in_use(
        tx,
        {
            "PCs": _uses(pcs, pcs.c.pc_group_id, center_id, group_id),
            "prices": _uses(prices, prices.c.pc_group_id, center_id, group_id),
            "products": _sold_to(products.c.pc_groups, center_id, group_id),
        },
    )
    tx.run(sa.delete(pc_groups).where(_is_group(pc_groups, change)))
    tx.audit("pc_group", found.id, before=_values_of(PcGroupValues, found))


def create_member_group(tx: Tx, change: GroupChange) -> MemberGroup:
    """Add a member group. Refuses more than MAX_MEMBERGROUP and a name in use."""
    _lock_and_count(tx, member_groups, change, MAX_MEMBERGROUP, say("member groups"))
    group_id = tx.scalar(
        _INSERT_MEMBER_GROUP,
        center_id=change.center.id,
        created_at=tx.now,
        updated_at=tx.now,
        **_columns(change),
    )
    if group_id is None:
        raise _name_taken(change)
    made = _member_group(tx, change, group_id)
    tx.audit("member_group", group_id, after=change.values)
    return made


def change_member_group(tx: Tx, change: GroupChange) -> MemberGroup:
    """Change a member group; running sessions of its members go on under the new discount."""
    before = _update(tx, member_groups, change, say("Member group"), {"updated_at": tx.now})
    tx.tell(PricesChanged(change.center.id))
    changed = _member_group(tx, change, before.id)
    tx.audit("member_group", before.id, before=before, after=change.values)
    return changed


def delete_member_group(tx: Tx, change: GroupChange) -> None:
    """Delete a member group that no member, no price, no product and no setting uses."""
    found = _lock_found(tx, member_groups, change, say("Member group"))
    center_id, group_id = change.center.id, change.group_id
    if change.center.settings.member.default_member_group == group_id:
        raise Refused(say("This is the group of new members (default_member_group)."))
    _refuse_in_use(
        tx,
        {
            "members": _uses(members, members.c.group_id, center_id, group_id).where(
                members.c.deleted_at.is_(None)
            ),
            "prices": _uses(prices, prices.c.member_group_id, center_id, group_id),
            "products": _sold_to(products.c.member_groups, center_id, group_id),
        },
    )
    tx.run(sa.delete(member_groups).where(_is_group(member_groups, change)))
    tx.audit("member_group", found.id, before=_values_of(MemberGroupValues, found))


def _lock_and_count(tx: Tx, table: sa.Table, change: GroupChange, most: int, what: str) -> None:
    lock_center(tx, change.center.id)
    count = sa.select(sa.func.count()).select_from(table)
    if tx.scalar(count.where(table.c.center_id == change.center.id)) >= most:
        raise Refused(say("A centre can have at most %(most)s %(what)s.", most=most, what=what))


def _lock_found(tx: Tx, table: sa.Table, change: GroupChange, what: str) -> Row:
    """The group as it is, under the centre's lock. Raises Refused and NotFound."""
    if change.group_id is not None and change.group_id <= DEFAULT_GROUP:
        raise Refused(
            say(
                "%(what)s %(group_id)s is part of the system and cannot be changed.",
                what=what,
                group_id=change.group_id,
            )
        )
    lock_center(tx, change.center.id)
    row = tx.one(sa.select(table).where(_is_group(table, change)))
    if row is None:
        raise NotFound(say("%(what)s not found", what=what))
    return row


def _update(tx: Tx, table: sa.Table, change: GroupChange, what: str, more: dict[str, Any]) -> Row:
    """Store the new values; answers the group as it was before."""
    before = _lock_found(tx, table, change, what)
    columns = _columns(change) | more
    same_name = sa.select(table.c.id).where(
        table.c.center_id == change.center.id,
        table.c.name_key == columns["name_key"],
        table.c.id != change.group_id,
    )
    if tx.scalar(same_name) is not None:
        raise _name_taken(change)
    tx.run(sa.update(table).where(_is_group(table, change)).values(**columns))
    return before


def _columns(change: GroupChange) -> dict[str, Any]:
    assert change.values is not None
    return msgspec.structs.asdict(change.values) | {"name_key": change.values.name.casefold()}


def _values_of(kind: type[msgspec.Struct], row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in kind.__struct_fields__}


def _is_group(table: sa.Table, change: GroupChange) -> sa.ColumnElement[bool]:
    return (table.c.center_id == change.center.id) & (table.c.id == change.group_id)


def _uses(
    table: sa.Table, column: sa.Column[Any], center_id: int, group_id: int | None
) -> sa.Select[Any]:
    count = sa.select(sa.func.count()).select_from(table)
    return count.where(table.c.center_id == center_id, column == group_id)


def _sold_to(column: sa.Column[Any], center_id: int, group_id: int | None) -> sa.Select[Any]:
    """How many products are sold to this group; the column keeps `|3|5|`."""
    count = sa.select(sa.func.count()).select_from(products)
    return count.where(
        products.c.center_id == center_id,
        products.c.deleted_at.is_(None),
        column.contains(f"|{group_id}|"),
    )


def _refuse_in_use(tx: Tx, uses: dict[str, sa.Select[Any]]) -> None:
    counted = {what: tx.scalar(count) for what, count in uses.items()}
    named = [f"{count} {what}" for what, count in counted.items() if count]
    if named:
        raise Refused(say("The group is in use by %(names)s.", names=" and ".join(named)))


def _name_taken(change: GroupChange) -> InvalidInput:
    assert change.values is not None
    return InvalidInput({"name": say("%(name)s already exists", name=change.values.name)})


def _pc_group(tx: Tx, change: GroupChange, group_id: int) -> PcGroup:
    group = pc_group_by_id(tx, change.center.id, group_id)
    assert group is not None
    return group


def _member_group(tx: Tx, change: GroupChange, group_id: int) -> MemberGroup:
    group = member_group_by_id(tx, change.center.id, group_id)
    assert group is not None
    return group
