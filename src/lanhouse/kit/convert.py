"""From one raw value of a request to one typed value, with reasons that a cashier understands.

A converter takes what kit.forms hands out (never null, text already trimmed), answers the value,
or None for "counts as empty" (`0000-00-00`), or raises Wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from msgspec import inspect as types

from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.forms import read_json_text
from lanhouse.kit.limits import AMOUNT_MICROS_MAX, INPUT_LIST_MAX, INPUT_TEXT_MAX
from lanhouse.kit.money import format_plain, parse_micros, parse_micros_rounded
from lanhouse.kit.said import say
from lanhouse.kit.texts import N_

Convert = Callable[[Any], Any]
Nested = Callable[[types.StructType], Callable[[Mapping[str, Any]], Any]]

_INT64 = 2**63
_TRUE = frozenset(("1", "true", "on", "yes"))
_FALSE = frozenset(("0", "false", "off", "no"))
_WHOLE = re.compile(r"-?\d{1,20}(?:\.0{0,10})?", re.ASCII)
_DECIMAL = re.compile(r"-?\d{1,20}(?:\.\d{0,20})?", re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].{0,20})?", re.ASCII)
_SECOND = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?)?", re.ASCII
)
_YEARS = (1900, 2999)
_NO_YEAR = say("must be between the years %(first)s and %(last)s", first=_YEARS[0], last=_YEARS[1])
# Line breaks, and signs that turn the direction of writing: both can make a name lie.
_NOT_ON_A_LINE = re.compile("[\t\n\r\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class Wrong(Exception):
    """A value that cannot be taken: its reason, or the reasons of the fields inside it."""

    def __init__(self, reason: str, inside: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.inside = inside

    def by_field(self, field: str) -> dict[str, str]:
        """Reasons by field name, `field.part` for parts."""
        if self.inside is None:
            return {field: self.reason}
        return {f"{field}.{part}": reason for part, reason in self.inside.items()}


def converter_of(kind: types.Type, extra: Mapping[str, Any], field: str, nested: Nested) -> Convert:
    """The converter for a type of msgspec.inspect; `extra` holds the marks of kit.inputs.

    Raises TypeError for a type that has no lenient reading.
    """
    if isinstance(kind, types.Metadata):
        return converter_of(kind.type, {**extra, **marks_of(kind)}, field, nested)
    if isinstance(kind, types.IntType):
        return _amount(kind, extra["amount"]) if "amount" in extra else _whole(kind)
    if isinstance(kind, types.StrType):
        return _text(kind, extra)
    if isinstance(kind, (types.ListType, types.VarTupleType, types.SetType)):
        item = converter_of(kind.item_type, {}, field, nested)
        return _many(kind, item, field)
    if isinstance(kind, types.DictType):
        return _mapping(converter_of(kind.value_type, {}, field, nested), field)
    if isinstance(kind, types.StructType):
        return _struct(nested(kind), field)
    if isinstance(kind, types.UnionType):
        return _either([converter_of(one, extra, field, nested) for one in kind.types])
    if isinstance(kind, types.EnumType):
        return _choice({str(one.value): one for one in kind.cls})
    if isinstance(kind, types.LiteralType):
        return _choice({str(one): one for one in kind.values})
    for simple, convert in _SIMPLE:
        if isinstance(kind, simple):
            return _day_or_second if convert is _date and "with_time" in extra else convert
    raise TypeError(f"{field}: {kind} has no lenient reading")


def marks_of(metadata: Any) -> dict[str, Any]:
    """The marks that Meta(extra=…) put on a type (msgspec types them as unknown)."""
    return metadata.extra or {}


def _single(raw: list[Any], convert: Convert) -> Any:
    """One value sent twice is one value; two different ones are a mistake, never a choice."""
    if not raw or any(item != raw[0] for item in raw) or isinstance(raw[0], (list, dict)):
        raise Wrong(say("must be a single value"))
    value = raw[0].strip() if isinstance(raw[0], str) else raw[0]
    return None if value is None or value == "" else convert(value)


def _text(kind: types.StrType, extra: Mapping[str, Any]) -> Convert:
    longest = kind.max_length or INPUT_TEXT_MAX
    shortest = kind.min_length or 0
    pattern = re.compile(kind.pattern) if kind.pattern else None
    is_line = extra.get("line", False)
    reason = extra.get("reason", N_("has a wrong form"))

    def convert(raw: Any) -> Any:
        if type(raw) is not str:
            if type(raw) is list:
                return _single(cast("list[Any]", raw), convert)
            if type(raw) is int:
                raw = str(raw)
            elif type(raw) is Decimal:
                raw = format(raw, "f")
            else:
                raise Wrong(say("must be text"))
        if len(raw) > longest:
            raise Wrong(say("must be at most %(count)s characters", count=longest))
        if len(raw) < shortest:
            raise Wrong(say("must be at least %(count)s characters", count=shortest))
        if is_line and not raw.isprintable() and _NOT_ON_A_LINE.search(raw):
            raise Wrong(say("must be on one line"))
        if pattern is not None and not pattern.search(raw):
            raise Wrong(say(reason))
        return raw

    return convert


def _bounds(kind: types.IntType, show: Callable[[int], str]) -> Callable[[int], int] | None:
    """Checks the limits of a Meta(); None when it has none."""
    if (kind.ge, kind.gt, kind.le, kind.lt) == (None, None, None, None):
        return None

    def check(value: int) -> int:
        if kind.ge is not None and value < kind.ge:
            raise Wrong(say("must be at least %(least)s", least=show(kind.ge)))
        if kind.gt is not None and value <= kind.gt:
            raise Wrong(say("must be more than %(bound)s", bound=show(kind.gt)))
        if kind.le is not None and value > kind.le:
            raise Wrong(say("must be at most %(most)s", most=show(kind.le)))
        if kind.lt is not None and value >= kind.lt:
            raise Wrong(say("must be less than %(bound)s", bound=show(kind.lt)))
        return value

    return check


def _whole(kind: types.IntType) -> Convert:
    check = _bounds(kind, str)

    def convert(raw: Any) -> Any:
        if type(raw) is int:
            value = raw
        elif type(raw) is list:
            return _single(cast("list[Any]", raw), convert)
        elif type(raw) is bool:
            value = int(raw)
        else:
            text = format(raw, "f") if type(raw) is Decimal else raw
            if type(text) is not str or not _WHOLE.fullmatch(text):
                raise Wrong(say("must be a whole number"))
            value = int(text.partition(".")[0])
        if not -_INT64 <= value < _INT64:
            raise Wrong(say("is too large"))
        return value if check is None else check(value)

    return convert


def _amount(kind: types.IntType, rule: Mapping[str, Any]) -> Convert:
    check = _bounds(kind, format_plain)
    decimals, signed, rounded = rule["decimals"], rule["signed"], rule["rounded"]

    def convert(raw: Any) -> Any:
        if type(raw) is list:
            return _single(cast("list[Any]", raw), convert)
        if not isinstance(raw, (str, int, Decimal)) or isinstance(raw, bool):
            raise Wrong(say("must be a plain decimal number"))
        if isinstance(raw, int) and abs(raw) > _INT64:
            raise Wrong(say("is too large"))
        try:
            if rounded:
                micros = parse_micros_rounded(raw, signed=signed, most_micros=AMOUNT_MICROS_MAX)
            else:
                micros = parse_micros(
                    raw, decimals=decimals, signed=signed, most_micros=AMOUNT_MICROS_MAX
                )
        except InvalidInput as wrong:
            raise Wrong(next(iter(wrong.fields.values()))) from None
        return micros if check is None else check(micros)

    return convert


def _switch(raw: Any) -> Any:
    if type(raw) is bool:
        return raw
    if type(raw) is list:
        return _single(cast("list[Any]", raw), _switch)
    if type(raw) is int or type(raw) is str:
        text = str(raw).lower() if type(raw) is str or raw in (0, 1) else ""
        if text in _TRUE:
            return True
        if text in _FALSE:
            return False
    raise Wrong(say("must be 1 or 0"))


def _decimal(raw: Any) -> Any:
    if type(raw) is list:
        return _single(cast("list[Any]", raw), _decimal)
    if isinstance(raw, bool) or not isinstance(raw, (str, int, Decimal)):
        raise Wrong(say("must be a number"))
    if isinstance(raw, int) and abs(raw) > _INT64:
        raise Wrong(say("is too large"))
    text = format(raw, "f") if isinstance(raw, Decimal) else str(raw)
    if not _DECIMAL.fullmatch(text):
        raise Wrong(say("must be a plain decimal number"))
    return Decimal(text)


def _date(raw: Any) -> Any:
    if type(raw) is list:
        return _single(cast("list[Any]", raw), _date)
    match = _DATE.fullmatch(raw) if type(raw) is str else None
    if match is None:
        raise Wrong(say("must be a date such as 2026-01-31"))
    if match[1] == "0000":
        return None
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise Wrong(say("must be a date that exists, such as 2026-01-31")) from None
    if not _YEARS[0] <= day.year <= _YEARS[1]:
        raise Wrong(_NO_YEAR)
    return day


def _day_or_second(raw: Any) -> Any:
    if type(raw) is list:
        return _single(cast("list[Any]", raw), _day_or_second)
    day = _date(raw)
    if day is None or not _SECOND.fullmatch(raw):
        return day
    try:
        return datetime.fromisoformat(raw)
    except ValueError:
        raise Wrong(say("must be a date and time that exist")) from None


def _moment(raw: Any) -> Any:
    if type(raw) is list:
        return _single(cast("list[Any]", raw), _moment)
    if type(raw) is not str or not _MOMENT.fullmatch(raw):
        raise Wrong(say("must be a date and time such as 2026-01-31 18:30:00"))
    if raw.startswith("0000"):
        return None
    try:
        moment = datetime.fromisoformat(raw)
    except ValueError:
        raise Wrong(say("must be a date and time that exist")) from None
    if not _YEARS[0] <= moment.year <= _YEARS[1]:
        raise Wrong(_NO_YEAR)
    return moment


def _anything(raw: Any) -> Any:
    return raw


def _choice(values: Mapping[str, Any]) -> Convert:
    named = ", ".join(values)
    by_lower = {text.lower(): value for text, value in values.items()}

    def convert(raw: Any) -> Any:
        if type(raw) is list:
            return _single(cast("list[Any]", raw), convert)
        if type(raw) is str or type(raw) is int:
            text = str(raw)
            if text in values:
                return values[text]
            if text.lower() in by_lower:
                return by_lower[text.lower()]
        raise Wrong(say("must be one of %(names)s", names=named))

    return convert


def _either(converters: list[Convert]) -> Convert:
    def convert(raw: Any) -> Any:
        failed: Wrong | None = None
        for one in converters:
            try:
                return one(raw)
            except Wrong as wrong:
                failed = wrong
        assert failed is not None
        raise failed

    return convert


def _items(raw: Any, field: str) -> list[Any]:
    """A list from what clients send for one: list, JSON text, comma text, `a[3]=…`, one value."""
    if type(raw) is str:
        if raw.startswith("["):
            raw = read_json_text(raw, field)
        else:
            return [part for part in (part.strip() for part in raw.split(",")) if part]
    if type(raw) is dict:
        keyed = cast("dict[str, Any]", raw)
        if not all(key.isascii() and key.isdigit() and len(key) < 10 for key in keyed):
            return [keyed]
        return [keyed[key] for key in sorted(keyed, key=int)]
    return cast("list[Any]", raw) if type(raw) is list else [raw]


def _many(
    kind: types.ListType | types.VarTupleType | types.SetType, item: Convert, field: str
) -> Convert:
    make: Callable[[list[Any]], Any] = list
    if isinstance(kind, types.VarTupleType):
        make = tuple
    elif isinstance(kind, types.SetType):
        make = set
    most = INPUT_LIST_MAX if kind.max_length is None else kind.max_length
    least = kind.min_length or 0

    def convert(raw: Any) -> Any:
        items = _items(raw, field)
        if len(items) > most:
            raise Wrong(say("must have at most %(count)s entries", count=most))
        if len(items) < least:
            few = say("must have at least %(count)s entries", count=least)
            raise Wrong(few if items else say("is required"))
        out: list[Any] = []
        for index, entry in enumerate(items):
            value = entry.strip() if type(entry) is str else entry
            try:
                made = None if value is None or value == "" else item(value)
            except Wrong as wrong:
                if wrong.inside is not None:
                    inside = {f"{index}.{name}": why for name, why in wrong.inside.items()}
                    raise Wrong(wrong.reason, inside) from None
                where = {"number": index + 1, "reason": wrong.reason}
                raise Wrong(say("entry %(number)s %(reason)s", **where)) from None
            if made is None:
                raise Wrong(say("entry %(number)s is empty", number=index + 1))
            out.append(made)
        return make(out)

    return convert


def _object(raw: Any, field: str) -> Mapping[str, Any]:
    if type(raw) is str and raw.startswith("{"):
        raw = read_json_text(raw, field)
    if raw == []:  # how PHP programs write an object without members
        return {}
    if type(raw) is not dict:
        raise Wrong(say("must be an object"))
    return cast("dict[str, Any]", raw)


def _mapping(value: Convert, field: str) -> Convert:
    def convert(raw: Any) -> Any:
        out: dict[str, Any] = {}
        for key, entry in _object(raw, field).items():
            try:
                out[key] = None if entry is None else value(entry)
            except Wrong as wrong:
                raise Wrong(wrong.reason, wrong.by_field(key)) from None
        return out

    return convert


def _struct(read: Callable[[Mapping[str, Any]], Any], field: str) -> Convert:
    def convert(raw: Any) -> Any:
        fields = _object(raw, field)
        try:
            return read(fields)
        except InvalidInput as wrong:
            raise Wrong(say("is wrong"), wrong.fields) from None

    return convert


_SIMPLE: tuple[tuple[type[types.Type], Convert], ...] = (
    (types.BoolType, _switch),
    (types.DecimalType, _decimal),
    (types.DateType, _date),
    (types.DateTimeType, _moment),
    (types.AnyType, _anything),
)
