"""Adding, changing and removing PCs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import PcRegrouped, TouchingPcs
from lanhouse.cafe.groups.queries import pc_group_exists
from lanhouse.cafe.groups.schemas import DEFAULT_GROUP
from lanhouse.cafe.pcs.rules import ip_text, mac_text
from lanhouse.cafe.pcs.tables import pcs, rooms
from lanhouse.db.statements import Row, insert_ignore, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.limits import MAX_PC
from lanhouse.kit.said import say

_COUNT = static(
    sa.select(sa.func.count()).select_from(pcs).where(pcs.c.center_id == sa.bindparam("center"))
)
_ROOM = static(
    sa.select(rooms.c.id).where(
        rooms.c.center_id == sa.bindparam("center"), rooms.c.id == sa.bindparam("room")
    )
)
_INSERT = static(insert_ignore(pcs).returning(pcs.c.id))
_NO_GROUP = say("is not a PC group of this centre")
_KEPT = ("name", "console_type", "pc_group_id", "room_id", "comment", "ip", "mac")


class NewPcs(msgspec.Struct, frozen=True, kw_only=True):
    """PCs to add, all of one kind."""

    center: Center
    names: list[str]
    console_type: int = 0
    pc_group_id: int = DEFAULT_GROUP
    room_id: int | None = None
    comment: str = ""


class PcChange(msgspec.Struct, frozen=True, kw_only=True):
    """New values for the named PCs; None leaves a value as it is. `new_name` is for one PC."""

    center: Center
    names: list[str]
    new_name: str | None = None
    pc_group_id: int | None = None
    console_type: int | None = None
    comment: str | None = None
    ip: str | None = None
    mac: str | None = None


class PcsNamed(msgspec.Struct, frozen=True):
    """Some PCs of a centre."""

    center: Center
    names: list[str]


class OutOfOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Take PCs out of order, or back."""

    center: Center
    names: list[str]
    is_out_of_order: bool
    reason: str = ""


def add_pcs(tx: Tx, new: NewPcs) -> list[str]:
    """Add PCs, all or none; answers their names. Refuses names in use and more than MAX_PC."""
    center_id = new.center.id
    lock_center(tx, center_id)
    if not pc_group_exists(tx, center_id, new.pc_group_id):
        raise InvalidInput({"pc_group_id": _NO_GROUP})
    if new.room_id is not None and tx.scalar(_ROOM, center=center_id, room=new.room_id) is None:
        raise InvalidInput({"room_id": say("is not a room of this centre")})
    _check_no_repeats(new.names)
    if tx.scalar(_COUNT, center=center_id) + len(new.names) > MAX_PC:
        raise Refused(say("A centre can have at most %(count)s PCs.", count=MAX_PC))
    kept = {
        "comment": new.comment,
        "console_type": new.console_type,
        "pc_group_id": new.pc_group_id,
        "room_id": new.room_id,
    }
    for name in new.names:
        made = tx.scalar(
            _INSERT,
            center_id=center_id,
            name=name,
            name_key=name.casefold(),
            ip="",
            mac="",
            **kept,
            box_top=0,
            box_left=0,
            turned_degrees=0,
            is_placed=False,
            is_out_of_order=False,
            out_of_order_reason="",
            created_at=tx.now,
        )
        if made is None:
            raise InvalidInput({"names": say("%(name)s already exists", name=name)})
        tx.audit("pc", made, after={**kept, "name": name})
    tell_changed(tx, center_id)
    return list(new.names)


def change_pcs(tx: Tx, change: PcChange) -> list[str]:
    """Change PCs, all or none; answers their names. A PC in use cannot be renamed.

    Sessions on PCs that change their group go on under that group's prices from now. What is so
    already leaves no trace.
    """
    center_id = change.center.id
    lock_center(tx, center_id)
    rows = lock_pcs(tx, center_id, change.names)
    columns = _changed_columns(tx, change)
    if change.new_name is not None:
        columns |= _new_name(tx, center_id, rows, change.new_name)
    new = [row for row in rows if any(getattr(row, key) != to for key, to in columns.items())]
    if not new:
        tx.did_nothing()
        return [row.name for row in rows]
    ids = [row.id for row in new]
    tx.run(sa.update(pcs).where(pcs.c.center_id == center_id, pcs.c.id.in_(ids)).values(columns))
    for row in new:
        tx.audit("pc", row.id, before=row, after=columns)
        if change.pc_group_id not in (None, row.pc_group_id):
            tx.tell(PcRegrouped(center_id, row.id))
    tell_changed(tx, center_id)
    return [columns.get("name", row.name) for row in rows]


def delete_pcs(tx: Tx, named: PcsNamed) -> list[str]:
    """Remove PCs, all or none; answers their names. A PC in use is not removed."""
    center_id = named.center.id
    rows = lock_pcs(tx, center_id, named.names)
    refuse_in_use(tx, center_id, rows, say("be deleted"))
    ids = [row.id for row in rows]
    tx.run(sa.delete(pcs).where(pcs.c.center_id == center_id, pcs.c.id.in_(ids)))
    for row in rows:
        tx.audit("pc", row.id, before={name: getattr(row, name) for name in _KEPT})
    tell_changed(tx, center_id)
    return [row.name for row in rows]


def set_out_of_order(tx: Tx, order: OutOfOrder) -> list[str]:
    """Take PCs out of order so that no session can start, or back. Not while one runs."""
    center_id = order.center.id
    rows = lock_pcs(tx, center_id, order.names)
    if order.is_out_of_order:
        refuse_in_use(tx, center_id, rows, say("be taken out of order"), is_for_now=True)
    statement = sa.update(pcs).where(
        pcs.c.center_id == center_id, pcs.c.id.in_([row.id for row in rows])
    )
    new = {
        "is_out_of_order": order.is_out_of_order,
        "out_of_order_reason": order.reason if order.is_out_of_order else "",
    }
    tx.run(statement.values(new))
    for row in rows:
        tx.audit("pc", row.id, before=row, after=new)
    tell_changed(tx, center_id)
    return [row.name for row in rows]


def lock_pcs(tx: Tx, center_id: int, names: Sequence[str], field: str = "names") -> list[Row]:
    """The PCs with these names (whatever their case), in that order, locked.

    Raises InvalidInput for `field`, naming every unknown one.
    """
    keys = list(dict.fromkeys(name.casefold() for name in names))
    if not keys:
        raise InvalidInput({field: say("is required")})
    rows = tx.all(
        sa.select(pcs)
        .where(pcs.c.center_id == center_id, pcs.c.name_key.in_(keys))
        .order_by(pcs.c.id)
        .with_for_update(key_share=True)
    )
    found = {row.name_key: row for row in rows}
    unknown = [name for name in names if name.casefold() not in found]
    if unknown:
        raise InvalidInput({field: say("PC not found: %(names)s", names=", ".join(unknown[:10]))})
    return [found[key] for key in keys]


def refuse_in_use(
    tx: Tx, center_id: int, rows: Sequence[Row], what: str, *, is_for_now: bool = False
) -> None:
    """Ask whether the PCs may be touched; raises the refusal of whoever uses them."""
    tx.ask(TouchingPcs(center_id, tuple(row.id for row in rows), what, is_for_now))


def tell_changed(tx: Tx, center_id: int) -> None:
    """Leave the event that PCs or rooms of the centre are no longer what they were."""
    tx.emit("pcs.changed", {"center_id": center_id})


def _check_no_repeats(names: Sequence[str]) -> None:
    if not names:
        raise InvalidInput({"names": say("is required")})
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            raise InvalidInput({"names": say("names %(name)s twice", name=name)})
        seen.add(name.casefold())


def _changed_columns(tx: Tx, change: PcChange) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    errors: dict[str, str] = {}
    if change.pc_group_id is not None:
        columns["pc_group_id"] = change.pc_group_id
        if not pc_group_exists(tx, change.center.id, change.pc_group_id):
            errors["pc_group_id"] = _NO_GROUP
    if change.console_type is not None:
        columns["console_type"] = change.console_type
    if change.comment is not None:
        columns["comment"] = change.comment
    for name, read, reason in (
        ("ip", ip_text, "must be an IPv4 or IPv6 address"),
        ("mac", mac_text, "must be a hardware address such as 04-D9-F5-00-12-AB"),
    ):
        given: str | None = getattr(change, name)
        if given is None:
            continue
        columns[name] = read(given) if given else ""
        if columns[name] is None:
            errors[name] = reason
        elif given and len(change.names) > 1:
            errors[name] = say("is for one PC only")
    if errors:
        raise InvalidInput(errors)
    return columns


def _new_name(tx: Tx, center_id: int, rows: Sequence[Row], name: str) -> dict[str, str]:
    if len(rows) > 1:
        raise InvalidInput({"new_name": say("is for one PC only")})
    (row,) = rows
    if row.name == name:
        return {}
    if "," in name:
        # Calls take several names as one text with commas.
        raise InvalidInput({"new_name": say("must not have a comma")})
    same_name = sa.select(pcs.c.id).where(
        pcs.c.center_id == center_id, pcs.c.name_key == name.casefold(), pcs.c.id != row.id
    )
    if tx.scalar(same_name) is not None:
        raise InvalidInput({"new_name": say("%(name)s already exists", name=name)})
    refuse_in_use(tx, center_id, rows, say("be renamed"))
    return {"name": name, "name_key": name.casefold()}
