"""One spelling per path, and no path that two programs read in two ways."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from lanhouse.web.paths import plain_path


def _plain(raw: str) -> str | None:
    return plain_path({"path": unquote(raw), "raw_path": raw.encode()})


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("/", "/"),
        ("//", "/"),
        ("/metrics", "/metrics"),
        ("/metrics/", "/metrics"),
        ("//metrics", "/metrics"),
        ("///metrics///", "/metrics"),
        ("/api/v2//cafe/7777///staffs/", "/api/v2/cafe/7777/staffs"),
        ("/%6detrics", "/metrics"),
        ("/portal/a%20b", "/portal/a b"),
        ("/portal/a%252fb", "/portal/a%2fb"),
        ("/portal/.hall", "/portal/.hall"),
        ("/portal/..hall", "/portal/..hall"),
        ("/static/css/base.css", "/static/css/base.css"),
    ],
)
def test_a_path_is_served_as_the_plain_one(raw: str, plain: str) -> None:
    assert _plain(raw) == plain


@pytest.mark.parametrize(
    "raw",
    [
        "/panel%2fcomputers",
        "/panel/%2Fcomputers",
        "/panel%5ccomputers",
        "/panel%5Ccomputers",
        "/panel\\computers",
        "/.",
        "/./metrics",
        "/panel/..",
        "/panel/../metrics",
        "/panel/%2e%2e/metrics",
        "/panel/.%2E/metrics",
        "/panel/%2e/metrics/",
        "/panel//..//metrics",
    ],
)
def test_a_path_that_can_be_read_in_two_ways_leads_nowhere(raw: str) -> None:
    assert _plain(raw) is None


def test_a_server_that_hands_on_no_raw_path_is_served_too() -> None:
    assert plain_path({"path": "//metrics/"}) == "/metrics"
    assert plain_path({"path": "/panel/../metrics"}) is None
