"""The game's own files for the browser: read once, addressed by their content's hash."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parent / "static"
_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".py": "text/x-python; charset=utf-8",
    ".svg": "image/svg+xml",
}


class File(msgspec.Struct, frozen=True):
    """A file's bytes, what they are, and the version in its address."""

    body: bytes
    content_type: str
    version: str


@cache
def files() -> dict[str, File]:
    """Every file of the folder by name."""
    found: dict[str, File] = {}
    for path in sorted(FOLDER.iterdir()):
        if path.suffix in _KINDS:
            body = path.read_bytes()
            version = hashlib.sha256(body).hexdigest()[:10]
            found[path.name] = File(body, _KINDS[path.suffix], version)
    return found


def file_url(name: str) -> str:
    """The address of a file, e.g. `/play/house/game.css?v=1a2b3c4d5e`."""
    return f"/play/house/{name}?v={files()[name].version}"
