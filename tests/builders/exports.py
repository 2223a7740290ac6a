"""Exports as a caller reads them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from openpyxl import load_workbook  # pyright: ignore[reportMissingModuleSource]
from openpyxl.utils.escape import unescape  # pyright: ignore[reportMissingModuleSource]

from lanhouse.kit.sheets import csv_rows
from tests.builders.client import Client

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def exported(client: Client, url: str, **params: Any) -> list[dict[str, str]]:
    """The rows of a CSV or XLSX file (path, filters) by the names of its columns."""
    answer = client.raw("GET", url, params=params)
    form = url.rpartition(".")[2]
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == KINDS[form]
    assert answer.headers["content-disposition"].endswith(f'.{form}"')
    content = answer.content
    head, *rows = csv_rows(content.decode()) if form == "csv" else workbook_rows(content)
    return [dict(zip(head, row, strict=True)) for row in rows]


def workbook_rows(content: bytes) -> list[list[str]]:
    """The rows of all sheets of a workbook as they were given to it, headings among them."""
    found = [
        [unescape(str(cell.value or "")) for cell in row]
        for sheet in load_workbook(io.BytesIO(content))
        for row in sheet.iter_rows()
    ]
    return list(csv_rows(as_csv(found)))


def as_csv(rows: Sequence[Sequence[str]]) -> str:
    """Cells as they stand in a file, with nothing put before them."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue()
