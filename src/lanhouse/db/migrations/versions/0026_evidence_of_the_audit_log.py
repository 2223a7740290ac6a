"""The audit log is digested, and has an index for who did what by which call.

Revision: 0026, after: 0025.
"""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_INDEX = "audit_log_actor_call_ix"
_COLUMNS = ["center_id", "actor_kind", "actor_id", "call", "at", "id"]


def upgrade() -> None:
    """Rows of before are taken over as they are found."""
    op.create_index(_INDEX, "audit_log", _COLUMNS)
    op.execute(
        "INSERT INTO digest_backlog (table_number, after_id, after_part)"
        " SELECT 11, 0, '' WHERE EXISTS (SELECT 1 FROM audit_log)"
    )


def downgrade() -> None:
    """Nobody digests the audit log any more."""
    op.drop_index(_INDEX, "audit_log")
    op.execute("DELETE FROM digest_backlog WHERE table_number = 11")
    op.execute("DELETE FROM row_digests WHERE table_number = 11")
