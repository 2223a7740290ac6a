"""Where a list goes on, as a text that callers send back.

It holds the order and its values of the last row that was seen: nothing that the row did not show,
so it is not signed. Who changes it sees other rows of the same list, never others'.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from lanhouse.db.types import UtcTime
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.said import say

Cursor = tuple[Any, ...]
"""The order's values of the last row that was seen."""

_INTEGER_MAX = 2**63


def cursor_text(order: str, after: Cursor) -> str:
    """The place behind a row (name of the order, its values) as letters, digits, - and _."""
    values = [clock.to_micros(value) if isinstance(value, datetime) else value for value in after]
    return base64.urlsafe_b64encode(msgspec.json.encode([order, *values])).decode().rstrip("=")


def cursor_of(order: str, types: Sequence[Any], text: str) -> Cursor:
    """The values in a text of cursor_text(), by the types of the order's columns.

    Raises InvalidInput (`cursor`) for any other text, and for that of another order.
    """
    try:
        padded = text.encode() + b"=" * (-len(text) % 4)
        told = msgspec.json.decode(base64.b64decode(padded, b"-_", validate=True), type=list[Any])
        if told[:1] != [order]:
            raise ValueError(order)
        pairs = zip(told[1:], types, strict=True)
        return tuple(_typed(value, kind) for value, kind in pairs)
    except (ValueError, OverflowError, binascii.Error, msgspec.DecodeError) as error:
        wrong = say("must be next_cursor of the page before, with the same order")
        raise InvalidInput({"cursor": wrong}) from error


def _typed(value: Any, kind: Any) -> Any:
    is_time = isinstance(kind, UtcTime)
    expected: type = int if is_time else kind.python_type
    if type(value) is not expected:
        raise ValueError(value)
    if expected is int and not -_INTEGER_MAX <= value < _INTEGER_MAX:
        raise ValueError(value)
    if expected is str and "\x00" in value:
        raise ValueError(value)
    return clock.from_micros(value) if is_time else value
