"""Which free minutes were used today, by member and by PC.

Revision: 0012, after: 0011.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; it counts from when the setting is switched on."""
    op.create_table(
        "free_minutes",
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("holder_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("used_seconds", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("session_seconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("center_id", "holder", "holder_id"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("free_minutes")
