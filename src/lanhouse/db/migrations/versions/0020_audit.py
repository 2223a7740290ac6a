"""The audit log says what was touched, with before and after; the billing log from where.

Revision: 0020, after: 0019.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import Json

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_INDEXES = {
    "audit_log_at_ix": ("center_id", "at", "id"),
    "audit_log_actor_ix": ("center_id", "actor_kind", "actor_id", "at", "id"),
    "audit_log_call_ix": ("center_id", "call", "at", "id"),
    "audit_log_subject_ix": ("center_id", "subject", "subject_id", "at", "id"),
    "audit_log_agent_ix": ("agent_id", "at", "id"),
}


def upgrade() -> None:
    """Add the columns; rows of before say nothing in them."""
    op.drop_index("audit_log_center_ix", "audit_log")
    with op.batch_alter_table("audit_log") as table:
        table.add_column(sa.Column("agent_id", sa.BigInteger(), nullable=False, server_default="0"))
        table.add_column(sa.Column("subject", sa.Text(), nullable=False, server_default=""))
        table.add_column(
            sa.Column("subject_id", sa.BigInteger(), nullable=False, server_default="0")
        )
        table.add_column(sa.Column("before", Json()))
        table.add_column(sa.Column("after", Json()))
    with op.batch_alter_table("audit_log") as table:
        for name in ("agent_id", "subject", "subject_id"):
            table.alter_column(name, server_default=None)
    for name, columns in _INDEXES.items():
        op.create_index(name, "audit_log", list(columns))
    # No batch: a table of millions of rows is not copied for two columns that may be empty.
    op.add_column("billing_logs", sa.Column("address", sa.Text()))
    op.add_column("billing_logs", sa.Column("call", sa.Text()))


def downgrade() -> None:
    """Take the columns away."""
    op.drop_column("billing_logs", "call")
    op.drop_column("billing_logs", "address")
    for name in _INDEXES:
        op.drop_index(name, "audit_log")
    with op.batch_alter_table("audit_log") as table:
        for name in ("after", "before", "subject_id", "subject", "agent_id"):
            table.drop_column(name)
    op.create_index("audit_log_center_ix", "audit_log", ["center_id", "id"])
