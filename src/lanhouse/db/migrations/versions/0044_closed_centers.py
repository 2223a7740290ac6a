"""Centres that are closed: a demo hall whose settings went over to a centre of its own.

Revision: 0044, after: 0043.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import UtcTime

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every centre that there is stays open."""
    op.add_column("centers", sa.Column("closed_at", UtcTime()))


def downgrade() -> None:
    """A closed centre is an open one again: nobody works there, so that nobody can sign in."""
    op.drop_column("centers", "closed_at")
