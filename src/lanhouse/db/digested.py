"""Which columns of which tables are digested, and how a write tells the rows that it touched.

A table declares them beside its definition (decision 0019). Every write of such a table answers
the digested columns of its rows (RETURNING), so that no command can forget to digest.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.sql import visitors

from lanhouse.db.types import Json, StoredMicros, UtcTime

_INFO = "digested"
_HIDING = (sa.TextClause, sa.Insert, sa.Update, sa.Delete)
_encode = msgspec.json.Encoder().encode


class Form(Enum):
    """How a digest covers a row."""

    WRITTEN = auto()
    """All columns, as a command wrote them."""
    FOUND = auto()
    """All columns, those that are digested since later as they were found then."""
    FORMER = auto()
    """Without the columns that are digested since later."""


class Digested(NamedTuple):
    """A table whose rows are digested. `number` names it for ever; the key comes first in
    `columns`, all of them as the database keeps them: integers, texts or nothing.

    `former_widths`: how many of the columns were digested once, before others joined; the oldest
    form first, empty where always all of them were.
    """

    number: int
    table: sa.Table
    columns: tuple[sa.ColumnElement[Any], ...]
    has_part: bool
    """Whether the key has a second column."""
    former_widths: tuple[int, ...]

    @property
    def key(self) -> list[sa.Column[Any]]:
        """The primary key: a number, or a number and something else."""
        return list(self.table.primary_key.columns)

    @property
    def part(self) -> sa.ColumnElement[str]:
        """The second column of the key as a text, empty where there is none."""
        return sa.cast(self.key[1], sa.Text) if self.has_part else sa.literal_column("''", sa.Text)

    def place_of(self, values: Sequence[Any]) -> tuple[int, int, str]:
        """The number, the row's id and its part; `values` are those of `columns`."""
        return self.number, values[0], str(values[1]) if self.has_part else ""

    def name_of(self, row_id: int, part: str) -> str:
        """The row for a person, `pc_sessions 7` or `pc_session_segments 7/2`."""
        return f"{self.table.name} {row_id}{'/' if part else ''}{part}"

    def digest(self, values: Sequence[Any]) -> str:
        """SHA-256 in hex digits over the number and the values; the text never changes."""
        return sha256(_encode((self.number, *values))).hexdigest()

    def digest_found(self, values: Sequence[Any]) -> str:
        """The digest of a row whose later columns are digested as they were found."""
        return sha256(_encode((self.number, "found", *values))).hexdigest()

    def form_of(self, digest: str | None, values: Sequence[Any]) -> Form | None:
        """How a digest covers a row of these values; None: it is none of theirs."""
        if digest == self.digest(values):
            return Form.WRITTEN
        if not self.former_widths:
            return None
        if digest == self.digest_found(values):
            return Form.FOUND
        for width in reversed(self.former_widths):
            former = values[:width]
            # A row may have been taken over once, and not again since more columns joined.
            if digest in (self.digest(former), self.digest_found(former)):
                return Form.FORMER
        return None


_tables: dict[int, Digested] = {}
_names: set[str] = set()


def digested(
    table: sa.Table, number: int, *columns: str, later: Sequence[Sequence[str]] = ()
) -> None:
    """Declare the digested columns of a table, beside its key: ids, amounts, times and states.

    Never names of persons or free text, so that a person can be erased. `number` is of this table
    alone. Columns that join a table whose rows are digested already come in `later`, those of each
    migration together and behind the ones before; the migration puts the table into the backlog,
    so that old rows get a digest of them too.
    """
    key = [column.name for column in table.primary_key.columns]
    names = [*key, *columns]
    former_widths: list[int] = []
    for joined in later:
        former_widths.append(len(names))
        names.extend(joined)
    if number in _tables or len(key) > 2 or len(set(names)) < len(names):
        raise ValueError(f"{table.name}: its number, its key or its columns cannot be digested")
    stored = tuple(_stored(table.c[name]) for name in names)
    _names.add(table.name)
    table.info[_INFO] = _tables[number] = Digested(
        number, table, stored, len(key) > 1, tuple(former_widths)
    )


def digested_tables() -> list[Digested]:
    """Every table that was declared, by its number."""
    return [_tables[number] for number in sorted(_tables)]


def _stored(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    if isinstance(column.type, UtcTime):
        return StoredMicros(column)
    if isinstance(column.type, sa.Boolean):
        return sa.cast(column, sa.Integer)
    return sa.type_coerce(column, sa.Text) if isinstance(column.type, Json) else column


class Change(NamedTuple):
    """A write of a digested table: `statement` answers its own `width` columns, then those."""

    digested: Digested
    statement: Any
    width: int
    is_delete: bool


def change_of(statement: Any) -> Change | None:
    """The write as it is run, or None for what writes no digested table.

    Raises TypeError for a statement that does not show what it writes: text, a write inside
    another statement, a definition, a table that is not the declared one.
    """
    is_write = isinstance(statement, sa.Insert | sa.Update | sa.Delete)
    if not (is_write or isinstance(statement, sa.Select | sa.CompoundSelect)):
        raise TypeError(f"a transaction runs no {type(statement).__name__}: {statement}")
    if _hides_a_write(statement):
        raise TypeError(f"a transaction sees no write inside: {statement}")
    if not is_write:
        return None
    table: Any = statement.table
    found: Digested | None = table.info.get(_INFO) if isinstance(table, sa.Table) else None
    if found is None:
        if not isinstance(table, sa.Table) or table.name in _names:
            raise TypeError(f"a transaction writes tables as they are declared: {statement}")
        return None
    told = [each.label(f"digested_{place}") for place, each in enumerate(found.columns)]
    return Change(
        found,
        statement.returning(*told),
        len(statement.exported_columns),
        isinstance(statement, sa.Delete),
    )


def _hides_a_write(statement: Any) -> bool:
    parts = visitors.iterate(statement)
    return any(part is not statement and isinstance(part, _HIDING) for part in parts)
