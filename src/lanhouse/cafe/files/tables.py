"""Files by what is in them, in chunks."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.carried import carried
from lanhouse.db.tables import metadata
from lanhouse.db.types import UtcTime

files = sa.Table(
    "files",
    metadata,
    # `<centre>-<SHA-256 of the content in hex>`: the same content is kept once per centre. Whoever
    # uses a file has a column that refers to this one; what no such column names is swept.
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("content_type", sa.Text, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    # Whether anybody may fetch it who knows its key.
    sa.Column("is_public", sa.Boolean, nullable=False),
    # When somebody stored this content last; only what is older is swept.
    sa.Column("stored_at", UtcTime, nullable=False),
)

# Chunks, so that no row is large on its way into either database.
file_chunks = sa.Table(
    "file_chunks",
    metadata,
    sa.Column("key", sa.Text, sa.ForeignKey("files.key", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
)

carried(files)
