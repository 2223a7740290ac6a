"""Column types whose storage differs between the two databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import TypeDecorator, TypeEngine

from lanhouse.kit import clock


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC datetime: integer microseconds on SQLite, timestamptz on PostgreSQL."""

    impl = sa.BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.DateTime(timezone=True))
        return dialect.type_descriptor(sa.BigInteger())

    # The processors themselves instead of process_…_value: one call per value instead of three.
    def bind_processor(self, dialect: Dialect) -> Any:
        return None if dialect.name == "postgresql" else _to_stored

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return None if dialect.name == "postgresql" else _from_stored


def _to_stored(value: datetime | None) -> int | None:
    return None if value is None else clock.to_micros(value)


_EPOCH = clock.from_micros(0)


def _from_stored(value: int | None) -> datetime | None:
    # clock.from_micros() without the call: lists convert thousands of times.
    return None if value is None else _EPOCH + timedelta(microseconds=value)


class StoredMicros(sa.ColumnElement[int]):
    """A UtcTime column as the integer microseconds since 1970 that SQLite keeps, on both databases.

    Saves the way through a datetime where only the number is wanted.
    """

    inherit_cache = False

    def __init__(self, column: sa.ColumnElement[datetime]) -> None:
        self.column = column
        self.type = sa.BigInteger()


@compiles(StoredMicros)
def _write_micros(element: StoredMicros, compiler: Any, **options: Any) -> str:
    if compiler.dialect.name != "postgresql":
        return compiler.process(element.column, **options)
    # PostgreSQL 13 answers a float here: its error stays below a microsecond, and the cast rounds.
    seconds = sa.extract("epoch", element.column)
    micros = seconds * sa.literal_column("1000000")
    return compiler.process(sa.cast(micros, sa.BigInteger), **options)


class Hash(TypeDecorator[str]):
    """A hash that code writes in hex digits and the database keeps as bytes, half as long."""

    impl = sa.LargeBinary
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Any:
        return _bytes_of

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return _hex_of


def _bytes_of(digits: str | None) -> bytes | None:
    return None if digits is None else bytes.fromhex(digits)


def _hex_of(stored: bytes | str | None) -> str | None:
    # SQLite keeps a text that somebody put there as a text: it equals no hash.
    return stored if stored is None or isinstance(stored, str) else stored.hex()


class Json(TypeDecorator[Any]):
    """Any JSON value, kept as text so that both databases answer the same bytes."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else msgspec.json.decode(value)


Money = sa.BigInteger
"""Integer micros of a currency unit."""

BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""A 64-bit id that the database gives out (SQLite only numbers a column typed INTEGER)."""
