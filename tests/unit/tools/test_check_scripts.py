"""The look at our scripts: what Node cannot read is named, a missing Node is said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tools import check_scripts
from tools.check_scripts import find_node, main, problems, scripts

NODE = find_node()
MUST_RUN = os.environ.get("LANHOUSE_TEST_REQUIRE_ALL") == "1"
needs_node = pytest.mark.skipif(NODE is None and not MUST_RUN, reason="Node is missing")


def test_it_finds_ours_and_not_what_is_fetched() -> None:
    names = {file.name for file in scripts()}
    assert {"panel.js", "map.js", "play.js"} <= names
    assert "htmx.js" not in names


@needs_node
def test_a_broken_merge_is_named(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.js", tmp_path / "bad.js"
    good.write_text('"use strict";\nconst one = 1;\n')
    bad.write_text("const one = 1;\n<<<<<<< HEAD\nconst two = 2;\n")
    assert NODE is not None
    assert problems(NODE, [good]) == ""
    told = problems(NODE, [good, bad])
    assert "bad.js:2" in told
    assert "good.js" not in told
    bad.write_text("const one = 1;\nconst one = 2;\n")
    assert "has already been declared" in problems(NODE, [bad])


@pytest.mark.parametrize(("required", "code"), [("", 0), ("1", 1)])
def test_a_missing_node_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], required: str, code: int
) -> None:
    monkeypatch.setattr(check_scripts, "find_node", lambda: None)
    monkeypatch.setenv("LANHOUSE_TEST_REQUIRE_ALL", required)
    assert main() == code
    assert "Node is missing" in capsys.readouterr().err


@needs_node
def test_ours_can_be_read() -> None:
    assert main() == 0
