"""Lists as parameters for PostgreSQL: the text of an array, `{1,2,NULL}` or `{"a","b"}`.

The driver writes a list item by item in Python, which cost more than all else of a write of many
rows; a text goes out as it is, and the statement casts it to the type of the column (decision
0067).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_Convert = Callable[[Any], Any]


class ListOf(TypeDecorator[Any]):
    """A list of values as one parameter; each is converted as its own type wants it."""

    impl = postgresql.ARRAY
    cache_ok = True

    def __init__(self, item_type: Any) -> None:
        super().__init__(item_type, dimensions=1)
        self.item_type = item_type

    def bind_processor(self, dialect: Dialect) -> Any:
        convert: _Convert | None = None
        # Of plain bytes it would only make the driver's own kind of them.
        if not isinstance(self.item_type, sa.LargeBinary):
            convert = self.item_type._cached_bind_processor(dialect)

        def processed(values: Sequence[Any]) -> str:
            return literal(values if convert is None else [convert(each) for each in values])

        return processed


def literal(values: Sequence[Any]) -> str:
    """Integers, truths, texts, bytes, moments or None, all but None of one kind, as an array.

    Raises TypeError for a value of another kind.
    """
    kinds = set(map(type, values)) - {type(None)}
    writers = {_writer_of(kind) for kind in kinds}
    if len(writers) > 1:
        raise TypeError(f"no array holds {' and '.join(sorted(map(str, kinds)))}")
    write = writers.pop() if writers else str
    if values and values.count(values[0]) == len(values):
        # The centre, the moment, the staff: in most columns of a batch all values are one.
        return "{" + ",".join([_item(values[0], write)] * len(values)) + "}"
    return "{" + ",".join([_item(each, write) for each in values]) + "}"


def _item(value: Any, write: Callable[[Any], str]) -> str:
    return "NULL" if value is None else write(value)


@cache
def _writer_of(kind: type) -> Callable[[Any], str]:
    for base in kind.__mro__:
        if base in _WRITERS:
            return _WRITERS[base]
    raise TypeError(f"no array holds {kind}")


def _text(value: str) -> str:
    if "\\" in value or '"' in value:
        value = value.replace("\\", "\\\\").replace('"', '\\"')
    # Not an f-string: it would name the member of an enumeration instead of its text.
    return '"' + value + '"'


def _moment(value: datetime) -> str:
    return f'"{value.isoformat()}"'


def _bytes(value: bytes) -> str:
    return f'"\\\\x{value.hex()}"'


_WRITERS: dict[type, Callable[[Any], str]] = {
    int: int.__repr__,  # an enumeration's number, not its name
    bool: lambda value: "t" if value else "f",
    str: _text,
    bytes: _bytes,
    datetime: _moment,
}
