"""The password of a database never stands on a command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from lanhouse.cli import postgres_tools
from lanhouse.kit.errors import Refused


@pytest.mark.parametrize(
    ("url", "address", "password"),
    [
        ("postgresql://u:p%40ss@db:5433/hall", "postgresql://u@db:5433/hall", "p@ss"),
        ("postgresql://u@db/hall", "postgresql://u@db/hall", ""),
        ("postgresql://u:x@[::1]:5432/hall?a=b", "postgresql://u@[::1]:5432/hall?a=b", "x"),
    ],
)
def test_the_password_is_taken_out(url: str, address: str, password: str) -> None:
    assert postgres_tools.without_password(url) == (address, password)


def test_a_missing_program_is_explained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(postgres_tools.shutil, "which", lambda name: None)
    with pytest.raises(Refused) as refused:
        postgres_tools.dump("postgresql://db/hall", tmp_path / "dump")
    assert refused.value.message.startswith("pg_dump was not found. Install PostgreSQL's client")
