"""The outbox keeps a row for each commit, in an order that readers can follow.

Revision: 0018, after: 0017.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import BigId, Json, UtcTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table anew: its events were told when they happened, and are kept for a day only."""
    op.drop_table("outbox")
    op.create_table(
        "outbox",
        sa.Column("id", BigId, nullable=False),
        sa.Column("writer", sa.BigInteger(), nullable=False),
        sa.Column("events", Json(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("outbox_pkey")),
    )
    op.create_index("outbox_writer_ix", "outbox", ["writer", "id"])


def downgrade() -> None:
    """Give each event a row again."""
    op.drop_table("outbox")
    op.create_table(
        "outbox",
        sa.Column("id", BigId, nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("payload", Json(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("outbox_pkey")),
    )
