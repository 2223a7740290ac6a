"""Where the chain of seals ends, and a chain that covers whose account it was.

Seals of the older rule are dropped; the ticker seals all entries anew within seconds of the start.

Revision: 0005, after: 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and begin the chain again."""
    op.create_table(
        "ledger_seal_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ledger_seal_head_single_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("ledger_seal_head_pkey")),
    )
    op.execute(sa.delete(sa.table("ledger_seals")))


def downgrade() -> None:
    """Drop the table; the older rule seals anew, too."""
    op.drop_table("ledger_seal_head")
    op.execute(sa.delete(sa.table("ledger_seals")))
