"""Keeping files."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from lanhouse.cafe.files.tables import file_chunks, files
from lanhouse.db.statements import insert_ignore, static
from lanhouse.db.store import Retry, Tx
from lanhouse.kit import clock
from lanhouse.kit.limits import FILE_CHUNK_BYTES
from lanhouse.kit.pictures import Picture

_INSERT = static(insert_ignore(files).returning(files.c.key))
_INSERT_CHUNK = static(sa.insert(file_chunks))
_TOUCH = static(
    sa.update(files)
    .where(files.c.key == sa.bindparam("of_key"))
    .values(
        stored_at=sa.bindparam("at", type_=files.c.stored_at.type),
        is_public=files.c.is_public | sa.bindparam("may_public", type_=sa.Boolean),
    )
)


def key_of(center_id: int, data: bytes) -> str:
    """The key of a content in a centre."""
    return f"{center_id}-{hashlib.sha256(data).hexdigest()}"


def store_picture(tx: Tx, center_id: int, picture: Picture, *, is_public: bool) -> str:
    """Keep a picture, once per content and centre; answers its key.

    Whoever stores it refers to it in the same transaction, else it is swept.
    """
    key = key_of(center_id, picture.data)
    now = clock.real_now()
    made = tx.scalar(
        _INSERT,
        key=key,
        center_id=center_id,
        content_type=picture.content_type,
        bytes=len(picture.data),
        width=picture.width,
        height=picture.height,
        is_public=is_public,
        stored_at=now,
    )
    if made is None:
        # Its lock keeps the sweeper off until there is a reference again.
        if not tx.run(_TOUCH, of_key=key, at=now, may_public=is_public):
            raise Retry  # swept between the two statements
        return key
    starts = range(0, len(picture.data), FILE_CHUNK_BYTES)
    parts = (picture.data[start : start + FILE_CHUNK_BYTES] for start in starts)
    tx.run_many(
        _INSERT_CHUNK,
        [{"key": key, "number": number, "data": part} for number, part in enumerate(parts)],
    )
    return key
