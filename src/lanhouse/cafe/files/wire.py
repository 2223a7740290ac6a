"""Files as answers."""

from __future__ import annotations

from lanhouse.cafe.files.schemas import StoredFile
from lanhouse.web.call import Call
from lanhouse.web.replies import Reply

# Whatever a browser takes it for, it may load and run nothing.
_POLICY = "default-src 'none'; sandbox"
FOR_EVER = "public, max-age=31536000, immutable"
LOOK_AGAIN = "public, no-cache"
PRIVATE = "private, no-cache"


def etag_of(key: str) -> str:
    """The ETag of a content."""
    return f'"{key}"'


def is_known(call: Call, key: str) -> bool:
    """Whether the caller has this content already (If-None-Match)."""
    given = call.request.headers.get("if-none-match", "")
    known = {each.strip().removeprefix("W/") for each in given.split(",")}
    return etag_of(key) in known or given.strip() == "*"


def unchanged(key: str, cache: str) -> Reply:
    """304: what the caller has is what there is."""
    return Reply(b"", 304, "").with_header("etag", etag_of(key)).with_header("cache-control", cache)


def file_reply(file: StoredFile, cache: str) -> Reply:
    """The file, to be shown and never to be run."""
    reply = Reply(file.data, 200, file.content_type)
    reply = reply.with_header("etag", etag_of(file.key)).with_header("cache-control", cache)
    return reply.with_header("content-security-policy", _POLICY)
