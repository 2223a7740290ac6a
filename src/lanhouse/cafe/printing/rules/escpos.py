"""What a receipt printer is sent: bytes in the language that they all speak (ESC/POS). Pure.

Source: Epson, ESC/POS command reference. A text never holds a command: rules.clean() leaves signs
only, and what the code page lacks is written with signs that it has.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from lanhouse.cafe.printing.rules import rows_of
from lanhouse.cafe.printing.schemas import CODE_PAGES, CodePage, Line, Row
from lanhouse.kit.pictures import in_dots

_ESC, _FS, _GS, _DLE = b"\x1b", b"\x1c", b"\x1d", b"\x10"
START = _ESC + b"@"
_TWO_BYTES, _ONE_BYTE = _FS + b"&", _FS + b"."
_SHIFT_JIS = _FS + b"C\x01"
CUT = _ESC + b"d\x03" + _GS + b"VB\x00"
"""Three rows on, to the knife, and a cut that leaves a corner."""
OPEN_DRAWER = _ESC + b"p\x00\x19\xfa"
"""50 ms on pin 2, and 500 ms off."""
ASK_STATUS = _DLE + b"\x04\x02"
"""Why it is off line; a printer that knows the question answers with one byte."""

CODE_BYTES_MAX = 300
_CODE_DOTS = 6
_DOTS_A_SIGN = 12
_PICTURE_DOTS_MAX = 240
"""Of its height: 3 cm of paper."""
# What stands in for signs that a code page lacks, before accents are taken off.
_STAND_INS = str.maketrans(
    {
        "–": "-",
        "—": "-",
        "−": "-",
        "…": "...",
        "„": '"',
        "“": '"',
        "”": '"',
        "‘": "'",
        "’": "'",
        "•": "*",
        "×": "x",
        "€": "EUR",
        "£": "GBP",
        "¥": "JPY",
        "₩": "KRW",
        "₫": "VND",
        "ß": "ss",
        "æ": "ae",
        "ø": "o",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "₽": "RUB",
    }
)


def strip(lines: Iterable[Line], columns: int, code_page: str) -> bytes:
    """The bytes of a strip, from the reset of the printer to the cut."""
    page = CODE_PAGES[code_page]
    rows = rows_of(lines, columns)
    parts = (_set(row, page.codec, columns * _DOTS_A_SIGN) for row in rows)
    return b"".join([START, _begin(page), *parts, CUT])


def encoded(text: str, codec: str) -> bytes:
    """A clean text in a code page; what that lacks is written as near as it can."""
    return b"".join(_sign(sign, codec) for sign in text)


def trouble_in(status: bytes) -> bool:
    """Whether an answer to ASK_STATUS says that nothing can be printed: no paper, an open cover or
    an error. Bits that such an answer always has tell it from other bytes."""
    if len(status) != 1 or status[0] & 0b1001_0011 != 0b0001_0010:
        return False
    return bool(status[0] & 0b0110_0100)


def _begin(page: CodePage) -> bytes:
    if page.number is None:
        return _TWO_BYTES + (_SHIFT_JIS if page.codec == "shift_jis" else b"")
    # Printers for China and Korea begin with two bytes a sign.
    return _ONE_BYTE + _ESC + b"t" + bytes([page.number])


def _set(row: Row, codec: str, dots: int) -> bytes:
    """A row on a paper that is so many dots wide."""
    if row.picture:
        return _picture(row.picture, dots)
    return _code(row.code) if row.code else _row(row, codec)


def _row(row: Row, codec: str) -> bytes:
    text = encoded(row.text, codec)
    before = b"".join(
        (_ESC + b"E\x01" if row.is_strong else b"", _GS + b"!\x11" if row.is_large else b"")
    )
    after = b"".join(
        (_GS + b"!\x00" if row.is_large else b"", _ESC + b"E\x00" if row.is_strong else b"")
    )
    return before + text + after + b"\n"


def _sign(sign: str, codec: str) -> bytes:
    for candidate in (sign, sign.translate(_STAND_INS), _plain(sign)):
        try:
            return candidate.encode(codec)
        except UnicodeEncodeError:
            continue
    return b"?"


def _plain(sign: str) -> str:
    """A letter without its accents."""
    parts = unicodedata.normalize("NFKD", sign)
    return "".join(part for part in parts if not unicodedata.combining(part)) or "?"


def _code(content: str) -> bytes:
    """A QR code in the middle of the paper: model 2, six dots a module, 15 % may be torn."""
    data = content.encode()[:CODE_BYTES_MAX]
    stored = len(data) + 3
    return b"".join(
        (
            _ESC + b"a\x01",
            _GS + b"(k\x04\x00\x31\x41\x32\x00",
            _GS + b"(k\x03\x00\x31\x43" + bytes([_CODE_DOTS]),
            _GS + b"(k\x03\x00\x31\x45\x31",
            _GS + b"(k" + stored.to_bytes(2, "little") + b"\x31\x50\x30" + data,
            _GS + b"(k\x03\x00\x31\x51\x30",
            _ESC + b"a\x00",
        )
    )


def _picture(data: bytes, paper_dots: int) -> bytes:
    """A picture in black dots in the middle of the paper (raster, GS v 0), two thirds as wide as
    that at most."""
    dots = in_dots(data, paper_dots * 2 // 3, _PICTURE_DOTS_MAX)
    size = dots.row_bytes.to_bytes(2, "little") + dots.height.to_bytes(2, "little")
    return _ESC + b"a\x01" + _GS + b"v0\x00" + size + dots.bits + _ESC + b"a\x00"
