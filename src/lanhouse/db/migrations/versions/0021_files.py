"""Files in chunks, and the pictures that a centre shows.

Revision: 0021, after: 0020.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import UtcTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, empty."""
    op.create_table(
        "files",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("stored_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("files_pkey")),
    )
    op.create_table(
        "file_chunks",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key"], ["files.key"], name=op.f("file_chunks_key_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "number", name=op.f("file_chunks_pkey")),
    )
    op.create_table(
        "center_pictures",
        sa.Column("center_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("file_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["center_id"], ["centers.id"], name=op.f("center_pictures_center_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["file_key"], ["files.key"], name=op.f("center_pictures_file_key_fkey")
        ),
        sa.PrimaryKeyConstraint("center_id", "purpose", name=op.f("center_pictures_pkey")),
    )
    op.create_index("center_pictures_file_ix", "center_pictures", ["file_key"])


def downgrade() -> None:
    """Drop them, with what is in them."""
    op.drop_table("center_pictures")
    op.drop_table("file_chunks")
    op.drop_table("files")
