"""PINs of the staff, pictures of products, and of which end of its API key a centre was told.

Revision: 0041, after: 0040.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import UtcTime

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has one yet."""
    op.create_table(
        "staff_pins",
        sa.Column("center_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("staff_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("center_id", "staff_id"),
    )
    op.add_column(
        "api_keys", sa.Column("told_days", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_table(
        "product_pictures",
        sa.Column("center_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("product_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("file_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["file_key"], ["files.key"]),
        sa.ForeignKeyConstraint(["center_id", "product_id"], ["products.center_id", "products.id"]),
        sa.PrimaryKeyConstraint("center_id", "product_id"),
    )
    op.create_index("product_pictures_file_ix", "product_pictures", ["file_key"])


def downgrade() -> None:
    """Back to passwords alone."""
    op.drop_table("product_pictures")
    op.drop_column("api_keys", "told_days")
    op.drop_table("staff_pins")
