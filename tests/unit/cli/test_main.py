"""The command line as a whole: names, help, refusals."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from lanhouse.cli.main import COMMANDS, lanhouse


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


def test_the_command_line_starts_without_the_web() -> None:
    """Start-up time: what only the server needs is imported by the server."""
    code = (
        "import sys, lanhouse.cli.main as m; "
        "print([n for n in ('litestar', 'uvicorn', 'sqlalchemy', 'alembic') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
