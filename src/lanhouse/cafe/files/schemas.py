"""Files as queries answer them."""

from __future__ import annotations

import msgspec


class StoredFile(msgspec.Struct, frozen=True):
    """A whole file; `key` names its content, so it is its ETag too."""

    key: str
    content_type: str
    data: bytes
