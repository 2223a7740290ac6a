"""CSV out and in: what is written is read back as it was, and runs nowhere.

A spreadsheet takes a cell that begins with = + - @ tab or carriage return for a formula. Such a
cell is written with a ' before it, which reading takes off again. A cell that begins with '
followed by one of them gets another ', so that the way back is exact. A number below zero is no
formula and stays as it is: as a text it would be left out of every sum.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

BOM = "\ufeff"
"""Begins a file, so that spreadsheets read it as UTF-8."""

_FORMULA = re.compile(r"'+[=+\-@\t\r]|[=+@\t\r]|-(?![0-9]+(?:\.[0-9]+)?\Z)")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV: commas, CR LF, quotes where needed. The file begins with BOM, not each part."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([[guarded(cell) for cell in row] for row in rows])
    return out.getvalue()


def csv_rows(text: str, delimiter: str = ",") -> Iterator[list[str]]:
    """The rows of a CSV file as they were given to csv_text(), with or without BOM.

    Raises csv.Error for what is no CSV.
    """
    lines = io.StringIO(text.removeprefix(BOM), newline="")
    for row in csv.reader(lines, strict=True, delimiter=delimiter):
        yield [_unguarded(cell) for cell in row]


def guarded(cell: str) -> str:
    """The cell as it may stand in a sheet: no formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if _GUARDED.match(cell) else cell
