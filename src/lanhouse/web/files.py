"""Static files: ours and the vendored ones, served by this process and cached by browsers.

Each is sent as `lanhouse assets` compressed it, where the browser takes that; what was changed
since is sent as it is, because the compressed files are named by the content they hold.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from email.utils import formatdate
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles

from lanhouse.web.assets import ENCODINGS, compressed_file, content_hash

_FOR_EVER = "public, max-age=31536000, immutable"


class Assets(StaticFiles):
    """Files under /static; an address with the hash of its content may be cached for ever."""

    def __init__(self, folder: Path, unknown_path: Any) -> None:
        """`unknown_path` is the endpoint that answers for what is no file of ours."""
        super().__init__(directory=folder, check_dir=False)
        self._unknown_path = unknown_path

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Send the file, or what an unknown path gets; it is read only (GET, HEAD)."""
        try:
            await super().__call__(scope, receive, send)
        except HTTPException:  # not there, or not read only
            await self._unknown_path(scope, receive, send)

    def file_response(
        self, full_path: Any, stat_result: os.stat_result, scope: Any, status_code: int = 200
    ) -> Response:
        """The file as the caller takes it, with its hash as ETag and the house's headers."""
        path = Path(full_path)
        digest = content_hash(path)
        asked = Headers(scope=scope)
        encoding, body = _variant(path, digest, accepted(asked.getlist("accept-encoding")))
        headers = {
            "etag": f'"{digest}-{encoding}"' if encoding else f'"{digest}"',
            "last-modified": formatdate(stat_result.st_mtime, usegmt=True),
            "vary": "Accept-Encoding",
            "cache-control": _FOR_EVER if _names(scope, digest) else "no-cache",
            "x-content-type-options": "nosniff",
        }
        if encoding:
            headers["content-encoding"] = encoding
        kind = guess_type(path.name)[0] or "application/octet-stream"
        response = FileResponse(
            body, status_code, headers, media_type=kind, stat_result=body.stat()
        )
        if self.is_not_modified(response.headers, asked):
            return NotModifiedResponse(response.headers)
        return response


def accepted(values: Iterable[str]) -> set[str]:
    """The codings that Accept-Encoding headers allow: named there, and not with a weight of 0."""
    taken = set[str]()
    for part in ",".join(values).lower().split(","):
        name, _, weight = part.strip().partition(";")
        if weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            taken.add(name.strip())
    return taken


def _variant(path: Path, digest: str, taken: set[str]) -> tuple[str, Path]:
    """The smallest form of the file that is built and taken: its coding ("" for none), its path."""
    for encoding in ENCODINGS:
        if encoding in taken and (file := compressed_file(digest, encoding)).is_file():
            return encoding, file
    return "", path


def _names(scope: Any, digest: str) -> bool:
    # An address of another release must not keep this content for ever under its own hash.
    return scope.get("query_string", b"") == f"v={digest}".encode()
