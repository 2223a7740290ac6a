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


_declared: list[Pieces] = []


def pieces(name: str, key: sa.Column[Any], column: sa.Column[Any]) -> Pieces:
    """Declare an index beside its table; make_missing() makes it."""
    index = Pieces(name, key, column)
    _declared.append(index)
    return index


def names() -> list[str]:
    """What the declared indexes are called."""
    return [index.name for index in _declared]


def make_missing(connection: sa.Connection) -> None:
    """Make the indexes that the database can have and has not, in the caller's transaction.

    They are no part of the history of migrations: a build of SQLite without FTS5, or an owner who
    may add no extension, goes without, and gets them when that changes.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    catalogue, name = ("sqlite_master", "name") if is_sqlite else ("pg_class", "relname")
    known: sa.ColumnClause[str] = sa.column(name)
    there = sa.select(known).select_from(sa.table(catalogue))
    missing = [
        index for index in _declared if connection.scalar(there.where(known == index.name)) is None
    ]
    if not missing:
        return
    if is_sqlite:
        can, statements = "SELECT sqlite_compileoption_used('ENABLE_FTS5')", _ON_SQLITE
    else:
        can, statements = _MAY_EXTEND, (_EXTENSION, *_ON_POSTGRESQL)
    if not connection.scalar(sa.text(can)):
        return
    for index in missing:
        names_in = {
            "name": index.name,
            "table": index.column.table.name,
            "key": index.key.name,
            "column": index.column.name,
        }
        for statement in statements:
            connection.exec_driver_sql(statement.format(**names_in))


_ADD = "INSERT INTO {name} (rowid, {column}) VALUES (new.{key}, new.{column});"
_FORGET = """INSERT INTO {name} ({name}, rowid, {column})
    VALUES ('delete', old.{key}, old.{column});"""
_ON_SQLITE = (
    """CREATE VIRTUAL TABLE {name} USING fts5 ({column}, content='{table}', content_rowid='{key}',
        columnsize=0, tokenize='trigram case_sensitive 1')""",
    "INSERT INTO {name} ({name}) VALUES ('rebuild')",
    "CREATE TRIGGER {name}_new AFTER INSERT ON {table} BEGIN " + _ADD + " END",
    "CREATE TRIGGER {name}_gone AFTER DELETE ON {table} BEGIN " + _FORGET + " END",
    """CREATE TRIGGER {name}_changed AFTER UPDATE OF {column} ON {table}
        WHEN old.{column} <> new.{column} BEGIN """
    + _FORGET
    + _ADD
    + " END",
)
# Without a list of what is new, which each search would have to read.
_ON_POSTGRESQL = (
    "CREATE INDEX {name} ON {table} USING gin ({column} gin_trgm_ops) WITH (fastupdate = off)",
)
# An owner of a database may add an extension that counts as trusted.
_EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
_MAY_EXTEND = """SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')
    OR EXISTS (SELECT FROM pg_available_extension_versions WHERE name = 'pg_trgm' AND (
        (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
        OR (trusted AND has_database_privilege(current_database(), 'CREATE'))))"""


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
