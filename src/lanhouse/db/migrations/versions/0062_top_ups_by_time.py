"""Top-ups of a member by time: what was topped up in a month is read from that month.

Revision: 0062, after: 0061.
"""

from __future__ import annotations

from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One index more."""
    op.create_index("topups_member_at_ix", "topups", ["center_id", "member_id", "at"])


def downgrade() -> None:
    """The sums are read from the whole history again."""
    op.drop_index("topups_member_at_ix", "topups")
