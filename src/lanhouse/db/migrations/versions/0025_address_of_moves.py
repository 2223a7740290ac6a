"""From which address the operator made a deposit or withdrawal.

Revision: 0025, after: 0024.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Movements of before have none: it was not kept."""
    op.add_column(
        "wallet_moves", sa.Column("address", sa.Text(), nullable=False, server_default="")
    )


def downgrade() -> None:
    """Back to movements without an address."""
    op.drop_column("wallet_moves", "address")
