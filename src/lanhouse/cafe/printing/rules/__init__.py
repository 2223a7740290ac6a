"""Setting lines on a strip of paper: rows that are never wider than it. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

import msgspec

from lanhouse.cafe.printing.schemas import Line, Row

_LEAST_TEXT = 8
_MORE = "  "
# What a name or a comment may hold and paper may not: a printer takes them for commands.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean(text: str) -> str:
    """The text without whatever is no sign to be printed; every blank is one space."""
    composed = unicodedata.normalize("NFC", text)
    kept = (
        " " if sign.isspace() else sign
        for sign in composed
        if sign.isspace() or unicodedata.category(sign) not in _UNPRINTABLE
    )
    return "".join(kept).strip()


def width(text: str) -> int:
    """How many columns a text takes: wide signs two, combining ones none."""
    return sum(_width_of(sign) for sign in text)


def _width_of(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def rows_of(lines: Iterable[Line], columns: int) -> list[Row]:
    """Lines set for a paper of so many columns; the words of a long one go on in the next row."""
    rows: list[Row] = []
    for line in lines:
        room = columns // 2 if line.is_large else columns
        for text in _set(line, room):
            code = clean(line.text) if line.kind == "code" else ""
            look = {"is_strong": line.is_strong, "is_large": line.is_large}
            rows.append(Row(text=text, code=code, picture=line.picture, **look))
    return rows


def _set(line: Line, room: int) -> Iterator[str]:
    if line.kind == "rule":
        yield "-" * room
    elif line.kind != "text":
        yield ""
    elif line.is_more:
        inner = msgspec.structs.replace(line, is_more=False)
        yield from (_MORE + text for text in _set(inner, room - len(_MORE)))
    elif line.end:
        yield from _pair(clean(line.text), clean(line.end), room)
    else:
        for text in _wrapped(clean(line.text), room):
            yield " " * ((room - width(text)) // 2) + text if line.is_centered else text


def _pair(text: str, end: str, room: int) -> Iterator[str]:
    """Text at the start, an amount at the end of its last row, at least a space between them."""
    left = room - width(end) - 1
    if left < _LEAST_TEXT:
        yield from _wrapped(text, room)
        for part in _wrapped(end, room):
            yield " " * (room - width(part)) + part
        return
    *before, last = _wrapped(text, left)
    yield from before
    yield last + " " * (room - width(last) - width(end)) + end


def _wrapped(text: str, room: int) -> list[str]:
    rows = [""]
    for word in text.split(" "):
        joined = f"{rows[-1]} {word}" if rows[-1] else word
        if width(joined) <= room:
            rows[-1] = joined
            continue
        pieces = list(_pieces(word, room))
        rows.extend(pieces if rows[-1] else [])
        if not rows[-1]:
            rows[-1:] = pieces
    return rows


def _pieces(word: str, room: int) -> Iterator[str]:
    """A word that is longer than a row, cut."""
    piece = ""
    for sign in word:
        if width(piece + sign) > room:
            yield piece
            piece = ""
        piece += sign
    yield piece
