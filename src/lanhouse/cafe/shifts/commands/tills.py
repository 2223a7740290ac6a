"""The tills of a centre."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.shifts.commands.base import TILL
from lanhouse.cafe.shifts.errors import TillNotFound
from lanhouse.cafe.shifts.tables import shifts, tills
from lanhouse.db.statements import insert_ignore, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.limits import MAX_TILL
from lanhouse.kit.said import say

NAME_CHARS_MAX = 40

_INSERT = static(insert_ignore(tills).returning(tills.c.id))
_COUNT = static(
    sa.select(sa.func.count()).select_from(tills).where(tills.c.center_id == sa.bindparam("center"))
)
_OPEN = static(
    sa.select(shifts.c.id).where(
        shifts.c.center_id == sa.bindparam("center"),
        shifts.c.till_id == sa.bindparam("till"),
        shifts.c.closed_at.is_(None),
    )
)
_NAMED = static(
    sa.select(tills.c.id).where(
        tills.c.center_id == sa.bindparam("center"), tills.c.name_key == sa.bindparam("key")
    )
)
_CHANGE = static(
    sa.update(tills)
    .where(tills.c.id == sa.bindparam("the_till"))
    .values(
        name=sa.bindparam("new_name"),
        name_key=sa.bindparam("new_name_key"),
        is_used=sa.bindparam("new_is_used"),
    )
)


class NewTill(msgspec.Struct, frozen=True):
    """A till to add."""

    center: Center
    name: str


class TillChange(msgspec.Struct, frozen=True):
    """What a till is called, and whether shifts may be opened at it."""

    center: Center
    till_id: int
    name: str
    is_used: bool


def add_till(tx: Tx, new: NewTill) -> int:
    """Add a till; answers its id. Raises InvalidInput by field, Refused above MAX_TILL."""
    _check(new.name)
    if tx.scalar(_COUNT, center=new.center.id) >= MAX_TILL:
        raise Refused(say("a centre can have at most %(count)s tills (MAX_TILL)", count=MAX_TILL))
    till_id = tx.scalar(
        _INSERT,
        center_id=new.center.id,
        name=new.name,
        name_key=new.name.casefold(),
        is_used=True,
        left_micros=0,
    )
    if till_id is None:
        raise InvalidInput({"name": say("already exists")})
    tx.audit("till", till_id, after={"name": new.name})
    return till_id


def change_till(tx: Tx, change: TillChange) -> int:
    """Rename a till, or take it out of use and back; answers its id.

    Raises InvalidInput by field, TillNotFound, Refused while a shift is open at it.
    """
    _check(change.name)
    till = tx.one(TILL, center=change.center.id, till=change.till_id)
    if till is None:
        raise TillNotFound
    key = change.name.casefold()
    if key != till.name_key and tx.scalar(_NAMED, center=change.center.id, key=key) is not None:
        raise InvalidInput({"name": say("already exists")})
    if not change.is_used and tx.scalar(_OPEN, center=change.center.id, till=till.id) is not None:
        raise Refused(say("close the shift at this till first"))
    tx.run(
        _CHANGE,
        the_till=till.id,
        new_name=change.name,
        new_name_key=key,
        new_is_used=change.is_used,
    )
    before = {"name": till.name, "is_used": till.is_used}
    after = {"name": change.name, "is_used": change.is_used}
    tx.audit("till", till.id, before=before, after=after)
    return till.id


def _check(name: str) -> None:
    if not name:
        raise InvalidInput({"name": say("is required")})
    if len(name) > NAME_CHARS_MAX:
        raise InvalidInput(
            {"name": say("must be at most %(count)s characters", count=NAME_CHARS_MAX)}
        )
