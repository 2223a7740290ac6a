"""Column types whose storage differs between the two databases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Dialect
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

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return value
        return clock.to_micros(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name == "postgresql":
            return value
        return clock.from_micros(value)


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
