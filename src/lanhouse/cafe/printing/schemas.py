"""Printers, and what stands on a strip of paper, as commands and pages see them."""

from __future__ import annotations

from typing import Literal

import msgspec

from lanhouse.kit.texts import N_

PAPERS = {
    32: N_("58 mm, 32 signs in a line"),
    42: N_("80 mm, 42 signs in a line"),
    48: N_("80 mm, 48 signs in a line"),
}
"""Signs in a line of the printer's usual font, and the words for it."""

PORT = 9100
PORTS = range(9100, 9110)
"""Where printers listen for raw bytes. No other port: what a printer is sent could be a command to
another service of that machine."""


class CodePage(msgspec.Struct, frozen=True):
    """How a printer reads bytes: the codec, its number in `ESC t` (None: two bytes a sign), and
    what people call it."""

    codec: str
    number: int | None
    label: str


CODE_PAGES = {
    "cp858": CodePage("cp858", 19, N_("Western Europe with the euro (858)")),
    "cp850": CodePage("cp850", 2, N_("Western Europe (850)")),
    "cp437": CodePage("cp437", 0, N_("United States (437)")),
    "cp1252": CodePage("cp1252", 16, N_("Western Europe, Windows (1252)")),
    "cp852": CodePage("cp852", 18, N_("Central Europe (852)")),
    "cp1250": CodePage("cp1250", 45, N_("Central Europe, Windows (1250)")),
    "cp866": CodePage("cp866", 17, N_("Cyrillic (866)")),
    "cp1251": CodePage("cp1251", 46, N_("Cyrillic, Windows (1251)")),
    "cp737": CodePage("cp737", 14, N_("Greek (737)")),
    "cp857": CodePage("cp857", 13, N_("Turkish (857)")),
    "cp1257": CodePage("cp1257", 51, N_("Baltic (1257)")),
    "gbk": CodePage("gbk", None, N_("Chinese, simplified")),
    "big5": CodePage("big5", None, N_("Chinese, traditional")),
    "shift_jis": CodePage("shift_jis", None, N_("Japanese")),
    "euc_kr": CodePage("euc_kr", None, N_("Korean")),
}
"""By name, with the numbers of Epson's table, which the others follow."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a strip: text at the start with an amount at the end, a rule, a gap, a code or a
    picture."""

    kind: Literal["text", "rule", "gap", "code", "picture"] = "text"
    text: str = ""
    """Of a code: what it says to whoever reads it with a phone."""
    end: str = ""
    is_strong: bool = False
    is_large: bool = False
    """Twice as wide and as high."""
    is_centered: bool = False
    is_more: bool = False
    """Set in a little: it says more about the line above."""
    picture: bytes = b""
    """Of a picture: the file, as it is kept."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it is set: not wider than the paper."""

    text: str = ""
    is_strong: bool = False
    is_large: bool = False
    code: str = ""
    """Not empty: a code stands here instead of a text."""
    picture: bytes = b""
    """Not empty: a picture stands here instead of a text."""


class PrinterValues(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a printer."""

    name: str
    address: str
    port: int = PORT
    columns: int = 48
    code_page: str = "cp858"
    has_drawer: bool = False
    till_id: int = 0
    """Whose shifts print on it; 0 = whoever has no printer of his own till."""


class Printer(msgspec.Struct, frozen=True, kw_only=True):
    """A printer of a centre."""

    id: int
    center_id: int
    values: PrinterValues
