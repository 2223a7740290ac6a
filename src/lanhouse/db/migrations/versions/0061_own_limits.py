"""Limits that members set themselves.

Revision: 0061, after: 0060.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import UtcTime

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New and empty."""
    op.create_table(
        "own_limits",
        sa.Column("member_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger()),
        sa.Column("next_value", sa.BigInteger()),
        sa.Column("next_at", UtcTime()),
        sa.Column("changed_at", UtcTime(), nullable=False),
    )
    op.create_index("own_limits_center_ix", "own_limits", ["center_id", "member_id"])


def downgrade() -> None:
    """What members allow themselves is lost."""
    op.drop_table("own_limits")
