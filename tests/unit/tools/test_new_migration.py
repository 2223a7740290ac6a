"""A draft of a migration holds what is missing from the history, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from lanhouse.db.tables import metadata
from lanhouse.tables import complete_metadata
from tools import new_migration


@pytest.fixture
def _another_table() -> Iterator[None]:
    complete_metadata()
    another = sa.Table(
        "another_table",
        metadata,
        sa.Column("id", sa.BigInteger, primary_key=True),
        info={"digested": object()},
    )
    yield
    metadata.remove(another)


@pytest.mark.usefixtures("_another_table")
def test_a_draft_holds_the_new_table_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = new_migration.main("Another table", tmp_path)
    assert path.parent == tmp_path
    draft = path.read_text()
    assert str(path) in capsys.readouterr().out
    assert draft.count("op.create_table(") == 1
    assert "'another_table'" in draft.replace('"', "'")
    assert draft.count("op.drop_table(") == 1, "the way back, and no index of pieces"
    assert "members_pieces" not in draft
    assert "info=" not in draft
    assert "object" not in draft
