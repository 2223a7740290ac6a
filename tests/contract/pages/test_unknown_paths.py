"""Paths that lead nowhere: a clear answer on every wire, and no file outside the static folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from lanhouse.app import create_app
from lanhouse.db.store import Store
from lanhouse.kit.limits import INPUT_NAME_CHARS_MAX
from lanhouse.settings import AppSettings
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


@pytest.mark.parametrize("path", ["/portal/a%00b", "/play/rounds/a%00b", "/play/rounds/%01"])
def test_no_look_up_meets_a_control_character(store: Store, tmp_path: Path, path: str) -> None:
    """PostgreSQL takes no text with a NUL in it, and would fail the call."""
    app = create_app(AppSettings(data_dir=tmp_path), store, with_ticker=False)
    with Client(app) as browser:
        answer = browser.raw("GET", path, headers={"Accept": "text/html"})
    assert 400 <= answer.status_code < 500
    assert "must not have control characters" in answer.text


def test_an_open_page_that_is_no_address_leads_to_the_sign_in(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://[broken"}
    answer = client.raw("GET", "/panel/computers", key="", headers=headers)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (
        200,
        "/panel/sign-in?next=&out=1",
    )


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


_HTML = {"Accept": "text/html"}


@pytest.mark.parametrize("path", ["//health", "/health/", "//health//", "/%68ealth"])
def test_doubled_slashes_and_one_at_the_end_are_the_plain_path(client: Client, path: str) -> None:
    """Without a redirect, which would turn a POST into a GET."""
    answer = client.raw("GET", f"http://testserver{path}", key="")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_a_write_with_doubled_slashes_is_done(client: Client) -> None:
    body = {"member_account": "ada", "member_password": "secret"}
    made = client.raw("POST", "/api/v2//cafe/7777//members/", json=body)
    assert made.json()["code"] == 200, made.text
    assert client.raw("GET", "/static//css/base.css").status_code == 200


@pytest.mark.parametrize("dots", ["%2e", "%2e%2e", "..%2fx", "x%2Fy", "x%5Cy", "%5c"])
def test_what_can_be_read_in_two_ways_is_unknown_on_every_surface(
    client: Client, dots: str
) -> None:
    cafe = client.raw("GET", f"/api/v2/cafe/7777/{dots}/staffs")
    assert cafe.json() == {"code": 404, "message": "Url not match"}
    external = client.raw("POST", f"/external/{dots}/games")
    assert (external.status_code, external.json()["error"]["code"]) == (404, "NOT_FOUND")
    native = client.raw("GET", f"/api/native/v1/{dots}/prices")
    assert (native.status_code, native.json()["error"]["code"]) == (404, "NOT_FOUND")
    for path in (
        f"/panel/{dots}",
        f"/portal/{dots}",
        f"/{dots}/metrics",
        f"/portal/hall7777{dots}",
    ):
        page = client.raw("GET", path, headers=_HTML)
        assert (page.status_code, "There is no page" in page.text) == (404, True), path
