"""The tables of the first release.

Revision: 0001, after: nothing.
"""

from __future__ import annotations

from alembic import op

from lanhouse.tables import complete_metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table (until the first release is out, the tables are what the code says)."""
    complete_metadata().create_all(op.get_bind())


def downgrade() -> None:
    """Drop every table."""
    complete_metadata().drop_all(op.get_bind())
