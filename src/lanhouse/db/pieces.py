"""Rows by a piece of a text: "ana" finds "Mariana". An index of all threes of letters answers it:
pg_trgm's on PostgreSQL, a table of FTS5 that triggers keep on SQLite (decision 0094).

It is asked where few rows match. Where many do, those that are wanted soon come by in the order in
which they are wanted, and every row is looked at until then.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from lanhouse.db.statements import Static, static
from lanhouse.db.store import Read

SIGNS_MIN = 3
"""Shorter pieces are in no index."""


class Pieces(NamedTuple):
    """The index `name` over a text column; `key` is the number of its rows."""

    name: str
    key: sa.Column[Any]
    column: sa.Column[Any]


class Holding(sa.ColumnElement[bool]):
    """The condition that the column holds a piece, by the index; `phrase` is that of phrase_of(),
    or a parameter for it."""

    inherit_cache = False
    type = sa.Boolean()
    _is_implicitly_boolean = True

    def __init__(self, index: Pieces, phrase: Any) -> None:
        self.index = index
        given = isinstance(phrase, sa.ColumnElement)
        self.phrase: Any = phrase if given else sa.literal(phrase, sa.Text)


@compiles(Holding)
def _write_holding(element: Holding, compiler: Any, **options: Any) -> str:
    index = element.index
    if compiler.dialect.name == "postgresql":
        return compiler.process(index.column.like(element.phrase, escape="\\"), **options)
    table = sa.table(index.name, sa.column("rowid", sa.BigInteger))
    matches = sa.select(table.c.rowid).where(
        sa.literal_column(index.name).op("MATCH")(element.phrase)
    )
    return compiler.process(index.key.in_(matches), **options)


def _among_names(catalogue: str, name: str) -> Static:
    column: sa.ColumnClause[Any] = sa.column(name)
    there = sa.select(sa.literal(1)).select_from(sa.table(catalogue, column))
    return static(there.where(column == sa.bindparam("index")))


_IN_MASTER = _among_names("sqlite_master", "name")
_IN_CLASS = _among_names("pg_class", "relname")


def has_index(read: Read, index: Pieces) -> bool:
    """Whether the database has the index: some builds and some owners cannot make it."""
    return read.one(_IN_CLASS if read.is_postgresql else _IN_MASTER, index=index.name) is not None


def phrase_of(read: Read, index: Pieces, text: str, matches_max: int) -> str | None:
    """What to ask the index for the rows that hold `text`; None where more than `matches_max` do,
    the text is too short, or there is no such index.

    `text` is in the form in which the column keeps its letters (case, width).
    """
    if len(text) < SIGNS_MIN or "\0" in text or not has_index(read, index):
        return None
    if read.is_postgresql:
        escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        phrase = f"%{escaped}%"
    else:
        phrase = '"' + text.replace('"', '""') + '"'
    some = sa.select(index.key).where(Holding(index, phrase)).limit(matches_max + 1).subquery()
    count = read.scalar(sa.select(sa.func.count()).select_from(some))
    return phrase if count <= matches_max else None
