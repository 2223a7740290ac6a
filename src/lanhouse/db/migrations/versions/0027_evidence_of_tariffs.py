"""The tariff and the packages of a segment are digested.

Revision: 0027, after: 0026.
"""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Segments of before get a digest of them too, as they are found."""
    op.execute("DELETE FROM digest_backlog WHERE table_number = 5")
    op.execute(
        "INSERT INTO digest_backlog (table_number, after_id, after_part)"
        " SELECT 5, 0, '' WHERE EXISTS (SELECT 1 FROM pc_session_segments)"
    )


def downgrade() -> None:
    """The digests stay: what is sealed cannot be taken back, an older release reads them as those
    of rows that were changed."""
    op.execute("DELETE FROM digest_backlog WHERE table_number = 5")
