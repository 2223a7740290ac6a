"""Exports as a caller reads them."""

from __future__ import annotations

from typing import Any

from lanhouse.kit.sheets import csv_rows
from tests.builders.client import Client


def exported(client: Client, url: str, **params: Any) -> list[dict[str, str]]:
    """The rows of a CSV file (path, filters) by the names of its columns."""
    answer = client.raw("GET", url, params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    head, *rows = csv_rows(answer.content.decode())
    return [dict(zip(head, row, strict=True)) for row in rows]
