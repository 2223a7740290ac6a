"""`lanhouse clear-demo`: asks, makes a backup first, and does nothing when either fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lanhouse.cafe.centers.demo import CAFE_ID, LICENSE_NAME
from lanhouse.cafe.centers.queries import open_centers
from lanhouse.cli import backup
from lanhouse.cli.main import lanhouse
from lanhouse.db.store import Store
from lanhouse.demo.build import build
from lanhouse.demo.handout import Prepared, prepare
from lanhouse.demo.operator.starting import Place
from lanhouse.kit.errors import Refused
from lanhouse.settings import AppSettings
from tests.builders.secrets import VAULT
from tests.conftest import LOCKS

Run = Callable[..., Result]


@pytest.fixture
def run(store: Store, tmp_path: Path) -> Run:
    """The command on a demo hall."""
    build(store, VAULT)
    LOCKS.broken = []  # a week is one transaction, which nobody else is beside
    options = ["--data-dir", str(tmp_path)]
    if store.url.startswith("postgresql"):
        options += ["--database-url", store.url]

    def invoke(*arguments: str, command: str = "clear-demo", typed: str | None = None) -> Result:
        return CliRunner().invoke(lanhouse, [command, *options, *arguments], input=typed)

    return invoke


def open_numbers(store: Store) -> list[int]:
    """The centres that somebody can sign in to."""
    return [center.id for center in store.read_sync(open_centers)]


def test_the_demo_is_cleared_after_a_backup(store: Store, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "kept" / "demo.backup"
    done = run("--backup-to", str(file), typed=f"{LICENSE_NAME}\n")
    assert done.exit_code == 0, done.output
    assert f"Backup written and checked: {file}" in done.output
    assert "Centre 1 (Harbour Arena) has the settings; its books are empty." in done.output
    assert file.stat().st_size > 0
    assert open_numbers(store) == [1]
    proof = run(command="verify-ledger")
    assert proof.exit_code == 0, proof.output
    # A second time there is no demo, and the first backup is all there is.
    again = run("--confirm", LICENSE_NAME)
    assert isinstance(again.exception, Refused)
    assert "is no demo hall" in str(again.exception)
    assert [path.name for path in tmp_path.rglob("*.backup")] == ["demo.backup"]
    assert open_numbers(store) == [1]
    with pytest.raises(Refused, match="The demo was cleared"):
        prepare(
            AppSettings(data_dir=tmp_path), store, Prepared(None, None), Place("http://127.0.0.1:9")
        )


def test_another_name_changes_nothing(store: Store, run: Run, tmp_path: Path) -> None:
    done = run(typed="yes\n")
    assert isinstance(done.exception, Refused)
    assert "nothing was changed" in str(done.exception)
    assert open_numbers(store) == [CAFE_ID]
    assert list(tmp_path.glob("*.backup")) == []


def test_without_its_backup_nothing_is_cleared(
    store: Store, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "there.backup"
    there.write_text("somebody's")
    done = run("--confirm", LICENSE_NAME, "--backup-to", str(there))
    assert isinstance(done.exception, Refused)
    assert there.read_text() == "somebody's"
    assert open_numbers(store) == [CAFE_ID]

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(backup.archive, "pack", full)
    done = run("--confirm", LICENSE_NAME)
    assert done.exit_code != 0
    assert open_numbers(store) == [CAFE_ID]
