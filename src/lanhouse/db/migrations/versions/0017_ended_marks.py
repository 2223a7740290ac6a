"""PCs whose last session ended by itself, until somebody looks.

Revision: 0017, after: 0016.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import UtcTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; what ended before is not marked."""
    op.create_table(
        "ended_marks",
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("pc_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("center_id", "pc_id"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("ended_marks")
