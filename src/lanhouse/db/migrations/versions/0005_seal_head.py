"""Where the chain of seals ends, so that a chain that was cut off does not look whole.

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
    """Create the table and note the end of the chain that is there."""
    head = op.create_table(
        "ledger_seal_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ledger_seal_head_single_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("ledger_seal_head_pkey")),
    )
    seals = sa.table("ledger_seals", sa.column("sequence"), sa.column("hash"))
    newest = sa.select(seals).order_by(seals.c.sequence.desc()).limit(1)
    last = op.get_bind().execute(newest).first()
    if last is not None:
        op.bulk_insert(head, [{"id": 1, "sequence": last.sequence, "hash": last.hash}])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("ledger_seal_head")
