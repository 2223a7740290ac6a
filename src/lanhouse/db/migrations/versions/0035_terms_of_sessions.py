"""A session keeps how it is billed: blocks, least length, fee and rounding.

Revision: 0035, after: 0034.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Sessions of before are billed to the second and to the cent; they are digested with it."""
    op.add_column("pc_sessions", sa.Column("terms", sa.Text(), nullable=False, server_default="{}"))
    op.execute("DELETE FROM digest_backlog WHERE table_number = 4")
    op.execute(
        "INSERT INTO digest_backlog (table_number, after_id, after_part)"
        " SELECT 4, 0, '' WHERE EXISTS (SELECT 1 FROM pc_sessions)"
    )


def downgrade() -> None:
    """An older release bills to the second and reads the digests as those of changed rows."""
    op.execute("DELETE FROM digest_backlog WHERE table_number = 4")
    op.drop_column("pc_sessions", "terms")
