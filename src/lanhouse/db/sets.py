"""One statement for many rows on PostgreSQL: a write over arrays instead of a write per row.

`INSERT … VALUES (…)` becomes `INSERT … SELECT … FROM unnest(arrays)`, `UPDATE … WHERE …` becomes
`UPDATE … FROM unnest(arrays) WHERE …`. The driver's work for each row, and the server's, falls to
that of a value in a list (decision 0067).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import visitors

from lanhouse.db.arrays import ListOf
from lanhouse.db.places import written

_PLACE = "its_place"


class SetBased:
    """A write in its form for many rows: its text, and its parameters from rows of values."""

    __slots__ = ("_places", "sql")

    def __init__(self, statement: Any, dialect: Dialect, names: frozenset[str]) -> None:
        types = _types(statement, names)
        given = _given(types)
        turned = _turned(statement, given, types)
        compiled: Any = turned.compile(dialect=dialect)
        constants = {name: value for name, value in compiled.params.items() if name not in types}
        self.sql, order = written(compiled, constants)
        self._places: list[tuple[str, Callable[[Any], str] | None, Any]] = [
            (name, ListOf(types[name]).bind_processor(dialect), None)
            if name in types
            else (name, None, constants[name])
            for name in order
        ]

    def parameters(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """For each parameter an array of the rows' values, or the statement's own constant."""
        return [
            constant if listed is None else listed([row[name] for row in rows])
            for name, listed, constant in self._places
        ]


def _types(statement: Any, names: frozenset[str]) -> dict[str, Any]:
    """The type of each parameter: its own, else that of the column it is written to."""
    types: dict[str, Any] = {
        name: statement.table.c[name].type for name in sorted(names) if name in statement.table.c
    }
    written = _written(statement)
    wheres: tuple[Any, ...] = getattr(statement, "_where_criteria", ())
    for bind in _binds((*written.values(), *wheres)):
        if bind.key in names:
            types[bind.key] = bind.type
    for column, value in written.items():
        for bind in _binds((value,)):
            if bind is value and bind.key in names and bind.type._isnull:
                types[bind.key] = column.type
    return types


def _given(types: dict[str, Any]) -> Any:
    """The rows as a table: one array a column, and the place of each row in them."""
    arrays = [sa.bindparam(name, type_=ListOf(type_)) for name, type_ in types.items()]
    columns: list[Any] = [sa.column(name, type_) for name, type_ in types.items()]
    rows: Any = sa.func.unnest(*arrays)
    return rows.table_valued(*columns, with_ordinality=_PLACE, name="given").render_derived()


def _turned(statement: Any, given: Any, types: dict[str, Any]) -> Any:
    def replace(element: Any, **_: Any) -> Any:
        for bind in _own(element):
            return given.c[bind.key] if bind.key in types else None
        return None

    traverse: Callable[..., Any] = visitors.replacement_traverse

    def of_rows(part: Any) -> Any:
        return traverse(part, {}, replace)

    named = _written(statement)
    written = {column: of_rows(value) for column, value in named.items()}
    turned: Any
    if statement.is_update:
        turned = sa.update(statement.table).values(written)
        turned = turned.where(*map(of_rows, statement._where_criteria))
    else:
        assert statement.is_insert, "only inserts and updates have this form"
        bound = {bind.key for bind in _binds(named.values())}
        for name in sorted(types.keys() - bound):
            written[statement.table.c[name]] = given.c[name]
        # In this order the sequence gives the ids out.
        rows = sa.select(*written.values()).select_from(given).order_by(given.c[_PLACE])
        turned = postgresql.insert(statement.table).from_select(list(written), rows)
        turned._post_values_clause = statement._post_values_clause
    returning: tuple[Any, ...] = statement._returning
    return turned.returning(*returning) if returning else turned


def _written(statement: Any) -> dict[Any, Any]:
    """The columns that the statement names itself, with their values."""
    columns: Any = statement.table.c
    values: dict[Any, Any] = statement._values or {}
    return {
        columns[column] if isinstance(column, str) else column: value
        for column, value in values.items()
    }


def _binds(parts: Iterable[Any]) -> list[Any]:
    """All parameters within these."""
    return [bind for part in parts for each in visitors.iterate(part) for bind in _own(each)]


def _own(element: Any) -> list[Any]:
    """The element itself if it is a parameter."""
    return [element] if isinstance(element, sa.BindParameter) else []
