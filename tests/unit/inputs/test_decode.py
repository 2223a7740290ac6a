"""What the lenient layer forgives field by field, and how it names what it does not."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import UNSET, Meta, UnsetType

from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.inputs import (
    Amount,
    Coins,
    FineAmount,
    Line,
    Secret,
    SignedAmount,
    SignedCoins,
    also,
    decode,
    merge_sources,
)


class Tint(Enum):
    RED = "red"
    BLUE = "blue"


class Part(msgspec.Struct):
    name: Annotated[Line, Meta(max_length=5)]
    count: int = 1


class Wide(msgspec.Struct):
    whole: int = 0
    small: Annotated[int, Meta(ge=1, le=10)] = 1
    maybe: int | None = 7
    text: str = ""
    short: Annotated[str, Meta(min_length=2, max_length=3)] = "ab"
    coded: Annotated[str, Meta(pattern="^[A-Z]+$", extra={"reason": "may hold A to Z only"})] = "A"
    note: str | None = None
    line: Line = ""
    secret: Secret = ""
    on: bool = False
    ids: list[int] = []
    names: list[str] = []
    few: Annotated[list[int], Meta(max_length=2)] = []
    day: date | None = None
    at: datetime | None = None
    exact: Decimal | None = None
    tint: Tint = Tint.RED
    kind: Literal["a", "b"] = "a"
    level: Literal[0, 1, 2] = 0
    money: Amount = 0
    signed: SignedAmount = 0
    fine: FineAmount = 0
    coins: Coins = 0
    coins_signed: SignedCoins = 0
    tip: Annotated[Amount, Meta(gt=0)] = 1
    part: Part | None = None
    parts: list[Part] = []
    table: dict[str, int] = {}
    either: int | list[int] = 0
    anything: Any = None
    pcs: Annotated[list[str], also("pc_name", "pc")] = []
    kept: str | UnsetType | None = UNSET
    tree: Tree | None = None


class Tree(msgspec.Struct):
    value: int
    below: list[Tree] = []


class Needed(msgspec.Struct):
    account: Line
    amount: Amount
    ids: list[int]
    on: bool
    note: str | None = None


GOOD = [
    ("whole", "5", 5),
    ("whole", " 5 ", 5),
    ("whole", 5, 5),
    ("whole", "5.0", 5),
    ("whole", "5.", 5),
    ("whole", Decimal("5.00"), 5),
    ("whole", "-5", -5),
    ("whole", "007", 7),
    ("whole", True, 1),
    ("whole", "", 0),
    ("whole", None, 0),
    ("whole", ["5"], 5),
    ("whole", ["5", "5"], 5),
    ("whole", 57843940635, 57843940635),
    ("maybe", "", None),
    ("maybe", None, None),
    ("text", "  a b  ", "a b"),
    ("text", 123, "123"),
    ("text", Decimal("1.50"), "1.50"),
    ("text", "line\nline", "line\nline"),
    ("text", "   ", ""),
    ("note", "", None),
    ("note", "null", "null"),
    ("short", "ab", "ab"),
    ("coded", "ABC", "ABC"),
    ("line", "Zoë Ångström", "Zoë Ångström"),
    ("secret", "  spaces count ", "  spaces count "),
    ("secret", 123456, "123456"),
    *[("on", word, True) for word in ("1", "true", "on", "yes", "ON", "Yes", 1, True, " on ")],
    *[("on", word, False) for word in ("0", "false", "off", "no", "OFF", 0, False, "", None)],
    ("ids", [1, "2", "3.0"], [1, 2, 3]),
    ("ids", "3", [3]),
    ("ids", 3, [3]),
    ("ids", "1,2, 3,", [1, 2, 3]),
    ("ids", "[1, 2]", [1, 2]),
    ("ids", {"0": "5", "2": "7", "10": "9"}, [5, 7, 9]),
    ("ids", [], []),
    ("ids", "", []),
    ("names", "a, b", ["a", "b"]),
    ("names", ["a, b"], ["a, b"]),
    ("names", '["a","b"]', ["a", "b"]),
    ("names", [1, "x"], ["1", "x"]),
    ("day", "2026-01-31", date(2026, 1, 31)),
    ("day", "2026-1-5", date(2026, 1, 5)),
    ("day", "2026-01-31 18:30:00", date(2026, 1, 31)),
    ("day", "0000-00-00", None),
    ("day", "0000-00-00 00:00:00", None),
    ("day", "", None),
    ("at", "2026-01-31 18:30:05", datetime(2026, 1, 31, 18, 30, 5)),  # noqa: DTZ001
    ("at", "2026-01-31T18:30", datetime(2026, 1, 31, 18, 30)),  # noqa: DTZ001
    ("at", "2026-01-31", datetime(2026, 1, 31)),  # noqa: DTZ001
    ("at", "0000-00-00 00:00:00", None),
    ("exact", "1.25", Decimal("1.25")),
    ("exact", 3, Decimal(3)),
    ("tint", "Blue", Tint.BLUE),
    ("kind", "b", "b"),
    ("level", "2", 2),
    ("level", 1, 1),
    ("money", "100.00", 100_000_000),
    ("money", 100, 100_000_000),
    ("money", Decimal("0.10"), 100_000),
    ("money", "0.1000", 100_000),
    ("money", " 5 ", 5_000_000),
    ("money", "", 0),
    ("signed", "-12.34", -12_340_000),
    ("fine", "0.000001", 1),
    ("coins", "1.005", 1_010_000),
    ("coins", Decimal("0.004"), 0),
    ("coins_signed", "-1.005", -1_010_000),
    ("tip", "0.01", 10_000),
    ("part", {"name": " x ", "count": "2"}, Part("x", 2)),
    ("part", '{"name": "x"}', Part("x", 1)),
    ("parts", [{"name": "x"}, {"name": "y", "count": 3}], [Part("x", 1), Part("y", 3)]),
    ("parts", {"name": "x"}, [Part("x", 1)]),
    ("table", '{"a": "1"}', {"a": 1}),
    ("table", [], {}),
    ("either", "5", 5),
    ("either", "5,6", [5, 6]),
    ("anything", {"free": ["form"]}, {"free": ["form"]}),
    ("pcs", ["PC-1"], ["PC-1"]),
    ("kept", "", None),
    ("kept", "x", "x"),
    ("tree", '{"value": 1, "below": [{"value": 2}]}', Tree(1, [Tree(2)])),
]


@pytest.mark.parametrize(("field", "raw", "value"), GOOD)
def test_forgiven(field: str, raw: object, value: object) -> None:
    decoded = decode(Wide, {field: raw, "unknown": "ignored"})
    assert getattr(decoded, field) == value
    assert type(getattr(decoded, field)) is type(value)


def test_another_name_of_a_field_is_taken_when_the_first_is_absent_or_blank() -> None:
    assert decode(Wide, {"pc_name": "PC-1"}).pcs == ["PC-1"]
    assert decode(Wide, {"pcs": "", "pc": "PC-2"}).pcs == ["PC-2"]
    assert decode(Wide, {"pcs": "PC-3", "pc": "PC-2"}).pcs == ["PC-3"]


def test_absent_fields_have_their_defaults() -> None:
    assert decode(Wide, {}) == Wide()
    assert decode(Wide, {}).kept is UNSET


WRONG = [
    ("whole", "x", "must be a whole number"),
    ("whole", "5.5", "must be a whole number"),
    ("whole", "1e3", "must be a whole number"),
    ("whole", "١", "must be a whole number"),
    ("whole", Decimal("5.5"), "must be a whole number"),
    ("whole", {"a": 1}, "must be a whole number"),
    ("whole", 2**63, "is too large"),
    ("whole", "9223372036854775808", "is too large"),
    ("money", "1000000000.01", "must be at most 1000000000"),
    ("signed", "-1000000000.01", "must be at least -1000000000"),
    ("coins", 10**9 + 1, "must be at most 1000000000"),
    ("whole", ["1", "2"], "must be a single value"),
    ("whole", [], "must be a single value"),
    ("whole", [[1]], "must be a single value"),
    ("small", 0, "must be at least 1"),
    ("small", 11, "must be at most 10"),
    ("text", True, "must be text"),
    ("text", {}, "must be text"),
    ("text", "x" * 10_001, "must be at most 10000 characters"),
    ("short", "abcd", "must be at most 3 characters"),
    ("short", "a", "must be at least 2 characters"),
    ("coded", "abc", "may hold A to Z only"),
    ("line", "a\nb", "must be on one line"),
    ("line", "a\u202eb", "must be on one line"),
    ("on", "maybe", "must be 1 or 0"),
    ("on", 2, "must be 1 or 0"),
    ("on", {}, "must be 1 or 0"),
    ("ids", "1,x", "entry 2 must be a whole number"),
    ("ids", [1, None], "entry 2 is empty"),
    ("ids", "[1", "is not valid JSON"),
    ("ids", '["\\u0000"]', "must not have control characters"),
    ("ids", [{"a": 1}], "entry 1 must be a whole number"),
    ("ids", [1] * 1001, "must have at most 1000 entries"),
    ("few", "1,2,3", "must have at most 2 entries"),
    ("day", "31.01.2026", "must be a date such as 2026-01-31"),
    ("day", 5, "must be a date such as 2026-01-31"),
    ("day", "2026-02-30", "must be a date that exists, such as 2026-01-31"),
    ("day", "0001-01-01", "must be between the years 1900 and 2999"),
    ("at", "18:30", "must be a date and time such as 2026-01-31 18:30:00"),
    ("at", "2026-01-31 25:00:00", "must be a date and time that exist"),
    ("at", "9999-12-31 00:00:00", "must be between the years 1900 and 2999"),
    ("exact", "1e5", "must be a plain decimal number"),
    ("exact", "NaN", "must be a plain decimal number"),
    ("exact", True, "must be a number"),
    ("tint", "green", "must be one of red, blue"),
    ("kind", "c", "must be one of a, b"),
    ("level", "3", "must be one of 0, 1, 2"),
    ("money", "1.005", "must have at most 2 decimals"),
    ("money", "-1", "must not have a sign"),
    ("money", "+1", "must not have a sign"),
    ("money", "1e2", "must be a plain decimal number"),
    ("money", "1,000", "must be a plain decimal number"),
    ("money", "NaN", "must be a plain decimal number"),
    ("money", True, "must be a plain decimal number"),
    ("money", ["1", "2"], "must be a single value"),
    ("money", "9" * 20, "is too large"),
    ("money", 10**4000, "is too large"),
    ("fine", "0.0000001", "must have at most 6 decimals"),
    ("tip", 0, "must be more than 0"),
    ("part", "x", "must be an object"),
    ("part", [1], "must be an object"),
    ("table", "x", "must be an object"),
    ("either", "x", "entry 1 must be a whole number"),
]


@pytest.mark.parametrize(("field", "raw", "reason"), WRONG)
def test_refused_by_name(field: str, raw: object, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        decode(Wide, {field: raw})
    assert refused.value.fields == {field: reason}
    assert refused.value.message == f"{field}: {reason}"


def test_parts_of_a_field_are_named_by_their_place() -> None:
    with pytest.raises(InvalidInput) as refused:
        decode(
            Wide,
            {
                "part": {"count": "x"},
                "parts": [{"name": "ok"}, {"name": "too long"}],
                "table": {"a": "b"},
                "tree": {"value": 1, "below": [{"value": "x"}]},
            },
        )
    assert refused.value.fields == {
        "part.name": "is required",
        "part.count": "must be a whole number",
        "parts.1.name": "must be at most 5 characters",
        "table.a": "must be a whole number",
        "tree.below.0.value": "must be a whole number",
    }


def test_all_wrong_fields_are_reported_together() -> None:
    with pytest.raises(InvalidInput) as refused:
        decode(Needed, {"account": " ", "amount": "1.234", "on": None, "note": 5})
    assert refused.value.fields == {
        "account": "is required",
        "amount": "must have at most 2 decimals",
        "ids": "is required",
        "on": "is required",
    }


def test_a_type_without_a_lenient_reading_is_a_mistake_of_the_programmer() -> None:
    class Odd(msgspec.Struct):
        raw: bytes

    with pytest.raises(TypeError, match="raw"):
        decode(Odd, {"raw": "x"})


_keys = st.sampled_from(["name", "count", "0", "1", "x"])
_json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(
        ["1", "on", "0000-00-00", "2026-01-31", "[1]", '{"name":"x"}', "1,2", "-1.50", "9" * 25]
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
_names = st.sampled_from([*Wide.__struct_fields__, "pc_name", "x"])


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(_names, _json_values, max_size=8))
def test_whatever_json_comes_the_answer_is_a_struct_or_named_refusals(
    fields: dict[str, object],
) -> None:
    body = msgspec.json.encode(fields)
    outcome: Any
    try:
        outcome = decode(Wide, merge_sources({}, b"", "application/json", body))
    except InvalidInput as refused:
        outcome = dict(refused.fields)
    assert isinstance(outcome, Wide) or all(reason for reason in outcome.values())


@given(st.dictionaries(_names, st.text(max_size=12) | st.sampled_from(["5", "on"]), max_size=6))
def test_a_value_reads_the_same_from_query_form_and_json(fields: dict[str, str]) -> None:
    def outcome(query: bytes, content_type: str, body: bytes) -> object:
        try:
            return decode(Wide, merge_sources({}, query, content_type, body))
        except InvalidInput as refused:
            return dict(refused.fields)

    form = urlencode(fields).encode()
    by_query = outcome(form, "", b"")
    assert outcome(b"", "application/x-www-form-urlencoded", form) == by_query
    assert outcome(b"", "application/json", msgspec.json.encode(fields)) == by_query
