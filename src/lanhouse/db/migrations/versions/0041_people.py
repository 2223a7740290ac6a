"""PINs of the staff; of which end of its API key a centre was told.

Revision: 0041, after: 0036.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import UtcTime

revision = "0041"
down_revision = "0036"
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


def downgrade() -> None:
    """Back to passwords alone."""
    op.drop_column("api_keys", "told_days")
    op.drop_table("staff_pins")
