"""The row that all processes agree on about their clock.

Revision: 0013, after: 0012.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import UtcTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An empty row comes with the first start."""
    op.create_table(
        "clock_row",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("offset_micros", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("steps_micros", sa.BigInteger(), nullable=False),
        sa.Column("known_ahead_at", UtcTime(), nullable=True),
        sa.Column("wanted_by", sa.Text(), nullable=False),
        sa.Column("boot_id", sa.Text(), nullable=False),
        sa.Column("boot_micros", sa.BigInteger(), nullable=False),
        sa.Column("at_micros", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    """Without it every process believes its host's clock."""
    op.drop_table("clock_row")
