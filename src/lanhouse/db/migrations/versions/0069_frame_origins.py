"""Origins that may show an agent's games inside their own pages; games use no cookie any more.

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
    op.execute("ALTER TABLE game_sessions RENAME COLUMN cookie_hash TO secret_hash")
    op.drop_column("game_sessions", "csrf")


def downgrade() -> None:
    """Games are framed by nobody again."""
    csrf = sa.Column("csrf", sa.Text, nullable=False, server_default="")
    op.add_column("game_sessions", csrf)
    op.execute("ALTER TABLE game_sessions RENAME COLUMN secret_hash TO cookie_hash")
    op.drop_column("agents", "frame_origins")
