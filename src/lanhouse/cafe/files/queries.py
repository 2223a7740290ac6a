"""Finding files."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from lanhouse.cafe.files.schemas import StoredFile
from lanhouse.cafe.files.tables import file_chunks, files
from lanhouse.db.statements import static
from lanhouse.db.store import Read

_FILE = static(sa.select(files).where(files.c.key == sa.bindparam("of_key")))
_CHUNKS = static(
    sa.select(file_chunks.c.data)
    .where(file_chunks.c.key == sa.bindparam("of_key"))
    .order_by(file_chunks.c.number)
)


def whole_file(read: Read, key: str) -> StoredFile | None:
    """A file with its content, or None."""
    row: Any = read.one(_FILE, of_key=key)
    if row is None:
        return None
    data = b"".join(chunk.data for chunk in read.all(_CHUNKS, of_key=key))
    return StoredFile(row.key, row.content_type, data)


def public_file(read: Read, key: str) -> StoredFile | None:
    """A file that anybody may fetch, or None."""
    row: Any = read.one(_FILE, of_key=key)
    return whole_file(read, key) if row is not None and row.is_public else None
