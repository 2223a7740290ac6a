"""Where the look switch may send the reader back to."""

from __future__ import annotations

import pytest

from lanhouse.web.pages.look import local_path


@pytest.mark.parametrize("path", ["/", "/panel/computers", "/panel/computers?pc=PC%2007"])
def test_paths_of_this_server_stay(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\r\nX: 1", "/ü"]
)
def test_everything_else_becomes_the_start(path: str) -> None:
    assert local_path(path) == "/"
