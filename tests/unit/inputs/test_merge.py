"""Where the fields of a request come from, and what is refused before anybody looks at them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.inputs import merge_sources

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def _multipart(*parts: str) -> tuple[str, bytes]:
    body = "".join(f"--XX\r\nContent-Disposition: form-data; {part}\r\n" for part in parts)
    return "multipart/form-data; boundary=XX", f"{body}--XX--\r\n".encode()


def _reasons(path: dict[str, str], query: bytes, content_type: str, body: bytes) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refused:
        merge_sources(path, query, content_type, body)
    return dict(refused.value.fields)


def test_the_body_wins_over_the_query_and_the_others_stay() -> None:
    merged = merge_sources({"p": "1"}, b"a=query&q=2", JSON, b'{"a": "json", "j": 3}')
    assert merged == {"a": "json", "p": "1", "q": "2", "j": 3}
    assert merge_sources({}, b"a=q", FORM, b"a=f") == {"a": "f"}


@pytest.mark.parametrize(
    ("query", "content_type", "body"),
    [
        (b"a=q", "", b""),
        (b"a[]=q", "", b""),
        (b"", FORM, b"a=f"),
        (b"", JSON, b'{"a": "j"}'),
        (b"", JSON, b'{"a[]": ["j"]}'),
    ],
)
def test_the_path_wins_over_everything(query: bytes, content_type: str, body: bytes) -> None:
    assert merge_sources({"a": "p"}, query, content_type, body) == {"a": "p"}


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (b"a[]=1&a[]=2", {"a": ["1", "2"]}),
        (b"a%5B%5D=1", {"a": ["1"]}),
        (b"a=1&a=2", {"a": ["1", "2"]}),
        (b"a[b]=x&a[c]=y", {"a": {"b": "x", "c": "y"}}),
        (b"a[0][n]=x&a[1][n]=y", {"a": [{"n": "x"}, {"n": "y"}]}),
        (b"a[7]=x", {"a": {"7": "x"}}),
        (b"a[b][]=1&a[b][]=2", {"a": {"b": ["1", "2"]}}),
        (b"a[b]=1&a[b]=2", {"a": {"b": ["1", "2"]}}),
        (b"a[b=1", {"a[b": "1"}),
        (b"a", {"a": ""}),
        (b"a=&&b=1&", {"a": "", "b": "1"}),
        (b"a=1+2%2B3", {"a": "1 2+3"}),
        (b"a=x=y", {"a": "x=y"}),
        ("a=Zoë".encode(), {"a": "Zoë"}),
        (b"a=one%0Atwo%09three", {"a": "one\ntwo\tthree"}),
    ],
)
def test_names_with_brackets_and_repeats(text: bytes, fields: dict[str, object]) -> None:
    assert merge_sources({}, text, "", b"") == fields
    assert merge_sources({}, b"", FORM, text) == fields


@pytest.mark.parametrize(
    "content_type", [JSON, "text/plain", "", FORM, "application/hal+json", "x"]
)
def test_json_is_recognised_whatever_it_is_called(content_type: str) -> None:
    assert merge_sources({}, b"", content_type, b' \xef\xbb\xbf{"a": [1, "b"]}') == {"a": [1, "b"]}


@pytest.mark.parametrize("content_type", [FORM, "", "text/plain; charset=utf-8", "x/y"])
def test_a_form_is_recognised_without_its_content_type(content_type: str) -> None:
    assert merge_sources({}, b"", content_type, b"a=1&b=2") == {"a": "1", "b": "2"}


@pytest.mark.parametrize("body", [b"", b" \r\n", b"null"])
def test_an_empty_body_has_no_fields(body: bytes) -> None:
    assert merge_sources({}, b"a=1", JSON, body) == {"a": "1"}


def test_numbers_of_json_are_kept_exact() -> None:
    merged = merge_sources({}, b"", JSON, b'{"a": 0.1, "b": 12345678901234567890123, "c": 1.50}')
    assert merged == {"a": Decimal("0.1"), "b": 12345678901234567890123, "c": Decimal("1.50")}
    assert str(merged["c"]) == "1.50"


def test_a_number_with_an_exponent_stays_text() -> None:
    assert merge_sources({}, b"", JSON, b'{"a": 1e999999999}') == {"a": "1e999999999"}


def test_a_list_may_keep_its_form_name_in_json() -> None:
    assert merge_sources({}, b"", JSON, b'{"ids[]": [1, 2]}') == {"ids": [1, 2]}


def test_text_parts_of_a_multipart_form_are_fields_and_files_are_not() -> None:
    content_type, body = _multipart(
        'name="a"\r\n\r\none',
        'name="b[]"\r\n\r\n1',
        'name="b[]"\r\n\r\n2',
        'name="photo"; filename="x.png"\r\nContent-Type: image/png\r\n\r\n\x00\x01',
    )
    assert merge_sources({}, b"", content_type, body) == {"a": "one", "b": ["1", "2"]}


@pytest.mark.parametrize(
    ("content_type", "body", "reasons"),
    [
        (JSON, b'{"a": ', {"body": "is not valid JSON"}),
        (JSON, b"a=1", {"body": "is not valid JSON"}),
        (JSON, b'{"a": NaN}', {"body": "is not valid JSON"}),
        (JSON, b"[1, 2]", {"body": "must be a JSON object"}),
        (JSON, b'"text"', {"body": "must be a JSON object"}),
        (JSON, b"5", {"body": "must be a JSON object"}),
        ("", b"[1]", {"body": "must be a JSON object"}),
        (JSON, b'{"a": "\\ud800"}', {"body": "is not valid JSON"}),
        (JSON, b'{"a": "\xff"}', {"body": "is not valid UTF-8"}),
        (JSON, b'{"a": "x\\u0000y"}', {"a": "must not have control characters"}),
        (JSON, b'{"a": ["\\u001b[0m"]}', {"a": "must not have control characters"}),
        (JSON, b'{"a\\u0000": 1}', {"body": "has a field name with unprintable characters"}),
        (JSON, b'{"a": {"b\\n": 1}}', {"a": "has a field name with unprintable characters"}),
        (JSON, b'{"a": ' + b"9" * 5000 + b"}", {"body": "has a number that is too large"}),
        (JSON, b'{"a":' + b"[" * 17 + b"]" * 17 + b"}", {"a": "is nested too deeply"}),
        (JSON, b'{"a":' + b"[" * 90000 + b"]" * 90000 + b"}", {"body": "is nested too deeply"}),
        (JSON, b'{"a": [' + b"1," * 10000 + b"1]}", {"a": "must have at most 10000 values"}),
        (JSON, b'{"' + b"n" * 101 + b'": 1}', {"body": "has a field name that is too long"}),
        (JSON, b'{"a": 5, "b": 1, "a": 500}', {"a": "is given twice"}),
        (JSON, b'{"a": 5, "a": 5}', {"a": "is given twice"}),
        (JSON, b'{"a": 5, "\\u0061": 500}', {"a": "is given twice"}),
        (JSON, b'{"t": "12:30", "a": 5, "a": 500}', {"a": "is given twice"}),
        (JSON, b'{"x": [{"a": 1}, {"a": 1, "a": 2}]}', {"a": "is given twice"}),
        (JSON, b'{"a": {}, "": 1, "": 2}', {"body": "is given twice"}),
        (FORM, b"a=%00", {"a": "must not have control characters"}),
        (FORM, b"a=%FF", {"a": "is not valid UTF-8"}),
        (FORM, b"a%FF=1", {"body": "has a field name that is not valid UTF-8"}),
        (FORM, b"a=1&a[b]=2", {"a": "is given in two shapes"}),
        (FORM, b"a[b]=1&a[b][c]=2", {"a": "is given in two shapes"}),
        (FORM, b"a[b][c]=1&a[b]=2", {"a": "is given in two shapes"}),
        (FORM, b"a" + b"[b]" * 17 + b"=1", {"a": "is nested too deeply"}),
        (FORM, b"&".join([b"a=1"] * 1001), {"body": "must have at most 1000 fields"}),
        ("text/plain", b"hello", {"body": "is neither JSON nor a form"}),
        ("image/png", b"\x89PNG", {"body": "is neither JSON nor a form"}),
        ("multipart/form-data", b"a=1", {"body": "is not a valid multipart form"}),
        ("multipart/form-data; boundary=XX", b"junk", {"body": "is not a valid multipart form"}),
        (*_multipart('name="a"\r\n\r\n\x07'), {"a": "must not have control characters"}),
    ],
)
def test_what_is_refused_names_its_field(
    content_type: str, body: bytes, reasons: dict[str, str]
) -> None:
    assert _reasons({}, b"", content_type, body) == reasons


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b'{"t": "12:30", "u": ":"}', {"t": "12:30", "u": ":"}),
        (b'{"x": {"a": 1}, "a": 2}', {"x": {"a": 1}, "a": 2}),
        (b'{"x": [{"a": 1}, {"a": 1}]}', {"x": [{"a": 1}, {"a": 1}]}),
        (b'{"a": 1, "A": 2}', {"a": 1, "A": 2}),
        (b'{"t": ":", "n": 0.10}', {"t": ":", "n": Decimal("0.10")}),
    ],
)
def test_a_key_may_come_again_elsewhere(body: bytes, fields: dict[str, object]) -> None:
    assert merge_sources({}, b"", JSON, body) == fields


def test_a_query_that_is_too_long_is_refused() -> None:
    assert _reasons({}, b"a=" + b"x" * 16_383, "", b"") == {"query": "must be at most 16384 bytes"}


def test_a_path_with_control_characters_is_refused() -> None:
    assert _reasons({"id": "1\x00"}, b"", "", b"") == {"id": "must not have control characters"}


@given(
    query=st.binary(max_size=200),
    content_type=st.sampled_from([JSON, FORM, "", "text/plain", "multipart/form-data; boundary=b"])
    | st.text(max_size=40),
    body=st.binary(max_size=300)
    | st.text(alphabet='{}[]":,0123456789.eE-+ab\\u=&% \n', max_size=80).map(str.encode),
)
def test_arbitrary_bytes_give_fields_or_a_named_refusal(
    query: bytes, content_type: str, body: bytes
) -> None:
    try:
        named = merge_sources({}, query, content_type, body)
    except InvalidInput as refused:
        named = dict(refused.fields)
        assert named
    assert all(name.isprintable() for name in named)
