"""Hours of a person, and from where and with what somebody signed in.

Revision: 0029, after: 0028.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Everybody begins without hours; of sign-ins of before nothing more is known."""
    op.add_column("staff", sa.Column("hours", sa.Text(), nullable=False, server_default=""))
    for name in ("address", "program"):
        op.add_column("auth_tokens", sa.Column(name, sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Back to what there was."""
    for name in ("program", "address"):
        op.drop_column("auth_tokens", name)
    op.drop_column("staff", "hours")
