"""Which tables are a centre's own settings, that a centre which follows another takes over.

A table says so beside its definition (decision 0124). Its rows keep their ids, so that whatever
names them (settings, prices, packages) names the same thing afterwards.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa

from lanhouse.db.store import Tx
from lanhouse.db.tables import metadata

_INFO = "carried"


class Carried(NamedTuple):
    """How the rows of a table go over: they move, or (`is_copied`) the old centre keeps its own,
    because evidence refers to them. `values` are what the copies say instead."""

    is_copied: bool = False
    values: tuple[tuple[str, Any], ...] = ()


def carried(table: sa.Table, *, is_copied: bool = False, **values: Any) -> None:
    """Declare a table with a column `center_id` as settings."""
    table.info[_INFO] = Carried(is_copied, tuple(values.items()))


def carried_tables() -> list[tuple[sa.Table, Carried]]:
    """Every such table of the modules imported so far, referred ones first."""
    return [(table, table.info[_INFO]) for table in metadata.sorted_tables if _INFO in table.info]


def carry(tx: Tx, old: int, new: int) -> None:
    """Give the settings of centre `old` to centre `new`; what that one had itself is replaced."""
    found = carried_tables()
    copies = {table for table, how in found if how.is_copied}
    after_copies = {
        table for table, _ in found if copies & {key.column.table for key in table.foreign_keys}
    }
    # What moves first: in the order of the house PCs are locked before goods (decision 0124).
    for step in (
        [each for each in found if each[0] not in copies | after_copies],
        [each for each in found if each[0] in copies],
        [each for each in found if each[0] in after_copies - copies],
    ):
        for table, _ in reversed(step):
            tx.run(sa.delete(table).where(table.c.center_id == new))
        for table, how in step:
            if how.is_copied:
                _copy(tx, table, how, old, new)
            else:
                tx.run(sa.update(table).where(table.c.center_id == old).values(center_id=new))


def _copy(tx: Tx, table: sa.Table, how: Carried, old: int, new: int) -> None:
    changed = {"center_id": new, **dict(how.values)}
    columns = [
        sa.literal(changed[column.name], column.type) if column.name in changed else column
        for column in table.c
    ]
    rows = sa.select(*columns).where(table.c.center_id == old)
    tx.run(sa.insert(table).from_select(list(table.c), rows))
