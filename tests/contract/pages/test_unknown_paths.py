"""Paths that lead nowhere: a clear answer on every wire, and no file outside the static folder."""

from __future__ import annotations

import pytest

from lanhouse.kit.limits import INPUT_NAME_CHARS_MAX
from tests.builders.client import Client

LONG_NAME = "a" * 50 * INPUT_NAME_CHARS_MAX


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/css",
        "/static/nothing.css",
        "/static/%00",
        "/static/%ff",
        "/static//etc/passwd",
        "/static/%2e%2e/assets.py",
        "/static/..%2fassets.py",
        "/static/css/..%2f..%2f..%2fapp.py",
        "/static/..%5cassets.py",
        f"/static/{LONG_NAME}",
    ],
)
def test_what_is_no_static_file_is_not_found(client: Client, path: str) -> None:
    answer = client.raw("GET", path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "DELETE"])
def test_static_files_are_only_read(client: Client, method: str) -> None:
    assert client.raw(method, "/static/css/base.css").status_code == 404
    assert client.raw("GET", "/static/css/base.css").status_code == 200


@pytest.mark.parametrize("path", ["/panel/nothing", "/portal/a/b/c", "/nothing"])
def test_a_browser_gets_a_page(client: Client, path: str) -> None:
    answer = client.raw("GET", path, headers={"Accept": "text/html,application/xhtml+xml"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "There is no page at this address." in answer.text
    assert "frame-ancestors" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/api/v2/nothing", 200, {"code": 404, "message": "Url not match"}),
        (
            "/external/nothing",
            404,
            {"ok": False, "error": {"code": "NOT_FOUND", "message": "there is no such call"}},
        ),
    ],
)
def test_an_api_never_answers_a_page(
    client: Client, path: str, status: int, body: dict[str, object]
) -> None:
    answer = client.raw("GET", path, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.json()) == (status, body)
    answer = client.raw("GET", "/api/native/v1/nothing", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")
