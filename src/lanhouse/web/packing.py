"""Which answers are sent compressed, and how (decision 0088).

A page is packed where it was rendered, in the reader's thread or on the event loop: it costs less
than a fiftieth of the rendering.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

from msgspec.structs import replace

from lanhouse.kit.limits import PACKED_BYTES_MIN
from lanhouse.web.files import accepted
from lanhouse.web.replies import Reply
from lanhouse.web.request import Request

Pack = Callable[[Reply], Reply]

# The highest level saves a fifth of a large page more, for twice to eight times the time.
_LEVEL = 1
_GZIP_BITS = 31
_OWN_SITES = ("same-origin", "none")


def packer_for(request: Request) -> Pack:
    """What is done to the answer to this request: packed(), or nothing.

    Only what was asked for by GET or HEAD is packed: a password or a key is shown in answers to a
    POST alone. And not where a link or a script elsewhere led here (browsers tell, wherever the
    wire is encrypted): it chose the address, and whoever sees the length of the answer would learn
    from it what else stands on the page.
    """
    headers = request.headers
    may_pack = (
        request.method in ("GET", "HEAD")
        and headers.get("sec-fetch-site", "none") in _OWN_SITES
        and "gzip" in accepted([headers.get("accept-encoding", "")])
    )
    return packed if may_pack else _as_it_is


def packed(reply: Reply) -> Reply:
    """The same answer with its body as gzip; what is no page, small or packed stays as it is."""
    if not reply.is_page or reply.has(b"content-encoding") or len(reply.body) < PACKED_BYTES_MIN:
        return reply
    body = zlib.compress(reply.body, _LEVEL, _GZIP_BITS)
    return replace(reply, body=body).with_header("content-encoding", "gzip")


def _as_it_is(reply: Reply) -> Reply:
    return reply
