"""The index of pieces over members stands beside the history: db/pieces makes it where it can.

Revision: 0024, after: 0023.
"""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing here: db.migrate makes what is missing when the history has been run."""


def downgrade() -> None:
    """Take it away, so that the release before finds the tables as it left them."""
    if op.get_bind().dialect.name == "sqlite":
        for name in ("new", "gone", "changed"):
            op.execute(f"DROP TRIGGER IF EXISTS members_pieces_{name}")
        op.execute("DROP TABLE IF EXISTS members_pieces")
    else:
        op.execute("DROP INDEX IF EXISTS members_pieces")
