"""Which answers are compressed: pages that were asked for from here, by who can read gzip."""

from __future__ import annotations

import gzip

import pytest

from lanhouse.kit.limits import PACKED_BYTES_MIN
from lanhouse.web.packing import packed, packer_for
from lanhouse.web.replies import Reply
from lanhouse.web.request import Request

PAGE = Reply(b"<p>" + b"word " * PACKED_BYTES_MIN)


def asked(method: str = "GET", **headers: str) -> Request:
    return Request(
        method=method,
        path="/",
        path_params={},
        query=b"",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=b"",
        address="127.0.0.1",
    )


@pytest.mark.parametrize(
    "request_",
    [
        asked(accept_encoding="gzip"),
        asked(accept_encoding="deflate, br;q=1.0, GZIP;q=0.5"),
        asked("HEAD", accept_encoding="gzip"),
        asked(accept_encoding="gzip", sec_fetch_site="same-origin"),
        asked(accept_encoding="gzip", sec_fetch_site="none"),
    ],
)
def test_a_page_that_is_asked_for_from_here_is_packed(request_: Request) -> None:
    sent = packer_for(request_)(PAGE)
    assert gzip.decompress(sent.body) == PAGE.body
    assert sent.headers == [(b"content-encoding", b"gzip")]


@pytest.mark.parametrize(
    "request_",
    [
        asked(),
        asked(accept_encoding="identity"),
        asked(accept_encoding="br, deflate, gzip;q=0"),
        asked("POST", accept_encoding="gzip"),
        asked(accept_encoding="gzip", sec_fetch_site="cross-site"),
        asked(accept_encoding="gzip", sec_fetch_site="same-site"),
    ],
)
def test_any_other_answer_stays_as_it_is(request_: Request) -> None:
    assert packer_for(request_)(PAGE) is PAGE


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"x" * (PACKED_BYTES_MIN - 1)),
        Reply(PAGE.body, 200, "application/json"),
        Reply(PAGE.body, 200, "image/png"),
        PAGE.with_header("Content-Encoding", "br"),
        packed(PAGE),
    ],
)
def test_what_is_small_or_no_page_or_packed_stays_as_it_is(reply: Reply) -> None:
    assert packed(reply) is reply
