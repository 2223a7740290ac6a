"""Rights of a person beyond and below the role.

Revision: 0022, after: 0021.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import Json

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Everybody begins with the rights of the role."""
    for name in ("granted", "withheld"):
        op.add_column("staff", sa.Column(name, Json(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Back to the role alone."""
    for name in ("withheld", "granted"):
        op.drop_column("staff", name)
