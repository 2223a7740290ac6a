"""Browsers are called what people call them, and programs what they call themselves."""

from __future__ import annotations

import pytest

from lanhouse.auth.programs import program_of

_CHROME = "Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Firefox, Linux",
        ),
        (_CHROME.format(system="Windows NT 10.0; Win64; x64"), "Chrome, Windows"),
        (_CHROME.format(system="Windows NT 10.0") + " Edg/126.0", "Edge, Windows"),
        (_CHROME.format(system="Linux; Android 14; Pixel 8"), "Chrome, Android"),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"
                " (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
            ),
            "Safari, iPhone",
        ),
        ("python-httpx/0.27.0", "python-httpx"),
        ("<script>alert(1)</script>", ""),
        ("x" * 500, "x" * 40),
        ("", ""),
    ],
)
def test_what_it_is_called(user_agent: str, name: str) -> None:
    assert program_of(user_agent) == name
