"""Origins that may show an agent's games inside their own pages.

Revision: 0069, after: 0068.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody may frame a game until an operator is told to."""
    op.add_column("agents", sa.Column("frame_origins", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    """Games are framed by nobody again."""
    op.drop_column("agents", "frame_origins")
