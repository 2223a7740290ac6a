"""A member's sessions that ended on a day, for the daily cap.

Revision: 0042, after: 0041.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Find them without reading all that the member has ever played."""
    ended = sa.column("ended_at").is_not(None)
    op.create_index(
        "pc_sessions_member_ended_ix",
        "pc_sessions",
        ["center_id", "member_id", "ended_at"],
        sqlite_where=ended,
        postgresql_where=ended,
    )


def downgrade() -> None:
    """The index alone is lost."""
    op.drop_index("pc_sessions_member_ended_ix", "pc_sessions")
