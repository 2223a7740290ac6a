"""CSV out and in."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanhouse.kit.sheets import BOM, csv_rows, csv_text

FORMULA_SIGNS = "=+-@\t\r"
# No half characters: no database holds one. NUL neither.
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
ODD_CELLS = st.text(alphabet="'=+-@\t\r\n\",;x ", max_size=8)
ROWS = st.lists(st.lists(CELLS | ODD_CELLS, min_size=1, max_size=4), max_size=5)


@given(ROWS)
def test_what_is_written_is_read_back_as_it_was(rows: list[list[str]]) -> None:
    assert list(csv_rows(csv_text(rows))) == rows
    assert list(csv_rows(BOM + csv_text(rows))) == rows


@given(ROWS)
def test_no_cell_is_a_formula(rows: list[list[str]]) -> None:
    """As a spreadsheet reads it."""
    for row in csv.reader(io.StringIO(csv_text(rows), newline="")):
        for cell in row:
            is_number = re.fullmatch(r"-[0-9]+(\.[0-9]+)?", cell)
            assert is_number or not cell.startswith(tuple(FORMULA_SIGNS))


@given(ROWS, ROWS)
def test_parts_make_a_whole(first: list[list[str]], second: list[list[str]]) -> None:
    assert csv_text(first) + csv_text(second) == csv_text([*first, *second])


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30 1", "'+49 30 1"),
        ("-5.00", "-5.00"),
        ("-12", "-12"),
        ("-5.00+1", "'-5.00+1"),
        ("-5.", "'-5."),
        ("-5\n", '"\'-5\n"'),
        ("'-5.00", "''-5.00"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("'=1", "''=1"),
        ("''-1", "'''-1"),
        ("'quoted'", "'quoted'"),
        ("5.00", "5.00"),
        ("", ""),
    ],
)
def test_cells_that_would_be_formulas_are_marked(cell: str, written: str) -> None:
    assert csv_text([[cell, "x"]]) == f"{written},x\r\n"
    assert list(csv_rows(f"{written},x\r\n")) == [[cell, "x"]]


def test_a_broken_file_is_told() -> None:
    with pytest.raises(csv.Error):
        list(csv_rows('"a'))
