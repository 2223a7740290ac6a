"""From query, form and JSON bytes to one plain dict (architecture section 5, cafe-wire 0).

Values are str, int, Decimal, bool, None, list and dict. A JSON number with a point stays exact as
a Decimal; one with an exponent, or a very long one, stays text, so that no later step can be made
to write out a million digits. Every text is checked for control characters here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, cast
from urllib.parse import unquote_to_bytes

import msgspec
from multipart import (  # pyright: ignore[reportMissingTypeStubs]
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
    parse_options_header,  # pyright: ignore[reportUnknownVariableType]
)

from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import (
    INPUT_DEPTH_MAX,
    INPUT_FIELDS_MAX,
    INPUT_NAME_CHARS_MAX,
    INPUT_VALUES_MAX,
    QUERY_BYTES_MAX,
)
from lanhouse.kit.said import say

Fields = dict[str, Any]

# Tab and line breaks are part of free text; everything else that cannot be seen is refused, and
# so is half a surrogate pair, which no database takes.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BRACKETS = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])+)")
_NUMBER_CHARS_MAX = 40
_SHAPES = "is given in two shapes"


def merge_sources(path: Mapping[str, str], query: bytes, content_type: str, body: bytes) -> Fields:
    """All fields of a request by name; the body wins over the query, the path over both.

    What stands in the path is what the request is about: a field beside it that says otherwise is
    ignored, like any that nobody asked for. Works on every method (cafe-wire 0: DELETE with a JSON
    body, POST with a query). Raises InvalidInput naming the field, or "query" or "body" when no
    field can be named.
    """
    merged: Fields = {}
    if query:
        if len(query) > QUERY_BYTES_MAX:
            raise InvalidInput(
                {"query": say("must be at most %(count)s bytes", count=QUERY_BYTES_MAX)}
            )
        merged = nest(urlencoded_pairs(query, "query"))
    if body:
        merged.update(_body_fields(content_type, body))
    merged.update(path)
    _check_fields(merged, 1)
    return merged


def read_object(body: bytes) -> Fields:
    """The fields of a body that is one JSON object and nothing else; an empty body has none.

    Raises InvalidInput naming the field, or "body" when no field can be named.
    """
    text = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text:
        return {}
    value = read_json(text, "body")
    if not isinstance(value, dict):
        raise InvalidInput({"body": say("must be a JSON object")})
    fields = cast("Fields", value)
    _check_fields(fields, 1)
    return fields


def read_json(data: bytes | str, field: str) -> Any:
    """The value of a JSON text, numbers kept exact. Raises InvalidInput naming `field`.

    A key that stands twice in one object is refused, by its name: of {"topup_value": 5,
    "topup_value": 500} one reader takes the first and another the last.
    """
    try:
        value: Any = _json.decode(data)
        colons = data.count(b":") if isinstance(data, bytes) else data.count(":")
        # Each key has its colon; a flat object with no other colon needs no second look.
        if colons != _keys_of(value):
            _refuse_twins(data, field)
        return value
    except msgspec.ValidationError:
        raise InvalidInput({field: say("has a number that is too large")}) from None
    except msgspec.DecodeError:
        raise InvalidInput({field: say("is not valid JSON")}) from None
    except UnicodeError:
        raise InvalidInput({field: say("is not valid UTF-8")}) from None
    except RecursionError:
        raise InvalidInput({field: say("is nested too deeply")}) from None


def read_json_text(text: str, field: str) -> Any:
    """A JSON text inside a field, checked like the outer body. Raises InvalidInput."""
    value = read_json(text, field)
    check_value(field, value, 1)
    return value


def check_value(field: str, value: Any, depth: int) -> None:
    """Refuse control characters and too deep or too many values, naming the top-level field."""
    if isinstance(value, str):
        if not value.isprintable() and _CONTROL.search(value):
            raise InvalidInput({field: say("must not have control characters")})
    elif isinstance(value, (dict, list)):
        parts = cast("Fields | list[Any]", value)
        if depth > INPUT_DEPTH_MAX:
            raise InvalidInput({field: say("is nested too deeply")})
        if len(parts) > INPUT_VALUES_MAX:
            raise InvalidInput(
                {field: say("must have at most %(count)s values", count=INPUT_VALUES_MAX)}
            )
        if isinstance(parts, dict):
            for key, item in parts.items():
                _check_name(key, field)
                check_value(field, item, depth + 1)
        else:
            for item in parts:
                check_value(field, item, depth + 1)


def urlencoded_pairs(data: bytes, source: str) -> list[tuple[str, str]]:
    """Names and values of a query string or form in order. Raises InvalidInput."""
    parts = data.split(b"&", INPUT_FIELDS_MAX)
    if len(parts) > INPUT_FIELDS_MAX:
        raise InvalidInput(
            {source: say("must have at most %(count)s fields", count=INPUT_FIELDS_MAX)}
        )
    pairs: list[tuple[str, str]] = []
    for part in parts:
        if not part:
            continue
        raw_name, _, raw_value = part.partition(b"=")
        name = _text(raw_name, source, "has a field name that is not valid UTF-8")
        pairs.append((name, _text(raw_value, name or source, "is not valid UTF-8")))
    return pairs


def nest(pairs: Iterable[tuple[str, str]]) -> Fields:
    """Fields by name: `a=1&a=2` and `a[]=1&a[]=2` are lists, `a[b]=1` is a dict.

    Raises InvalidInput for a name that is used in two shapes or nested too deeply.
    """
    plain: dict[str, list[str]] = {}
    shaped: dict[str, Fields] = {}
    for name, value in pairs:
        match = _BRACKETS.fullmatch(name) if "[" in name else None
        if match is None:
            plain.setdefault(name, []).append(value)
        else:
            keys = match[2][1:-1].split("][")
            _put(shaped.setdefault(match[1], {}), keys, value, match[1])
    fields: Fields = {
        name: values[0] if len(values) == 1 else values for name, values in plain.items()
    }
    for name, node in shaped.items():
        if name in fields:
            raise InvalidInput({name: _SHAPES})
        fields[name] = _listed(node)
    return fields


def _exact_number(text: str) -> Decimal | str:
    if len(text) > _NUMBER_CHARS_MAX or "e" in text or "E" in text:
        return text
    return Decimal(text)


_json = msgspec.json.Decoder(float_hook=_exact_number)


def _keys_of(value: Any) -> int:
    return len(cast("Fields", value)) if isinstance(value, dict) else 0


def _refuse_twins(data: bytes | str, field: str) -> None:
    """Refuse a valid JSON text in which an object has a key twice; msgspec would keep the last."""

    def check(pairs: list[tuple[str, Any]]) -> None:
        keys: set[str] = set()
        for key, _ in pairs:
            if key in keys:
                is_name = key.isprintable() and 0 < len(key) <= INPUT_NAME_CHARS_MAX
                raise InvalidInput({key if is_name else field: say("is given twice")})
            keys.add(key)

    json.loads(data, object_pairs_hook=check, parse_int=str, parse_float=str)


def _check_fields(fields: Fields, depth: int) -> None:
    if len(fields) > INPUT_FIELDS_MAX:
        raise InvalidInput(
            {"body": say("must have at most %(count)s fields", count=INPUT_FIELDS_MAX)}
        )
    for name, value in fields.items():
        _check_name(name, "body")
        if isinstance(value, (str, list, dict)):
            check_value(name, value, depth)


def _check_name(name: str, field: str) -> None:
    if len(name) > INPUT_NAME_CHARS_MAX:
        raise InvalidInput({field: say("has a field name that is too long")})
    if not name.isprintable():
        raise InvalidInput({field: say("has a field name with unprintable characters")})


def _body_fields(content_type: str, body: bytes) -> Fields:
    """Fields of a body; its first byte counts more than an odd or missing content type."""
    kind, _, _ = content_type.partition(";")
    kind = kind.strip().lower()
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        return {}
    if kind == "multipart/form-data":
        return nest(_multipart_pairs(content_type, body))
    if start[:1] in b"{[" or kind.endswith(("/json", "+json")):
        return _json_fields(start)
    if kind not in ("", "application/x-www-form-urlencoded") and b"=" not in start:
        raise InvalidInput({"body": say("is neither JSON nor a form")})
    return nest(urlencoded_pairs(body.strip(), "body"))


def _json_fields(text: bytes) -> Fields:
    value = read_json(text, "body")
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidInput({"body": say("must be a JSON object")})
    fields = cast("Fields", value)
    # Some clients keep the form's name for a list: {"ids[]": [1, 2]}.
    for name in [name for name in fields if name.endswith("[]")]:
        items = fields.pop(name)
        fields.setdefault(name[:-2], items)
    return fields


def file_part(content_type: str, body: bytes, name: str) -> bytes:
    """The content of the first file of this name in a multipart form; empty when none is there.

    Raises InvalidInput for a form that is none.
    """
    for segment, value in _multipart_parts(content_type, body):
        if segment.name == name and segment.filename is not None:
            return bytes(value)
    return b""


def _multipart_pairs(content_type: str, body: bytes) -> list[tuple[str, str]]:
    """Text fields of a multipart form in order; file parts are not fields and are left out."""
    pairs: list[tuple[str, str]] = []
    for segment, value in _multipart_parts(content_type, body):
        if segment.filename is None:
            name = segment.name or ""
            pairs.append((name, _decoded(bytes(value), name, "is not valid UTF-8")))
    return pairs


def _multipart_parts(
    content_type: str, body: bytes
) -> Iterator[tuple[MultipartSegment, bytearray]]:
    """The parts of a multipart form in order, with what is in them."""
    segment: MultipartSegment | None = None
    value = bytearray()
    try:
        options: Any = parse_options_header(content_type)[1]
        boundary: str = options.get("boundary", "")
        with PushMultipartParser(boundary, len(body), max_segment_count=INPUT_FIELDS_MAX) as parser:
            for event in parser.parse(body):
                if isinstance(event, MultipartSegment):
                    segment, value = event, bytearray()
                elif event is not None:
                    value += event
                elif segment is not None:
                    yield segment, value
    except (MultipartError, UnicodeError, LookupError):
        raise InvalidInput({"body": say("is not a valid multipart form")}) from None


def _put(node: Fields, keys: list[str], value: str, field: str) -> None:
    if len(keys) > INPUT_DEPTH_MAX:
        raise InvalidInput({field: say("is nested too deeply")})
    for key in keys[:-1]:
        child = node.setdefault(key or str(len(node)), {})
        if not isinstance(child, dict):
            raise InvalidInput({field: _SHAPES})
        node = cast("Fields", child)
    last = keys[-1] or str(len(node))
    if last not in node:
        node[last] = value
    elif isinstance(node[last], dict):
        raise InvalidInput({field: _SHAPES})
    else:
        known = node[last]
        before = cast("list[Any]", known) if isinstance(known, list) else [known]
        node[last] = [*before, value]


def _listed(node: Fields) -> Any:
    """The node as a list when its keys are 0, 1, 2, …; children likewise."""
    shaped = {
        key: _listed(cast("Fields", value)) if isinstance(value, dict) else value
        for key, value in node.items()
    }
    if list(shaped) == [str(index) for index in range(len(shaped))]:
        return list(shaped.values())
    return shaped


def _text(raw: bytes, field: str, reason: str) -> str:
    if b"%" in raw or b"+" in raw:
        raw = unquote_to_bytes(raw.replace(b"+", b" "))
    return _decoded(raw, field, reason)


def _decoded(raw: bytes, field: str, reason: str) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        name = field if field.isprintable() and len(field) <= INPUT_NAME_CHARS_MAX else "body"
        raise InvalidInput({name: reason}) from None
