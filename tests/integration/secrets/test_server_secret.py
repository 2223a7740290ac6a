"""The secret's file and its fingerprint: made once, never replaced by itself, told when wrong."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
import sqlalchemy as sa

from lanhouse.auth import server_secret as module
from lanhouse.auth.server_secret import (
    BadSecretFile,
    known_fingerprint,
    make_secret,
    note_fingerprint,
    open_vault,
    read_secret,
    replace_fingerprint,
    secret_problem,
)
from lanhouse.auth.tables import server_secret
from lanhouse.db.store import Store
from tests.builders.secrets import OTHER_VAULT


def test_the_first_start_makes_the_file_and_the_next_ones_find_it(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "new" / "server.secret"
    first, problem = open_vault(path, store)
    assert (problem, first.is_locked) == ("", False)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["server.secret"]
    text = path.read_text()
    assert (len(text), text[-1]) == (65, "\n")
    row = store.read_sync(lambda read: read.one(sa.select(server_secret)))
    assert row.fingerprint == first.fingerprint
    assert row.fingerprint not in text

    again, problem = open_vault(path, store)
    assert (problem, again.fingerprint) == ("", first.fingerprint)
    assert path.read_text() == text


def test_many_processes_at_once_make_one_secret(tmp_path: Path) -> None:
    path = tmp_path / "server.secret"
    together = Barrier(8)

    def make(_: int) -> bytes:
        together.wait()
        return make_secret(path)

    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(make, range(8)))
    assert made == {read_secret(path)}
    assert [each.name for each in tmp_path.iterdir()] == ["server.secret"]


def test_a_lost_file_is_told_and_not_made_anew(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "server.secret"
    first, _ = open_vault(path, store)
    path.unlink()
    vault, problem = open_vault(path, store)
    assert vault.is_locked
    assert problem.startswith(f"{path} is missing. Until that is put right, guests' passwords")
    assert "lanhouse accept-secret" in problem
    assert not path.exists()
    assert store.read_sync(known_fingerprint) == first.fingerprint


def test_a_second_process_with_another_file_is_told(store: Store, tmp_path: Path) -> None:
    one, two = tmp_path / "a" / "server.secret", tmp_path / "b" / "server.secret"
    first, _ = open_vault(one, store)
    make_secret(two)
    vault, problem = open_vault(two, store)
    assert vault.is_locked
    assert problem.startswith(f"{two} is not the secret that this database is used with; all")
    assert store.read_sync(known_fingerprint) == first.fingerprint


def test_who_comes_second_at_the_very_first_start_is_told(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have looked before either has written: the first one counts."""
    monkeypatch.setattr(module, "known_fingerprint", lambda *_: None)
    store.run_sync(
        lambda tx, _: tx.run(
            sa.insert(server_secret),
            id=1,
            fingerprint=OTHER_VAULT.fingerprint,
            since=module.clock.real_now(),
        ),
        None,
    )
    monkeypatch.setattr(module, "note_fingerprint", note_first)
    vault, problem = open_vault(tmp_path / "server.secret", store)
    assert vault.is_locked
    assert "is not the secret that this database is used with" in problem


def note_first(tx, fingerprint):
    tx.run(module._NOTE, id=1, fingerprint=fingerprint, since=module.clock.real_now())
    return tx.scalar(sa.select(server_secret.c.fingerprint))


@pytest.mark.parametrize("text", ["", "abc", "z" * 64, "a" * 63, "a" * 65, "a" * 64 + "\n\n"])
def test_a_damaged_file_is_told_and_left_alone(store: Store, tmp_path: Path, text: str) -> None:
    path = tmp_path / "server.secret"
    path.write_text(text)
    vault, problem = open_vault(path, store)
    assert vault.is_locked
    assert problem.startswith(f"{path} is damaged: it must hold 64 hexadecimal digits.")
    assert path.read_text() == text
    assert store.read_sync(known_fingerprint) is None


def test_a_folder_in_its_place_is_told(store: Store, tmp_path: Path) -> None:
    vault, problem = open_vault(tmp_path, store)
    assert vault.is_locked
    assert problem.startswith(f"{tmp_path} cannot be read: Is a directory.")


def test_a_place_that_cannot_be_written_is_told(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "server.secret"
    with pytest.raises(BadSecretFile, match="cannot be made"):
        make_secret(path)
    vault, problem = open_vault(path, store)
    assert vault.is_locked
    assert "Not a directory" in problem or "cannot be made" in problem


def test_accepting_another_secret_counts_from_then_on(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "server.secret"
    first, _ = open_vault(path, store)
    assert store.run_sync(note_fingerprint, OTHER_VAULT.fingerprint) == first.fingerprint
    store.run_sync(replace_fingerprint, OTHER_VAULT.fingerprint)
    assert store.read_sync(known_fingerprint) == OTHER_VAULT.fingerprint
    assert secret_problem(path, OTHER_VAULT.fingerprint) != ""
    assert secret_problem(path, first.fingerprint) == ""
