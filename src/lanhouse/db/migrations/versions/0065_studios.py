"""Providers elsewhere: their address, their keys, their games, and what they were answered.

Revision: 0065, after: 0064.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import BigId, Json, UtcTime

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """House has no address: it runs in this program."""
    op.add_column("providers", sa.Column("url", sa.Text()))
    op.add_column(
        "providers", sa.Column("is_demo", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "provider_keys",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("provider_id", sa.Text, sa.ForeignKey("providers.id"), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("ended_at", UtcTime),
    )
    op.create_index("provider_keys_provider_id_ix", "provider_keys", ["provider_id"])
    op.create_table(
        "provider_games",
        sa.Column("provider_id", sa.Text, sa.ForeignKey("providers.id"), primary_key=True),
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("category_id", sa.Text, nullable=False),
        sa.Column("category_label", sa.Text, nullable=False),
        sa.Column("logo_url", sa.Text, nullable=False),
        sa.Column("rtp", sa.Text, nullable=False),
        sa.Column("has_free_round", sa.Boolean, nullable=False),
        sa.Column("bet_limits", Json, nullable=False),
        sa.Column("is_listed", sa.Boolean, nullable=False),
    )
    op.create_table(
        "provider_answers",
        sa.Column(
            "transaction_id",
            sa.BigInteger,
            sa.ForeignKey("game_transactions.id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("answer", sa.LargeBinary, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
    )


def downgrade() -> None:
    """Providers elsewhere stay in the list, and can be reached no longer."""
    for table in ("provider_answers", "provider_games", "provider_keys"):
        op.drop_table(table)
    op.drop_column("providers", "is_demo")
    op.drop_column("providers", "url")
