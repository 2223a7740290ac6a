"""Guests' log-ins, sealed while their sessions run, and the audit log of who reads them.

Revision: 0010, after: 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import BigId, Json, UtcTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, empty for the sessions that there are, and create the table."""
    op.add_column("pc_sessions", sa.Column("guest_login", sa.LargeBinary(), nullable=True))
    op.create_table(
        "audit_log",
        sa.Column("id", BigId, nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("ids", Json(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("audit_log_pkey")),
    )
    op.create_index("audit_log_center_ix", "audit_log", ["center_id", "id"])


def downgrade() -> None:
    """Drop both."""
    op.drop_table("audit_log")
    op.drop_column("pc_sessions", "guest_login")
