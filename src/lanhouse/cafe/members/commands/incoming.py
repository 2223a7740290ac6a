"""Members on their way in, whom nobody sees before all of their import are there.

Such a row has a `deleted_at` and a `pending_import_id`; its account's name is taken already.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lanhouse.cafe.members.commands.accounts import row_of_new
from lanhouse.cafe.members.tables import members
from lanhouse.db.statements import among, known_among, static
from lanhouse.db.store import Read, Tx
from lanhouse.kit import clock

_INSERT = static(sa.insert(members))
_PENDING = (
    members.c.center_id == sa.bindparam("center"),
    members.c.pending_import_id == sa.bindparam("import_id"),
)
_SHOW = static(sa.update(members).where(*_PENDING).values(deleted_at=None, pending_import_id=None))
_REMOVE = static(sa.delete(members).where(*_PENDING, among(members.c.id, "ids")))
_IN_USE = static(
    known_among(members.c.account_key, "keys", members.c.center_id == sa.bindparam("center"))
)
_TIMES = ("expires_at", "created_at")


def in_json(value: datetime | None) -> int | None:
    """A time as the values of a pending member keep it."""
    return None if value is None else clock.to_micros(value)


def accounts_in_use(read: Read, center_id: int, keys: Sequence[str]) -> bool:
    """Whether somebody of the centre is called like one of these (rules.account_key)."""
    return bool(read.all(_IN_USE, center=center_id, keys=list(keys)))


def add_unseen(
    tx: Tx, center_id: int, import_id: int, new: Sequence[tuple[int, dict[str, Any]]]
) -> None:
    """Write members (id, columns with times by in_json()); the centre is locked."""
    rows: list[dict[str, Any]] = []
    for member_id, values in new:
        typed = {
            name: clock.from_micros(value) if name in _TIMES and value is not None else value
            for name, value in values.items()
        }
        row = row_of_new(center_id, member_id, typed, tx.now)
        rows.append(
            row | {"deleted_at": tx.now, "pending_import_id": import_id, "password_until": None}
        )
    tx.run_many(_INSERT, rows)


def show_all(tx: Tx, center_id: int, import_id: int) -> None:
    """Let everybody see them, all in one moment."""
    tx.run(_SHOW, center=center_id, import_id=import_id)


def remove_unseen(tx: Tx, center_id: int, import_id: int, member_ids: Sequence[int]) -> None:
    """Take these away again, of whom there is nothing but the row."""
    tx.run(_REMOVE, center=center_id, import_id=import_id, ids=list(member_ids))
