"""One spelling per path, so that no rule in front of us or in here is walked around."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# A proxy may read an encoded slash as a slash and the router as a letter of a name, or the other
# way round: what two programs read in two ways is no address here.
_AMBIGUOUS = re.compile(rb"%2f|%5c|\\", re.IGNORECASE)
_SLASHES = re.compile(r"/{2,}")
_DOTS = frozenset((".", ".."))


def plain_path(scope: Mapping[str, Any]) -> str | None:
    """The path of a request without doubled slashes and without one at its end.

    None for a path that leads nowhere on any surface: it holds a backslash, an encoded slash or
    backslash, or a segment that is "." or "..", encoded or not.
    """
    path: str = scope["path"]
    raw: bytes = scope.get("raw_path") or path.encode()
    if (b"%" in raw or b"\\" in raw) and _AMBIGUOUS.search(raw):
        return None
    if "//" in path:
        path = _SLASHES.sub("/", path)
    if "/." in path and not _DOTS.isdisjoint(path.split("/")):
        return None
    return path.rstrip("/") or "/"
