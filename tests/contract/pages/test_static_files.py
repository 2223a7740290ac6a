"""How static files are sent: compressed as the browser takes it, kept for as long as they stay."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from lanhouse.cli.assets import build_assets
from lanhouse.web.assets import COMPRESSED_DIR, STATIC_DIR, asset_url, compressed_file, content_hash
from lanhouse.web.files import accepted
from tests.builders.client import Client

ROOT = Path(__file__).resolve().parents[3]
STYLES = STATIC_DIR / "css" / "base.css"


@pytest.fixture(autouse=True)
def _built() -> None:
    build_assets(ROOT)


@pytest.mark.parametrize(
    ("asked", "coding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, GZIP;q=0.5", "gzip"),
        ("deflate", ""),
        ("identity", ""),
        ("", ""),
    ],
)
def test_a_file_comes_in_the_smallest_form_that_is_taken(
    client: Client, asked: str, coding: str
) -> None:
    answer = client.raw("GET", asset_url("css/base.css"), headers={"Accept-Encoding": asked})
    assert (answer.status_code, answer.headers.get("content-encoding", "")) == (200, coding)
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["vary"] == "Accept-Encoding"
    whole = STYLES.stat().st_size
    sent = int(answer.headers["content-length"])
    assert sent < whole / 3 if coding else sent == whole


def test_the_compressed_form_is_the_file() -> None:
    packed = compressed_file(content_hash(STYLES), "gzip").read_bytes()
    assert gzip.decompress(packed) == STYLES.read_bytes()


def test_each_form_has_its_own_tag_and_is_not_sent_twice(client: Client) -> None:
    tags = []
    for asked in ("br", "gzip", "identity"):
        headers = {"Accept-Encoding": asked}
        tag = client.raw("GET", asset_url("css/base.css"), headers=headers).headers["etag"]
        again = client.raw(
            "GET", asset_url("css/base.css"), headers={**headers, "If-None-Match": tag}
        )
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["cache-control"].endswith("immutable")
        tags.append(tag)
    assert len(set(tags)) == 3
    other = client.raw(
        "GET",
        asset_url("css/base.css"),
        headers={"Accept-Encoding": "gzip", "If-None-Match": tags[0]},
    )
    assert other.status_code == 200


@pytest.mark.parametrize("query", ["", "?v=0123456789", "?v="])
def test_only_the_address_of_this_content_is_kept_for_ever(client: Client, query: str) -> None:
    """An old page asking the new server must not keep new content under the old address."""
    kept = client.raw("GET", asset_url("css/base.css"))
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    answer = client.raw("GET", f"/static/css/base.css{query}")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")


def test_what_changed_since_the_build_is_sent_as_it_is(client: Client) -> None:
    file = STATIC_DIR / "css" / "changed-in-a-test.css"
    try:
        for text in (b"a{top:0}", b"a{top:1px}"):
            file.write_bytes(text)
            answer = client.raw(
                "GET", f"/static/css/{file.name}", headers={"Accept-Encoding": "br, gzip"}
            )
            assert ("content-encoding" in answer.headers, answer.content) == (False, text)
    finally:
        file.unlink()


def test_the_compressed_folder_holds_what_is_served_and_no_more() -> None:
    kinds = {".css", ".js", ".svg"}
    files = [file for file in STATIC_DIR.rglob("*") if file.suffix in kinds]
    wanted = {content_hash(file) + ending for file in files for ending in (".br", ".gz")}
    assert {file.name for file in COMPRESSED_DIR.iterdir()} == wanted


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (["gzip, br;q=1.0"], {"gzip", "br"}),
        (["gzip;q=0, br; q=0.000"], set()),
        (["gzip", "br"], {"gzip", "br"}),
        ([], set()),
    ],
)
def test_codings_are_read_as_they_are_asked_for(values: list[str], names: set[str]) -> None:
    assert accepted(values) - {""} == names
