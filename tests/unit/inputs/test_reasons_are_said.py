"""What cannot be read is told by a template, so that pages tell it in their reader's language."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta

from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.inputs import Amount, Line, decode
from lanhouse.kit.said import Said, translated
from lanhouse.kit.texts import N_


class Colour(StrEnum):
    """A choice."""

    RED = "red"


class Part(msgspec.Struct):
    """What stands inside a list."""

    count: int


class Everything(msgspec.Struct, kw_only=True):
    """A field of every kind that is read."""

    line: Annotated[Line, Meta(max_length=3)] = ""
    long: Annotated[str, Meta(min_length=3)] = ""
    shaped: Annotated[str, Meta(pattern="^a$", extra={"reason": N_("must be an a")})] = ""
    formed: Annotated[str, Meta(pattern="^a$")] = ""
    whole: Annotated[int, Meta(ge=1, le=5)] = 1
    between: Annotated[int, Meta(gt=1, lt=5)] = 2
    paid: Amount = 0
    is_on: bool = False
    exact: Decimal = Decimal(0)
    day: date = date(2026, 1, 1)
    moment: datetime = datetime(2026, 1, 1)  # noqa: DTZ001 - a default that is never read
    choice: Colour = Colour.RED
    word: Literal["a", "b"] = "a"
    many: Annotated[list[int], Meta(max_length=1)] = []
    parts: list[Part] = []


@pytest.mark.parametrize(
    ("field", "value", "template"),
    [
        ("line", "abcd", "must be at most %(count)s characters"),
        ("line", "a\nb", "must be on one line"),
        ("line", ["a", "b"], "must be a single value"),
        ("line", {"a": 1}, "must be text"),
        ("long", "a", "must be at least %(count)s characters"),
        ("shaped", "b", "must be an a"),
        ("formed", "b", "has a wrong form"),
        ("whole", "x", "must be a whole number"),
        ("whole", "0", "must be at least %(least)s"),
        ("whole", "6", "must be at most %(most)s"),
        ("between", "1", "must be more than %(bound)s"),
        ("between", "5", "must be less than %(bound)s"),
        ("whole", "9" * 19, "is too large"),
        ("paid", "x", "must be a plain decimal number"),
        ("is_on", "perhaps", "must be 1 or 0"),
        ("exact", "x", "must be a plain decimal number"),
        ("day", "tomorrow", "must be a date such as 2026-01-31"),
        ("day", "2026-02-31", "must be a date that exists, such as 2026-01-31"),
        ("day", "0001-01-01", "must be between the years %(first)s and %(last)s"),
        ("moment", "tomorrow", "must be a date and time such as 2026-01-31 18:30:00"),
        ("choice", "blue", "must be one of %(names)s"),
        ("word", "c", "must be one of %(names)s"),
        ("many", ["1", "2"], "must have at most %(count)s entries"),
        ("many", ["x"], "entry %(number)s %(reason)s"),
    ],
)
def test_each_kind(field: str, value: Any, template: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        decode(Everything, {field: value})
    reason = refused.value.fields[field]
    assert isinstance(reason, Said)
    assert reason.template == template
    # Nothing of it stays in English, what stands inside it neither.
    assert translated(reason, lambda text: "<>").startswith("<>")


def test_inside_a_list() -> None:
    with pytest.raises(InvalidInput) as refused:
        decode(Everything, {"parts": [{"count": "x"}]})
    assert all(isinstance(reason, Said) for reason in refused.value.fields.values())
