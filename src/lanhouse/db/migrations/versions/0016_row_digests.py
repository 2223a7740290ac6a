"""Digests of business rows. Old rows are taken over in the background, table by table.

Revision: 0016, after: 0015.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# The tables that were digested from here on, by the number that digested() gives them.
_TABLES = {
    "billing_logs": 1,
    "topups": 2,
    "time_payments": 3,
    "pc_sessions": 4,
    "pc_session_segments": 5,
    "member_offers": 6,
    "wallet_moves": 7,
    "game_rounds": 8,
    "game_transactions": 9,
    "house_spins": 10,
}


def upgrade() -> None:
    """Create the tables and note which ones have rows to take over."""
    op.create_table(
        "row_digests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("table_number", sa.SmallInteger(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("row_part", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("row_digests_pkey")),
        sa.UniqueConstraint(
            "table_number",
            "row_id",
            "row_part",
            "version",
            name=op.f("row_digests_table_number_row_id_row_part_version_key"),
        ),
    )
    backlog = op.create_table(
        "digest_backlog",
        sa.Column("table_number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("after_id", sa.BigInteger(), nullable=False),
        sa.Column("after_part", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("table_number", name=op.f("digest_backlog_pkey")),
    )
    connection = op.get_bind()
    old = [
        {"table_number": number, "after_id": 0, "after_part": ""}
        for name, number in _TABLES.items()
        if connection.scalar(sa.select(sa.literal(1)).select_from(sa.table(name)).limit(1))
    ]
    if old:
        op.bulk_insert(backlog, old)


def downgrade() -> None:
    """Drop the tables. The chain begins again: it stands for digests that are gone."""
    op.drop_table("digest_backlog")
    op.drop_table("row_digests")
    op.execute(sa.delete(sa.table("ledger_seals")))
    op.execute(sa.delete(sa.table("ledger_seal_head")))
