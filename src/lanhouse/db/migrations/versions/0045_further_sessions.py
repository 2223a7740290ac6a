"""Further sessions of a member, beside the first.

Revision: 0045, after: 0044.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_IS_OPEN = sa.text("ended_at IS NULL")
_IS_FIRST = {
    "sqlite_where": sa.text("ended_at IS NULL AND is_further IS 0"),
    "postgresql_where": sa.text("ended_at IS NULL AND is_further IS false"),
}
_OPEN_FIRST, _OPEN = "pc_sessions_open_member_key", "pc_sessions_open_of_member_ix"


def upgrade() -> None:
    """Every session that there is is its member's only one."""
    op.add_column(
        "pc_sessions",
        sa.Column("is_further", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.drop_index(_OPEN_FIRST, "pc_sessions")
    op.create_index(
        _OPEN_FIRST, "pc_sessions", ["center_id", "member_id"], unique=True, **_IS_FIRST
    )
    op.create_index(
        _OPEN,
        "pc_sessions",
        ["center_id", "member_id"],
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    )


def downgrade() -> None:
    """Refused by the index while a member plays on several PCs: end those sessions first."""
    op.drop_index(_OPEN, "pc_sessions")
    op.drop_index(_OPEN_FIRST, "pc_sessions")
    op.create_index(
        _OPEN_FIRST,
        "pc_sessions",
        ["center_id", "member_id"],
        unique=True,
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    )
    op.drop_column("pc_sessions", "is_further")
