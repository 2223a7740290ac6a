"""Statements compiled once: SQLAlchemy Core writes the SQL, the driver runs it.

Core's own execution costs about 35 microseconds a statement; a hot command runs ten of them.
`static()` keeps Core's text, bind and result conversions and leaves out the rest.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles

from lanhouse.db.arrays import ListOf
from lanhouse.db.digested import Change, change_of
from lanhouse.db.places import written
from lanhouse.db.sets import SetBased
from lanhouse.db.types import Json

Row = Any
"""A row with its columns as attributes."""

_Convert = Callable[[Any], Any]
_new_tuple: Callable[..., Any] = getattr(tuple, "__new__")  # noqa: B009 - its type is unknown


class Compiled:
    """A statement in one dialect: text, how parameters go in and how rows come out."""

    __slots__ = ("_binds", "_columns", "_constants", "_make", "_pick", "sql")

    def __init__(
        self, statement: Any, dialect: Dialect, keys: frozenset[str], width: int | None = None
    ) -> None:
        inserts_values = isinstance(statement, sa.Insert) and statement.select is None
        column_keys = sorted(keys) if inserts_values else None
        compiled: Any = statement.compile(dialect=dialect, column_keys=column_keys)
        self._constants: dict[str, Any] = {
            name: value for name, value in compiled.params.items() if name not in keys
        }
        self.sql, names = written(compiled, self._constants)
        self._pick: _Convert = _picker(names)
        converts: dict[str, _Convert] = dict(compiled._bind_processors)
        self._binds: list[tuple[int, _Convert]] = [
            (place, converts[name]) for place, name in enumerate(names) if name in converts
        ]
        # What follows is not for the caller (digested.Change).
        columns = list(compiled._result_columns)[:width]
        self._make: _Convert | None = None
        self._columns: list[tuple[int, _Convert]] = []
        if columns:
            keynames = [str(c.keyname) for c in columns]
            row_type: Any = namedtuple("Row", keynames, rename=True)  # type: ignore[misc]
            # What `_make` does, without a call of Python for each row.
            self._make = partial(_new_tuple, row_type)
            for index, column in enumerate(columns):
                convert = column.type._cached_result_processor(dialect, None)
                if convert is not None:
                    self._columns.append((index, convert))

    def parameters(self, given: Mapping[str, Any]) -> Sequence[Any]:
        """Values for the driver, in order."""
        named = {**self._constants, **given} if self._constants else given
        values = self._pick(named)
        if self._binds:
            values = list(values)
            for place, convert in self._binds:
                values[place] = convert(values[place])
        return values

    def row(self, raw: Any) -> Row:
        """One driver row with converted values and attribute access."""
        assert self._make is not None
        values = list(raw)
        for index, convert in self._columns:
            values[index] = convert(values[index])
        return self._make(values)

    def rows(self, raws: Iterable[Any]) -> list[Row]:
        """All driver rows, converted."""
        make, columns = self._make, self._columns
        assert make is not None
        if columns:
            # By columns, so that no Python runs between the conversions of a long list.
            turned: list[Any] = list(zip(*raws, strict=True))
            for index, convert in columns if turned else ():
                turned[index] = map(convert, turned[index])
            raws = zip(*turned, strict=True)
        return list(map(make, raws))


def _picker(names: list[str]) -> _Convert:
    """A function from values by name to the values in the order of `names`."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda named: [named[name] for name in names]


class Static:
    """A module-level statement; `compiled` gives its form for a dialect, made once.

    `change` is set when it writes a digested table.
    """

    __slots__ = ("_cache", "_sets", "change", "statement")

    def __init__(self, statement: Any) -> None:
        self.change: Change | None = change_of(statement)
        self.statement = statement if self.change is None else self.change.statement
        self._cache: dict[tuple[str, frozenset[str]], Compiled] = {}
        self._sets: dict[frozenset[str], SetBased] = {}

    def compiled(self, dialect: Dialect, given: Mapping[str, Any]) -> Compiled:
        """The compiled form for this dialect and these parameter names."""
        key = (dialect.name, frozenset(given))
        found = self._cache.get(key)
        if found is None:
            width = None if self.change is None else self.change.width
            found = self._cache[key] = Compiled(self.statement, dialect, key[1], width)
        return found

    def set_based(self, dialect: Dialect, given: Mapping[str, Any]) -> SetBased:
        """The form for many rows of these parameters; PostgreSQL's alone."""
        names = frozenset(given)
        found = self._sets.get(names)
        if found is None:
            found = self._sets[names] = SetBased(self.statement, dialect, names)
        return found


def static(statement: Any) -> Static:
    """Mark a constant statement with bindparam()s as hot: compiled once, run by the driver.

    For a list of changing length there is among().
    """
    return Static(statement)


class Numbered(NamedTuple):
    """How rows get into a table whose ids the database gives out; made by numbered()."""

    returning_id: Static
    with_id: Static
    newest: Static


def numbered(table: sa.Table) -> Numbered:
    """The inserts of a table with an `id`: one row answers its id, Tx.insert_many several."""
    return Numbered(
        static(sa.insert(table).returning(table.c.id)),
        static(sa.insert(table)),
        static(sa.select(sa.func.max(table.c.id))),
    )


class _Among(sa.ColumnElement[bool]):
    """See among()."""

    inherit_cache = False
    # SQLite has no boolean type; without this Core compares the result of IN with 1.
    _is_implicitly_boolean = True

    def __init__(self, column: sa.ColumnElement[Any], name: str) -> None:
        self.column = column
        self.name = name
        self.type = sa.Boolean()


def among(column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
    """`column IN (the list given as parameter name)` as one statement for lists of any length.

    The values are numbers or texts. PostgreSQL takes an array, SQLite a JSON text.
    """
    return _Among(column, name)


@compiles(_Among)
def _write_among(element: _Among, compiler: Any, **options: Any) -> str:
    column = element.column
    if compiler.dialect.name == "postgresql":
        listed = sa.bindparam(element.name, type_=ListOf(column.type))
        return compiler.process(column == sa.any_(listed), **options)
    listed = sa.bindparam(element.name, type_=Json())
    values = sa.func.json_each(listed).table_valued("value")
    return compiler.process(column.in_(sa.select(values.c.value)), **options)


class _Listed(sa.FunctionElement[Any]):
    """Rows of one column, `value`: the list given as a parameter."""

    inherit_cache = False
    name = "listed"

    def __init__(self, name: str, type_: sa.types.TypeEngine[Any]) -> None:
        super().__init__()
        self.parameter = name
        self.of_type = type_


def known_among(column: sa.ColumnElement[Any], name: str, *conditions: Any) -> sa.Select[Any]:
    """A select of those of the list given as parameter `name` that the column has under conditions.

    Where a key has several columns, PostgreSQL may take among() for a filter and read every row
    that shares the others, all the answers of a book; a subquery for each value it cannot flatten.
    """
    value = sa.column("value", column.type)
    # An alias of its column's name: the only spelling that both databases understand.
    asked = _Listed(name, column.type).table_valued(value, name="value").c.value
    found = sa.select(column).where(*conditions, column == asked).scalar_subquery()
    return sa.select(asked.label(column.name)).where(found.is_not(None))


@compiles(_Listed)
def _write_listed(element: _Listed, compiler: Any, **options: Any) -> str:
    if compiler.dialect.name == "postgresql":
        rows = sa.func.unnest(sa.bindparam(element.parameter, type_=ListOf(element.of_type)))
    else:
        rows = sa.func.json_each(sa.bindparam(element.parameter, type_=Json()))
    return compiler.process(rows, **options)


def insert_ignore(table: sa.Table) -> postgresql.Insert:
    """INSERT … ON CONFLICT DO NOTHING, in both databases.

    With `.returning(…)` a conflict answers no row.
    """
    return postgresql.insert(table).on_conflict_do_nothing()


def upsert(table: sa.Table, keys: list[str], update: list[str]) -> postgresql.Insert:
    """INSERT … ON CONFLICT (keys) DO UPDATE SET the columns `update` to the new values."""
    insert = postgresql.insert(table)
    return insert.on_conflict_do_update(
        index_elements=keys, set_={name: insert.excluded[name] for name in update}
    )
