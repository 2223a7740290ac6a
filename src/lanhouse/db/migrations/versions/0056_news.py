"""News.

Revision: 0056, after: 0055.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import BigId, UtcTime

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A centre begins without news."""
    op.create_table(
        "news",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("center_id", sa.BigInteger(), sa.ForeignKey("centers.id"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("video_url", sa.Text(), nullable=False),
        sa.Column("shows_qr", sa.Boolean(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("file_key", sa.Text(), sa.ForeignKey("files.key")),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("updated_at", UtcTime, nullable=False),
        sa.CheckConstraint("duration_ms > 0", name="duration"),
    )
    op.create_index("news_center_ix", "news", ["center_id", "position", "id"])
    op.create_index("news_file_ix", "news", ["file_key"])


def downgrade() -> None:
    """News are lost."""
    op.drop_table("news")
