"""Sessions can be paused: since when and how long they stand still, and which segments do; and
messages wait for a PC.

Revision: 0037, after: 0036.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import BigId, UtcTime

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_FORGET = "DELETE FROM digest_backlog WHERE table_number IN (4, 5)"


def upgrade() -> None:
    """Nothing of before was paused; old rows are digested with that."""
    op.add_column("pc_sessions", sa.Column("paused_at", UtcTime()))
    op.add_column(
        "pc_sessions",
        sa.Column("paused_seconds", sa.Integer(), nullable=False, server_default="0"),
    )
    op.add_column(
        "pc_session_segments",
        sa.Column("is_paused", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "admin_messages",
        sa.Column("id", BigId, nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("pc_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("sent_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("admin_messages_pkey")),
        sa.ForeignKeyConstraint(
            ["center_id"], ["centers.id"], name=op.f("admin_messages_center_id_fkey")
        ),
    )
    op.create_index("admin_messages_pc_ix", "admin_messages", ["center_id", "pc_id", "id"])
    op.create_index("admin_messages_expires_ix", "admin_messages", ["expires_at"])
    op.execute(_FORGET)
    op.execute(
        "INSERT INTO digest_backlog (table_number, after_id, after_part)"
        " SELECT 4, 0, '' WHERE EXISTS (SELECT 1 FROM pc_sessions)"
    )
    op.execute(
        "INSERT INTO digest_backlog (table_number, after_id, after_part)"
        " SELECT 5, 0, '' WHERE EXISTS (SELECT 1 FROM pc_session_segments)"
    )


def downgrade() -> None:
    """An older release would charge the pauses: it reads sessions that had none, or refuses."""
    paused = op.get_bind().scalar(
        sa.text("SELECT count(*) FROM pc_session_segments WHERE is_paused")
    )
    if paused:
        raise RuntimeError("sessions were paused: an older release would charge the pauses")
    op.drop_table("admin_messages")
    op.execute(_FORGET)
    op.drop_column("pc_session_segments", "is_paused")
    op.drop_column("pc_sessions", "paused_seconds")
    op.drop_column("pc_sessions", "paused_at")
