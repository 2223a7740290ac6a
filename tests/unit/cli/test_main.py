"""The command line as a whole: names, help, refusals."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from lanhouse.cli.main import COMMANDS, lanhouse
from lanhouse.db.open import open_store
from lanhouse.kit.errors import Refused


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    shown = CliRunner().invoke(lanhouse, [name, "--help"])
    assert shown.exit_code == 0, shown.output
    assert f"lanhouse {name}" in shown.output


def test_help_lists_every_command() -> None:
    shown = CliRunner().invoke(lanhouse, ["--help"])
    listed = shown.output.split("Commands:")[1]
    assert [line.split()[0] for line in listed.strip().splitlines() if line.strip()] == list(
        COMMANDS
    )


def test_an_unknown_command_is_refused() -> None:
    shown = CliRunner().invoke(lanhouse, ["fly"])
    assert shown.exit_code == 2
    assert "No such command 'fly'" in shown.output


def test_a_refusal_is_one_sentence_and_exit_code_1(tmp_path: object) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lanhouse", "verify-ledger", "--data-dir", f"{tmp_path}/none"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"lanhouse: There is no database in {tmp_path}/none. Start with: lanhouse init\n"
    )


REFUSALS = {
    "a folder below a file": (
        ("migrate", "--data-dir", "{tmp}/file/sub"),
        "Cannot use {tmp}/file/sub: Not a directory.",
    ),
    "a folder below a file, for a new centre": (
        ("init", "--data-dir", "{tmp}/file/sub"),
        "Cannot use {tmp}/file/sub: Not a directory.",
    ),
    "a database that is none": (
        ("init", "--data-dir", "{tmp}/odd"),
        (
            "{tmp}/odd/lanhouse.db cannot be read and written by this user."
            " Look at its owner and rights."
        ),
    ),
    "a port in words": (
        ("migrate", "--data-dir", "{tmp}/new", "--database-url", "postgresql://me@host:port/x"),
        "LANHOUSE_DATABASE_URL: its port is not a number",
    ),
    "another kind of database": (
        ("migrate", "--data-dir", "{tmp}/new", "--database-url", "mysql://me@host/x"),
        "LANHOUSE_DATABASE_URL: must start with postgresql://",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_machine_that_says_no_is_told_in_one_sentence(case: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    (tmp_path / "odd" / "lanhouse.db").mkdir(parents=True)
    arguments, sentence = REFUSALS[case]
    done = subprocess.run(
        [sys.executable, "-m", "lanhouse", *(part.format(tmp=tmp_path) for part in arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"lanhouse: {sentence.format(tmp=tmp_path)}\n"


def test_a_folder_of_somebody_else_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests may run as root, to whom every folder is open; so the answer is given here."""
    monkeypatch.setattr("lanhouse.db.open.os.access", lambda path, mode: path != tmp_path)
    with pytest.raises(Refused) as refused:
        open_store("", tmp_path)
    assert refused.value.message.startswith(f"{tmp_path}/lanhouse.db cannot be read and written")


def test_the_command_line_starts_without_the_web() -> None:
    """Start-up time: what only the server needs is imported by the server."""
    code = (
        "import sys, lanhouse.cli.main as m; "
        "print([n for n in ('litestar', 'uvicorn', 'sqlalchemy', 'alembic') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
