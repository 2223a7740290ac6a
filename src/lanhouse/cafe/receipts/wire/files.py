"""The same lines as a PDF, as plain text and as rows of a page."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import msgspec

from lanhouse.cafe.printing.rules import rows_of
from lanhouse.cafe.printing.schemas import Line, Row
from lanhouse.kit.pictures import size_of
from lanhouse.web.assets import STATIC_DIR

COLUMNS = 48
_FONTS = STATIC_DIR / "vendor" / "fonts"
_FONT = "paper"
_MARGIN_MM = 4.0
_WIDTHS_MM = {32: 58.0, 42: 80.0, 48: 80.0}
# A sign of the font is 0.602 of its size wide; a row is a little higher than its signs.
_SIGN_WIDTH = 0.602
_ROW_HEIGHT = 1.3
_MM_PER_POINT = 25.4 / 72
_CODE_MM = 26.0
_PICTURE_MM = 26.0
"""How high a logo is at most."""


class ShownRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row on a page; `code` is the picture of one, and `picture` the logo, as a data URI."""

    text: str
    is_strong: bool
    is_large: bool
    code: str
    picture: str


def plain_text(lines: Sequence[Line], columns: int = COLUMNS) -> str:
    """The strip as text; a code is the address that it says."""
    rows = (row.code or row.text for row in rows_of(lines, columns) if not row.picture)
    return "\n".join(text.rstrip() for text in rows) + "\n"


def shown_rows(lines: Sequence[Line], columns: int = COLUMNS) -> list[ShownRow]:
    """The strip as rows of a page, with the pictures of its codes."""
    return [
        ShownRow(
            text=row.text,
            is_strong=row.is_strong,
            is_large=row.is_large,
            code=_code_uri(row.code) if row.code else "",
            picture=_picture_uri(row.picture) if row.picture else "",
        )
        for row in rows_of(lines, columns)
    ]


def pdf(lines: Sequence[Line], title: str, columns: int = COLUMNS) -> bytes:
    """The strip as one page, as wide as its paper and as long as it needs to be."""
    # Half a second to load, and only who asks for a PDF needs it.
    from fpdf import FPDF
    from fpdf.enums import XPos, YPos

    width = _WIDTHS_MM[columns]
    size = (width - 2 * _MARGIN_MM) / (columns * _SIGN_WIDTH * _MM_PER_POINT)
    row_mm = size * _MM_PER_POINT * _ROW_HEIGHT
    rows = rows_of(lines, columns)
    height = sum(_height(row, row_mm, width) for row in rows) + 2 * _MARGIN_MM + row_mm
    page = FPDF(unit="mm", format=(width, height))
    page.set_title(title)
    page.set_margins(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    page.set_auto_page_break(False)
    page.c_margin = 0
    for style, name in (("", "DejaVuSansMono.ttf"), ("B", "DejaVuSansMono-Bold.ttf")):
        page.add_font(_FONT, style, _FONTS / name)
    page.add_page()
    for row in rows:
        if row.picture:
            wide, high = _picture_mm(row.picture, width)
            page.image(BytesIO(row.picture), x=(width - wide) / 2, w=wide, h=high)
            continue
        if row.code:
            middle = (width - _CODE_MM) / 2
            page.image(BytesIO(_code_png(row.code)), x=middle, w=_CODE_MM, h=_CODE_MM)
            continue
        if not row.text:
            page.ln(row_mm)
            continue
        scale = 2 if row.is_large else 1
        page.set_font(_FONT, "B" if row.is_strong else "", size * scale)
        page.cell(h=row_mm * scale, text=row.text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    return bytes(page.output())


def _height(row: Row, row_mm: float, paper_mm: float) -> float:
    if row.picture:
        return _picture_mm(row.picture, paper_mm)[1]
    if row.code:
        return _CODE_MM
    return row_mm * (2 if row.is_large else 1)


def _picture_mm(data: bytes, paper_mm: float) -> tuple[float, float]:
    """How wide and high a picture stands on the paper: its own shape, in the middle."""
    wide, high = size_of(data)
    scale = min((paper_mm - 2 * _MARGIN_MM) * 2 / 3 / wide, _PICTURE_MM / high)
    return wide * scale, high * scale


def _picture_uri(data: bytes) -> str:
    kind = "png" if data.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{b64encode(data).decode()}"


def _code(content: str) -> Any:
    import segno

    return segno.make_qr(content, error="m")


def _code_uri(content: str) -> str:
    return _code(content).svg_data_uri(scale=3, border=2, light="#fff", dark="#000")


def _code_png(content: str) -> bytes:
    picture = BytesIO()
    _code(content).save(picture, kind="png", scale=6, border=2)
    return picture.getvalue()
