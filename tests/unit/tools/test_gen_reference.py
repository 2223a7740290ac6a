"""The reference is generated: every field, route and error has a line."""

from __future__ import annotations

import msgspec
import pytest

from lanhouse.app import all_routes
from lanhouse.kit.errors import AppError
from lanhouse.settings import AppSettings
from tools import gen_reference


def test_every_setting_has_its_meaning() -> None:
    meanings = gen_reference.field_docs(AppSettings)
    assert set(meanings) == {field.name for field in msgspec.structs.fields(AppSettings)}
    assert meanings["port"] == "Port to listen on."
    assert "| `LANHOUSE_PORT` | `8000` | Port to listen on. |" in gen_reference.settings_page()


def test_every_route_has_a_row_with_a_sentence() -> None:
    rows = [line for line in gen_reference.routes_page().splitlines() if line.startswith("| ")]
    rows = [row for row in rows if not row.startswith(("| method", "| ---"))]
    assert len(rows) == len(all_routes())
    assert [row for row in rows if row.endswith("|  |")] == []


def test_errors_are_listed_once() -> None:
    page = gen_reference.errors_page()
    assert page.count("| `BalanceTooLow` |") == 1
    assert "| `InvalidInput` | `INVALID_REQUEST` | 400 | 400 |" in page


def test_errors_of_one_name_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two nouns have a `WrongPassword`; a set has them in another order in each process."""
    page = gen_reference.errors_page()
    assert page.count("| `WrongPassword` |") == 2
    found = list(dict.fromkeys(gen_reference.subclasses(AppError)))
    monkeypatch.setattr(gen_reference, "set", list, raising=False)
    monkeypatch.setattr(gen_reference, "subclasses", lambda _: reversed(found))
    assert gen_reference.errors_page() == page
