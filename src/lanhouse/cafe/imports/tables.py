"""Imports of members and what they bring (decision 0160)."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Json, UtcTime

member_imports = sa.Table(
    "member_imports",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    # schemas.Source: a file, or another centre.
    sa.Column("source", sa.Text, nullable=False),
    # The other centre; 0 for a file.
    sa.Column("other_center_id", sa.BigInteger, nullable=False),
    # Who asked for it; 0 and "API" for a key.
    sa.Column("staff_id", sa.BigInteger, nullable=False),
    sa.Column("staff_name", sa.Text, nullable=False),
    # schemas.Stage.
    sa.Column("stage", sa.Text, nullable=False),
    # How many members it brings, and in how many parts.
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("parts", sa.BigInteger, nullable=False),
    # The part that the stage goes on with, from 0.
    sa.Column("next_part", sa.BigInteger, nullable=False),
    # How many of them bring money.
    sa.Column("paid_rows", sa.BigInteger, nullable=False),
    # Whether some of them have a password that is still to be hashed.
    sa.Column("has_passwords", sa.Boolean, nullable=False),
    # Why it was taken back, in one line; empty while it was not.
    sa.Column("problem", sa.Text, nullable=False),
    sa.Column("started_at", UtcTime, nullable=False),
    sa.Column("ended_at", UtcTime),
    sa.Index("member_imports_center_ix", "center_id", "id"),
    # One at a time in a centre.
    sa.Index(
        "member_imports_open_ix",
        "center_id",
        unique=True,
        sqlite_where=sa.column("ended_at").is_(None),
        postgresql_where=sa.column("ended_at").is_(None),
    ),
)

# The lines of an import in pieces, until it has ended; passwords stand elsewhere, sealed.
member_import_parts = sa.Table(
    "member_import_parts",
    metadata,
    sa.Column("import_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    # A list of schemas.NewLine.
    sa.Column("lines", Json, nullable=False),
    sa.Index("member_import_parts_center_ix", "center_id", "import_id", "number"),
)
