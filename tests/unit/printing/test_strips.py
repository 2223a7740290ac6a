"""Lines on paper, and the bytes that a printer is sent."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lanhouse.cafe.printing.rules import rows_of, width
from lanhouse.cafe.printing.rules.escpos import (
    CUT,
    OPEN_DRAWER,
    START,
    encoded,
    strip,
    trouble_in,
)
from lanhouse.cafe.printing.rules.network import refusal_of
from lanhouse.cafe.printing.schemas import CODE_PAGES, PAPERS, Line


def texts(*lines: Line, columns: int = 20) -> list[str]:
    return [row.text for row in rows_of(lines, columns)]


def test_an_amount_stands_at_the_end_of_the_last_row() -> None:
    line = Line(text="Coloured print of a long thing", end="12.50")
    assert texts(line) == ["Coloured print", "of a long", "thing          12.50"]
    assert all(len(text) <= 20 for text in texts(line))


def test_rows_keep_to_the_paper() -> None:
    assert texts(Line(kind="rule")) == ["-" * 20]
    assert texts(Line(text="Hall", is_centered=True)) == ["        Hall"]
    assert texts(Line(text="Hall", is_centered=True, is_large=True)) == ["   Hall"]
    assert texts(Line(text="a" * 25)) == ["a" * 20, "a" * 5]
    assert texts(Line(text="x", end="9" * 25)) == ["x", "9" * 20, " " * 15 + "9" * 5]
    # A wide sign takes two columns.
    assert texts(Line(text="日本語日本語", end="1.00"), columns=16) == [
        "日本語日本",
        "語          1.00",
    ]


@given(
    st.text(max_size=80),
    st.text(max_size=30),
    st.sampled_from(sorted(PAPERS)),
    st.booleans(),
    st.booleans(),
)
def test_no_row_is_wider_than_the_paper(
    text: str, end: str, columns: int, is_large: bool, is_centered: bool
) -> None:
    line = Line(text=text, end=end, is_large=is_large, is_centered=is_centered)
    for row in rows_of([line], columns):
        assert width(row.text) <= (columns // 2 if is_large else columns)


def test_the_bytes_of_a_strip() -> None:
    lines = [Line(text="Größe", end="1.00", is_strong=True), Line(text="A", is_large=True)]
    assert strip(lines, 32, "cp858") == (
        b"\x1b@\x1c.\x1bt\x13"
        b"\x1bE\x01Gr\x94\xe1e" + b" " * 23 + b"1.00\x1bE\x00\n"
        b"\x1d!\x11A\x1d!\x00\n"
        b"\x1bd\x03\x1dVB\x00"
    )


def test_a_code_is_stored_and_printed() -> None:
    data = strip([Line(kind="code", text="https://a.test")], 32, "cp437")
    assert b"\x1d(k\x11\x00\x31\x50\x30https://a.test" in data
    assert b"\x1d(k\x03\x00\x31\x51\x30" in data


def test_a_name_is_never_a_command() -> None:
    """A member may call himself what opens the drawer."""
    evil = f"Bob{OPEN_DRAWER.decode('latin-1')}\x10\x14\x01\x00\x01\r\n\x1dV\x00"
    for code_page in CODE_PAGES:
        data = strip([Line(text=evil, end=evil), Line(kind="code", text=evil)], 48, code_page)
        assert OPEN_DRAWER not in data
        assert b"\x10\x14" not in data
        assert data.count(b"\x1dV") == data.count(CUT) == 1
        assert data.startswith(START)


@given(st.text(max_size=60), st.sampled_from(sorted(CODE_PAGES)))
def test_every_text_can_be_printed_and_holds_no_control_byte(text: str, code_page: str) -> None:
    codec = CODE_PAGES[code_page].codec
    for row in rows_of([Line(text=text)], 48):
        data = encoded(row.text, codec)
        # Of a sign of two bytes no byte is one either.
        assert not [byte for byte in data if byte < 0x20 or byte == 0x7F]


@pytest.mark.parametrize(
    ("codec", "text", "expected"),
    [
        ("cp858", "12 €", b"12 \xd5"),
        ("cp437", "12 €", b"12 EUR"),
        ("cp437", "Łódź", b"L\xa2dz"),
        ("cp866", "Привет", "Привет".encode("cp866")),
        ("cp858", "日", b"?"),
        ("gbk", "中文", "中文".encode("gbk")),
        ("cp858", "–−“x”…", b'--"x"...'),
    ],
)
def test_what_a_code_page_lacks_is_written_near_to_it(
    codec: str, text: str, expected: bytes
) -> None:
    assert encoded(text, codec) == expected


@pytest.mark.parametrize(
    ("status", "is_trouble"),
    [
        (b"\x12", False),
        (b"\x16", True),  # cover open
        (b"\x32", True),  # no paper
        (b"\x52", True),  # error
        (b"\x1a", False),  # the feed button
        (b"\x00", False),  # not an answer
        (b"\xff", False),
        (b"", False),
    ],
)
def test_what_a_printer_says_of_itself(status: bytes, is_trouble: bool) -> None:
    assert trouble_in(status) is is_trouble


LAN = "127.0.0.0/8,192.168.1.0/24,fd00::/8,0.0.0.0/0,::/0"


@pytest.mark.parametrize("address", ["192.168.1.50", "127.4.5.6", "fd00::9", "10.0.0.1", "::1"])
def test_a_printer_stands_in_the_hall(address: str) -> None:
    assert refusal_of(address, LAN) is None
    assert "LANHOUSE_OUTBOUND_PRIVATE" in str(refusal_of(address, ""))


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("8.8.8.8", "own network"),
        ("2001:4860:4860::8888", "own network"),
        ("169.254.169.254", "own network"),
        ("fe80::1", "own network"),
        ("224.0.0.1", "own network"),
        ("0.0.0.0", "own network"),
        ("::ffff:8.8.8.8", "own network"),
        ("printer.local", "IP address"),
        ("", "IP address"),
        ("192.168.1.0/24", "IP address"),
    ],
)
def test_and_nowhere_else_whatever_is_allowed(address: str, why: str) -> None:
    assert why in str(refusal_of(address, LAN))


def _png(rows: list[list[int]]) -> bytes:
    """Grey pixels, 0 = black; a fully transparent one is -1."""
    picture = Image.new("LA", (len(rows[0]), len(rows)))
    for y, row in enumerate(rows):
        for x, grey in enumerate(row):
            picture.putpixel((x, y), (0, 0) if grey < 0 else (grey, 255))
    made = BytesIO()
    picture.save(made, "PNG")
    return made.getvalue()


def test_a_picture_is_sent_as_dots_on_white_paper() -> None:
    """Nine dots wide: two bytes a row, the last seven dots of it stay white, and so does what is
    transparent."""
    logo = _png(
        [[0, 255, 255, 255, 255, 255, 255, 255, 0], [-1, 0, 255, 255, 255, 255, 255, 0, -1]]
    )
    data = strip([Line(kind="picture", picture=logo)], 32, "cp437")
    assert data[len(START) :].startswith(b"\x1c.\x1bt\x00\x1ba\x01\x1dv0\x00\x02\x00\x02\x00")
    assert b"\x02\x00\x02\x00" + bytes([0x80, 0x80, 0x41, 0x00]) + b"\x1ba\x00" in data


def test_a_picture_is_no_wider_than_two_thirds_of_the_paper() -> None:
    logo = _png([[0] * 2000] * 100)
    data = strip([Line(kind="picture", picture=logo)], 32, "cp437")
    assert b"\x1dv0\x00" + (32).to_bytes(2, "little") + (13).to_bytes(2, "little") in data
    assert texts(Line(kind="picture", picture=logo)) == [""]
